/* SPDX-License-Identifier: Apache-2.0 */
/* Everything a registry answers, asked once while it is whole and again when it may not be. */
#ifndef ASSAY_TESTS_FAULTS_TRUTH_H
#define ASSAY_TESTS_FAULTS_TRUTH_H

#include "gateway/registry/registry.h"

enum { TRUTH_MAX = 4096 };

struct truth {
    unsigned workers, steps; /* of work.h */
    size_t count;
    struct truth_item {
        enum err err;
        uint64_t hash; /* of the answer */
    } items[TRUTH_MAX];
    size_t row_count; /* of all lists */
    uint64_t rows[TRUTH_MAX];
};

enum truth_answer {
    TRUTH_WHOLE,   /* every answer is as it was */
    TRUTH_REFUSED, /* some were refused */
    TRUTH_SHORT,   /* a list lacks a row */
    TRUTH_MISSING, /* something that is there was said not to be */
    TRUTH_WRONG    /* something was told that is not so */
};

void truth_learn(struct registry_session *session, unsigned workers, unsigned steps,
                 struct truth *out);
/* The worst of all answers. */
enum truth_answer truth_compare(struct registry_session *session, const struct truth *truth);

#endif
