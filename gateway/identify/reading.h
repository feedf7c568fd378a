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

/* What was mended to make sense of it. Used only when the signature of the mended text verifies. */
enum repair {
    REPAIR_NONE = 0,
    REPAIR_CASE,      /* lower-cased or upper-cased throughout */
    REPAIR_CAPS_LOCK, /* upper and lower case swapped */
    REPAIR_QWERTZ,    /* German layout read as US */
    REPAIR_AZERTY,    /* French layout read as US */
    REPAIR_SEPARATOR, /* the group separator (FNC1) was lost */
    REPAIR_COUNT
};

struct reading {
    enum reading_kind kind;
    struct identity id;
    bool has_token;
    struct token token;
    char canonical[CANONICAL_MAX + 1]; /* "" for READING_SERIAL */
    size_t canonical_len;
    enum repair repair;
    enum reading_error error;
    size_t error_at; /* byte offset in the input where reading stopped */
};

struct reading_error_info {
    const char *code;     /* "bad_check_digit" */
    const char *sentence; /* for a person, no full stop */
};
const struct reading_error_info *reading_error_info(enum reading_error error);
const char *reading_kind_name(enum reading_kind kind); /* "digital_link", … */
const char *repair_name(enum repair repair);           /* "none", "caps_lock", … */

/* A label URL as the gateway receives it: the raw (still percent-encoded) path and query of a
 * request, path "/01/…". One trailing slash is tolerated, as resolvers do. Returns out->error. */
enum reading_error digital_link_read_path(struct reading *out, struct slice path,
                                          struct slice query) MUST_CHECK;

/* A whole link. Scheme http or https, lower or upper case but not mixed; any host. Strict: no
 * trailing slash, no fragment. */
enum reading_error digital_link_read(struct reading *out, struct slice text) MUST_CHECK;

/* "(01)…(21)…", or "01…21…" with FNC1 (0x1D) after a value of variable length, with or without an
 * AIM prefix (]Q3 ]d2 ]C1 ]e0) or a leading FNC1. Attribute AIs that labels
 * of the trade carry besides (11 13 15 17, dates) are read over and never used; others are
 * refused. */
enum reading_error element_string_read(struct reading *out, struct slice text) MUST_CHECK;

/* Any of the three, as it was scanned or typed; spaces and line ends around it are dropped. When it
 * cannot be read, or its token does not verify, the known scanner faults are undone one at a time
 * and `confirm` decides: a mended reading is taken only when it returns true, so it has to check
 * the signature. `confirm` may be NULL: then nothing is mended. Returns out->error. */
typedef bool reading_confirm(const struct reading *candidate, void *context);
enum reading_error reading_identify(struct reading *out, struct slice text,
                                    reading_confirm *confirm, void *context) MUST_CHECK;

#endif
