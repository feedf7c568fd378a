/* SPDX-License-Identifier: Apache-2.0 */
/* Of the preloaded library that lets calls fail, for its own files: whose turn it is, and where the
 * real call is. */
#ifndef ASSAY_TESTS_FAULTS_FAIL_H
#define ASSAY_TESTS_FAULTS_FAIL_H

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "tests/faults/control.h"

#define NEXT(type, name, ...)                                                                      \
    typedef type (*name##_type)(__VA_ARGS__);                                                      \
    static type (*next_##name(void))(__VA_ARGS__)                                                  \
    {                                                                                              \
        static name##_type next;                                                                   \
        if (next == NULL) {                                                                        \
            void *symbol = dlsym(RTLD_NEXT, #name);                                                \
            memcpy(&next, &symbol, sizeof next);                                                   \
        }                                                                                          \
        return next;                                                                               \
    }

/* Is this call to fail? errno says why, then. */
bool fault_takes(enum fault_call call);
/* The same of a call on a file; others than those that are meant never fail. */
bool fault_takes_path(enum fault_call call, const char *path);
bool fault_takes_fd(enum fault_call call, int fd);
/* Is this what a write that fails is to do: FAULT_SHORT, FAULT_LIE? */
bool fault_is(int error);
/* Does it lie where calls are to fail? */
bool fault_means(const char *path);
bool fault_means_fd(int fd);

#endif
