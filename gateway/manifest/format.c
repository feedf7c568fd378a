/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "gateway/manifest/manifest.h"

static void
put_field(struct text *out, const char *value, char after)
{
    text_csv(out, slice_of(value));
    text_char(out, after);
}

static void
put_day(struct text *out, civil_day day)
{
    char value[DATE_TEXT_MAX];
    date_format(value, day);
    put_field(out, value, ',');
}

void
manifest_header(struct text *out)
{
    text_put(out, MANIFEST_HEADER "\n");
}

void
manifest_row_format(struct text *out, const struct manifest_row *row)
{
    char token[TOKEN_CHARS + 1];
    token_format(token, &row->token);
    put_field(out, row->id.gtin, ',');
    put_field(out, row->id.variant, ',');
    put_field(out, row->id.lot, ',');
    put_field(out, row->id.serial, ',');
    put_day(out, row->made_on);
    put_day(out, row->expires_on);
    put_field(out, row->claim_code, ',');
    put_field(out, token, '\n');
}

void
manifest_seal_format(struct text *out, const struct manifest_seal *seal)
{
    text_put(out, MANIFEST_SEAL_START "1,");
    text_hex(out, seal->kid, KID_BYTES);
    text_printf(out, ",%" PRIu64 ",", seal->rows);
    text_hex(out, seal->signature, SIGNATURE_BYTES);
    text_char(out, '\n');
}

void
manifest_card_format(struct text *out, const struct manifest_row *row)
{
    put_field(out, row->id.gtin, ',');
    put_field(out, row->id.serial, ',');
    put_field(out, row->claim_code, '\n');
}

void
manifest_label_format(struct text *out, const struct manifest_row *row, const char *url)
{
    put_field(out, url, ',');
    put_field(out, row->id.gtin, ',');
    put_field(out, row->id.lot, ',');
    put_field(out, row->id.serial, '\n');
}
