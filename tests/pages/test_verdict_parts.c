/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a verdict page: the thing, its warranty, the recall, the button, how it was checked,
 * and what stays unsaid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/pages/page_case.h"

#define NBSP "\xC2\xA0"

static void
the_thing(void **state)
{
    static const char *const facts[] = {"Nordlys",
                                        "Aura Kettle",
                                        "Model <bdi>AK-17</bdi>",
                                        ">7K3M9Q2XBT4H</code>",
                                        "KT-2200-B",
                                        "L24A0917",
                                        "09506000134352",
                                        "12" NBSP "January" NBSP "2026",
                                        "3f9a1b2c4d",
                                        "Nordlys A/S",
                                        " \xC2\xB7 in use",
                                        "The item with this serial number is on record.",
                                        "datetime=\"2026-11-22T14:33:20Z\"",
                                        "22" NBSP "November" NBSP "2026, 14:33 UTC",
                                        "The digital signature (Ed25519) is good."};
    struct scene scene;
    scene_open(&scene);
    struct text page = scene_render(*state, &scene);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        assert_shows("genuine", &page, facts[i]);
    assert_hides("genuine", &page, "plant-a");
    text_free(&page);
}

/* Without shows_unit nothing of the record is said, even though the caller passes it. */
static void
what_stays_unsaid(void **state)
{
    static const char *const secrets[] = {
        "Nordlys",  "Aura",     "AK-17",     "KT-2200-B",       "January",
        "Two-year", "overheat", "R-2026-04", "nordlys.example", "number is on record."};
    static const struct {
        const char *label;
        enum reason reason;
        enum label_result result;
    } rows[] = {
        {"forged", REASON_LABEL_FORGED, LABEL_FORGED},
        {"unavailable", REASON_REGISTRY_UNAVAILABLE, LABEL_UNCHECKED},
        {"typed", REASON_SIGNATURE_NEEDED, LABEL_NO_SIGNATURE},
        {"unknown", REASON_ISSUER_UNKNOWN, LABEL_ISSUER_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene;
        scene_open(&scene);
        scene_reasons(&scene, (const int[]){(int)rows[i].reason, -1});
        scene_warranty(&scene, "2026-11-22");
        scene.verdict.recall = &scene.recall;
        scene.verdict.shows_unit = false;
        scene.page.label = rows[i].result;
        struct text page = scene_render(*state, &scene);
        for (size_t s = 0; s < sizeof secrets / sizeof secrets[0]; s++)
            assert_hides(rows[i].label, &page, secrets[s]);
        assert_shows(rows[i].label, &page, ">7K3M9Q2XBT4H</code>");
        text_free(&page);
    }
}

/* The rule in plain words with its figure, and nothing of it when it is no reason. */
static void
why_it_may_be_a_copy(void **state)
{
    static const struct {
        const char *label;
        struct copy_shown copy;
        const char *says; /* NULL: nothing */
    } rows[] = {
        {"sessions", {COPY_SESSIONS, 40, 2}, "unusually often: about 40 times, by different"},
        {"travel", {COPY_TRAVEL, 5, 7}, "Countries so far: 7."},
        {"unshipped", {COPY_UNSHIPPED, 1, 1}, "before the item had left the maker"},
        {"retired", {COPY_RETIRED, 10, 1}, "about 10 times after the item had been taken out"},
        {"two owners", {COPY_TWO_OWNERS, 3, 0}, "Days on which that happened: 3."},
        {"stock", {COPY_STOCK, 300, 1}, "about 300 times while the item was in a shop"},
        {"by hand", {COPY_NONE, 0, 0}, NULL},
        {"no rule", {COPY_RULES, 40, 2}, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene;
        scene_open(&scene);
        scene.page.copy = rows[i].copy;
        struct text genuine = scene_render(*state, &scene);
        scene_reasons(&scene, (const int[]){REASON_COPY_SUSPECTED, REASON_GENUINE, -1});
        struct text page = scene_render(*state, &scene);
        assert_hides(rows[i].label, &genuine, "class=\"copy\"");
        if (rows[i].says != NULL)
            assert_shows(rows[i].label, &page, rows[i].says);
        else
            assert_hides(rows[i].label, &page, "class=\"copy\"");
        text_free(&genuine);
        text_free(&page);
    }
}

static void
warranty(void **state)
{
    static const struct {
        const char *label, *on, *activated;
        int reason;
        const char *line; /* NULL: the page is silent */
    } rows[] = {
        {"covered, last day", "2028-03-14", NULL, REASON_GENUINE,
         "covered\">Two-year warranty: covered until 14" NBSP "March" NBSP "2028</p>"},
        {"ended, the day after", "2028-03-15", NULL, REASON_GENUINE,
         "<p class=\"warranty\">Two-year warranty: ended on 14" NBSP "March" NBSP "2028</p>"},
        {"the longer one covers", "2028-03-15", "2026-04-01", REASON_GENUINE,
         "covered\">Lid promise: covered until 1" NBSP "April" NBSP "2031</p>"},
        {"before it starts", "2026-03-13", NULL, REASON_GENUINE,
         "<p class=\"warranty\">Two-year warranty: starts on 14" NBSP "March" NBSP "2026</p>"},
        {"recalled, and still covered", "2026-11-22", NULL, REASON_RECALLED,
         "covered\">Two-year warranty: covered until"},
        {"stop use, and still covered", "2026-11-22", NULL, REASON_RECALLED_STOP_USE,
         "covered\">Two-year warranty: covered until"},
        {"stolen", "2026-11-22", NULL, REASON_STOLEN, NULL},
        {"retired", "2026-11-22", NULL, REASON_RETIRED, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene;
        scene_open(&scene);
        scene_reasons(&scene, (const int[]){rows[i].reason, -1});
        if (rows[i].activated != NULL)
            scene.unit.activated_on = day_of(rows[i].activated);
        scene_warranty(&scene, rows[i].on);
        struct text page = scene_render(*state, &scene);
        if (rows[i].line != NULL)
            assert_shows(rows[i].label, &page, rows[i].line);
        else
            assert_hides(rows[i].label, &page, "Two-year");
        text_free(&page);
    }
}

static void
every_entitlement(void **state)
{
    struct scene scene;
    scene_open(&scene);
    scene_warranty(&scene, "2026-11-22");
    struct text page = scene_render(*state, &scene);
    assert_shows("two", &page,
                 "<li>Lid promise: starts when the item is registered \xC2\xB7 Covers: "
                 "<bdi>the lid</bdi></li>");
    assert_shows("two", &page, "<li>Two-year warranty: covered until");
    text_free(&page);

    scene.product.entitlement_count = 1;
    scene_warranty(&scene, "2026-11-22");
    page = scene_render(*state, &scene);
    assert_hides("one", &page, "Everything that was promised");
    assert_shows("one", &page, "Two-year warranty: covered until");
    text_free(&page);

    scene.verdict.has_warranty = false;
    page = scene_render(*state, &scene);
    assert_shows("none", &page, "No warranty is on record for this item");
    text_free(&page);
}

static void
dates_come_from_the_lot_when_the_unit_has_none(void **state)
{
    struct scene scene;
    scene_open(&scene);
    scene_reasons(&scene, (const int[]){REASON_EXPIRED, -1});
    scene.unit.made_on = CIVIL_NONE;
    scene.lot.made_on = day_of("2025-05-30");
    scene.lot.expires_on = day_of("2026-09-01");
    struct text page = scene_render(*state, &scene);
    assert_shows("lot", &page, "30" NBSP "May" NBSP "2025");
    assert_shows("lot", &page, "used by 1" NBSP "September" NBSP "2026.");
    text_free(&page);

    scene.lot.expires_on = CIVIL_NONE;
    page = scene_render(*state, &scene);
    assert_shows("no date", &page, "It was to be used.");
    text_free(&page);
}

static void
links(void **state)
{
    static const struct {
        const char *label;
        int reason;
        const char *support, *recall, *button;
    } rows[] = {
        {"mail", REASON_HELD, "mailto:a@b.example", "", "\"mailto:a@b.example\">Get help"},
        {"no support", REASON_HELD, "", "", "href=\"/\">Check another code"},
        {"support is a script", REASON_HELD, "javascript:alert(1)", "",
         "href=\"/\">Check another code"},
        {"recall without a link", REASON_RECALLED, "tel:112", "", "\"tel:112\">Get help"},
        {"recall link is a script", REASON_RECALLED, "", "javascript:alert(1)",
         "href=\"/\">Check another code"},
        {"recall link without TLS", REASON_RECALLED, "", "http://nordlys.example/",
         "href=\"/\">Check another code"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene;
        scene_open(&scene);
        scene_reasons(&scene, (const int[]){rows[i].reason, -1});
        scene.verdict.recall = rows[i].reason == REASON_RECALLED ? &scene.recall : NULL;
        strcpy(scene.product.support, rows[i].support);
        strcpy(scene.recall.link, rows[i].recall);
        struct text page = scene_render(*state, &scene);
        assert_shows(rows[i].label, &page, rows[i].button);
        assert_hides(rows[i].label, &page, "javascript:");
        assert_hides(rows[i].label, &page, "http://nordlys");
        text_free(&page);
    }
}

/* Who may register or open what, by the state of the unit: the button when nothing speaks against
 * the item, and a small link beside another button. */
static void
owners(void **state)
{
    static const char register_link[] = "href=\"/register?code=https%3A%2F%2Fid.gs1.org%2F01%2F";
    static const char owner_link[] = "href=\"/owner/09506000134352/7K3M9Q2XBT4H\"";
    static const struct {
        const char *label;
        int reason;
        enum unit_state unit;
        bool owned, before_sale;
        const char *button, *small; /* NULL: there is none */
    } rows[] = {
        {"sold", REASON_GENUINE, UNIT_SOLD, false, false, "Register this item", NULL},
        {"registered", REASON_GENUINE, UNIT_SOLD, true, false, "Open my product page", NULL},
        {"in stock", REASON_GENUINE, UNIT_IN_STOCK, false, false, "Get help from Nordlys", NULL},
        {"in stock, may be registered", REASON_GENUINE, UNIT_IN_STOCK, false, true,
         "Register this item", NULL},
        {"issued, may be registered", REASON_GENUINE, UNIT_ISSUED, false, true,
         "Register this item", NULL},
        {"returned", REASON_RETURNED, UNIT_RETURNED, false, true, "Get help from Nordlys", NULL},
        {"retired", REASON_RETIRED, UNIT_RETIRED, true, true, "Report this label", NULL},
        {"recalled and registered", REASON_RECALLED, UNIT_SOLD, true, false,
         "Read the recall notice", owner_link},
        {"recalled, not registered", REASON_RECALLED, UNIT_SOLD, false, false,
         "Read the recall notice", register_link},
        {"stolen and registered", REASON_STOLEN, UNIT_SOLD, true, false, "where it is", owner_link},
        {"held", REASON_HELD, UNIT_SOLD, true, false, "Get help from Nordlys", owner_link},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene;
        scene_open(&scene);
        scene_reasons(&scene, (const int[]){rows[i].reason, -1});
        scene.verdict.recall = rows[i].reason == REASON_RECALLED ? &scene.recall : NULL;
        scene.unit.state = rows[i].unit;
        scene.unit.activated_on = day_of("2026-10-05");
        scene.product.activation_before_sale = rows[i].before_sale;
        scene.unit.owner[0] = rows[i].owned ? 1 : 0;
        struct text page = scene_render(*state, &scene);
        assert_shows(rows[i].label, &page, rows[i].button);
        if (rows[i].small != NULL)
            assert_shows(rows[i].label, &page, rows[i].small);
        (rows[i].small != NULL ? assert_shows : assert_hides)(rows[i].label, &page, "I own this");
        bool told = rows[i].owned && rows[i].unit == UNIT_SOLD;
        (told ? assert_shows : assert_hides)(rows[i].label, &page,
                                             "Registered to an owner since October" NBSP "2026");
        text_free(&page);
    }
}

/* Nothing about an owner without the label that proves who asks. */
static void
owners_are_nobodys_business(void **state)
{
    static const struct {
        const char *label;
        int reason;
        enum label_result result;
        bool shows_unit;
    } rows[] = {
        {"typed by staff", REASON_NO_SIGNATURE, LABEL_NO_SIGNATURE, true},
        {"forged, seen by staff", REASON_LABEL_FORGED, LABEL_FORGED, true},
        {"forged", REASON_LABEL_FORGED, LABEL_FORGED, false},
        {"unavailable", REASON_REGISTRY_UNAVAILABLE, LABEL_UNCHECKED, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene;
        scene_open(&scene);
        scene_reasons(&scene, (const int[]){rows[i].reason, -1});
        scene.verdict.shows_unit = rows[i].shows_unit;
        scene.page.label = rows[i].result;
        scene.unit.owner[0] = 1;
        struct text page = scene_render(*state, &scene);
        assert_hides(rows[i].label, &page, "Registered to an owner");
        assert_hides(rows[i].label, &page, "I own this");
        assert_hides(rows[i].label, &page, "/owner/");
        text_free(&page);
    }
}

/* A report is about the label as it was scanned, signature and all. */
static void
reports(void **state)
{
    struct scene scene;
    scene_open(&scene);
    char token[TOKEN_CHARS + 1];
    char href[400] = "href=\"/report?code=https%3A%2F%2Fid.gs1.org%2F01%2F09506000134352%2F10%2F"
                     "L24A0917%2F21%2F7K3M9Q2XBT4H%3FS%3D";
    token_format(token, &scene.reading.token);
    strcat(strcat(href, token), "\"");
    struct text page = scene_render(*state, &scene);
    assert_shows("genuine, small", &page, href);
    assert_shows("genuine, small", &page, ">Does this look fake?</a>");
    text_free(&page);

    scene_reasons(&scene, (const int[]){REASON_LABEL_FORGED, -1});
    page = scene_render(*state, &scene);
    assert_shows("forged, the button", &page, href);
    assert_hides("forged, the button", &page, "Does this look fake?");
    text_free(&page);

    /* What could not be checked is no reason to report anybody. */
    scene_reasons(&scene, (const int[]){REASON_REGISTRY_UNAVAILABLE, -1});
    page = scene_render(*state, &scene);
    assert_hides("unavailable", &page, "/report");
    text_free(&page);
}

/* Who asked for a language by ?lang= goes on in it. */
static void
language_goes_along(void **state)
{
    static const struct {
        const char *label;
        int reason;
        const char *link;
    } rows[] = {
        {"another", REASON_SIGNATURE_NEEDED, "href=\"/?lang=en\""},
        {"again", REASON_RATE_LIMITED, "&#38;lang=en\">Try again<"},
        {"report", REASON_LABEL_FORGED, "&#38;lang=en\">Report this label<"},
        {"register", REASON_GENUINE, "&#38;lang=en\">Register this item<"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene;
        scene_open(&scene);
        scene_reasons(&scene, (const int[]){rows[i].reason, -1});
        struct page_visit visit = {.language = "en", .asked = true};
        struct text page;
        text_init(&page, PAGE_MAX);
        page_verdict(&page, *state, &visit, &scene.page);
        assert_true(text_ok(&page));
        assert_shows(rows[i].label, &page, rows[i].link);
        text_free(&page);
    }
}

/* A picture elsewhere would tell that host who checks what: it is a link. */
static void
pictures(void **state)
{
    static const struct {
        const char *label, *picture, *shown;
    } rows[] = {
        {"here", "/pictures/ak17.jpg", "<img src=\"/pictures/ak17.jpg\" alt=\"\""},
        {"elsewhere", "https://pics.example/a.jpg", "<a href=\"https://pics.example/a.jpg\">See"},
        {"another host", "//pics.example/a.jpg", NULL},
        {"a script", "javascript:alert(1)", NULL},
        {"none", "", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene;
        scene_open(&scene);
        strcpy(scene.product.picture, rows[i].picture);
        struct text page = scene_render(*state, &scene);
        if (rows[i].shown != NULL)
            assert_shows(rows[i].label, &page, rows[i].shown);
        if (rows[i].picture[0] != '/' || rows[i].shown == NULL)
            assert_hides(rows[i].label, &page, "<img");
        if (rows[i].shown == NULL)
            assert_hides(rows[i].label, &page, "See a picture");
        text_free(&page);
    }
}

/* "Try again" asks the same question: the label's own path on this gateway. */
static void
trying_again(void **state)
{
    struct scene scene;
    scene_open(&scene);
    scene_reasons(&scene, (const int[]){REASON_REGISTRY_UNAVAILABLE, -1});
    scene.verdict.shows_unit = false;
    char token[TOKEN_CHARS + 1];
    char href[400] = "href=\"/01/09506000134352/10/L24A0917/21/7K3M9Q2XBT4H?S=";
    token_format(token, &scene.reading.token);
    strcat(strcat(href, token), "\">Try again<");
    struct text page = scene_render(*state, &scene);
    assert_shows("signed", &page, href);
    text_free(&page);

    scene.reading.has_token = false;
    page = scene_render(*state, &scene);
    assert_shows("unsigned", &page, "/21/7K3M9Q2XBT4H\">Try again<");
    text_free(&page);

    scene.page.reading = NULL;
    page = scene_render(*state, &scene);
    assert_shows("unread", &page, "href=\"/\">Try again<");
    text_free(&page);
}

static void
malformed_says_what_is_wrong(void **state)
{
    struct scene scene;
    scene_open(&scene);
    scene_reasons(&scene, (const int[]){REASON_LABEL_MALFORMED, -1});
    scene.verdict.shows_unit = false;
    scene.page.reading = NULL;
    scene.page.label = LABEL_MALFORMED;
    scene.page.error = READ_REPEATED_SIGNATURE;
    struct text page = scene_render(*state, &scene);
    assert_shows("malformed", &page, "The link carries two proofs where a label has one.");
    assert_hides("malformed", &page, "Serial number");
    text_free(&page);
}

static void
how_it_was_checked(void **state)
{
    struct scene scene;
    scene_open(&scene);
    scene_reasons(&scene, (const int[]){REASON_ISSUER_REVOKED, -1});
    scene.verdict.shows_unit = false;
    scene.signer.status = KEY_REVOKED;
    struct text page = scene_render(*state, &scene);
    assert_shows("revoked", &page, "3f9a1b2c4d</code> \xC2\xB7 withdrawn");
    assert_hides("revoked", &page, "number is on record.");
    assert_hides("revoked", &page, "The scanner changed the code");
    text_free(&page);

    scene_reasons(&scene, (const int[]){REASON_NEVER_ISSUED, -1});
    scene.verdict.shows_unit = false;
    scene.reading.repair = REPAIR_CAPS_LOCK;
    page = scene_render(*state, &scene);
    assert_shows("never issued", &page, "No item with this serial number is on record.");
    assert_shows("mended", &page, "The scanner changed the code");
    text_free(&page);

    /* A forged signature is nobody's: no organisation is named. */
    scene_reasons(&scene, (const int[]){REASON_LABEL_FORGED, -1});
    scene.verdict.shows_unit = false;
    scene.page.label = LABEL_FORGED;
    page = scene_render(*state, &scene);
    assert_hides("forged", &page, "Nordlys A/S");
    assert_shows("forged", &page, "The signature is not by the key that it names.");
    text_free(&page);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_thing),
        cmocka_unit_test(what_stays_unsaid),
        cmocka_unit_test(why_it_may_be_a_copy),
        cmocka_unit_test(warranty),
        cmocka_unit_test(every_entitlement),
        cmocka_unit_test(dates_come_from_the_lot_when_the_unit_has_none),
        cmocka_unit_test(links),
        cmocka_unit_test(owners),
        cmocka_unit_test(owners_are_nobodys_business),
        cmocka_unit_test(reports),
        cmocka_unit_test(language_goes_along),
        cmocka_unit_test(pictures),
        cmocka_unit_test(trying_again),
        cmocka_unit_test(malformed_says_what_is_wrong),
        cmocka_unit_test(how_it_was_checked),
    };
    return cmocka_run_group_tests(tests, pages_set_up, pages_tear_down);
}
