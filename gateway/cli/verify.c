/* SPDX-License-Identifier: Apache-2.0 */
/* verify: is a label genuine, as far as the keyset alone can tell. */
#include "gateway/cli/codes.h"
#include "gateway/cli/scope.h"
#include "gateway/rules/verdict.h"

#define REGISTRY_NOT_ASKED                                                                         \
    "The registry was not asked: only the gateway knows whether this unit is stolen, recalled or " \
    "copied"

struct outcome {
    enum reason reason;
    const char *sentence;
};

static const struct outcome outcomes[LABEL_RESULT_COUNT] = {
    [LABEL_UNCHECKED] = {REASON_SIGNATURE_NEEDED, "Nothing could be checked"},
    [LABEL_MALFORMED] = {REASON_LABEL_MALFORMED, "This is not a label's code"},
    [LABEL_NO_SIGNATURE] = {REASON_SIGNATURE_NEEDED,
                            "There is no signature on it, so there is nothing to check: scan the "
                            "label itself"},
    [LABEL_ISSUER_UNKNOWN] = {REASON_ISSUER_UNKNOWN,
                              "It is signed with a key that the keyset does not hold"},
    [LABEL_ISSUER_OUT_OF_SCOPE] = {REASON_ISSUER_OUT_OF_SCOPE,
                                   "It is signed with a key that may not sign for this product"},
    [LABEL_FORGED] = {REASON_LABEL_FORGED, "No trusted key made this signature"},
    [LABEL_GENUINE] = {REASON_GENUINE, "This label is genuine"},
};

/* A thief can write any date into a label. When the unit was registered is what counts, and that
 * the registry knows. */
static const struct outcome revoked = {
    REASON_ISSUER_REVOKED,
    "Its key is revoked. Only the gateway can say whether the unit was registered before the key "
    "was stolen",
};

static const struct outcome *
outcome_of(const struct label_trust *trust)
{
    bool genuine = trust->result == LABEL_GENUINE && trust->signer != NULL;
    if (!genuine && trust->result == LABEL_GENUINE)
        return &outcomes[LABEL_UNCHECKED];
    if (!genuine || trust->signer->status == KEY_ACTIVE || trust->signer->status == KEY_RETIRED)
        return &outcomes[trust->result];
    return &revoked;
}

static void
put_json(struct text *out, const struct scanned *scanned, const struct outcome *outcome)
{
    const struct reason_info *info = reason_info(outcome->reason);
    const struct keyset_entry *signer = scanned->trust.signer;
    const char *verdict = verdict_class_name(info->class);
    text_printf(out, "{\"verdict\":\"%s\",\"reasons\":[{\"code\":\"%s\",\"class\":\"%s\"", verdict,
                info->code, verdict);
    codes_member(out, "text", outcome->sentence);
    text_put(out, "}]");
    codes_member(out, "note", info->class == VERDICT_OK ? REGISTRY_NOT_ASKED : NULL);
    codes_member(out, "issuer", signer == NULL ? NULL : signer->organisation);
    codes_member(out, "key", signer == NULL ? NULL : signer->name);
    codes_members(out, scanned);
    text_put(out, ",\"offline\":true}\n");
}

static void
put_line(struct text *out, const struct scanned *scanned, const struct reason_info *info)
{
    const struct identity *id = &scanned->reading.id;
    text_printf(out, "%-10s %-20s %-14s %s\n", verdict_class_name(info->class), info->code,
                id->gtin[0] == '\0' ? "-" : id->gtin, id->serial[0] == '\0' ? "-" : id->serial);
}

static void
put_words(struct text *out, const struct scanned *scanned, const struct outcome *outcome)
{
    const struct reason_info *info = reason_info(outcome->reason);
    const struct reading *reading = &scanned->reading;
    text_printf(out, "%s (%s): %s.\n", verdict_class_name(info->class), info->code,
                outcome->sentence);
    if (reading->error != READ_OK)
        text_printf(out, "  why       %s\n", reading_error_info(reading->error)->sentence);
    if (reading->id.gtin[0] != '\0')
        text_printf(out, "  product   %s\n", reading->id.gtin);
    if (reading->id.lot[0] != '\0')
        text_printf(out, "  lot       %s\n", reading->id.lot);
    if (reading->id.serial[0] != '\0')
        text_printf(out, "  serial    %s\n", reading->id.serial);
    if (scanned->trust.signer != NULL) {
        text_put(out, "  issuer    ");
        cli_clean(out, slice_of(scanned->trust.signer->organisation));
        text_printf(out, ", key %s\n", scanned->trust.signer->name);
    }
    if (reading->repair != REPAIR_NONE)
        text_printf(out, "  repaired  %s: the scanner is set up wrongly\n",
                    repair_name(reading->repair));
    if (info->class == VERDICT_OK)
        text_put(out, REGISTRY_NOT_ASKED ".\n");
}

static bool
answer(struct text *out, const struct invocation *in, const struct scanned *scanned)
{
    const struct outcome *outcome = outcome_of(&scanned->trust);
    const struct reason_info *info = reason_info(outcome->reason);
    if (in->json)
        put_json(out, scanned, outcome);
    else if (scanned->one_of_many)
        put_line(out, scanned, info);
    else
        put_words(out, scanned, outcome);
    return info->class == VERDICT_OK;
}

int
cli_verify(const struct invocation *in, struct fault *fault)
{
    AUTO_KEYSET *keyset = NULL;
    enum err err = cli_keyset(in, &keyset, fault);
    return err == ERR_OK ? codes_run(in, keyset, answer, fault) : cli_exit(err);
}
