/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile texts in every field: the page keeps exactly the tags and attributes that it has with
 * harmless texts, and shows the hostile ones as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tests/pages/page_case.h"

/* The tags of a page without their texts and attribute values: "<a href=>". */
static struct text
skeleton(const struct text *page)
{
    struct text out;
    bool tag = false;
    bool quoted = false;
    text_init(&out, PAGE_MAX);
    for (size_t i = 0; i < page->len; i++) {
        char c = page->data[i];
        if (c == '<')
            tag = true;
        if (tag && c == '"')
            quoted = !quoted;
        if (tag && !quoted && c != '"')
            text_char(&out, c);
        if (c == '>' && !quoted)
            tag = false;
    }
    assert_true(text_ok(&out));
    return out;
}

static const char *const hostile[] = {
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title><svg onload=alert(1)>",
    "</style><style>*{display:none}</style>",
    "{{serial}}{{#name}}",
    "<!-- ",
    "]]>&lt;b&gt;&amp;&#60;",
    "\xE2\x80\xAEsrever\xE2\x80\xAC",
    "\xF0\x9F\x92\xA9 Zal\xCD\xA7go \xD8\xB9\xD8\xB1\xD8\xA8\xD9\x8A",
};

static void
put(char *out, size_t size, const char *text)
{
    assert_true(slice_copy(out, size, slice_of(text)));
}

/* Everything that comes from a record, a keyset or a label. */
static void
fill(struct scene *scene, const char *text)
{
    scene_open(scene);
    struct product *product = &scene->product;
    put(product->item, sizeof product->item, text);
    put(product->brand, sizeof product->brand, text);
    put(product->name, sizeof product->name, text);
    put(product->model, sizeof product->model, text);
    for (size_t i = 0; i < product->entitlement_count; i++) {
        struct entitlement *entitlement = &product->entitlements[i];
        put(entitlement->title, sizeof entitlement->title, text);
        put(entitlement->covers, sizeof entitlement->covers, text);
    }
    put(scene->recall.id, sizeof scene->recall.id, text);
    put(scene->recall.text, sizeof scene->recall.text, text);
    put(scene->signer.organisation, sizeof scene->signer.organisation, text);
    scene_reasons(scene, (const int[]){REASON_RECALLED, REASON_GENUINE, -1});
    scene_warranty(scene, "2026-11-22");
    scene->verdict.recall = &scene->recall;
}

static void
texts_stay_texts(void **state)
{
    struct scene scene;
    fill(&scene, "harmless");
    struct text page = scene_render(*state, &scene);
    struct text expected = skeleton(&page);
    text_free(&page);
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        fill(&scene, hostile[i]);
        text_init(&page, PAGE_MAX);
        page_verdict(&page, *state, &in_english, &scene.page);
        assert_true(text_ok(&page));
        struct text tags = skeleton(&page);
        if (tags.len != expected.len || memcmp(tags.data, expected.data, tags.len) != 0)
            fail_msg("\"%s\" changes the page", hostile[i]);
        assert_hides(hostile[i], &page, "<script");
        text_free(&tags);
        text_free(&page);
    }
    text_free(&expected);
}

/* The 82 characters of GS1 hold quotes, brackets and an ampersand. */
static void
serials(void **state)
{
    static const struct {
        const char *label, *serial, *shown;
    } rows[] = {
        {"a tag", "<b>\"'&x</b>", ">&#60;b&#62;&#34;&#39;&#38;x&#60;/b&#62;</code>"},
        {"an attribute", "\"onclick=\"a", ">&#34;onclick=&#34;a</code>"},
        {"an entity", "&lt;", ">&#38;lt;</code>"},
    };
    struct scene scene;
    scene_open(&scene);
    struct text page = scene_render(*state, &scene);
    struct text expected = skeleton(&page);
    text_free(&page);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put(scene.reading.id.serial, sizeof scene.reading.id.serial, rows[i].serial);
        page = scene_render(*state, &scene);
        struct text tags = skeleton(&page);
        assert_shows(rows[i].label, &page, rows[i].shown);
        assert_string_equal(tags.data, expected.data);
        text_free(&tags);
        text_free(&page);
    }
    text_free(&expected);
}

static void
what_was_typed(void **state)
{
    struct text page;
    text_init(&page, PAGE_MAX);
    page_not_a_code(&page, *state, &in_english, READ_NOT_A_CODE, slice_of("harmless"));
    assert_shows("harmless", &page, "value=\"harmless\"");
    struct text expected = skeleton(&page);
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        text_reset(&page);
        page_not_a_code(&page, *state, &in_english, READ_NOT_A_CODE, slice_of(hostile[i]));
        struct text tags = skeleton(&page);
        assert_string_equal(tags.data, expected.data);
        text_free(&tags);
        text_reset(&page);
        page_error(&page, *state, "en", 400, hostile[i]);
        assert_hides("error", &page, "<script");
        assert_hides("error", &page, "<img");
        assert_hides("error", &page, "<svg");
    }
    text_free(&expected);

    /* Bytes that are no text are not shown at all. */
    text_reset(&page);
    page_not_a_code(&page, *state, &in_english, READ_BAD_CHARACTER, slice_make("a\xFFz", 3));
    assert_shows("not UTF-8", &page, "value=\"\"");
    text_free(&page);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_stay_texts),
        cmocka_unit_test(serials),
        cmocka_unit_test(what_was_typed),
    };
    return cmocka_run_group_tests(tests, pages_set_up, pages_tear_down);
}
