/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/scans/story.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/rules/event.h"

uint64_t
draw(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15U;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

unsigned
draw_in(uint64_t *seed, unsigned least, unsigned most)
{
    return least + (unsigned)(draw(seed) % (most - least + 1));
}

bool
draw_chance(uint64_t *seed, unsigned percent)
{
    return draw(seed) % 100 < percent;
}

/* Box and Muller 1958. */
double
draw_normal(uint64_t *seed)
{
    double u = ((double)(draw(seed) >> 11) + 1) / 9007199254740993.0;
    double v = (double)(draw(seed) >> 11) / 9007199254740992.0;
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

const char *
home_country(uint64_t *seed)
{
    static const char *const homes[] = {"DE", "DE", "DE", "DE", "FR", "FR", "GB",
                                        "AT", "PL", "ES", "IT", "US", "US", "JP"};
    return homes[draw(seed) % (sizeof homes / sizeof homes[0])];
}

const char *
far_country(uint64_t *seed)
{
    static const char *const far[] = {"US", "BR", "ZA", "AE", "TH", "JP",
                                      "AU", "CA", "IN", "KE", "DE", "MX"};
    return far[draw(seed) % (sizeof far / sizeof far[0])];
}

uint64_t
story_client(uint64_t person, unsigned day)
{
    uint64_t mixed = person * 0x9e3779b97f4a7c15U + day;
    return draw(&mixed) | 1;
}

static enum unit_state
state_on(const struct story *story, unsigned day)
{
    if (day >= story->retired_on)
        return UNIT_RETIRED;
    if (story->records == RECORDS_NOTHING)
        return UNIT_ISSUED;
    if (story->records == RECORDS_SHIPPED)
        return UNIT_IN_TRANSIT;
    return day >= story->sale_told_on ? UNIT_SOLD : UNIT_IN_STOCK;
}

static struct look *
more(struct story *story)
{
    if (story->count == story->room) {
        story->room = story->room == 0 ? 64 : 2 * story->room;
        struct look *bigger = realloc(story->looks, story->room * sizeof *bigger);
        if (bigger == NULL)
            abort();
        story->looks = bigger;
    }
    return &story->looks[story->count++];
}

void
story_look(struct story *story, unsigned day, uint64_t client, const char *country, int copy)
{
    if (day >= story->days)
        return;
    struct look *look = more(story);
    memset(look, 0, sizeof *look);
    look->sighting.at =
        (int64_t)(STORY_START + day) * DAY_SECONDS + draw_in(story->seed, 7 * 3600, 23 * 3600);
    look->sighting.client = client;
    memcpy(look->sighting.country, country, strlen(country) + 1);
    look->state = state_on(story, day);
    look->copy = copy;
}

void
story_claim(struct story *story, unsigned day)
{
    story_look(story, day, 0, "", 0);
    if (day < story->days)
        story->looks[story->count - 1].sighting.second_owner = true;
}

void
story_forget(struct story *story)
{
    free(story->looks);
    story->looks = NULL;
    story->count = story->room = 0;
}

static int
by_time(const void *a, const void *b)
{
    int64_t x = ((const struct look *)a)->sighting.at, y = ((const struct look *)b)->sighting.at;
    return (x > y) - (x < y);
}

/* Did this client look on this day before, or is it no look at all? */
static bool
is_known(const struct story *story, size_t i)
{
    const struct sighting *now = &story->looks[i].sighting;
    if (now->second_owner)
        return true;
    for (size_t k = i; k-- > 0;) {
        const struct sighting *then = &story->looks[k].sighting;
        if (then->at / DAY_SECONDS != now->at / DAY_SECONDS)
            return false;
        if (then->client == now->client && !then->second_owner)
            return true;
    }
    return false;
}

static bool
first_of_copy(const struct story *story, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (story->looks[k].copy == story->looks[i].copy)
            return false;
    return story->looks[i].copy > 0;
}

void
story_tell(struct story *story, const struct copy_limits *limits, int copies, struct outcome *out)
{
    struct scans scans;
    struct unit unit;
    int seen = 0;
    memset(&scans, 0, sizeof scans);
    memset(&unit, 0, sizeof unit);
    memset(out, 0, sizeof *out);
    unit.shipped_on = story->records == RECORDS_NOTHING ? CIVIL_NONE : STORY_START - 30;
    if (story->count > 0)
        qsort(story->looks, story->count, sizeof *story->looks, by_time);
    for (size_t i = 0; i < story->count && out->rule == COPY_NONE; i++) {
        bool fresh = !is_known(story, i);
        out->sessions += fresh;
        out->after_all += fresh && seen == copies;
        seen += seen < copies && first_of_copy(story, i);
        unit.state = story->looks[i].state;
        if (scan_add(&scans, &story->looks[i].sighting, &unit))
            out->rule = scan_judge(&scans, limits);
    }
    out->all_seen = seen == copies;
}
