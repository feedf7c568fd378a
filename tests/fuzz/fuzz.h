/* SPDX-License-Identifier: Apache-2.0 */
/* What every fuzz target has: one function that takes any bytes and asks of what is accepted that
 * it is canonical. libFuzzer calls it (tests/fuzz/run), or replay.c does (./tests/run). */
#ifndef ASSAY_TESTS_FUZZ_FUZZ_H
#define ASSAY_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/slice.h"

/* `data` is a block of the heap of exactly `len` bytes, so that a read past its end is seen. The
 * name is libFuzzer's. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Ends the process as a finding when the condition does not hold. */
#define REQUIRE(condition) ((condition) ? (void)0 : fuzz_fail(#condition, __FILE__, __LINE__))
_Noreturn void fuzz_fail(const char *condition, const char *file, int line);

struct slice fuzz_slice(const uint8_t *data, size_t len);
/* The first byte, which chooses what the others are; 0 when there is none. */
uint8_t fuzz_choice(struct slice *input);

#endif
