/* SPDX-License-Identifier: Apache-2.0 */
/* A second process that has the same registry open: the test program itself, run again. It is made
 * by fork and exec, so that nothing of LMDB crosses a fork. */
#ifndef ASSAY_TESTS_REGISTRY_CHILD_H
#define ASSAY_TESTS_REGISTRY_CHILD_H

#include <sys/types.h>

#include "tests/registry/support.h"

struct child {
    pid_t pid;
    int to, from; /* pipes */
};

/* Runs this program as `program MODE URL`. */
void child_start(struct child *child, const char *mode, const char *url);
/* Sends "WORD NUMBER", and returns the number the child answers with. */
int child_ask(const struct child *child, const char *word, uint64_t number);
/* The next number that the child answers with; -1 when there is none. */
int child_next(const struct child *child);
/* Closes the pipes and returns what waitpid says. */
int child_end(struct child *child);

/* In the child: the next line; false when there is no more. */
struct order {
    char word[32];
    uint64_t number;
};
bool child_order(struct order *out);
void child_answer(int number);

#endif
