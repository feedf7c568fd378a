/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/tree.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/pages/assets.h"
#include "gateway/pages/country_name.h"
#include "gateway/pages/inside.h"
#include "gateway/pages/template_node.h"

enum { STACK_MAX = 2 * TEMPLATE_DEPTH_MAX, PATH_NAME_MAX = TEMPLATE_TAG_MAX };

struct growth {
    struct text *out;
    const struct pages *pages;
    const struct language *language;
    const struct json_node *stack[STACK_MAX]; /* open sections, the document first */
    size_t depth;
};

static void grow(struct growth *g, const struct template *t, size_t from, size_t to);

/* ---- names ---- */

static const struct json_node *
member(const struct json_node *object, struct slice name)
{
    char text[PATH_NAME_MAX + 1];
    if (!json_is(object, JSON_OBJECT) || !slice_copy(text, sizeof text, name))
        return NULL;
    return json_member_of(object, text);
}

static const struct json_node *
look_up(const struct growth *g, struct slice name)
{
    if (slice_equal(name, "."))
        return g->stack[g->depth - 1];
    struct slice first = slice_take_until(&name, '.');
    const struct json_node *found = NULL;
    for (size_t i = g->depth; i > 0 && found == NULL; i--)
        found = member(g->stack[i - 1], first);
    while (found != NULL && name.len > 0)
        found = member(found, slice_take_until(&name, '.'));
    return found;
}

/* A text or a number as text; empty for anything else. */
static struct slice
text_of(const struct growth *g, struct slice name, char number[static 24])
{
    int64_t value = 0;
    const struct json_node *node = look_up(g, name);
    if (node != NULL && json_integer(&value, node, -JSON_INTEGER_MAX, JSON_INTEGER_MAX)) {
        (void)snprintf(number, 24, "%" PRId64, value);
        return slice_of(number);
    }
    if (node != NULL)
        return json_string(node);
    if (slice_equal(name, "language"))
        return slice_of(g->language->tag);
    return slice_of(slice_equal(name, "assets") ? assets_version() : "");
}

static bool
is_there(const struct json_node *node)
{
    int64_t number = 0;
    if (node == NULL)
        return false;
    if (json_is(node, JSON_ARRAY))
        return json_first(node) != NULL;
    return json_is(node, JSON_OBJECT) || json_true(node) || json_string(node).len > 0 ||
           json_integer(&number, node, -JSON_INTEGER_MAX, JSON_INTEGER_MAX);
}

/* ---- blocks ---- */

static void
grow_inside(struct growth *g, const struct template *t, size_t at, const struct json_node *item)
{
    if (g->depth == STACK_MAX) {
        g->out->failed = true;
        return;
    }
    g->stack[g->depth++] = item;
    grow(g, t, at + 1, t->nodes[at].end);
    g->depth--;
}

static void
grow_section(struct growth *g, const struct template *t, size_t at)
{
    const struct json_node *node = look_up(g, t->nodes[at].text);
    if (!is_there(node))
        return;
    if (!json_is(node, JSON_ARRAY)) {
        grow_inside(g, t, at, node);
        return;
    }
    for (const struct json_node *item = json_first(node); item != NULL; item = json_next(item))
        grow_inside(g, t, at, item);
}

static void
grow_comparison(struct growth *g, const struct template *t, size_t at)
{
    const struct template_node *node = &t->nodes[at];
    char number[24];
    char wanted[PATH_NAME_MAX + 1];
    struct slice text = node->text;
    struct slice name = slice_take_until(&text, '=');
    bool same =
        slice_copy(wanted, sizeof wanted, text) && slice_equal(text_of(g, name, number), wanted);
    if (same == (node->kind == NODE_SECTION_IS))
        grow(g, t, at + 1, node->end);
}

/* ---- words and pieces ---- */

static const struct template *
find_word(const struct growth *g, struct slice key)
{
    int word = words_find(&g->language->words, key);
    return word < 0 ? NULL : &g->language->words.list[word].template;
}

/* A value without a word of its own is shown as it is. */
static void
grow_word(struct growth *g, const struct text *key, struct slice value)
{
    const struct template *word = find_word(g, text_slice(key));
    if (word != NULL)
        grow(g, word, 0, word->count);
    else
        text_html(g->out, value);
}

static void
put_country(struct text *out, struct slice code)
{
    const char *name = country_name(code);
    text_html(out, name == NULL ? code : slice_of(name));
    if (name != NULL)
        text_printf(out, " (%.*s)", (int)code.len, code.data);
}

static void
grow_named(struct growth *g, struct slice whole)
{
    char number[24];
    struct text key;
    struct slice section = slice_trim(slice_take_until(&whole, '*'));
    struct slice value = text_of(g, whole, number);
    if (value.len == 0)
        return;
    if (slice_equal(section, "country")) {
        put_country(g->out, value);
        return;
    }
    text_init(&key, WORD_KEY_MAX);
    text_slice_put(&key, section);
    text_char(&key, '.');
    text_slice_put(&key, value);
    grow_word(g, &key, value);
    text_free(&key);
}

static void
grow_chosen(struct growth *g, struct slice name)
{
    char number[24];
    struct text key;
    text_init(&key, WORD_KEY_MAX);
    text_slice_put(&key, text_of(g, name, number));
    grow_word(g, &key, text_slice(&key));
    text_free(&key);
}

/* ---- the walk ---- */

/* "2026-11-22T18:43:41Z" without the letters and the seconds; anything else as it is. */
static void
put_moment(struct text *out, struct slice value)
{
    struct slice rest = value;
    struct slice day = slice_take_until(&rest, 'T');
    bool is_time = day.len == 10 && rest.len == 9 && rest.data[8] == 'Z';
    text_html(out, is_time ? day : value);
    if (!is_time)
        return;
    text_char(out, ' ');
    text_html(out, slice_make(rest.data, 5));
    text_put(out, " UTC");
}

static void
grow_value(struct growth *g, const struct template_node *node)
{
    char number[24];
    struct slice value = text_of(g, node->text, number);
    if (node->kind == NODE_ENCODED)
        text_percent(g->out, value);
    else if (node->kind == NODE_MOMENT)
        put_moment(g->out, value);
    else
        text_html(g->out, value);
}

static void
grow_node(struct growth *g, const struct template *t, size_t at)
{
    const struct template_node *node = &t->nodes[at];
    switch (node->kind) {
    case NODE_TEXT:
        text_slice_put(g->out, node->text);
        return;
    case NODE_WORDS:
        text_html(g->out, node->text);
        return;
    case NODE_VALUE:
    case NODE_ENCODED:
    case NODE_MOMENT:
        grow_value(g, node);
        return;
    case NODE_SECTION:
    case NODE_LIST:
        grow_section(g, t, at);
        return;
    case NODE_INVERTED:
        if (!is_there(look_up(g, node->text)))
            grow(g, t, at + 1, node->end);
        return;
    case NODE_SECTION_IS:
    case NODE_INVERTED_IS:
        grow_comparison(g, t, at);
        return;
    case NODE_INCLUDE: {
        const struct template *piece = g->language->includes[node->index];
        grow(g, piece, 0, piece->count);
        return;
    }
    case NODE_NAMED:
        grow_named(g, node->text);
        return;
    case NODE_CHOSEN:
        grow_chosen(g, node->text);
        return;
    }
}

static void
grow(struct growth *g, const struct template *t, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        grow_node(g, t, i);
        if (t->nodes[i].end > 0)
            i = t->nodes[i].end - 1;
    }
}

void
page_tree(struct text *out, const struct pages *pages, const char *language, const char *path,
          const struct json_node *document)
{
    struct growth g = {.out = out, .pages = pages, .language = pages_language(pages, language)};
    const struct template *page = pages_file(pages, path);
    if (page == NULL) {
        out->failed = true;
        return;
    }
    g.stack[g.depth++] = document;
    grow(&g, page, 0, page->count);
}

const char *
pages_text(const struct pages *pages, const char *language, const char *key)
{
    const struct language *words = pages_language(pages, language);
    int word = words_find(&words->words, slice_of(key));
    return word < 0 ? NULL : words->words.list[word].text.data;
}
