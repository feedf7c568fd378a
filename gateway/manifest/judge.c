/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <string.h>

#include "gateway/identify/trust.h"
#include "gateway/manifest/group.h"

static void PRINTF_LIKE(3, 4)
    refuse(struct judged_row *row, const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    row->code = code;
    (void)vsnprintf(row->reason, sizeof row->reason, format, args);
    va_end(args);
}

static const struct {
    const char *code, *reason;
} refusals[LABEL_RESULT_COUNT] = {
    [LABEL_UNCHECKED] = {"label_unchecked", "the label could not be checked"},
    [LABEL_MALFORMED] = {"label_malformed", "not a label"},
    [LABEL_NO_SIGNATURE] = {"label_malformed", "the label has no signature"},
    [LABEL_ISSUER_UNKNOWN] = {"issuer_unknown", "signed by a key that is not trusted here"},
    [LABEL_ISSUER_OUT_OF_SCOPE] = {"issuer_out_of_scope",
                                   "signed by a key that may not sign this product"},
    [LABEL_FORGED] = {"label_forged", "the signature does not fit the label"},
};

/* Who signed this label? NULL after a refusal. A row of a signed manifest is believed without
 * looking at its own signature, but only about the key that vouches for the whole. */
static const struct keyset_entry *
find_signer(const struct judge *judge, struct judged_row *row, const struct reading *reading)
{
    if (judge->voucher != NULL) {
        if (memcmp(judge->voucher->kid, row->row.token.kid, KID_BYTES) == 0)
            return judge->voucher;
        refuse(row, "issuer_mismatch",
               "the label is signed by another key than the one that vouches for the manifest");
        return NULL;
    }
    struct label_trust trust = label_trust(judge->keyset, reading);
    if (trust.result == LABEL_GENUINE)
        return trust.signer;
    size_t at = (unsigned)trust.result < LABEL_GENUINE ? trust.result : LABEL_UNCHECKED;
    refuse(row, refusals[at].code, "%s", refusals[at].reason);
    return NULL;
}

static const char *
why_not(const struct keyset_entry *signer, const char *gtin)
{
    if (signer->status == KEY_REVOKED)
        return "issuer_revoked";
    if (signer->status != KEY_ACTIVE)
        return "issuer_retired";
    return keyset_scope_allows(signer, gtin) ? "issuer_outside_window" : "issuer_out_of_scope";
}

static void
make_seals(const struct judge *judge, struct judged_row *row, const struct reading *reading)
{
    const struct manifest_row *from = &row->row;
    memset(row->claim, 0, SEAL_BYTES);
    label_seal(row->seal, judge->secrets->label_key, reading->canonical, reading->canonical_len,
               &from->token);
    if (from->claim_code[0] != '\0')
        claim_seal(row->claim, judge->secrets->claim_key, from->id.gtin, from->id.serial,
                   from->claim_code);
}

void
judge_row(const struct judge *judge, struct judged_row *row)
{
    struct fault fault = {ERR_OK, ""};
    struct reading reading;
    if (row->code != NULL)
        return;
    memset(&reading, 0, sizeof reading);
    reading.kind = READING_DIGITAL_LINK;
    reading.id = row->row.id;
    reading.has_token = true;
    reading.token = row->row.token;
    reading.canonical_len = canonical_link(reading.canonical, &reading.id);
    const struct keyset_entry *signer = find_signer(judge, row, &reading);
    if (signer == NULL)
        return;
    if (keyset_may_issue(signer, reading.id.gtin, judge->now, &fault) != ERR_OK) {
        refuse(row, why_not(signer, reading.id.gtin), "%.190s", fault.text);
        return;
    }
    make_seals(judge, row, &reading);
}
