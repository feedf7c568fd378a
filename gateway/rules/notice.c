/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/notice.h"

#include <sodium.h>
#include <string.h>

#include "crypto/claim.h"
#include "gateway/rules/event_field.h"

static const char *const kinds[NOTICE_KINDS] = {
    [NOTICE_LOOKS_FAKE] = "looks_fake",           [NOTICE_NEVER_ISSUED] = "never_issued",
    [NOTICE_REPORT_REFUSED] = "report_refused",   [NOTICE_SECOND_RETURN] = "second_return",
    [NOTICE_OWNER_DISPLACED] = "owner_displaced", [NOTICE_COPY_SUSPECTED] = "copy_suspected",
};

static bool
is_kind(enum notice_kind kind)
{
    return (unsigned)kind < NOTICE_KINDS && kinds[kind] != NULL;
}

const char *
notice_kind_name(enum notice_kind kind)
{
    return is_kind(kind) ? kinds[kind] : "none";
}

bool
notice_kind_parse(enum notice_kind *out, struct slice s)
{
    *out = NOTICE_NONE;
    for (size_t i = 0; i < NOTICE_KINDS; i++)
        if (kinds[i] != NULL && slice_equal(s, kinds[i]))
            *out = (enum notice_kind)i;
    return *out != NOTICE_NONE;
}

/* Ends within its place; the text of it. */
static bool
ended(const char *value, size_t size, struct slice *out)
{
    const char *end = memchr(value, '\0', size);
    *out = slice_make(value, end == NULL ? 0 : (size_t)(end - value));
    return end != NULL;
}

static bool
reason_known(struct slice s)
{
    for (size_t i = 0; i < REASON_COUNT; i++)
        if (slice_equal(s, reason_info((enum reason)i)->code))
            return true;
    return false;
}

static bool
reference_valid(const struct notice *notice)
{
    struct slice s;
    return ended(notice->reference, sizeof notice->reference, &s) &&
           s.len == NOTICE_REFERENCE_CHARS && crockford_valid(s.data, s.len);
}

static enum err
check_what(const struct notice *notice, struct fault *fault)
{
    struct slice s;
    if (!reference_valid(notice))
        return fault_set(fault, ERR_INVALID, "/reference: has to be %d characters of base32",
                         NOTICE_REFERENCE_CHARS);
    if (!is_kind(notice->kind))
        return fault_set(fault, ERR_INVALID,
                         "/kind: has to be looks_fake, never_issued, report_refused, "
                         "second_return, copy_suspected or owner_displaced");
    if (!ended(notice->gtin, sizeof notice->gtin, &s) || (s.len > 0 && !gtin_valid(s)))
        return fault_set(fault, ERR_INVALID, "/gtin: has to be 14 digits with the right last one");
    if (!ended(notice->serial, sizeof notice->serial, &s) || (s.len > 0 && !gs1_value_valid(s)))
        return fault_set(fault, ERR_INVALID, "/serial: has to be 1 to %d characters of GS1's set",
                         GS1_VALUE_MAX);
    if (!ended(notice->answer, sizeof notice->answer, &s) || (s.len > 0 && !reason_known(s)))
        return fault_set(fault, ERR_INVALID, "/answer: is no reason of a verdict");
    return ERR_OK;
}

static enum err
check_line(const char *pointer, const char *value, size_t max, struct fault *fault)
{
    if (value[0] == '\0' || event_text_valid(value, max + 1, max))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID,
                     "%s: has to be up to %zu bytes of text without control characters or blanks "
                     "at its ends",
                     pointer, max);
}

/* As a line, but for line feeds inside it. */
static enum err
check_lines(const struct notice *notice, struct fault *fault)
{
    char line[NOTICE_TEXT_MAX + 1];
    struct slice s;
    bool valid = ended(notice->text, sizeof notice->text, &s) && slice_copy(line, sizeof line, s);
    for (size_t i = 1; valid && i + 1 < s.len; i++)
        if (line[i] == '\n')
            line[i] = ' ';
    if (valid && (s.len == 0 || event_text_valid(line, sizeof line, NOTICE_TEXT_MAX)))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID,
                     "/text: has to be up to %d bytes of text without control characters but line "
                     "feeds, and without blanks at its ends",
                     NOTICE_TEXT_MAX);
}

static enum err
check_times(const struct notice *notice, struct fault *fault)
{
    if (notice->first_at <= 0)
        return fault_set(fault, ERR_INVALID, "/first_at: is missing");
    if (notice->last_at < notice->first_at)
        return fault_set(fault, ERR_INVALID, "/last_at: before the first time");
    if (notice->count == 0)
        return fault_set(fault, ERR_INVALID, "/count: has to be 1 or more");
    if (notice->closed_at != 0 && notice->closed_at < notice->first_at)
        return fault_set(fault, ERR_INVALID, "/closed_at: before it was opened");
    if (notice->closed_at != 0 && notice->closed_by[0] == '\0')
        return fault_set(fault, ERR_INVALID, "/closed_by: is missing");
    return ERR_OK;
}

enum err
notice_check(const struct notice *notice, struct fault *fault)
{
    enum err err = check_what(notice, fault);
    if (err == ERR_OK && strcmp(role_name(notice->role), "none") == 0)
        err = fault_set(fault, ERR_INVALID, "/role: is no role");
    if (err == ERR_OK)
        err = check_line("/organisation", notice->organisation, ORGANISATION_MAX, fault);
    if (err == ERR_OK)
        err = check_line("/place", notice->place, NOTICE_PLACE_MAX, fault);
    if (err == ERR_OK)
        err = check_lines(notice, fault);
    if (err == ERR_OK)
        err = check_line("/closed_by", notice->closed_by, ORGANISATION_MAX, fault);
    if (err == ERR_OK)
        err = check_line("/outcome", notice->outcome, NOTICE_PLACE_MAX, fault);
    return err == ERR_OK ? check_times(notice, fault) : err;
}

/* Where one text ends and the next begins is part of what is hashed; the first is the purpose, so
 * that no seal made with the same key is ever one of these. */
void
notice_reference_of(char out[static NOTICE_REFERENCE_CHARS + 1],
                    const uint8_t key[static SEAL_KEY_BYTES], enum notice_kind kind,
                    const char *gtin, const char *serial)
{
    const char *const texts[] = {"assay/notice/v1", notice_kind_name(kind), gtin, serial};
    uint8_t sum[SEAL_BYTES];
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, key, SEAL_KEY_BYTES, sizeof sum);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        (void)crypto_generichash_update(&state, (const unsigned char *)texts[i],
                                        strlen(texts[i]) + 1);
    (void)crypto_generichash_final(&state, sum, sizeof sum);
    crockford_format(out, NOTICE_REFERENCE_CHARS, sum);
    sodium_memzero(&state, sizeof state);
}
