/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/staff/form.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/json/write.h"

enum { NAME_MAX = 40, VERSION_CHARS = 20 };

static const struct {
    const char *kind, *type;
} kinds[] = {
    [FORM_TEXT] = {"input", "text"},   [FORM_AREA] = {"area", ""},
    [FORM_NUMBER] = {"input", "text"}, [FORM_DATE] = {"input", "date"},
    [FORM_LINK] = {"input", "text"},   [FORM_CHECK] = {"check", ""},
    [FORM_WORDS] = {"input", "text"},
};

static void
name_of(char out[static NAME_MAX], const char *name, int row)
{
    if (row == FORM_NO_ROW)
        (void)snprintf(out, NAME_MAX, "%s", name);
    else
        (void)snprintf(out, NAME_MAX, "%s_%d", name, row);
}

/* ---- values ---- */

/* Lines become one: no record has a line end in it. */
static void
join_lines(char *value)
{
    for (char *c = value; *c != '\0'; c++)
        if (*c == '\r' || *c == '\n')
            *c = ' ';
}

static bool
sent_value(const struct form *form, const struct form_field *field, char out[static FORM_VALUE_MAX])
{
    char name[NAME_MAX];
    name_of(name, field->name, form->row);
    if (!page_field(form->page, name, out, FORM_VALUE_MAX))
        return false;
    if (field->kind == FORM_AREA)
        join_lines(out);
    return true;
}

static void
join_words(const struct json_node *array, char out[static FORM_VALUE_MAX])
{
    struct text words;
    text_init(&words, FORM_VALUE_MAX - 1);
    for (const struct json_node *item = json_first(array); item != NULL; item = json_next(item)) {
        text_put(&words, words.len > 0 ? " " : "");
        text_slice_put(&words, json_string(item));
    }
    if (!text_ok(&words) || !slice_copy(out, FORM_VALUE_MAX, text_slice(&words)))
        out[0] = '\0';
    text_free(&words);
}

static void
record_value(const struct json_node *record, const struct form_field *field,
             char out[static FORM_VALUE_MAX])
{
    const struct json_node *node = json_member_of(record, field->name);
    int64_t number = 0;
    out[0] = '\0';
    if (field->kind == FORM_WORDS)
        join_words(node, out);
    else if (field->kind == FORM_CHECK)
        (void)snprintf(out, FORM_VALUE_MAX, "%s", json_true(node) ? "yes" : "");
    else if (json_integer(&number, node, -JSON_INTEGER_MAX, JSON_INTEGER_MAX))
        (void)snprintf(out, FORM_VALUE_MAX, "%" PRId64, number);
    else if (!slice_copy(out, FORM_VALUE_MAX, json_string(node)))
        out[0] = '\0';
}

/* ---- showing ---- */

/* Is the problem about this member, or something inside it? */
static bool
is_wrong(const struct form *form, const char *name)
{
    struct slice wrong = slice_of(form->page->wrong);
    return slice_take(&wrong, form->pointer) && slice_take(&wrong, "/") &&
           slice_take(&wrong, name) && (wrong.len == 0 || wrong.data[0] == '/');
}

static void
put_value(const struct form *form, const struct form_field *field)
{
    struct text *out = &form->page->document;
    char value[FORM_VALUE_MAX];
    char stored[FORM_VALUE_MAX];
    if (form->record != NULL)
        record_value(form->record, field, value);
    else if (!sent_value(form, field, value))
        value[0] = '\0';
    json_put_text(out, "value", value);
    if (field->kind == FORM_CHECK && value[0] != '\0')
        json_put_bool(out, "checked", true);
    if (form->stored == NULL)
        return;
    record_value(form->stored, field, stored);
    if (strcmp(stored, value) != 0)
        json_put_text(out, "stored", stored[0] == '\0' ? "–" : stored);
}

static void
put_field(const struct form *form, const struct form_field *field)
{
    struct text *out = &form->page->document;
    char name[NAME_MAX];
    char label[NAME_MAX];
    name_of(name, field->name, form->shown);
    (void)snprintf(label, sizeof label, "%s%s", form->prefix == NULL ? "" : form->prefix,
                   field->name);
    json_put(out, NULL, "{");
    json_put_text(out, "name", name);
    json_put_text(out, "label", label);
    if (form->shown != FORM_NO_ROW)
        json_put_bool(out, "in_row", true);
    json_put_text(out, "kind", kinds[field->kind].kind);
    json_put_text(out, "type", kinds[field->kind].type);
    if (field->max > 0)
        json_put_number(out, "max", (int64_t)field->max);
    if (field->required)
        json_put_bool(out, "required", true);
    if (field->hint)
        json_put_bool(out, "hint", true);
    put_value(form, field);
    if (is_wrong(form, field->name))
        json_put_bool(out, "wrong", true);
    text_char(out, '}');
}

void
form_put(const struct form *form, const char *name)
{
    struct text *out = &form->page->document;
    json_put(out, name, "{");
    json_put(out, "fields", "[");
    for (const struct form_field *field = form->fields; field->name != NULL; field++)
        put_field(form, field);
    text_put(out, "]}");
}

/* ---- sending ---- */

/* What is no whole number goes along as it was typed: the API says what is wrong with it. */
static void
put_number(struct text *body, const char *name, const char *value)
{
    struct slice digits = slice_of(value);
    uint64_t number = 0;
    bool minus = slice_take(&digits, "-");
    if (!slice_number(&number, digits, 0, UINT32_MAX))
        json_put_text(body, name, value);
    else
        json_put_number(body, name, minus ? -(int64_t)number : (int64_t)number);
}

/* Blanks and commas stand between words. */
static void
put_words(struct text *body, const char *name, char *value)
{
    struct slice rest = slice_of(value);
    for (char *c = value; *c != '\0'; c++)
        if (*c == ',' || *c == '\t' || *c == ';')
            *c = ' ';
    json_put(body, name, "[");
    while (rest.len > 0) {
        struct slice word = slice_take_until(&rest, ' ');
        if (word.len == 0)
            continue;
        json_put(body, NULL, "");
        text_json(body, word);
    }
    text_char(body, ']');
}

static void
put_member(struct text *body, const struct form_field *field, char *value)
{
    if (value[0] == '\0')
        return;
    if (field->kind == FORM_NUMBER)
        put_number(body, field->name, value);
    else if (field->kind == FORM_WORDS)
        put_words(body, field->name, value);
    else if (field->kind == FORM_CHECK)
        json_put_bool(body, field->name, strcmp(value, "yes") == 0);
    else
        json_put_text(body, field->name, value);
}

bool
form_json(const struct form *form, struct text *body)
{
    char value[FORM_VALUE_MAX];
    for (const struct form_field *field = form->fields; field->name != NULL; field++) {
        if (!sent_value(form, field, value))
            return false;
        put_member(body, field, value);
    }
    return true;
}

/* ---- rows ---- */

static bool
is_filled(const struct page *page, const struct form_field *fields, int row)
{
    char name[NAME_MAX];
    char value[FORM_VALUE_MAX];
    name_of(name, "remove", row);
    if (form_says(page, name, "yes"))
        return false;
    for (const struct form_field *field = fields; field->name != NULL; field++) {
        name_of(name, field->name, row);
        if (!page_field(page, name, value, sizeof value) || value[0] != '\0')
            return true;
    }
    return false;
}

size_t
form_rows(const struct page *page, const struct form_field *fields, int rows[static FORM_ROWS_MAX])
{
    size_t count = 0;
    for (int row = 0; row < FORM_ROWS_MAX; row++)
        if (is_filled(page, fields, row))
            rows[count++] = row;
    return count;
}

/* ---- the rest ---- */

bool
form_says(const struct page *page, const char *name, const char *value)
{
    char sent[FORM_VALUE_MAX];
    return page_field(page, name, sent, sizeof sent) && strcmp(sent, value) == 0;
}

uint64_t
form_version(const struct page *page)
{
    char value[VERSION_CHARS + 1];
    uint64_t version = 0;
    if (!page_field(page, "version", value, sizeof value) ||
        !slice_number(&version, slice_of(value), 1, UINT32_MAX))
        return 0;
    return version;
}

int
form_list(struct page *page, const char *name, const char *path, struct json_doc **out)
{
    char cursor[CURSOR_MAX + 1];
    char query[8 + 3 * CURSOR_MAX] = "";
    struct text encoded;
    if (!page_query(page, "cursor", cursor, sizeof cursor))
        (void)snprintf(cursor, sizeof cursor, "-"); /* which the API refuses */
    text_init(&encoded, sizeof query - 8);
    text_percent(&encoded, slice_of(cursor));
    if (text_ok(&encoded) && encoded.len > 0)
        (void)snprintf(query, sizeof query, "cursor=%s", encoded.data);
    text_free(&encoded);
    const struct question question = {.method = METHOD_GET, .path = path, .query = query};
    return out == NULL ? page_ask(page, name, &question) : page_look(page, name, &question, out);
}
