/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: "could not do it". A verdict about a label or a unit is never an error.
 *
 * Everything that can fail returns `enum err`, marked MUST_CHECK. Functions that read what a person
 * or a machine outside wrote also fill a `struct fault`: one sentence that names what is wrong and
 * where. The table in err.c gives each error its stable code, HTTP status and exit code. */
#ifndef ASSAY_BASE_ERR_H
#define ASSAY_BASE_ERR_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(at, first) __attribute__((format(printf, at, first)))

enum err {
    ERR_OK = 0,
    ERR_INVALID,     /* the input breaks its grammar or its limits */
    ERR_USAGE,       /* the command or its options are wrong */
    ERR_NOT_FOUND,   /* no such record, file or route */
    ERR_EXISTS,      /* already there, and different: a serial is never issued twice */
    ERR_CONFLICT,    /* the record changed since the caller saw it */
    ERR_DENIED,      /* not allowed: permissions, wrong passphrase, scope of a key */
    ERR_BUSY,        /* somebody else holds it: port, lock, operation in progress */
    ERR_UNAVAILABLE, /* cannot answer now; trying again may help */
    ERR_UNKNOWN,     /* may have happened: resolve by operation id. Never reported as success */
    ERR_FULL,        /* disk, map or table is full; nothing was written */
    ERR_CORRUPT,     /* stored bytes fail their check */
    ERR_TOO_LARGE,   /* over a stated maximum */
    ERR_MEMORY,      /* allocation failed */
    ERR_COUNT
};

struct err_info {
    const char *code;  /* stable, lower case with underscores: JSON `code`, CLI --json */
    const char *title; /* a few words for a person */
    int http_status;
    int exit_code; /* README, "Exit codes" */
};

/* Never NULL; an out-of-range value gives the entry of ERR_UNAVAILABLE. */
const struct err_info *err_info(enum err err);

enum { FAULT_TEXT_MAX = 400 };

/* Why something failed, for a person: no secret, no token, no trailing full stop or newline. */
struct fault {
    enum err err;
    char text[FAULT_TEXT_MAX];
};

/* Writes the sentence (cut at FAULT_TEXT_MAX) and returns `err`, so that a check is one line:
 * `return fault_set(fault, ERR_INVALID, "%s:%d: …", path, line);`. `fault` may be NULL. */
enum err fault_set(struct fault *fault, enum err err, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
