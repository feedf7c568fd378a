/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/template_node.h"

#include <stdlib.h>
#include <string.h>

struct parser {
    const struct template_source *source;
    const struct template_names *names;
    struct template *out;
    struct fault *fault;
    struct slice rest;
    int line;
    bool line_start;                 /* nothing of this line was put yet */
    bool in_tag, in_quotes;          /* of HTML, after all the text so far */
    size_t open[TEMPLATE_DEPTH_MAX]; /* nodes of the blocks that are not closed yet */
    size_t depth;
};

static enum err
refuse(const struct parser *p, const char *what, struct slice name)
{
    return fault_set(p->fault, ERR_CORRUPT, "%s:%d: %s '%.*s'", p->source->path, p->line, what,
                     (int)(name.len < 60 ? name.len : 60), name.len > 0 ? name.data : "");
}

static enum err
put_node(struct parser *p, struct template_node node)
{
    struct template *t = p->out;
    if (t->count == t->capacity) {
        size_t capacity = t->capacity == 0 ? 1 : t->capacity * 2;
        struct template_node *nodes = realloc(t->nodes, capacity * sizeof *nodes);
        if (nodes == NULL)
            return fault_set(p->fault, ERR_MEMORY, "%s: out of memory", p->source->path);
        t->nodes = nodes;
        t->capacity = capacity;
    }
    t->nodes[t->count++] = node;
    return ERR_OK;
}

/* Most are words, of one node or two. */
static void
fit(struct template *t)
{
    struct template_node *nodes = t->count > 0 ? realloc(t->nodes, t->count * sizeof *nodes) : NULL;
    if (nodes == NULL)
        return; /* they stay as many as there is room for */
    t->nodes = nodes;
    t->capacity = t->count;
}

/* ---- text ---- */

static struct slice
without_indentation(struct slice line)
{
    while (line.len > 0 && (line.data[0] == ' ' || line.data[0] == '\n'))
        line = slice_make(line.data + 1, line.len - 1);
    return line;
}

static void
follow_html(struct parser *p, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (p->in_tag && c == '"')
            p->in_quotes = !p->in_quotes;
        else if (!p->in_quotes && (c == '<' || c == '>'))
            p->in_tag = c == '<';
    }
}

/* One line, with its line end when it has one. */
static enum err
put_line(struct parser *p, struct slice line)
{
    bool ends = line.len > 0 && line.data[line.len - 1] == '\n';
    struct slice kept = p->line_start ? without_indentation(line) : line;
    p->line_start = ends || (p->line_start && kept.len == 0);
    p->line += ends ? 1 : 0;
    follow_html(p, kept);
    return kept.len == 0 ? ERR_OK : put_node(p, (struct template_node){NODE_TEXT, 0, 0, kept});
}

static enum err
put_text(struct parser *p, struct slice text)
{
    if (text.len > 0 && p->source->plain)
        return put_node(p, (struct template_node){NODE_WORDS, 0, 0, text});
    enum err err = ERR_OK;
    while (err == ERR_OK && text.len > 0) {
        size_t end = slice_find(text, '\n');
        end += end < text.len ? 1 : 0;
        err = put_line(p, slice_make(text.data, end));
        text = slice_make(text.data + end, text.len - end);
    }
    return err;
}

/* ---- names ---- */

/* The index of a field, or -1. A list is found by its name without the brackets. */
static int
find_field(const struct template_names *names, struct slice name, bool *list)
{
    for (int i = 0; i < TEMPLATE_FIELDS_MAX && names->fields[i] != NULL; i++) {
        struct slice known = slice_of(names->fields[i]);
        *list = known.len > 2 && known.data[known.len - 1] == ']';
        known.len -= *list ? 2 : 0;
        if (known.len == name.len && memcmp(known.data, name.data, name.len) == 0)
            return i;
    }
    return -1;
}

static int
find_include(const struct parser *p, struct slice name)
{
    return p->names->include == NULL ? -1 : p->names->include(p->names->context, name);
}

static bool
open_name(struct slice name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_.";
    for (size_t i = 0; i < name.len; i++)
        if (strchr(allowed, name.data[i]) == NULL || name.data[i] == '\0')
            return false;
    return name.len > 0;
}

static unsigned
hash_bit(struct slice name)
{
    unsigned hash = 5381;
    for (size_t i = 0; i < name.len; i++)
        hash = hash * 33U + (unsigned char)name.data[i];
    return hash % 64U;
}

/* Where the value of a name stands: the index of its field, or for an open name its hash. */
static enum err
find_name(const struct parser *p, struct slice name, unsigned *index, bool *list)
{
    *list = false;
    if (p->source->open) {
        *index = hash_bit(name);
        return open_name(name) ? ERR_OK : refuse(p, "cannot be a name:", name);
    }
    int field = find_field(p->names, name, list);
    *index = (unsigned)field;
    return field >= 0 ? ERR_OK : refuse(p, "no such name", name);
}

/* ---- tags: one function each ---- */

typedef enum err put_tag(struct parser *p, struct slice name);

/* A value is safe in an attribute only when the attribute is quoted. */
static bool
after_equals(const struct parser *p)
{
    size_t last = p->out->count;
    while (last > 0 && p->out->nodes[last - 1].kind != NODE_TEXT)
        last--;
    if (last == 0 || p->in_quotes)
        return false;
    struct slice before = p->out->nodes[last - 1].text;
    return before.data[before.len - 1] == '=';
}

static enum err
put_shown(struct parser *p, struct slice name, enum node_kind kind)
{
    bool list = false;
    unsigned field = 0;
    enum err err = find_name(p, name, &field, &list);
    if (err != ERR_OK)
        return err;
    if (list)
        return refuse(p, "a list is no value:", name);
    if (!p->source->plain && after_equals(p))
        return refuse(p, "an attribute is not quoted:", name);
    p->out->fields |= UINT64_C(1) << field;
    p->line_start = false;
    return put_node(p, (struct template_node){kind, field, 0, name});
}

static enum err
put_value(struct parser *p, struct slice name)
{
    return put_shown(p, name, NODE_VALUE);
}

static enum err
put_encoded(struct parser *p, struct slice name)
{
    return p->source->open ? put_shown(p, name, NODE_ENCODED) : refuse(p, "no such name", name);
}

static enum err
put_moment(struct parser *p, struct slice name)
{
    return p->source->open ? put_shown(p, name, NODE_MOMENT) : refuse(p, "no such name", name);
}

static enum err
push_block(struct parser *p, struct template_node node)
{
    if (p->depth == TEMPLATE_DEPTH_MAX)
        return refuse(p, "blocks too deep at", node.text);
    p->open[p->depth++] = p->out->count;
    return put_node(p, node);
}

/* {{#name=text}}: the node keeps the whole. */
static enum err
open_comparison(struct parser *p, struct slice whole, enum node_kind kind)
{
    struct slice text = whole;
    struct slice name = slice_take_until(&text, '=');
    bool list = false;
    unsigned field = 0;
    enum err err = find_name(p, name, &field, &list);
    if (err == ERR_OK && list)
        return refuse(p, "a list is no value:", name);
    enum node_kind compared = kind == NODE_SECTION ? NODE_SECTION_IS : NODE_INVERTED_IS;
    return err == ERR_OK ? push_block(p, (struct template_node){compared, field, 0, whole}) : err;
}

static enum err
open_block(struct parser *p, struct slice name, enum node_kind kind)
{
    bool list = false;
    unsigned field = 0;
    if (slice_find(name, '=') < name.len)
        return open_comparison(p, name, kind);
    enum err err = find_name(p, name, &field, &list);
    if (err != ERR_OK)
        return err;
    if (list && kind == NODE_INVERTED)
        return refuse(p, "a list cannot be inverted:", name);
    return push_block(p, (struct template_node){list ? NODE_LIST : kind, field, 0, name});
}

static enum err
put_section(struct parser *p, struct slice name)
{
    return open_block(p, name, NODE_SECTION);
}

static enum err
put_inverted(struct parser *p, struct slice name)
{
    return open_block(p, name, NODE_INVERTED);
}

static enum err
close_block(struct parser *p, struct slice name)
{
    if (p->depth == 0)
        return refuse(p, "nothing is open for", name);
    struct template_node *block = &p->out->nodes[p->open[p->depth - 1]];
    if (block->text.len != name.len || memcmp(block->text.data, name.data, name.len) != 0)
        return refuse(p, "another block is open at", name);
    block->end = p->out->count;
    p->depth--;
    return ERR_OK;
}

static enum err
put_chosen(struct parser *p, struct slice name)
{
    bool list = false;
    unsigned field = 0;
    enum err err = find_name(p, name, &field, &list);
    if (err == ERR_OK && (list || p->names->include == NULL))
        return refuse(p, "cannot include", name);
    p->line_start = false;
    return err == ERR_OK ? put_node(p, (struct template_node){NODE_CHOSEN, field, 0, name}) : err;
}

/* {{>section *name}}: which word it is, the document says. */
static enum err
put_named(struct parser *p, struct slice whole)
{
    struct slice name = whole;
    struct slice section = slice_trim(slice_take_until(&name, '*'));
    if (!p->source->open || section.len == 0 || !open_name(name) || p->names->include == NULL)
        return refuse(p, "cannot include", whole);
    p->line_start = false;
    return put_node(p, (struct template_node){NODE_NAMED, 0, 0, whole});
}

static enum err
put_include(struct parser *p, struct slice name)
{
    if (slice_take(&name, "*"))
        return put_chosen(p, name);
    if (slice_find(name, '*') < name.len)
        return put_named(p, name);
    int index = find_include(p, name);
    if (index < 0)
        return refuse(p, "cannot include", name);
    p->line_start = false;
    return put_node(p, (struct template_node){NODE_INCLUDE, (unsigned)index, 0, {NULL, 0}});
}

static enum err
put_comment(struct parser *p, struct slice name)
{
    (void)p;
    (void)name;
    return ERR_OK;
}

static const struct {
    char sigil;
    put_tag *put;
} tags[] = {
    {'#', put_section}, {'^', put_inverted}, {'/', close_block}, {'>', put_include},
    {'!', put_comment}, {'%', put_encoded},  {'@', put_moment},
};

static enum err
put_any_tag(struct parser *p, struct slice inside)
{
    struct slice name = inside;
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        if (inside.len > 0 && inside.data[0] == tags[i].sigil) {
            name = slice_trim(slice_make(inside.data + 1, inside.len - 1));
            return tags[i].put(p, name);
        }
    return put_value(p, slice_trim(name));
}

/* ---- the whole ---- */

/* Index of the first `c` twice in a row, or s.len. */
static size_t
find_pair(struct slice s, char c)
{
    for (size_t i = 0; i + 1 < s.len; i++)
        if (s.data[i] == c && s.data[i + 1] == c)
            return i;
    return s.len;
}

/* Everything before the next pair of `c`; `*found` says whether there was one. */
static struct slice
take_to_pair(struct slice *s, char c, bool *found)
{
    size_t at = find_pair(*s, c);
    *found = at < s->len;
    struct slice taken = slice_make(s->data, at);
    size_t past = *found ? at + 2 : at;
    *s = slice_make(s->data + past, s->len - past);
    return taken;
}

static enum err
parse_next(struct parser *p)
{
    bool found = false;
    enum err err = put_text(p, take_to_pair(&p->rest, '{', &found));
    if (err != ERR_OK || !found)
        return err;
    struct slice inside = take_to_pair(&p->rest, '}', &found);
    if (!found || inside.len > TEMPLATE_TAG_MAX || slice_find(inside, '\n') != inside.len)
        return refuse(p, "a tag is not closed on its line:", slice_make(inside.data, 0));
    return put_any_tag(p, inside);
}

enum err
template_parse(struct template *out, const struct template_source *source,
               const struct template_names *names, struct fault *fault)
{
    *out = (struct template){NULL, 0, 0, 0};
    struct parser p = {.source = source, .names = names, .out = out, .fault = fault};
    p.rest = source->text;
    p.line = source->line;
    p.line_start = true;
    if (!slice_utf8(source->text))
        return refuse(&p, "not UTF-8", slice_of(""));
    enum err err = ERR_OK;
    while (err == ERR_OK && p.rest.len > 0)
        err = parse_next(&p);
    if (err == ERR_OK && p.depth > 0)
        return refuse(&p, "at the end, still open:", out->nodes[p.open[p.depth - 1]].text);
    fit(out);
    return err;
}
