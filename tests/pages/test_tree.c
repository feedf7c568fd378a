/* SPDX-License-Identifier: Apache-2.0 */
/* Templates over a document. What a section and a name mean is mustache(5), worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/pages/assets.h"
#include "gateway/pages/inside.h"
#include "gateway/pages/tree.h"

enum { FILES = PAGE_FILES_MAX + PAGE_LANGUAGES_MAX };

static const char more_words[] = "[staff t]\nsold = Sold <now>\ncount = {{n}} of {{unit.serial}}\n";

/* The embedded files, the words above, and the page staff/t.html. */
static enum err
open_pages(struct pages **out, const char *page, struct fault *fault)
{
    static struct embedded files[FILES + 2];
    static char words[64 * 1024];
    size_t count = 0;
    for (const struct embedded *file = embedded_files; file->path != NULL; file++) {
        assert_true(count < FILES);
        files[count] = *file;
        if (strcmp(file->path, "lang/staff/en.ini") == 0) {
            int len = snprintf(words, sizeof words, "%s\n%s", (const char *)file->data, more_words);
            assert_true(len > 0 && (size_t)len < sizeof words);
            files[count].data = (const unsigned char *)words;
            files[count].len = (size_t)len;
        }
        count++;
    }
    files[count++] = (struct embedded){"staff/t.html", (const unsigned char *)page, strlen(page)};
    files[count] = (struct embedded){NULL, NULL, 0};
    return pages_open_from(out, files, fault);
}

static const char document[] =
    "{\"a\":\"<&\\\"'>\",\"empty\":\"\",\"n\":0,\"yes\":true,\"no\":false,\"none\":[],"
    "\"list\":[\"x\",\"y\"],\"unit\":{\"serial\":\"7K/3 M\",\"state\":\"sold\",\"n\":7},"
    "\"rows\":[{\"n\":1,\"to\":{\"at\":\"B\"}},{\"n\":2}],\"key\":\"staff t.sold\","
    "\"script\":\"<script>\",\"codes\":[\"DE\",\"XK\",\"QZ\"],\"small\":\"de\",\"in\":\"CI\","
    "\"at\":\"2026-11-22T18:43:41Z\",\"on\":\"2026-11-22\"}";

static const struct {
    const char *label, *page, *expected;
} rows[] = {
    {"text", "a {b}", "a {b}"},
    {"a value is escaped", "{{a}}", "&#60;&#38;&#34;&#39;&#62;"},
    {"a number", "{{n}}", "0"},
    {"a member of a member", "{{unit.serial}}", "7K/3 M"},
    {"percent-encoded", "/u/{{%unit.serial}}", "/u/7K%2F3%20M"},
    {"absent", "-{{b}}{{unit.b}}{{a.b}}{{rows.n}}-", "--"},
    {"objects, lists and truths are no text", "-{{unit}}{{list}}{{yes}}-", "--"},
    {"a text is there", "{{#a}}1{{/a}}{{^a}}0{{/a}}", "1"},
    {"an empty text is not", "{{#empty}}1{{/empty}}{{^empty}}0{{/empty}}", "0"},
    {"the number 0 is there", "{{#n}}1{{/n}}{{^n}}0{{/n}}", "1"},
    {"true is there", "{{#yes}}1{{/yes}}{{^yes}}0{{/yes}}", "1"},
    {"false is not", "{{#no}}1{{/no}}{{^no}}0{{/no}}", "0"},
    {"an empty list is not", "{{#none}}1{{/none}}{{^none}}0{{/none}}", "0"},
    {"absent is not", "{{#b}}1{{/b}}{{^b}}0{{/b}}", "0"},
    {"items of a list", "{{#list}}{{.}},{{/list}}", "x,y,"},
    {"a list that is there, once", "{{^list}}0{{/list}}", ""},
    {"an object opens", "{{#unit}}{{serial}}{{/unit}}", "7K/3 M"},
    {"inwards first", "{{#unit}}{{n}}{{/unit}}{{n}}", "70"},
    {"outwards when it is not inside", "{{#rows}}{{n}}{{unit.n}} {{/rows}}", "17 27 "},
    {"a member in a row that lacks it", "{{#rows}}{{to.at}}|{{/rows}}", "B||"},
    {"a text as it is", "{{#a}}{{.}}{{/a}}", "&#60;&#38;&#34;&#39;&#62;"},
    {"is this text", "{{#unit.state=sold}}1{{/unit.state=sold}}", "1"},
    {"is another text", "{{#unit.state=sol}}1{{/unit.state=sol}}", ""},
    {"is not this text", "{{^unit.state=sold}}1{{/unit.state=sold}}", ""},
    {"is not another", "{{^unit.state=new}}1{{/unit.state=new}}", "1"},
    {"what is absent is the empty text", "{{#b=}}1{{/b=}}", "1"},
    {"a number compares as it is written", "{{#n=0}}1{{/n=0}}", "1"},
    {"a word by its value", "{{>staff t *unit.state}}", "Sold &#60;now&#62;"},
    {"a country", "{{>country *in}}", "C\xC3\xB4te d&#39;Ivoire (CI)"},
    {"countries of a list", "{{#codes}}{{>country *.}};{{/codes}}", "Germany (DE);Kosovo (XK);QZ;"},
    {"a country in small letters is none", "{{>country *small}}", "de"},
    {"what is no country is escaped", "{{>country *script}}", "&#60;script&#62;"},
    {"no country at all", "-{{>country *b}}{{>country *empty}}-", "--"},
    {"a value without a word", "{{>staff t *unit.serial}}", "7K/3 M"},
    {"a value without a word is escaped", "{{>staff t *script}}", "&#60;script&#62;"},
    {"no value, no word", "-{{>staff t *b}}-", "--"},
    {"a word that the document names", "{{>*key}}", "Sold &#60;now&#62;"},
    {"a word that shows values", "{{>staff t.count}}", "0 of 7K/3 M"},
    {"a word inside a section", "{{#unit}}{{>staff t.count}}{{/unit}}", "7 of 7K/3 M"},
    {"inside an address in quotes", "<a href=\"?lang={{language}}&amp;n={{n}}\">",
     "<a href=\"?lang=en&amp;n=0\">"},
    {"after another value in quotes", "<a href=\"{{language}}?n={{n}}\">", "<a href=\"en?n=0\">"},
    {"a time", "{{@at}}", "2026-11-22 18:43 UTC"},
    {"a day is no time", "{{@on}}", "2026-11-22"},
    {"a text is no time", "{{@script}}", "&#60;script&#62;"},
    {"no time", "-{{@b}}-", "--"},
    {"the language", "{{language}}", "en"},
    {"a value does not run", "{{#rows}}{{script}}{{/rows}}", "&#60;script&#62;&#60;script&#62;"},
};

static void
renders(void **state)
{
    (void)state;
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    assert_int_equal(json_parse(slice_of(document), sizeof document, &doc, &fault), ERR_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pages *pages = NULL;
        struct text out;
        text_init(&out, PAGE_MAX);
        if (open_pages(&pages, rows[i].page, &fault) != ERR_OK)
            fail_msg("%s: %s", rows[i].label, fault.text);
        page_tree(&out, pages, "en", "staff/t.html", json_root(doc));
        text_char(&out, '\0');
        if (!text_ok(&out) || strcmp(out.data, rows[i].expected) != 0)
            fail_msg("%s: \"%s\"", rows[i].label, out.data);
        text_free(&out);
        pages_close(pages);
    }
    json_free(doc);
}

static const struct {
    const char *label, *page, *fault;
} refused[] = {
    {"capitals in a name", "{{Unit}}", "staff/t.html:1: cannot be a name: 'Unit'"},
    {"no name", "{{}}", "staff/t.html:1: cannot be a name: ''"},
    {"a sign in a name", "{{a-b}}", "staff/t.html:1: cannot be a name: 'a-b'"},
    {"not closed", "{{#a}}", "staff/t.html:1: at the end, still open: 'a'"},
    {"another is open", "{{#a=1}}{{/a=2}}", "staff/t.html:1: another block is open at 'a=2'"},
    {"closed without the text", "\n{{#a=1}}{{/a}}", "staff/t.html:2: another block is open at 'a'"},
    {"not quoted", "<i id={{a}}>", "staff/t.html:1: an attribute is not quoted: 'a'"},
    {"not quoted, encoded", "<i id={{%a}}>", "staff/t.html:1: an attribute is not quoted: 'a'"},
    {"not quoted, after one that is", "<i title=\"x\" id={{a}}>",
     "staff/t.html:1: an attribute is not quoted: 'a'"},
    {"no such word", "{{>staff t.nothing}}", "staff/t.html:1: cannot include 'staff t.nothing'"},
    {"no page", "{{>staff/none.html}}", "staff/t.html:1: cannot include 'staff/none.html'"},
    {"itself", "{{>staff/t.html}}", "staff/t.html:1: cannot include 'staff/t.html'"},
};

static void
refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct pages *pages = NULL;
        struct fault fault = {ERR_OK, ""};
        enum err err = open_pages(&pages, refused[i].page, &fault);
        if (err != ERR_CORRUPT || strcmp(fault.text, refused[i].fault) != 0)
            fail_msg("%s: %d %s", refused[i].label, err, fault.text);
        pages_close(pages);
    }
}

static void
has_no_other_page(void **state)
{
    (void)state;
    struct pages *pages = NULL;
    struct json_doc *doc = NULL;
    struct fault fault;
    struct text out;
    text_init(&out, PAGE_MAX);
    assert_int_equal(open_pages(&pages, "", &fault), ERR_OK);
    assert_int_equal(json_parse(slice_of("{}"), 2, &doc, &fault), ERR_OK);
    page_tree(&out, pages, "en", "staff/none.html", json_root(doc));
    assert_false(text_ok(&out));
    text_free(&out);
    json_free(doc);
    pages_close(pages);
}

static void
finds_assets(void **state)
{
    static const struct {
        const char *name, *type, *begins; /* type NULL: not there */
    } assets[] = {
        {"zxing/reader.wasm", "application/wasm", "\x00\x61\x73\x6d"},
        {"uplot.js", "text/javascript; charset=utf-8", "/*"},
        {"uplot.css", "text/css; charset=utf-8", ".uplot"},
        {"", NULL, ""},
        {"uplot", NULL, ""},
        {"UPLOT.JS", NULL, ""},
        {"../staff/page.c", NULL, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof assets / sizeof assets[0]; i++) {
        struct asset asset = {0};
        bool found = assets_find(&asset, slice_of(assets[i].name));
        if (found != (assets[i].type != NULL))
            fail_msg("%s: %d", assets[i].name, found);
        if (!found)
            continue;
        assert_string_equal(asset.type, assets[i].type);
        assert_memory_equal(asset.content.data, assets[i].begins,
                            assets[i].begins[0] == '\0' ? 4 : strlen(assets[i].begins));
    }
    assert_int_equal(strlen(assets_version()), ASSETS_VERSION_CHARS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders),
        cmocka_unit_test(refuses),
        cmocka_unit_test(has_no_other_page),
        cmocka_unit_test(finds_assets),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
