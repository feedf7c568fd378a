/* SPDX-License-Identifier: Apache-2.0 */
/* What was scanned or typed, read as one identity. The grammar is exact: a code that could be read
 * in two ways is refused. */
#ifndef ASSAY_IDENTIFY_READING_H
#define ASSAY_IDENTIFY_READING_H

#include "gateway/identify/identity.h"

enum { SCAN_TEXT_MAX = 1024 }; /* bytes of any scanned or typed code */

enum reading_kind {
    READING_NONE = 0,
    READING_DIGITAL_LINK,
    READING_ELEMENT_STRING,
    READING_SERIAL, /* a bare serial: the product comes from elsewhere */
    READING_KIND_COUNT
};

/* Why a text is not a code. The table in reading.c gives each its stable code and a sentence. */
enum reading_error {
    READ_OK = 0,
    READ_EMPTY,
    READ_TOO_LONG,
    READ_BAD_CHARACTER, /* control byte, NUL, space, not ASCII */
    READ_NOT_A_CODE,    /* neither a link nor an element string nor a possible serial */
    READ_BAD_SCHEME,
    READ_BAD_HOST,
    READ_BAD_PATH, /* not exactly one identifier, wrong order, empty or repeated part */
    READ_BAD_GTIN_LENGTH,
    READ_BAD_CHECK_DIGIT,
    READ_BAD_VALUE,    /* length or character set of a variant, lot or serial */
    READ_BAD_PERCENT,  /* broken %XX, or %XX that decodes to a control byte */
    READ_BAD_QUERY,    /* an AI in the query that has to be in the path, or an invalid AI */
    READ_BAD_FRAGMENT, /* a '#' part */
    READ_REPEATED_SIGNATURE,
    READ_BAD_SIGNATURE, /* S is there but is no token of version 1 */
    READ_NO_GTIN,
    READ_NO_SERIAL,
    READ_BAD_AI, /* an AI we do not read, or one given twice */
    READ_ERROR_COUNT
};

/* What was mended to make sense of it. Used only when the signature of the mended text verifies.
 *
 * A keyboard scanner sends key positions. QWERTZ and AZERTY stand for both directions: a scanner
 * set to US on a host set to German or French (the usual case: the scanner is as it was delivered),
 * and a scanner set to German or French on a US host. Dead keys of the German host are understood
 * ("=A" arrives as "Á"). One fault at a time: a second one makes the code unreadable. */
enum repair {
    REPAIR_NONE = 0,
    REPAIR_CASE,      /* lower-cased or upper-cased throughout; mixed case cannot be restored */
    REPAIR_CAPS_LOCK, /* upper and lower case swapped */
    REPAIR_QWERTZ,    /* scanner and host differ: US and German */
    REPAIR_AZERTY,    /* scanner and host differ: US and French */
    REPAIR_SEPARATOR, /* the group separators (FNC1) of an element string were lost */
    REPAIR_COUNT
};

/* After an error only `error` and `error_at` are set. */
struct reading {
    enum reading_kind kind;
    struct identity id;
    bool has_token;
    struct token token;
    char canonical[CANONICAL_MAX + 1]; /* "" for READING_SERIAL */
    size_t canonical_len;
    enum repair repair;
    enum reading_error error;
    size_t error_at; /* byte offset in the input where reading stopped; at most its length */
};

struct reading_error_info {
    const char *code;     /* "bad_check_digit" */
    const char *sentence; /* for a person, no full stop */
};
const struct reading_error_info *reading_error_info(enum reading_error error);
const char *reading_kind_name(enum reading_kind kind); /* "digital_link", … */
const char *repair_name(enum repair repair);           /* "none", "caps_lock", … */

/* A label URL as the gateway receives it: the raw (still percent-encoded) path and query of a
 * request, path "/01/…". An empty query is none. One trailing slash is tolerated, as resolvers do.
 * `error_at` counts in path, '?', query. Returns out->error. */
enum reading_error digital_link_read_path(struct reading *out, struct slice path,
                                          struct slice query) MUST_CHECK;

/* A whole link. Scheme http or https, lower or upper case but not mixed; any host name or IPv4
 * address, perhaps a port; no user, no IPv6 literal. Strict: no trailing slash, no fragment, no
 * empty parameter, no ';' in the query. AIs in the query have to be valid attributes (GS1 Syntax
 * Dictionary); neither they nor extension parameters other than S change anything that is read. */
enum reading_error digital_link_read(struct reading *out, struct slice text) MUST_CHECK;

/* "(01)…(21)…", or "01…21…" with FNC1 (0x1D) after a value of variable length, with or without an
 * AIM prefix (]Q3 ]d2 ]C1 ]e0) or a leading FNC1; without these and brackets, 01 comes first. One
 * FNC1 after a value of fixed length or at the end is tolerated. In brackets a value cannot hold
 * "(". Attribute AIs that labels of the trade carry besides (11 13 15 16 17, dates) are read over
 * and never used; others are refused. */
enum reading_error element_string_read(struct reading *out, struct slice text) MUST_CHECK;

/* Any of the three, as it was scanned or typed; spaces and line ends around it are dropped, and the
 * AIM prefixes of plain text (]Q1 ]d1) in front of a link. Digits that start with 01, a GTIN with
 * its check digit and another AI are an element string; up to 20 other characters are a serial; a
 * GTIN-14 alone is refused.
 *
 * When a link cannot be read, or its token does not verify, or an element string cannot be read,
 * the known scanner faults are undone one at a time and `confirm` decides: a mended reading is
 * taken only when it returns true, so it has to check the signature. It is called five times at
 * most, for links with a well-formed token and for element strings; these carry no signature
 * themselves, so that a `confirm` which asks label_trust refuses them. `confirm` may be NULL: then
 * nothing is mended. Returns out->error. */
typedef bool reading_confirm(const struct reading *candidate, void *context);
enum reading_error reading_identify(struct reading *out, struct slice text,
                                    reading_confirm *confirm, void *context) MUST_CHECK;

#endif
