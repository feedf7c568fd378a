/* SPDX-License-Identifier: Apache-2.0 */
/* How often somebody may try a code that proves possession: a claim code (50 bits) or a transfer
 * code (60 bits). Fixed memory, thread-safe; the clock is an argument.
 *
 * Limits pull two ways. Each wrong try is a chance to guess, and a stranger who uses up the tries
 * of a unit keeps its owner out. The two cannot be told apart before the code is right. So a client
 * has few wrong tries (shed.h: 60 at once, then one a minute), which one flooding address soon has
 * used up; a unit's tries come back fast enough that many addresses together cannot use them up for
 * long, and slowly enough that guessing is hopeless; and who sends the registered label along with
 * the code, as every form does that was opened from it, has tries of his own: of the unit, and of
 * his address for this unit. A stranger who saw a serial, or made it up, takes none of those.
 *
 *   wrong tries                  at once   then            in ten years   chance of one hit
 *   of a unit, without its label     100       1 a second   3.2 * 10^8    1 in 3,500,000
 *   of a unit, with it               100       1 a second   3.2 * 10^8    1 in 3,500,000
 *   of all, without their labels  10,000     100 a second   3.2 * 10^10   1 in 35,000
 *   of all, with them            100,000   1,000 a second   3.2 * 10^11   1 in 3,500
 *
 * The chance is tries / 2^50, after ten years of nothing but attack; of all, that any unit at all
 * is hit. The last line needs a thousand labels in hand, and sixty addresses.
 *
 * How long can N addresses, each in a network of its own, keep an owner out who tries once a
 * minute? They have N / 60 = A tries a second and take A of every A + 1, so that he fails for a day
 * (1,440 times) with (1 - 1/(A + 1))^1440: by fewer than 60 addresses never, whatever they send,
 * for then tokens are left over; by 18,000 in 1 of 120 cases, by 60,000 in 1 of 4, by 600,000 in 7
 * of 8. With the label that is so only for strangers who have the label too. Where a proxy names no
 * clients (trusted_proxies), or client_claims is 0, there are no tries of one address, and A is
 * what anybody sends: 300 a second from one place are then like 18,000 addresses, for an owner who
 * has not the label.
 *
 * Right codes cost nothing: whoever registers a thousand units on one evening takes no try from
 * anybody. An owner secret has 130 bits and is not limited, so who has one is never kept out. */
#ifndef ASSAY_API_LIMITS_H
#define ASSAY_API_LIMITS_H

#include "gateway/registry/registry.h"
#include "gateway/rules/bucket.h"

/* Units share buckets by a hash with a key of this process, so nobody can choose whose tries to use
 * up with another's; at 100 wrong tries a second in all, no more than 200 or so of the buckets can
 * be kept empty. A restart fills them. */
enum { LIMITS_BUCKETS = 65536 }; /* twice 512 KiB */
extern const struct bucket_rate limits_unit;
extern const struct bucket_rate limits_all[2]; /* without and with the label */
/* Wrong API keys at the sign-in: 100 at once, then 1 a second, in all. Nobody guesses 130 bits at
 * whatever rate: this only tells a program that tries to stop, and no right key waits for it. */
extern const struct bucket_rate limits_keys;

struct limits; /* opaque */

/* sodium_init() has run. ERR_MEMORY. */
enum err limits_open(struct limits **out, struct fault *fault) MUST_CHECK;
void limits_close(struct limits *limits); /* NULL is allowed */

/* One try of a code of this unit, which need not exist; `labelled`: with its registered label.
 * False: *wait is in how many seconds (1 or more) to try again, and nothing was taken. `now` is
 * Unix seconds. */
bool limits_take(struct limits *limits, const struct unit_key *key, bool labelled, int64_t now,
                 int64_t *wait) MUST_CHECK;
/* The code was right, or could not be looked at. */
void limits_give_back(struct limits *limits, const struct unit_key *key, bool labelled);
/* One wrong API key. False as in limits_take. */
bool limits_take_key(struct limits *limits, int64_t now, int64_t *wait) MUST_CHECK;

#endif
