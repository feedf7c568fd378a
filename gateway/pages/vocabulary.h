/* SPDX-License-Identifier: Apache-2.0 */
/* Which word or icon stands for what the rules say. Each is a choice for {{>*name}}: the index of
 * an include plus 1, the same in every language. */
#ifndef ASSAY_PAGES_VOCABULARY_H
#define ASSAY_PAGES_VOCABULARY_H

#include <stdint.h>

#include "gateway/base/err.h"
#include "gateway/pages/template.h"
#include "gateway/rules/scan.h"
#include "gateway/rules/verdict.h"

enum page_action {
    ACTION_CONTACT,
    ACTION_RECALL,
    ACTION_RETRY,
    ACTION_ANOTHER,
    ACTION_REGISTER,
    ACTION_OWN,    /* the owner's page */
    ACTION_REPORT, /* this looks fake */
    ACTION_FOUND,  /* this is the one that somebody misses */
    ACTION_COUNT
};

enum { PAGE_ERRORS_MAX = 16 };

struct reason_words {
    uint16_t sentence, means, next;
};

struct error_words {
    int status;
    uint16_t title, text;
};

struct vocabulary {
    uint16_t class_word[VERDICT_OK + 1], class_icon[VERDICT_OK + 1];
    struct reason_words reasons[REASON_COUNT];
    uint16_t copies[COPY_RULES]; /* 0 for COPY_NONE */
    uint16_t covers[COVER_YES + 1];
    uint16_t labels[LABEL_RESULT_COUNT];
    uint16_t key_status[KEY_REVOKED + 1];
    uint16_t problems[READ_ERROR_COUNT]; /* 0 for READ_OK */
    uint16_t actions[ACTION_COUNT];
    uint16_t recorded, not_recorded;
    uint16_t day, month_of_year, months[12]; /* how a date is written */
    uint16_t own_name;                       /* of the language */
    size_t error_count;
    struct error_words errors[PAGE_ERRORS_MAX];
};

/* Looks everything up; ERR_CORRUPT names the word or file that is missing. */
enum err vocabulary_fill(struct vocabulary *out, const struct template_names *names,
                         struct fault *fault) MUST_CHECK;

/* The words for an HTTP status; one of the same hundred when it has none of its own. */
const struct error_words *vocabulary_error(const struct vocabulary *words, int status);

#endif
