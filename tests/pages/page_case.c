/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "tests/pages/page_case.h"

/* 2026-11-22 14:33:20 UTC */
enum { NOW = 1795358000 };

const struct page_visit in_english = {.language = "en"};

civil_day
day_of(const char *iso)
{
    civil_day day = CIVIL_NONE;
    assert_true(date_parse(&day, slice_of(iso)));
    return day;
}

static const struct identity kettle = {
    .gtin = "09506000134352", .lot = "L24A0917", .serial = "7K3M9Q2XBT4H"};

static const struct product product = {
    .gtin = "09506000134352",
    .item = "KT-2200-B",
    .brand = "Nordlys",
    .name = "Aura Kettle",
    .model = "AK-17",
    .support = "https://nordlys.example/help",
    .entitlement_count = 2,
    .entitlements = {{.id = "std",
                      .title = "Two-year warranty",
                      .starts = {START_SALE},
                      .months = 24,
                      .covers = "parts, labour"},
                     {.id = "lid",
                      .title = "Lid promise",
                      .starts = {START_ACTIVATION},
                      .months = 60,
                      .requires_activation = true,
                      .covers = "the lid"}},
};

static void
fill_unit(struct unit *unit)
{
    *unit = (struct unit){.id = kettle, .version = 1, .state = UNIT_SOLD};
    unit->registered_at = 1768000000;
    unit->made_on = day_of("2026-01-12");
    unit->sold_on = day_of("2026-03-14");
    unit->expires_on = CIVIL_NONE;
    unit->shipped_on = CIVIL_NONE;
    unit->activated_on = CIVIL_NONE;
}

static void
fill_recall(struct recall *recall)
{
    *recall = (struct recall){.id = "R-2026-04",
                              .gtin = "09506000134352",
                              .made_from = CIVIL_NONE,
                              .made_to = CIVIL_NONE,
                              .text = "The base can overheat.",
                              .link = "https://nordlys.example/recalls/4",
                              .opened_at = 1790000000};
}

void
scene_open(struct scene *scene)
{
    static const uint8_t kid[KID_BYTES] = {0x3f, 0x9a, 0x1b, 0x2c, 0x4d};
    *scene = (struct scene){.product = product, .lot = {.made_on = CIVIL_NONE}};
    scene->lot.expires_on = CIVIL_NONE;
    scene->reading.kind = READING_DIGITAL_LINK;
    scene->reading.id = kettle;
    scene->reading.has_token = true;
    scene->reading.canonical_len = canonical_link(scene->reading.canonical, &kettle);
    memcpy(scene->reading.token.kid, kid, KID_BYTES);
    scene->signer = (struct keyset_entry){
        .name = "plant-a", .organisation = "Nordlys A/S", .status = KEY_ACTIVE};
    memcpy(scene->signer.kid, kid, KID_BYTES);
    fill_unit(&scene->unit);
    fill_recall(&scene->recall);
    scene_reasons(scene, (const int[]){REASON_GENUINE, -1});
    scene->page = (struct verdict_page){.verdict = &scene->verdict,
                                        .reading = &scene->reading,
                                        .unit = &scene->unit,
                                        .product = &scene->product,
                                        .lot = &scene->lot,
                                        .label = LABEL_GENUINE,
                                        .signer = &scene->signer,
                                        .now = NOW};
}

void
scene_reasons(struct scene *scene, const int *reasons)
{
    struct verdict *verdict = &scene->verdict;
    memset(verdict, 0, sizeof *verdict);
    verdict->class = VERDICT_OK;
    verdict->shows_unit = true;
    for (; *reasons >= 0; reasons++) {
        enum verdict_class class = reason_info((enum reason) * reasons)->class;
        verdict->reasons[verdict->reason_count++] = (enum reason) * reasons;
        verdict->class = class < verdict->class ? class : verdict->class;
    }
}

void
scene_warranty(struct scene *scene, const char *on)
{
    scene->verdict.has_warranty = true;
    warranty_evaluate(&scene->verdict.warranty, &scene->product, &scene->unit, day_of(on));
}

struct text
scene_render(const struct pages *pages, const struct scene *scene)
{
    struct text out;
    text_init(&out, PAGE_MAX);
    page_verdict(&out, pages, &in_english, &scene->page);
    assert_true(text_ok(&out));
    assert_null(strstr(out.data, "{{"));
    return out;
}

void
assert_shows(const char *label, const struct text *page, const char *text)
{
    if (strstr(page->data, text) == NULL)
        fail_msg("%s: the page lacks \"%s\"", label, text);
}

void
assert_hides(const char *label, const struct text *page, const char *text)
{
    if (strstr(page->data, text) != NULL)
        fail_msg("%s: the page holds \"%s\"", label, text);
}

int
pages_set_up(void **state)
{
    struct pages *pages = NULL;
    if (sodium_init() < 0 || pages_open(&pages, NULL) != ERR_OK)
        return -1;
    *state = pages;
    return 0;
}

int
pages_tear_down(void **state)
{
    pages_close(*state);
    return 0;
}
