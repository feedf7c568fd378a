/* SPDX-License-Identifier: Apache-2.0 */
/* CSV that we wrote ourselves and read back: a list of labels, a list of cards, one row of a
 * manifest, the lines of a file. */
#include <stdio.h>
#include <string.h>

#include "gateway/cli/strict_csv.h"
#include "gateway/manifest/lines.h"
#include "gateway/manifest/row.h"
#include "tests/fuzz/fuzz.h"

static enum err
take(const struct strict_row *row, void *context, struct fault *fault)
{
    uint64_t *last = context;
    (void)fault;
    REQUIRE(row->line > *last);
    *last = row->line;
    for (size_t i = 0; i < STRICT_COLUMNS_MAX; i++)
        REQUIRE(strlen(row->values[i]) <= STRICT_VALUE_MAX);
    return ERR_OK;
}

static void
read_strict(struct slice text, const struct strict_form *form)
{
    struct fault fault = {0};
    uint64_t last = 0;
    struct strict_file file = {.path = "list.csv"};
    file.file = text.len == 0 ? fopen("/dev/null", "r")
                              : fmemopen((void *)(uintptr_t)text.data, text.len, "r");
    REQUIRE(file.file != NULL);
    if (strict_csv_read(&file, form, take, &last, &fault) != ERR_OK)
        REQUIRE(fault.text[0] != '\0');
    (void)fclose(file.file);
}

static void
check_row(struct row_reader *reader, const struct manifest_row *row)
{
    struct text first;
    struct text second;
    struct manifest_row again;
    struct manifest_refusal refusal;
    text_init(&first, MANIFEST_LINE_MAX + 1);
    text_init(&second, MANIFEST_LINE_MAX + 1);
    manifest_row_format(&first, row);
    REQUIRE(text_ok(&first) && first.len > 0);
    REQUIRE(row_read(reader, slice_make(first.data, first.len - 1), row->line, &again, &refusal));
    manifest_row_format(&second, &again);
    REQUIRE(second.len == first.len && memcmp(first.data, second.data, first.len) == 0);
    text_free(&first);
    text_free(&second);
}

static void
read_row(struct slice text)
{
    struct row_reader *reader = NULL;
    struct manifest_row row;
    struct manifest_refusal refusal;
    REQUIRE(row_reader_open(&reader) == ERR_OK);
    if (row_read(reader, text, 2, &row, &refusal)) {
        REQUIRE(gtin_valid(slice_of(row.id.gtin)) && gs1_value_valid(slice_of(row.id.serial)));
        check_row(reader, &row);
    } else {
        REQUIRE(refusal.code != NULL && refusal.reason[0] != '\0');
    }
    row_reader_close(reader);
}

/* All bytes, once each, and the second time the same. */
static enum err
count_lines(struct lines *lines, size_t *bytes, struct fault *fault)
{
    struct line line = {.end = false};
    enum err err = ERR_OK;
    *bytes = 0;
    while (err == ERR_OK && !line.end) {
        err = lines_next(lines, &line, fault);
        if (err == ERR_OK && !line.end)
            *bytes += line.raw.len + line.terminated;
    }
    return err;
}

static void
read_lines(struct slice text)
{
    struct fault fault = {0};
    struct lines *lines = NULL;
    size_t once = 0;
    size_t twice = 0;
    FILE *file = tmpfile();
    REQUIRE(file != NULL && fwrite(text.data, 1, text.len, file) == text.len);
    rewind(file);
    REQUIRE(lines_open(file, "list.csv", &lines, &fault) == ERR_OK);
    if (count_lines(lines, &once, &fault) == ERR_OK) {
        REQUIRE(once == text.len);
        REQUIRE(lines_again(lines, &fault) == ERR_OK);
        REQUIRE(count_lines(lines, &twice, &fault) == ERR_OK && twice == once);
    }
    lines_close(lines);
    (void)fclose(file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const struct strict_form labels = {"url,gtin,lot,serial", 4};
    static const struct strict_form cards = {"gtin,serial,claim_code", 3};
    struct slice input = fuzz_slice(data, len);
    switch (fuzz_choice(&input) % 4) {
    case 0:
        read_strict(input, &labels);
        break;
    case 1:
        read_strict(input, &cards);
        break;
    case 2:
        read_row(input);
        break;
    default:
        read_lines(input);
    }
    return 0;
}
