/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/scans/simulate.h"

#include <stdlib.h>
#include <string.h>

const struct attack attacks[ATTACKS] = {
    {"5, one country", 5, FROM_BOUGHT, 28, 100, false, false, false},
    {"5, many countries", 5, FROM_BOUGHT, 28, 100, false, true, false},
    {"5, one country, each tries to register", 5, FROM_BOUGHT, 28, 100, false, false, true},
    {"50, one country", 50, FROM_BOUGHT, 28, 100, false, false, false},
    {"50, one country, each scanned once", 50, FROM_BOUGHT, 28, 100, true, false, false},
    {"50, the same within a day", 50, FROM_BOUGHT, 1, 100, true, false, false},
    {"50, the same over eight weeks", 50, FROM_BOUGHT, 56, 100, true, false, false},
    {"50, the same, sale never told", 50, FROM_UNTOLD, 28, 100, true, false, false},
    {"50, many countries", 50, FROM_BOUGHT, 28, 100, false, true, false},
    {"50, many countries, each scanned once", 50, FROM_BOUGHT, 28, 100, true, true, false},
    {"50, of a scrapped unit", 50, FROM_SCRAPPED, 28, 100, true, false, false},
    {"5,000, one country, 10 % scanned", 5000, FROM_BOUGHT, 28, 10, false, false, false},
    {"5,000, many countries, 10 % scanned", 5000, FROM_BOUGHT, 28, 10, false, true, false},
    {"50, of a unit that a shop still has", 50, FROM_STOCK, 28, 100, false, false, false},
    {"5,000, of a unit that a shop still has", 5000, FROM_STOCK, 28, 100, false, false, false},
};

bool
attack_judged(const struct attack *attack)
{
    return attack->copies == 50 && attack->source != FROM_STOCK;
}

static const struct habit *
habit_of(unsigned ticket)
{
    size_t i = 0;
    while (i + 1 < HABITS && ticket >= habits[i].share)
        ticket -= habits[i++].share;
    return &habits[i];
}

/* Four in five are followed to the till, sometimes days late; a shop in seven tells nothing. */
static void
begin(struct story *story, const struct setting *setting, uint64_t *seed)
{
    memset(story, 0, sizeof *story);
    story->seed = seed;
    story->days = setting->days;
    story->retired_on = setting->days;
    unsigned ticket = draw_in(seed, 0, 99);
    story->records = ticket < 80 ? RECORDS_ALL : ticket < 95 ? RECORDS_SHIPPED : RECORDS_NOTHING;
    story->sold_on = draw_in(seed, 0, setting->days - 1);
    story->sale_told_on = story->sold_on + (draw_chance(seed, 20) ? draw_in(seed, 1, 10) : 0);
}

void
simulate_habits(const struct setting *setting, struct habit_result out[static HABITS])
{
    memset(out, 0, HABITS * sizeof *out);
    for (unsigned i = 0; i < setting->units; i++) {
        struct story story;
        struct outcome outcome;
        uint64_t seed = setting->seed + i * UINT64_C(1000003);
        const struct habit *habit = habit_of((unsigned)((uint64_t)i * 100000 / setting->units));
        struct habit_result *result = &out[habit - habits];
        begin(&story, setting, &seed);
        habit->live(&story);
        story_tell(&story, &setting->limits, 0, &outcome);
        result->units++;
        result->looked_at += story.count > 0;
        result->suspected += outcome.rule != COPY_NONE;
        result->by[outcome.rule]++;
        story_forget(&story);
    }
}

static int
by_size(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static bool
in_time(const struct attack *attack, const struct outcome *outcome)
{
    return outcome->rule != COPY_NONE &&
           (attack->buyers_look < 100 || !outcome->all_seen || outcome->after_all <= IN_TIME);
}

void
simulate_attack(const struct setting *setting, const struct attack *attack,
                struct attack_result *out)
{
    size_t *sessions = calloc(setting->trials, sizeof *sessions);
    memset(out, 0, sizeof *out);
    if (sessions == NULL)
        abort();
    for (unsigned i = 0; i < setting->trials; i++) {
        struct story story;
        struct outcome outcome;
        uint64_t seed = ~setting->seed + i * UINT64_C(1000003);
        begin(&story, setting, &seed);
        attack_live(attack, &story);
        story_tell(&story, &setting->limits, attack->copies, &outcome);
        if (outcome.rule != COPY_NONE)
            sessions[out->suspected++] = outcome.sessions;
        out->in_time += in_time(attack, &outcome);
        out->by[outcome.rule]++;
        story_forget(&story);
    }
    qsort(sessions, out->suspected, sizeof *sessions, by_size);
    out->median = out->suspected > 0 ? sessions[out->suspected / 2] : 0;
    out->p95 = out->suspected > 0 ? sessions[out->suspected * 95 / 100] : 0;
    free(sessions);
}
