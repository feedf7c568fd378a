/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON, member by member, into a text. The commas come by themselves: one stands before
 * everything that is not the first of its object or array. `name` is a literal that needs no
 * escape; NULL is an item of an array. Absent values ("", CIVIL_NONE, time 0) are left out. */
#ifndef ASSAY_JSON_WRITE_H
#define ASSAY_JSON_WRITE_H

#include "gateway/base/date.h"
#include "gateway/base/text.h"
#include "gateway/json/json.h"

/* The name and then `value` as it is: an opening bracket, a literal. */
void json_put(struct text *out, const char *name, const char *value);
void json_put_text(struct text *out, const char *name, const char *value);
void json_put_number(struct text *out, const char *name, int64_t value);
void json_put_bool(struct text *out, const char *name, bool value);
void json_put_day(struct text *out, const char *name, civil_day day);
void json_put_time(struct text *out, const char *name, int64_t at);
void json_put_hex(struct text *out, const char *name, const uint8_t *bytes, size_t len);
/* The text member `name` of an object that was read, under the same name; left out when it is none
 * or empty. */
void json_copy_text(struct text *out, const struct json_node *from, const char *name);
/* "DE AT" as ["DE","AT"]. */
void json_put_words(struct text *out, const char *name, const char *words);

#endif
