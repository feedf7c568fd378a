/* SPDX-License-Identifier: Apache-2.0 */
/* A parsed template: what the parser writes and the renderer reads. */
#ifndef ASSAY_PAGES_TEMPLATE_NODE_H
#define ASSAY_PAGES_TEMPLATE_NODE_H

#include "gateway/pages/template.h"

enum node_kind {
    NODE_TEXT,
    NODE_WORDS, /* text that is escaped */
    NODE_VALUE,
    NODE_ENCODED, /* percent-encoded; open only, as is the next one */
    NODE_MOMENT,  /* a time as people read it */
    NODE_NAMED,   /* text: "section *name" */
    NODE_SECTION_IS,
    NODE_INVERTED_IS,
    NODE_SECTION,
    NODE_INVERTED,
    NODE_LIST,
    NODE_INCLUDE,
    NODE_CHOSEN
};

struct template_node {
    enum node_kind kind;
    unsigned index;    /* of a field or an include */
    size_t end;        /* of a block: the first node after it; else 0 */
    struct slice text; /* of all but text and includes: its name */
};

#endif
