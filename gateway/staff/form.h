/* SPDX-License-Identifier: Apache-2.0 */
/* Forms over one JSON object of the API. A table names the fields, which are members of the object;
 * what was typed becomes the object, and is shown again when the API refuses it, the field that it
 * refuses marked. Rows of fields, for arrays of objects, are NAME_0, NAME_1 …
 *
 * In the document: {"fields": [{"name", "label": word of "staff form", "in_row", "kind": "input",
 * "area" or "check", "type" of an input, "max", "required", "hint": there is one, of the same name
 * in "staff form_hint", "value", "checked", "wrong": the problem is about it, "stored": what others
 * wrote meanwhile}]}, for staff/pieces/b_form_fields.html. */
#ifndef ASSAY_STAFF_FORM_H
#define ASSAY_STAFF_FORM_H

#include "gateway/staff/page.h"

enum { FORM_VALUE_MAX = 1024, FORM_ROWS_MAX = 8, FORM_NO_ROW = -1 };

enum form_kind {
    FORM_TEXT,
    FORM_AREA, /* of several lines, which become one */
    FORM_NUMBER,
    FORM_DATE,
    FORM_LINK,
    FORM_CHECK, /* "yes", or it is not there */
    FORM_WORDS  /* an array of words */
};

struct form_field {
    const char *name; /* NULL ends a table */
    enum form_kind kind;
    bool required, hint;
    unsigned max; /* characters; 0: not limited here */
};

struct form {
    struct page *page;
    const struct form_field *fields;
    const struct json_node *record; /* shown instead of what was sent; NULL: what was sent */
    const struct json_node *stored; /* what others wrote; NULL: nothing to compare with */
    const char *pointer;            /* of the object: "", "/texts/0" */
    int row;                        /* of the fields that were sent, or FORM_NO_ROW */
    int shown;                      /* what that row is called when it is shown */
    const char *prefix;             /* of the words of a row's fields: "entitlement_"; or NULL */
};

/* The fields as a member `name`, or without one as an item of an array. */
void form_put(const struct form *form, const char *name);
/* What was sent, as members of an object that is open; what is empty is left out. False: a field is
 * too long or broken. */
bool form_json(const struct form *form, struct text *body) MUST_CHECK;

/* Which rows of `fields` (up to FORM_ROWS_MAX) were sent with anything in them, and without
 * `remove_N`: their numbers into `rows`. How many. */
size_t form_rows(const struct page *page, const struct form_field *fields,
                 int rows[static FORM_ROWS_MAX]);

/* A field of the form that was sent, "yes" or of this value? */
bool form_says(const struct page *page, const char *name, const char *value);
/* The field `version`; 0 when it is absent or broken. */
uint64_t form_version(const struct page *page);

/* GET `path`, a list, on from the page's ?cursor=, as the member `name` and, to be freed
 * with json_free, as *out, unless out is NULL. The status. */
int form_list(struct page *page, const char *name, const char *path, struct json_doc **out);

#endif
