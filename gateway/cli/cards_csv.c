/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/cards_csv.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "gateway/cli/strict_csv.h"

enum column { COLUMN_GTIN = 0, COLUMN_SERIAL, COLUMN_CLAIM_CODE };

static const struct strict_form form = {"gtin,serial,claim_code", 3};

struct cards {
    const char *path;
    card_take *take;
    void *context;
    uint64_t count;
};

static const char *
wrong_column(const struct strict_row *row)
{
    struct slice code = slice_of(row->values[COLUMN_CLAIM_CODE]);
    if (!gtin_valid(slice_of(row->values[COLUMN_GTIN])))
        return "gtin";
    if (!gs1_value_valid(slice_of(row->values[COLUMN_SERIAL])))
        return "serial";
    if (code.len != CLAIM_CHARS || !crockford_valid(code.data, code.len))
        return "claim_code";
    return NULL;
}

static enum err
take_row(const struct strict_row *row, void *context, struct fault *fault)
{
    struct cards *cards = context;
    struct card_row card = {.number = cards->count + 1};
    const char *wrong = wrong_column(row);
    bool copied =
        wrong == NULL &&
        slice_copy(card.gtin, sizeof card.gtin, slice_of(row->values[COLUMN_GTIN])) &&
        slice_copy(card.serial, sizeof card.serial, slice_of(row->values[COLUMN_SERIAL])) &&
        slice_copy(card.claim_code, sizeof card.claim_code,
                   slice_of(row->values[COLUMN_CLAIM_CODE]));
    if (!copied)
        return fault_set(fault, ERR_INVALID,
                         "%s:%" PRIu64 ": its %s is none; was the file saved by a spreadsheet?",
                         cards->path, row->line, wrong == NULL ? "row" : wrong);
    cards->count++;
    enum err err = cards->take(&card, cards->context, fault);
    sodium_memzero(&card, sizeof card);
    return err;
}

enum err
cards_csv_read(FILE *file, const char *path, card_take *take, void *context, struct fault *fault)
{
    struct cards cards = {.path = path, .take = take, .context = context};
    const struct strict_file source = {file, path};
    enum err err = strict_csv_read(&source, &form, take_row, &cards, fault);
    if (err == ERR_OK && cards.count == 0)
        return fault_set(fault, ERR_INVALID, "%s: there is no card in it", path);
    return err;
}
