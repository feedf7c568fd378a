/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/scan.h"

#include <string.h>

#include "gateway/rules/country.h"
#include "gateway/rules/event.h"
#include "gateway/rules/sketch.h"

_Static_assert((int)SCAN_SKETCH_BYTES == (int)SKETCH_BYTES, "one sketch");

/* Faster than an airliner between the edges of two countries; what is nearer than NEAR_KM is a
 * border, a ferry or an address that was placed wrongly. */
enum { SPEED_KM_H = 1000, NEAR_KM = 500, HOUR_SECONDS = 3600 };

/* What leaks away in LEAK_DAYS: a look a week, a day with a mistaken place a month, and of a shop
 * window three passers-by a day. */
enum { LEAK_DAYS = 28, LEVEL_MAX = 31 };
static const uint32_t leaks[COPY_RULES] = {
    [COPY_SESSIONS] = 4, [COPY_TRAVEL] = 1,     [COPY_UNSHIPPED] = 1,
    [COPY_RETIRED] = 4,  [COPY_TWO_OWNERS] = 1, [COPY_STOCK] = 84,
};

static void
add_to(uint32_t *sum, uint64_t n)
{
    *sum = n > UINT32_MAX - *sum ? UINT32_MAX : *sum + (uint32_t)n;
}

/* SplitMix64 (Steele, Lea, Flood 2014): no client is favoured by how hashes are made, and the same
 * number on another day is another client. */
static uint64_t
client_hash(uint64_t client, civil_day day)
{
    uint64_t z = client + 0x9e3779b97f4a7c15U * ((uint64_t)day + 1);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

/* ---- sessions ---- */

static bool
kept(uint32_t client, unsigned level)
{
    return (client & ((UINT32_C(1) << level) - 1)) == 0;
}

static void
raise_level(struct scans *scans)
{
    unsigned left = 0;
    scans->level++;
    for (unsigned i = 0; i < scans->today; i++)
        if (kept(scans->clients[i], scans->level))
            scans->clients[left++] = scans->clients[i];
    scans->today = (uint8_t)left;
}

/* For how many sessions this one stands: 0 when it is known or not kept. */
static uint64_t
admit(struct scans *scans, uint32_t client)
{
    if (!kept(client, scans->level))
        return 0;
    for (unsigned i = 0; i < scans->today; i++)
        if (scans->clients[i] == client)
            return 0;
    uint64_t weight = UINT64_C(1) << scans->level;
    while (scans->today == SCAN_EXACT && scans->level < LEVEL_MAX)
        raise_level(scans);
    if (kept(client, scans->level) && scans->today < SCAN_EXACT)
        scans->clients[scans->today++] = client;
    return weight;
}

static void
begin_day(struct scans *scans, civil_day day)
{
    scans->day = day;
    scans->level = 0;
    scans->today = 0;
    memset(scans->clients, 0, sizeof scans->clients);
}

/* ---- countries ---- */

static bool
too_fast(const struct scans *scans, const struct sighting *sighting)
{
    for (size_t i = 0; i < SCAN_COUNTRIES && scans->countries[i].code[0] != '\0'; i++) {
        int64_t seconds = sighting->at - scans->countries[i].last_at;
        if (seconds < 0)
            seconds = -seconds;
        int gap = country_gap(sighting->country, scans->countries[i].code);
        if (gap > NEAR_KM + seconds * SPEED_KM_H / HOUR_SECONDS)
            return true;
    }
    return false;
}

static void
count_country(struct scans *scans, const struct sighting *sighting, uint64_t weight)
{
    size_t i = 0;
    if (sighting->country[0] == '\0')
        return;
    while (i < SCAN_COUNTRIES && scans->countries[i].code[0] != '\0' &&
           strcmp(scans->countries[i].code, sighting->country) != 0)
        i++;
    if (i == SCAN_COUNTRIES) {
        add_to(&scans->elsewhere, weight);
        return;
    }
    memcpy(scans->countries[i].code, sighting->country, sizeof sighting->country);
    add_to(&scans->countries[i].sessions, weight);
    if (sighting->at > scans->countries[i].last_at)
        scans->countries[i].last_at = sighting->at;
}

/* ---- evidence ---- */

static void
leak(struct scans *scans, civil_day day, const struct unit *unit)
{
    /* What a unit is suspected for is shown until it is cleared. */
    if (scans->first_at == 0 || (unit->conditions & CONDITION_COPY_SUSPECTED) != 0) {
        scans->leaked_on = day > scans->leaked_on ? day : scans->leaked_on;
        return;
    }
    if (day < scans->leaked_on)
        return;
    uint32_t times = (uint32_t)(day - scans->leaked_on) / LEAK_DAYS;
    for (size_t rule = 0; rule < COPY_RULES; rule++) {
        uint64_t lost = (uint64_t)leaks[rule] * times;
        scans->evidence[rule] -=
            (uint32_t)(lost < scans->evidence[rule] ? lost : scans->evidence[rule]);
    }
    scans->leaked_on += (civil_day)times * LEAK_DAYS;
}

static void
add_evidence(struct scans *scans, enum copy_rule rule, civil_day day, uint64_t weight)
{
    add_to(&scans->evidence[rule], weight);
    scans->evidence_on[rule] = day;
}

/* What an honest person may do a hundred times in an evening counts once a day. */
static bool
add_day(struct scans *scans, enum copy_rule rule, civil_day day)
{
    if (scans->evidence[rule] > 0 && day <= scans->evidence_on[rule])
        return false;
    add_evidence(scans, rule, day, 1);
    return true;
}

/* A shop window draws strangers, and tourists whose telephones answer from home: there, only the
 * number counts, by a rule of its own. */
static void
weigh(struct scans *scans, const struct sighting *sighting, const struct unit *unit,
      uint64_t weight)
{
    static const enum copy_rule counted[UNIT_STATE_COUNT] = {
        [UNIT_IN_STOCK] = COPY_STOCK,
        [UNIT_RETIRED] = COPY_RETIRED,
    };
    enum copy_rule rule =
        (unsigned)unit->state < UNIT_STATE_COUNT ? counted[unit->state] : COPY_NONE;
    add_evidence(scans, rule != COPY_NONE ? rule : COPY_SESSIONS, scans->day, weight);
    if (rule != COPY_STOCK && too_fast(scans, sighting))
        (void)add_day(scans, COPY_TRAVEL, scans->day);
    if (unit->state == UNIT_ISSUED && unit->shipped_on == CIVIL_NONE)
        (void)add_day(scans, COPY_UNSHIPPED, scans->day);
}

/* ---- what is called ---- */

static bool
note_time(struct scans *scans, int64_t at)
{
    bool earlier = scans->first_at == 0 || at<scans->first_at, later = at> scans->last_at;
    scans->first_at = earlier ? at : scans->first_at;
    scans->last_at = later ? at : scans->last_at;
    return earlier;
}

bool
scan_add(struct scans *scans, const struct sighting *sighting, const struct unit *unit)
{
    civil_day day = date_of(sighting->at, 0);
    leak(scans, day, unit);
    if (sighting->second_owner)
        return add_day(scans, COPY_TWO_OWNERS, day);
    if (scans->first_at != 0 && day < scans->day)
        return sighting->at < scans->first_at && note_time(scans, sighting->at);
    if (scans->first_at == 0 || day > scans->day)
        begin_day(scans, day);
    uint64_t hash = client_hash(sighting->client, day);
    bool changed = sketch_add(scans->sketch, hash);
    uint64_t weight = admit(scans, (uint32_t)hash);
    if (weight == 0)
        return changed;
    weigh(scans, sighting, unit, weight);
    count_country(scans, sighting, weight);
    scans->sessions += weight;
    (void)note_time(scans, sighting->at);
    return true;
}

uint64_t
scan_clients(const struct scans *scans)
{
    return sketch_count(scans->sketch);
}

void
scan_clear(struct scans *scans, int64_t now)
{
    memset(scans->evidence, 0, sizeof scans->evidence);
    memset(scans->evidence_on, 0, sizeof scans->evidence_on);
    scans->leaked_on = date_of(now, 0);
    scans->cleared_at = now;
}
