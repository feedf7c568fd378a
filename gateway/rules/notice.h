/* SPDX-License-Identifier: Apache-2.0 */
/* What the operator should look at: the inbox. Plain data; the conventions are those of unit.h. */
#ifndef ASSAY_RULES_NOTICE_H
#define ASSAY_RULES_NOTICE_H

#include "gateway/rules/credential.h"
#include "gateway/rules/verdict.h"

enum {
    NOTICE_REFERENCE_CHARS = 10, /* Crockford base32 (claim.h): what the reporter quotes */
    NOTICE_PLACE_MAX = 120,
    NOTICE_TEXT_MAX = 1000
};

/* Values are stored: only append. */
enum notice_kind {
    NOTICE_NONE = 0,
    NOTICE_LOOKS_FAKE,      /* somebody says so: public, or staff */
    NOTICE_NEVER_ISSUED,    /* our signature on a unit that nobody registered */
    NOTICE_REPORT_REFUSED,  /* a report of theft or loss by somebody who may not */
    NOTICE_SECOND_RETURN,   /* copy and original met at two shops */
    NOTICE_COPY_SUSPECTED,  /* those who looked at it say that the label was copied */
    NOTICE_OWNER_DISPLACED, /* registered without the claim code, and then the code was brought */
    NOTICE_KINDS
};
const char *notice_kind_name(enum notice_kind kind); /* "looks_fake"; "none" for anything else */
bool notice_kind_parse(enum notice_kind *out, struct slice s) MUST_CHECK;

/* Names no person: a report asks for the shop and what was seen, not for who saw it. */
struct notice {
    char reference[NOTICE_REFERENCE_CHARS + 1];
    uint64_t version;
    enum notice_kind kind;
    char gtin[GTIN_DIGITS + 1];     /* "" when the code named none */
    char serial[GS1_VALUE_MAX + 1]; /* "" likewise */
    char answer[32]; /* code of the worst reason that was answered then; "" unknown */
    int64_t first_at, last_at;
    uint32_t count; /* times: the same thing again is counted, not repeated */
    enum role role; /* of who caused it */
    char organisation[ORGANISATION_MAX + 1];
    char place[NOTICE_PLACE_MAX + 1]; /* where it was bought or offered */
    char text[NOTICE_TEXT_MAX + 1];   /* what was seen, or why it was refused */
    int64_t closed_at;                /* 0: open */
    /* Of the last time it was closed: what happens again opens it again. */
    char closed_by[ORGANISATION_MAX + 1];
    char outcome[NOTICE_PLACE_MAX + 1]; /* what came of it */
};

/* The rules that every stored notice keeps: UTF-8 without control characters (text may hold line
 * feeds) or blanks at its ends, a valid reference, a kind, a known reason, count 1 or more, times
 * in their order, and a name where it is closed. The fault begins with the JSON pointer. */
enum err notice_check(const struct notice *notice, struct fault *fault) MUST_CHECK;

/* Notices that the gateway makes itself have a reference made of what they are about, so that the
 * same thing again finds the first: BLAKE2b, keyed with the registry's claim key, of
 * "assay/notice/v1", the kind's name, GTIN and serial, each with its NUL. */
void notice_reference_of(char out[static NOTICE_REFERENCE_CHARS + 1],
                         const uint8_t key[static SEAL_KEY_BYTES], enum notice_kind kind,
                         const char *gtin, const char *serial);

#endif
