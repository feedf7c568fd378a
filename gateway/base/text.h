/* SPDX-License-Identifier: Apache-2.0 */
/* A growing text with a maximum: answers, pages, files. Failure is sticky, so a writer appends
 * without checks and the owner asks once with text_ok. Not thread-safe. */
#ifndef ASSAY_BASE_TEXT_H
#define ASSAY_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"

struct text {
    char *data; /* NUL-terminated once anything was appended; NULL before */
    size_t len;
    size_t capacity;
    size_t max;  /* bytes of content allowed */
    bool failed; /* over the maximum or out of memory: the content is not to be used */
};

void text_init(struct text *t, size_t max);
void text_free(struct text *t);  /* leaves an empty text with the same maximum */
void text_reset(struct text *t); /* empties it and keeps the memory */
void text_fit(struct text *t);   /* gives back the room that it has for more */
bool text_ok(const struct text *t) MUST_CHECK;
struct slice text_slice(const struct text *t);

void text_put(struct text *t, const char *s);
void text_slice_put(struct text *t, struct slice s);
void text_field(struct text *t, const char *name, const char *value); /* "name: value" CR LF */
void text_char(struct text *t, char c);
void text_printf(struct text *t, const char *format, ...) PRINTF_LIKE(2, 3);
void text_number(struct text *t, int64_t number);
void text_hex(struct text *t, const uint8_t *bytes, size_t len);   /* lower case */
void text_base64url(struct text *t, const uint8_t *b, size_t len); /* RFC 4648 §5, no padding */
void text_json(struct text *t, struct slice s); /* with quotes; RFC 8259 escapes; input is UTF-8 */
/* `"name":` and then `value` as it is, behind `before` when that is not NUL. The name needs no
 * escapes. */
void text_json_name(struct text *t, char before, const char *name, struct slice value);
/* The same with text_json of the value. */
void text_json_member(struct text *t, char before, const char *name, struct slice value);
void text_html(struct text *t, struct slice s);    /* escapes & < > " ' */
void text_percent(struct text *t, struct slice s); /* all but A-Z a-z 0-9 - . _ ~ as %XX */
void text_csv(struct text *t, struct slice s);     /* RFC 4180 field, quoted when it has to be */

#endif
