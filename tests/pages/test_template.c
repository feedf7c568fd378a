/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/pages/template.h"

/* a is a hostile text, b is absent, list[] has the items "one" and "two", empty[] has none. */
static const char *const fields[] = {"a", "b", "list[]", "empty[]", "item", "pick", NULL};
enum { A, B, LIST, EMPTY, ITEM, PICK };

static const char included[] = "[{{a}}]";

static int
include(const void *context, struct slice name)
{
    (void)context;
    return slice_equal(name, "inc.html") ? 0 : -1;
}

static const struct template_names names = {fields, include, NULL};

static bool
next(struct view *view, unsigned list, size_t index)
{
    static const char *const items[] = {"one", "two"};
    if (list != LIST || index == sizeof items / sizeof items[0])
        return false;
    view->values[ITEM] = slice_of(items[index]);
    return true;
}

static enum err
parse(struct template *out, const char *text, size_t len, struct fault *fault)
{
    struct template_source source = {"t.html", slice_make(text, len), 1, false, false};
    return template_parse(out, &source, &names, fault);
}

static void
renders(void **state)
{
    static const struct {
        const char *label, *text, *expected;
    } rows[] = {
        {"nothing", "", ""},
        {"plain text", "a {b} c", "a {b} c"},
        {"closing braces alone are text", "@media x{.a{b:c}}", "@media x{.a{b:c}}"},
        {"a value is escaped", "<b>{{a}}</b>", "<b>&#60;&#38;&#34;&#39;&#62;</b>"},
        {"blanks inside a tag", "{{ a }}|{{# a }}x{{/ a }}", "&#60;&#38;&#34;&#39;&#62;|x"},
        {"a quoted attribute", "<i title=\"{{a}}\">", "<i title=\"&#60;&#38;&#34;&#39;&#62;\">"},
        {"an absent value", "-{{b}}-", "--"},
        {"a section that is there", "{{#a}}yes{{/a}}", "yes"},
        {"a section that is not", "{{#b}}yes{{/b}}", ""},
        {"an inverted section that is not", "{{^a}}no{{/a}}", ""},
        {"a comparison that holds", "{{#list}}{{#item=two}}second{{/item=two}}{{/list}}", "second"},
        {"its inverse", "{{#list}}{{^item=two}}first{{/item=two}}{{/list}}", "first"},
        {"a beginning is not the whole", "{{#list}}{{#item=tw}}no{{/item=tw}}{{/list}}", ""},
        {"nothing compares with nothing", "{{#b=}}yes{{/b=}}{{#a=}}no{{/a=}}", "yes"},
        {"an inverted section that is", "{{^b}}no{{/b}}", "no"},
        {"an empty section", "x{{#a}}{{/a}}y", "xy"},
        {"sections inside each other", "{{#a}}1{{^b}}2{{/b}}{{#b}}3{{/b}}{{/a}}4", "124"},
        {"a list", "{{#list}}({{item}}){{/list}}", "(one)(two)"},
        {"an empty list", "a{{#empty}}({{item}}){{/empty}}b", "ab"},
        {"an include", "{{>inc.html}}!", "[&#60;&#38;&#34;&#39;&#62;]!"},
        {"a chosen include", "{{>*pick}}", "[&#60;&#38;&#34;&#39;&#62;]"},
        {"a chosen include is there", "{{#pick}}p{{/pick}}", "p"},
        {"a chosen include that is absent", "-{{>*item}}-", "--"},
        {"a comment", "a{{! not seen }}b", "ab"},
        {"indentation and empty lines", "  <p>\n\n    x y\n  {{#a}}\n    z\n  {{/a}}\n</p>\n",
         "<p>\nx y\nz\n</p>\n"},
        {"blanks after a value stay", "{{b}} x\n {{b}} y", " x\n y"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct template inner;
        struct template t;
        struct fault fault = {ERR_OK, ""};
        if (parse(&inner, included, strlen(included), &fault) != ERR_OK ||
            parse(&t, rows[i].text, strlen(rows[i].text), &fault) != ERR_OK)
            fail_msg("%s: %s", rows[i].label, fault.text);
        const struct template *includes[] = {&inner};
        struct view view = {.next = next};
        view.values[A] = slice_of("<&\"'>");
        view.chosen[PICK] = 1;
        struct text out;
        text_init(&out, 1000);
        template_render(&out, &t, includes, &view);
        assert_true(text_ok(&out));
        if (!slice_equal(text_slice(&out), rows[i].expected))
            fail_msg("%s: \"%s\"", rows[i].label, out.data);
        text_free(&out);
        template_free(&t);
        template_free(&inner);
    }
}

#define DEEP8 "{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}"
#define CHARS50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void
refuses(void **state)
{
    static const struct {
        const char *label, *text, *fault;
    } rows[] = {
        {"an unknown value", "x\n\n{{c}}", "t.html:3: no such name 'c'"},
        {"an empty tag", "{{}}", "no such name ''"},
        {"a name in another case", "{{A}}", "no such name 'A'"},
        {"an unknown section", "{{#c}}{{/c}}", "no such name 'c'"},
        {"an unknown comparison", "{{#c=1}}{{/c=1}}", "no such name 'c'"},
        {"a list compared", "{{#list=one}}{{/list=one}}", "a list is no value: 'list'"},
        {"a comparison closed without its text", "{{#a=1}}{{/a}}", "another block is open at 'a'"},
        {"a tag without an end", "a {{a", "t.html:1: a tag is not closed"},
        {"a tag over two lines", "{{a\n}}", "a tag is not closed"},
        {"a tag that is too long", "{{! " CHARS50 CHARS50 " }}", "a tag is not closed"},
        {"a section without an end", "{{#a}}\nx", "still open: 'a'"},
        {"an end without a section", "{{/a}}", "nothing is open for 'a'"},
        {"ends in the wrong order", "{{#a}}{{#b}}{{/a}}{{/b}}", "another block is open at 'a'"},
        {"a list as a value", "{{list}}", "a list is no value: 'list'"},
        {"an inverted list", "{{^list}}{{/list}}", "a list cannot be inverted: 'list'"},
        {"brackets in a tag", "{{#list[]}}{{/list[]}}", "no such name 'list[]'"},
        {"an unknown include", "{{>other.html}}", "cannot include 'other.html'"},
        {"an unknown choice", "{{>*c}}", "no such name 'c'"},
        {"a list as a choice", "{{>*list}}", "cannot include 'list'"},
        {"an attribute without quotes", "<a href={{a}}>", "an attribute is not quoted: 'a'"},
        {"the same in a section", "<a href={{#a}}{{a}}{{/a}}>", "an attribute is not quoted: 'a'"},
        {"nine sections deep", DEEP8 "{{#a}}", "too deep at 'a'"},
        {"not UTF-8", "a\xFF", "not UTF-8"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct template t;
        struct fault fault = {ERR_OK, ""};
        enum err err = parse(&t, rows[i].text, strlen(rows[i].text), &fault);
        if (err != ERR_CORRUPT || strstr(fault.text, rows[i].fault) == NULL)
            fail_msg("%s: %s (%s)", rows[i].label, err_info(err)->code, fault.text);
        template_free(&t);
    }
}

static void
words_are_plain_text(void **state)
{
    const struct template_names closed = {fields, NULL, NULL};
    struct template_source source = {"w.ini", slice_of("<b> & {{a}} ={{a}}"), 7, true, false};
    struct view view = {.next = NULL};
    struct template t;
    struct text out;
    (void)state;
    text_init(&out, 1000);
    view.values[A] = slice_of("'");
    assert_int_equal(template_parse(&t, &source, &closed, NULL), ERR_OK);
    assert_int_equal(t.fields, 1U << A);
    template_render(&out, &t, NULL, &view);
    assert_string_equal(out.data, "&#60;b&#62; &#38; &#39; =&#39;");
    text_free(&out);
    template_free(&t);

    struct fault fault = {ERR_OK, ""};
    source.text = slice_of("{{>inc.html}}");
    assert_int_equal(template_parse(&t, &source, &closed, &fault), ERR_CORRUPT);
    assert_string_equal(fault.text, "w.ini:7: cannot include 'inc.html'");
    template_free(&t);
}

static void
a_page_that_is_too_long_fails(void **state)
{
    struct view view = {.next = next};
    struct template t;
    struct text out;
    (void)state;
    assert_int_equal(parse(&t, "{{#list}}12345{{/list}}", 23, NULL), ERR_OK);
    text_init(&out, 9);
    template_render(&out, &t, NULL, &view);
    assert_false(text_ok(&out));
    text_free(&out);
    template_free(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders),
        cmocka_unit_test(refuses),
        cmocka_unit_test(words_are_plain_text),
        cmocka_unit_test(a_page_that_is_too_long_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
