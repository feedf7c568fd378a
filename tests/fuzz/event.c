/* SPDX-License-Identifier: Apache-2.0 */
/* A row of what happened to a unit. Its one spelling reads as the same row. */
#include <stdlib.h>
#include <string.h>

#include "gateway/api/event_row.h"
#include "tests/fuzz/fuzz.h"

struct spelled {
    struct event_row row;
    struct text text;
};

static enum err
read_row(struct slice text, struct spelled *out)
{
    struct json_doc *doc = NULL;
    struct fault fault = {0};
    char pointer[POINTER_MAX] = "";
    enum err err = json_parse(text, EVENT_ROW_TEXT_MAX, &doc, &fault);
    if (err == ERR_OK)
        err = event_row_read(&out->row, json_root(doc), pointer, &fault);
    REQUIRE(err == ERR_OK || fault.text[0] != '\0');
    REQUIRE(memchr(pointer, '\0', sizeof pointer) != NULL);
    text_init(&out->text, EVENT_ROW_TEXT_MAX);
    /* Without a version the spelling says 0, which nobody sends. */
    if (err == ERR_OK && out->row.version == 0)
        out->row.version = 1;
    if (err == ERR_OK)
        event_row_text(&out->text, &out->row);
    json_free(doc);
    return err;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct spelled *spelled = calloc(2, sizeof *spelled);
    REQUIRE(spelled != NULL);
    if (read_row(fuzz_slice(data, len), &spelled[0]) == ERR_OK) {
        const struct event_row *row = &spelled[0].row;
        REQUIRE(gtin_valid(slice_of(row->key.gtin)) && gs1_value_valid(slice_of(row->key.serial)));
        REQUIRE(text_ok(&spelled[0].text));
        REQUIRE(read_row(text_slice(&spelled[0].text), &spelled[1]) == ERR_OK);
        REQUIRE(spelled[0].text.len == spelled[1].text.len);
        REQUIRE(memcmp(spelled[0].text.data, spelled[1].text.data, spelled[0].text.len) == 0);
    }
    text_free(&spelled[0].text);
    text_free(&spelled[1].text);
    free(spelled);
    return 0;
}
