/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/scans/habits.h"

#include <math.h>
#include <stddef.h>

/* Half of all looks of a buyer are on the first two days, the rest over two months. */
static unsigned
some_day(struct story *story, unsigned from)
{
    bool soon = draw_chance(story->seed, 50);
    return from + (soon ? draw_in(story->seed, 0, 1) : draw_in(story->seed, 2, 60));
}

static void
looks(struct story *story, uint64_t person, unsigned times, const char *country, int copy)
{
    for (unsigned i = 0; i < times; i++) {
        unsigned day = some_day(story, story->sold_on);
        story_look(story, day, story_client(person, day), country, copy);
    }
}

/* Many different people, each once, from `from` on for some days. */
static void
strangers(struct story *story, unsigned count, unsigned from, unsigned for_days)
{
    const char *country = home_country(story->seed);
    for (unsigned i = 0; i < count; i++) {
        bool tourist = draw_chance(story->seed, 15);
        story_look(story, from + draw_in(story->seed, 0, for_days - 1), draw(story->seed),
                   tourist ? far_country(story->seed) : country, 0);
    }
}

/* Has forgotten that it is registered, or the partner did it already. */
static void
registers_again(struct story *story)
{
    unsigned times = draw_in(story->seed, 1, 2);
    for (unsigned i = 0; i < times; i++)
        story_claim(story, some_day(story, story->sold_on));
}

static void
never(struct story *story)
{
    (void)story;
}

static void
buyer(struct story *story)
{
    looks(story, draw(story->seed), draw_in(story->seed, 1, 5), home_country(story->seed), 0);
    if (draw_chance(story->seed, 3))
        registers_again(story);
}

static void
family(struct story *story)
{
    const char *country = home_country(story->seed);
    unsigned persons = draw_in(story->seed, 3, 6);
    for (unsigned i = 0; i < persons; i++)
        looks(story, draw(story->seed), draw_in(story->seed, 1, 3), country, 0);
    if (draw_chance(story->seed, 20))
        registers_again(story);
}

/* The carrier hands out another address for every look. */
static void
carrier(struct story *story)
{
    const char *country = home_country(story->seed);
    unsigned times = draw_in(story->seed, 1, 8);
    for (unsigned i = 0; i < times; i++)
        looks(story, draw(story->seed), 1, country, 0);
}

/* Checks every piece of a consignment, some twice; then somebody buys it. */
static void
reseller(struct story *story)
{
    uint64_t person = draw(story->seed);
    unsigned day = draw_in(story->seed, 0, 30), times = draw_in(story->seed, 1, 2);
    const char *country = home_country(story->seed);
    for (unsigned i = 0; i < times; i++)
        story_look(story, day + i, story_client(person, day + i), country, 0);
    looks(story, draw(story->seed), draw_in(story->seed, 0, 2), country, 0);
}

/* Every second look leaves the tunnel in another country. One in ten looks often. */
static void
tunnel(struct story *story)
{
    const char *country = home_country(story->seed);
    uint64_t person = draw(story->seed);
    unsigned times =
        draw_chance(story->seed, 10) ? draw_in(story->seed, 6, 20) : draw_in(story->seed, 1, 5);
    for (unsigned i = 0; i < times; i++) {
        bool hidden = draw_chance(story->seed, 50);
        looks(story, hidden ? draw(story->seed) : person, 1,
              hidden ? far_country(story->seed) : country, 0);
    }
}

/* Up to three weeks far away; the telephone answers from home, the hotel from where it is. */
static void
traveller(struct story *story)
{
    const char *home = home_country(story->seed), *abroad = far_country(story->seed);
    uint64_t person = draw(story->seed);
    unsigned from = story->sold_on + draw_in(story->seed, 0, 20);
    unsigned times = draw_in(story->seed, 1, 6), stay = draw_in(story->seed, 5, 21);
    for (unsigned i = 0; i < times; i++) {
        unsigned day = from + draw_in(story->seed, 0, stay);
        bool hotel = draw_chance(story->seed, 50);
        story_look(story, day, story_client(person + hotel, day), hotel ? abroad : home, 0);
    }
    looks(story, person, draw_in(story->seed, 0, 3), home, 0);
}

/* Lives on one side of a border and works on the other. */
static void
commuter(struct story *story)
{
    static const char *const pairs[][2] = {{"DE", "FR"}, {"CH", "DE"}, {"US", "MX"},
                                           {"SG", "MY"}, {"HK", "CN"}, {"DK", "SE"}};
    const char *const *sides = pairs[draw(story->seed) % (sizeof pairs / sizeof pairs[0])];
    uint64_t person = draw(story->seed);
    unsigned times = draw_in(story->seed, 1, 14);
    for (unsigned i = 0; i < times; i++) {
        unsigned side = draw_in(story->seed, 0, 1);
        looks(story, person + side, 1, sides[side], 0);
    }
}

/* Twenty times a day, on up to ten days, from up to four networks; one in twenty has another
 * address every time. */
static void
worrier(struct story *story)
{
    const char *country = home_country(story->seed);
    uint64_t person = draw(story->seed);
    bool restless = draw_chance(story->seed, 5);
    unsigned days = draw_in(story->seed, 1, 10), networks = draw_in(story->seed, 1, 4);
    for (unsigned day = story->sold_on; day < story->sold_on + days; day++)
        for (unsigned i = 0; i < 20; i++) {
            uint64_t network = restless ? i : draw_in(story->seed, 1, networks);
            story_look(story, day, story_client(person + network, day), country, 0);
        }
}

/* One look every day, for months. */
static void
devotee(struct story *story)
{
    uint64_t person = draw(story->seed);
    const char *country = home_country(story->seed);
    for (unsigned day = story->sold_on; day < story->days; day++)
        story_look(story, day, story_client(person, day), country, 0);
}

/* Once a week, and twice shown to others. */
static void
collector(struct story *story)
{
    uint64_t person = draw(story->seed);
    const char *country = home_country(story->seed);
    for (unsigned day = story->sold_on; day < story->days; day += 7)
        story_look(story, day, story_client(person, day), country, 0);
    for (unsigned i = 0; i < 2; i++)
        strangers(story, draw_in(story->seed, 2, 12), draw_in(story->seed, 0, story->days), 2);
}

/* Offered second-hand, with the label in the picture. */
static void
offered(struct story *story)
{
    strangers(story, draw_in(story->seed, 2, 25), story->sold_on, 14);
    buyer(story);
}

/* Replaced under warranty; the old one lies about. */
static void
replaced(struct story *story)
{
    story->retired_on = story->sold_on + draw_in(story->seed, 1, 20);
    looks(story, draw(story->seed), draw_in(story->seed, 1, 8), home_country(story->seed), 0);
}

/* On a shelf: a stranger every three days in the median, sixteen a day where it is busiest. */
static void
display(struct story *story)
{
    double rate = 0.3 * exp(1.2 * draw_normal(story->seed));
    story->sold_on = story->sale_told_on = story->days;
    strangers(story, (unsigned)(fmin(rate, 16) * story->days + 0.5), 0, story->days);
}

const struct habit habits[HABITS] = {
    {"nobody looks", 69565, never},
    {"buyer, 1 to 5 times", 18000, buyer},
    {"family of 3 to 6", 3000, family},
    {"carrier with changing addresses", 3000, carrier},
    {"reseller, then buyer", 3000, reseller},
    {"through a VPN", 1000, tunnel},
    {"holiday far away", 1000, traveller},
    {"commuter across a border", 300, commuter},
    {"twenty times a day", 100, worrier},
    {"every day for months", 5, devotee},
    {"collector", 200, collector},
    {"offered second-hand", 130, offered},
    {"replaced, old label looked at", 200, replaced},
    {"on display in a shop", 500, display},
};

static void
buyer_of_copy(const struct attack *attack, struct story *story, int copy)
{
    unsigned times = attack->once ? 1 : draw_in(story->seed, 1, 5);
    unsigned sold = draw_in(story->seed, 0, attack->days - 1);
    uint64_t person = draw(story->seed);
    const char *country = attack->abroad ? far_country(story->seed) : story->country;
    story_look(story, sold, story_client(person, sold), country, copy);
    for (unsigned i = 1; i < times; i++) {
        unsigned day = some_day(story, sold);
        story_look(story, day, story_client(person, day), country, copy);
    }
    if (attack->registers)
        story_claim(story, sold);
}

void
attack_live(const struct attack *attack, struct story *story)
{
    bool in_stock = attack->source == FROM_STOCK;
    story->country = home_country(story->seed);
    story->records = attack->source == FROM_UNTOLD ? RECORDS_SHIPPED : RECORDS_ALL;
    story->sold_on = story->sale_told_on = in_stock ? story->days : 0;
    story->retired_on = attack->source == FROM_SCRAPPED ? 0 : story->days;
    for (int copy = 1; copy <= attack->copies; copy++)
        if (draw_chance(story->seed, attack->buyers_look))
            buyer_of_copy(attack, story, copy);
}
