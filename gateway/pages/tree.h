/* SPDX-License-Identifier: Apache-2.0 */
/* Pages over a JSON document: the templates below web/staff/ and web/visitor/, and the words in
 * sections that begin with "staff " or "visitor ". What a page shows is what the API answered, so
 * that it can show nothing else.
 *
 * A name is looked for in the innermost open section that is an object, then outwards: "a.b" is
 * member b of the a that is found. "." is the item itself. A section is rendered once for a text
 * that is not empty, a number, true or an object, for each item of an array, and not at all for
 * what is absent. Names that are always there: "language", and "assets", the part of an address
 * that changes with the program (assets.h). A value that is absent shows nothing.
 * {{>country *code}} shows a country: "Germany (DE)", in every language; a code of none as it is. */
#ifndef ASSAY_PAGES_TREE_H
#define ASSAY_PAGES_TREE_H

#include "gateway/base/text.h"
#include "gateway/json/json.h"
#include "gateway/pages/pages.h"

enum { TREE_PAGE_MAX = 4 * 1024 * 1024 };

/* Appends the page `path` ("staff/unit.html"); out->failed when there is no such template. */
void page_tree(struct text *out, const struct pages *pages, const char *language, const char *path,
               const struct json_node *document);

/* The word `key` ("staff title.units") in a language; NULL when there is none. */
const char *pages_text(const struct pages *pages, const char *language, const char *key);

#endif
