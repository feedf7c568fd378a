/* SPDX-License-Identifier: Apache-2.0 */
/* Templates: the part of mustache that a strict page needs, parsed once and rendered many times.
 *
 *   {{name}}                  the value, HTML-escaped
 *   {{#name}}…{{/name}}       when the value (or the chosen include) is there; a list: for each
 * item
 *   {{^name}}…{{/name}}       when it is not there
 *   {{#name=text}}…{{/name=text}}   when the value is this text; {{^name=text}} when it is not
 *   {{>file.html}} {{>a.b}}   another template, or a word of the language
 *   {{>*name}}                the template or word that the program chose for this name
 *   {{! … }}                  a comment
 *
 * and in a template over a document (tree.h), whose names nobody lists:
 *   {{a.b}}                   a member of a member
 *   {{%name}}                 the value, percent-encoded for a path or query of an address
 *   {{@name}}                 a time (RFC 3339, UTC) as people read it: 2026-11-22 18:43 UTC
 *   {{>states *unit.state}}   the word of this section that has the value's name
 *
 * Everything is resolved while parsing: a name that nobody knows is an error with its line, never
 * an empty place on a page. Indentation and empty lines are dropped. A value directly after '=' is
 * refused: attributes are quoted. */
#ifndef ASSAY_PAGES_TEMPLATE_H
#define ASSAY_PAGES_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/err.h"
#include "gateway/base/text.h"

enum { TEMPLATE_FIELDS_MAX = 64, TEMPLATE_DEPTH_MAX = 8, TEMPLATE_TAG_MAX = 100 };

struct template_node;

struct template
{
    struct template_node *nodes;
    size_t count, capacity;
    uint64_t fields; /* set of the fields whose values it shows; of open names, of their hashes */
};

/* What is parsed. The text lives as long as the template. */
struct template_source {
    const char *path; /* in faults: "PATH:LINE: …" */
    struct slice text;
    int line;   /* of the first byte */
    bool plain; /* not HTML but words: they are escaped when rendered */
    bool open;  /* over a document: any name of a-z 0-9 _ . is one */
};

/* Which names there are. */
struct template_names {
    const char *const *fields; /* NULL ends, at most TEMPLATE_FIELDS_MAX; "reasons[]" is a list */
    /* Index of what may be included under this name, -1 when there is none. A template can only
     * include what was parsed before it, so there are no circles. NULL: includes are refused. */
    int (*include)(const void *context, struct slice name);
    const void *context;
};

/* ERR_CORRUPT or ERR_MEMORY; *out is to be freed in any case. */
enum err template_parse(struct template *out, const struct template_source *source,
                        const struct template_names *names, struct fault *fault) MUST_CHECK;
void template_free(struct template *t);

/* What stands for the names, by index in template_names.fields. */
struct view {
    struct slice values[TEMPLATE_FIELDS_MAX]; /* empty is absent */
    uint16_t chosen[TEMPLATE_FIELDS_MAX];     /* for {{>*name}}: index + 1, 0 is absent */
    /* Sets the fields of item `index` of a list; false when there are no more. */
    bool (*next)(struct view *view, unsigned list, size_t index);
    void *context; /* of next */
};

/* `includes` by the index that template_names.include gave. */
void template_render(struct text *out, const struct template *t,
                     const struct template *const *includes, struct view *view);

#endif
