/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over everything, for its own files. */
#ifndef ASSAY_REGISTRY_LMDB_CHECK_H
#define ASSAY_REGISTRY_LMDB_CHECK_H

#include "gateway/registry/lmdb_engine.h"

struct check {
    struct lmdb_session *session;
    const struct registry_checker *checker;
    struct view view;
    struct scan scan; /* at the record that is looked at */
    enum table table;
    uint64_t done, total, damages;
    /* The unit whose events are walked. */
    struct unit_key unit;
    uint64_t versions; /* 0: no such unit */
};

/* Says what is wrong with the record that is looked at. */
void damage(struct check *check, const char *format, ...) PRINTF_LIKE(2, 3);

/* ---- lmdb_check_unit.c ---- */

void check_unit(struct check *check);
void check_event(struct check *check);
void check_row(struct check *check); /* of an index */

#endif
