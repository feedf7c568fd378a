/* SPDX-License-Identifier: Apache-2.0 */
/* How often somebody may try a code that proves possession: a claim code (50 bits) or a transfer
 * code (60 bits). Fixed memory, thread-safe; the clock is an argument.
 *
 * Limits pull two ways. Each wrong try is a chance to guess, and a stranger who uses up the tries
 * of a unit keeps its owner out. The two cannot be told apart before the code is right, so tries
 * come back fast enough that nobody can use them up for long, and slowly enough that guessing is
 * hopeless.
 *
 *   wrong tries         at once   then          in ten years    chance of one hit
 *   of one unit         100       1 a second    3.2 * 10^8      3.2*10^8 / 2^50 = 1 in 3,500,000
 *   of all together     10,000    100 a second  3.2 * 10^10     3.2*10^10 / 2^50 = 1 in 35,000
 *
 * (the second is the chance that any unit at all is hit, by ten years of nothing but attack). An
 * owner waits for nothing but strangers who try at this moment: one who tries A times a second
 * takes A of the A + 1 tries in which a token comes. An owner who tries once a minute (1,440 times)
 * is kept out for a day with (1 - 1/A)^1440: by 300 tries a second in 1 of 120 cases, by 1,000 in 1
 * of 4, by 10,000 in 7 of 8. Against such a flood from one place the limits of the proxy in front
 * have to stand. Right codes cost nothing: whoever registers a
 * thousand units on one evening takes no try from anybody. An owner secret has 130 bits and is not
 * limited, so who has one is never kept out. */
#ifndef ASSAY_API_LIMITS_H
#define ASSAY_API_LIMITS_H

#include "gateway/registry/registry.h"
#include "gateway/rules/bucket.h"

/* Units share buckets by a hash with a key of this process, so nobody can choose whose tries to use
 * up with another's; at 100 wrong tries a second in all, no more than 200 or so of the buckets can
 * be kept empty. A restart fills them. */
enum { LIMITS_BUCKETS = 65536 }; /* 512 KiB */
extern const struct bucket_rate limits_unit, limits_all;
/* Wrong API keys at the sign-in: 100 at once, then 1 a second, in all. Nobody guesses 130 bits at
 * whatever rate: this only tells a program that tries to stop, and no right key waits for it. */
extern const struct bucket_rate limits_keys;

struct limits; /* opaque */

/* sodium_init() has run. ERR_MEMORY. */
enum err limits_open(struct limits **out, struct fault *fault) MUST_CHECK;
void limits_close(struct limits *limits); /* NULL is allowed */

/* One try of a code of this unit, which need not exist. False: *wait is in how many seconds (1 or
 * more) to try again, and nothing was taken. `now` is Unix seconds. */
bool limits_take(struct limits *limits, const struct unit_key *key, int64_t now,
                 int64_t *wait) MUST_CHECK;
/* The code was right, or could not be looked at. */
void limits_give_back(struct limits *limits, const struct unit_key *key);
/* One wrong API key. False as in limits_take. */
bool limits_take_key(struct limits *limits, int64_t now, int64_t *wait) MUST_CHECK;

#endif
