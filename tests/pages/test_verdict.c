/* SPDX-License-Identifier: Apache-2.0 */
/* Every reason has its own words: what was found, what it means, what to do next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/pages/page_case.h"

/* The target of the design: everything in 14 KB gzipped; this is before compression. */
enum { PAGE_AIM = 14 * 1024 };

static const char help[] = "href=\"https://nordlys.example/help\">Get help from Nordlys</a>";
static const char another[] = "href=\"/\">Check another code</a>";
static const char report[] = ">Report this label</a>";
static const char found[] = ">Tell Nordlys where it is</a>";
static const char notice[] = "href=\"https://nordlys.example/recalls/4\">Read the recall notice<";

struct row {
    enum reason reason;
    const char *label, *class, *word, *sentence, *next, *button;
};

static const struct row rows[] = {
    {REASON_REGISTRY_UNAVAILABLE, "registry_unavailable", "unchecked", "Not checked",
     "We could not check this label just now.", "Please try again in a minute.", ">Try again</a>"},
    {REASON_RATE_LIMITED, "rate_limited", "unchecked", "Not checked",
     "There were too many checks in a short time", "Please wait a minute", ">Try again</a>"},
    {REASON_LABEL_MALFORMED, "label_malformed", "bad", "Stop", "a part of its code is missing",
     "Scan the code on the item once more.", another},
    {REASON_LABEL_FORGED, "label_forged", "bad", "Stop", "This label is not genuine.",
     "Do not buy or use the item.", report},
    {REASON_ISSUER_UNKNOWN, "issuer_unknown", "bad", "Stop", "We do not know who made this label.",
     "Do not rely on this label.", report},
    {REASON_ISSUER_REVOKED, "issuer_revoked", "bad", "Stop", "This label is no longer accepted.",
     "The maker can check the item in another way", report},
    {REASON_ISSUER_OUT_OF_SCOPE, "issuer_out_of_scope", "bad", "Stop",
     "This label was not made for this product.", "Ask the seller where the item comes from",
     report},
    {REASON_NEVER_ISSUED, "never_issued", "bad", "Stop",
     "No item with this serial number is on record.", "Do not buy the item.", report},
    {REASON_STOLEN, "stolen", "bad", "Stop", "This item has been reported stolen.",
     "contact the maker or the police.", found},
    {REASON_RETIRED, "retired", "bad", "Stop", "This item was taken out of use.", "Do not buy it.",
     report},
    {REASON_RECALLED_STOP_USE, "recalled, stop use", "bad", "Stop", "Stop using it now.",
     "Stop using it, and do what the recall notice says.", notice},
    {REASON_RECALLED, "recalled", "caution", "Take care", "This item is recalled.",
     "Read the recall notice and do what it says.", notice},
    {REASON_COPY_SUSPECTED, "copy_suspected", "caution", "Take care",
     "This label may have been copied.", "Compare the serial number", help},
    {REASON_HELD, "held", "caution", "Take care", "This item is on hold.",
     "Do not buy or sell it before that is settled.", help},
    {REASON_LOST, "lost", "caution", "Take care", "This item has been reported lost.",
     "If you found it, please tell the maker", found},
    {REASON_EXPIRED, "expired", "caution", "Take care", "This item is past its date.",
     "Do not use it if safety or health depends on it.", help},
    {REASON_LOT_MISMATCH, "lot_mismatch", "caution", "Take care",
     "This label does not match our record of the item.", "Compare the batch on the item", report},
    {REASON_NOT_IN_MARKET, "not_in_market", "caution", "Take care",
     "This item was not made for sale in your country.", "Ask the seller about the warranty", help},
    {REASON_RETURNED, "returned", "caution", "Take care", "This item was given back to a shop.",
     "If it is offered to you as new", help},
    {REASON_SIGNATURE_NEEDED, "signature_needed", "unchecked", "Not checked",
     "A typed number is not enough to check an item.", "Scan the square code", another},
    {REASON_NO_SIGNATURE, "no_signature", "caution", "Take care",
     "This was looked up without its label.", "Scan the square code on the label.", another},
    {REASON_GENUINE, "genuine", "ok", "Genuine label",
     "This label is genuine, and its item is on record.",
     "Check that the name and the serial number match", ">Register this item</a>"},
};
_Static_assert(sizeof rows / sizeof rows[0] == REASON_COUNT, "every reason has a row");

/* Each class has an icon of another shape, so that colour is never the only difference. */
static const struct {
    const char *class, *body, *shape;
} classes[] = {
    {"ok", "<body class=\"ok\">", "M14 25l7 7 13-15"},
    {"caution", "<body class=\"caution\">", "M24 6L44 41H4z"},
    {"bad", "<body class=\"bad\">", "M15 2h18l13 13v18L33 46H15L2 33V15z"},
    {"unchecked", "<body class=\"unchecked\">", "class=\"dash\""},
};

static void
assert_class(const struct row *row, const struct text *page)
{
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        bool same = strcmp(classes[i].class, row->class) == 0;
        (same ? assert_shows : assert_hides)(row->label, page, classes[i].body);
        (same ? assert_shows : assert_hides)(row->label, page, classes[i].shape);
    }
}

/* The answer stands at the top, before anything about the item. */
static void
assert_head(const struct row *row, const struct text *page)
{
    char heading[64] = "<h1>";
    strcat(heading, row->word);
    strcat(heading, "</h1>\n<p>");
    assert_shows(row->label, page, heading);
    const char *answer = strstr(page->data, heading);
    const char *sentence = strstr(page->data, row->sentence);
    assert_non_null(sentence);
    assert_true(answer < sentence && sentence < strstr(page->data, "class=\"next\""));
}

static void
every_reason(void **state)
{
    for (size_t i = 0; i < REASON_COUNT; i++) {
        const struct row *row = &rows[i];
        struct scene scene;
        assert_int_equal(row->reason, i);
        scene_open(&scene);
        scene_reasons(&scene, (const int[]){(int)row->reason, -1});
        scene.verdict.recall = &scene.recall;
        struct text page = scene_render(*state, &scene);
        assert_class(row, &page);
        assert_head(row, &page);
        assert_shows(row->label, &page, row->next);
        assert_shows(row->label, &page, row->button);
        assert_shows(row->label, &page, reason_info(row->reason)->code);
        if (page.len > PAGE_AIM)
            fail_msg("%s: %zu bytes", row->label, page.len);
        text_free(&page);
    }
}

static void
sentences_for_programs(void **state)
{
    for (size_t i = 0; i < REASON_COUNT; i++)
        if (strstr(pages_reason_sentence(*state, "en", rows[i].reason), rows[i].sentence) == NULL)
            fail_msg("%s: \"%s\"", rows[i].label,
                     pages_reason_sentence(*state, "en", rows[i].reason));
    assert_string_equal(pages_reason_sentence(*state, "qq", REASON_STOLEN),
                        "This item has been reported stolen.");
    /* A reason that nobody knows is the least trusting one. */
    assert_string_equal(pages_reason_sentence(*state, "en", REASON_COUNT),
                        "We could not check this label just now.");
}

static void
reasons_for_programs(void **state)
{
    static const struct {
        const char *language;
        enum reason reason;
        const char *expected;
    } objects[] = {
        {"en", REASON_STOLEN,
         "{\"code\":\"stolen\",\"class\":\"bad\",\"text\":\"This item has been reported "
         "stolen.\"}"},
        {"qq", REASON_RECALLED_STOP_USE,
         "{\"code\":\"recalled\",\"class\":\"bad\",\"text\":\"This item"},
        {"en", REASON_COUNT,
         "{\"code\":\"registry_unavailable\",\"class\":\"unchecked\",\"text\":\"We could not "
         "check this label just now.\"}"},
    };
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        struct slice json = pages_reason_json(*state, objects[i].language, objects[i].reason);
        assert_true(slice_starts(json, objects[i].expected));
        assert_int_equal(json.data[json.len - 1], '}');
    }
    for (const char *const *tag = pages_languages(*state); *tag != NULL; tag++) {
        struct slice json = pages_reason_json(*state, *tag, REASON_GENUINE);
        assert_true(slice_starts(json, "{\"code\":\"genuine\",\"class\":\"ok\",\"text\":\""));
        const char *said = pages_reason_sentence(*state, *tag, REASON_GENUINE);
        assert_non_null(strstr(json.data, said));
    }
}

static void
a_zeroed_verdict_says_that_nothing_was_checked(void **state)
{
    struct scene scene;
    scene_open(&scene);
    memset(&scene.verdict, 0, sizeof scene.verdict);
    struct text page = scene_render(*state, &scene);
    assert_class(&rows[REASON_REGISTRY_UNAVAILABLE], &page);
    assert_head(&rows[REASON_REGISTRY_UNAVAILABLE], &page);
    assert_hides("zeroed", &page, "Aura Kettle");
    text_free(&page);
}

/* A class that contradicts the missing reasons is not believed. */
static void
a_good_class_without_a_reason_is_not_good(void **state)
{
    struct scene scene;
    scene_open(&scene);
    memset(&scene.verdict, 0, sizeof scene.verdict);
    scene.verdict.class = VERDICT_OK;
    scene.verdict.shows_unit = true;
    struct text page = scene_render(*state, &scene);
    assert_class(&rows[REASON_REGISTRY_UNAVAILABLE], &page);
    assert_hides("no reason", &page, "Genuine label");
    text_free(&page);
}

static void
other_reasons_follow(void **state)
{
    struct scene scene;
    scene_open(&scene);
    scene_reasons(&scene, (const int[]){REASON_HELD, REASON_RETURNED, REASON_GENUINE, -1});
    struct text page = scene_render(*state, &scene);
    assert_head(&rows[REASON_HELD], &page);
    assert_shows("held", &page, "Also found");
    const char *returned = strstr(page.data, "<strong>This item was given back to a shop.");
    const char *genuine = strstr(page.data, "<strong>This label is genuine, and");
    assert_non_null(returned);
    assert_non_null(genuine);
    assert_true(returned < genuine);
    assert_shows("held", &page, "held, returned, genuine");
    text_free(&page);

    scene_reasons(&scene, (const int[]){REASON_HELD, -1});
    page = scene_render(*state, &scene);
    assert_hides("held alone", &page, "Also found");
    text_free(&page);
}

/* Nothing on a page that says stop can be taken for a yes. */
static void
a_bad_answer_does_not_say_genuine(void **state)
{
    struct scene scene;
    scene_open(&scene);
    scene_reasons(&scene, (const int[]){REASON_STOLEN, REASON_HELD, REASON_GENUINE, -1});
    struct text page = scene_render(*state, &scene);
    assert_shows("stolen", &page, "<strong>This item is on hold.</strong>");
    assert_hides("stolen", &page, "label is genuine");
    assert_shows("stolen", &page, "stolen, held, genuine");
    text_free(&page);

    scene_reasons(&scene, (const int[]){REASON_STOLEN, REASON_GENUINE, -1});
    page = scene_render(*state, &scene);
    assert_hides("stolen", &page, "Also found");
    assert_hides("stolen", &page, "label is genuine");
    text_free(&page);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason),
        cmocka_unit_test(sentences_for_programs),
        cmocka_unit_test(reasons_for_programs),
        cmocka_unit_test(a_zeroed_verdict_says_that_nothing_was_checked),
        cmocka_unit_test(a_good_class_without_a_reason_is_not_good),
        cmocka_unit_test(other_reasons_follow),
        cmocka_unit_test(a_bad_answer_does_not_say_genuine),
    };
    return cmocka_run_group_tests(tests, pages_set_up, pages_tear_down);
}
