/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/template_node.h"

#include <stdlib.h>
#include <string.h>

void
template_free(struct template *t)
{
    free(t->nodes);
    *t = (struct template){NULL, 0, 0, 0};
}

struct rendering {
    struct text *out;
    const struct template *const *includes;
    struct view *view;
};

static void render(const struct rendering *r, const struct template *t, size_t from, size_t to);

static void
render_include(const struct rendering *r, const struct template *t)
{
    render(r, t, 0, t->count);
}

static void
render_block(const struct rendering *r, const struct template *t, size_t at)
{
    const struct template_node *node = &t->nodes[at];
    bool there = r->view->values[node->index].len > 0 || r->view->chosen[node->index] != 0;
    if (there == (node->kind == NODE_SECTION))
        render(r, t, at + 1, node->end);
}

static void
render_comparison(const struct rendering *r, const struct template *t, size_t at)
{
    const struct template_node *node = &t->nodes[at];
    struct slice wanted = node->text;
    struct slice value = r->view->values[node->index];
    (void)slice_take_until(&wanted, '=');
    bool same = value.len == wanted.len &&
                (value.len == 0 || memcmp(value.data, wanted.data, value.len) == 0);
    if (same == (node->kind == NODE_SECTION_IS))
        render(r, t, at + 1, node->end);
}

static void
render_list(const struct rendering *r, const struct template *t, size_t at)
{
    const struct template_node *node = &t->nodes[at];
    struct view *view = r->view;
    for (size_t i = 0; view->next != NULL && view->next(view, node->index, i); i++)
        render(r, t, at + 1, node->end);
}

static void
render_chosen(const struct rendering *r, unsigned field)
{
    unsigned chosen = r->view->chosen[field];
    if (chosen != 0)
        render_include(r, r->includes[chosen - 1]);
}

static void
render_node(const struct rendering *r, const struct template *t, size_t at)
{
    const struct template_node *node = &t->nodes[at];
    switch (node->kind) {
    case NODE_TEXT:
        text_slice_put(r->out, node->text);
        return;
    case NODE_WORDS:
        text_html(r->out, node->text);
        return;
    case NODE_VALUE:
        text_html(r->out, r->view->values[node->index]);
        return;
    case NODE_SECTION:
    case NODE_INVERTED:
        render_block(r, t, at);
        return;
    case NODE_LIST:
        render_list(r, t, at);
        return;
    case NODE_INCLUDE:
        render_include(r, r->includes[node->index]);
        return;
    case NODE_CHOSEN:
        render_chosen(r, node->index);
        return;
    case NODE_SECTION_IS:
    case NODE_INVERTED_IS:
        render_comparison(r, t, at);
        return;
    case NODE_ENCODED:
    case NODE_MOMENT:
    case NODE_NAMED:
        return; /* of open templates, which tree.c renders */
    }
}

static void
render(const struct rendering *r, const struct template *t, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        render_node(r, t, i);
        if (t->nodes[i].end > 0)
            i = t->nodes[i].end - 1;
    }
}

void
template_render(struct text *out, const struct template *t, const struct template *const *includes,
                struct view *view)
{
    struct rendering r = {out, includes, view};
    render(&r, t, 0, t->count);
}
