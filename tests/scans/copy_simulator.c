/* SPDX-License-Identifier: Apache-2.0 */
/* copy_simulator [--seed N] [--units N] [--days N] [--trials N] [--RULE N|off]: what the limits
 * find and what they cost, as two tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scans/simulate.h"

static void
usage(void)
{
    fputs("usage: copy_simulator [--seed N] [--units N] [--days N] [--trials N]\n"
          "       [--sessions|--travel|--unshipped|--retired|--two_owners|--stock N|off]\n",
          stderr);
    _Exit(2);
}

static unsigned
number(const char *text, unsigned least, unsigned most)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || value < least || value > most)
        usage();
    return (unsigned)value;
}

static void
take(struct setting *setting, const char *option, const char *value)
{
    enum copy_rule rule;
    if (strcmp(option, "--seed") == 0)
        setting->seed = number(value, 0, 4000000000U);
    else if (strcmp(option, "--units") == 0)
        setting->units = number(value, 1, 10000000);
    else if (strcmp(option, "--days") == 0)
        setting->days = number(value, 1, 3650);
    else if (strcmp(option, "--trials") == 0)
        setting->trials = number(value, 1, 100000);
    else if (strncmp(option, "--", 2) == 0 &&
             copy_rule_parse(&rule, (struct slice){option + 2, strlen(option + 2)}))
        setting->limits.at[rule] =
            (uint16_t)(strcmp(value, "off") == 0 ? COPY_OFF : number(value, 1, COPY_OFF - 1));
    else
        usage();
}

static void
print_rules(const unsigned by[static COPY_RULES])
{
    for (unsigned rule = COPY_NONE + 1; rule < COPY_RULES; rule++)
        if (by[rule] > 0)
            printf(" %s %u", copy_rule_name((enum copy_rule)rule), by[rule]);
    putchar('\n');
}

static unsigned
print_habits(const struct setting *setting)
{
    struct habit_result results[HABITS], all = {0, 0, 0, {0}};
    simulate_habits(setting, results);
    printf("\n%-40s %8s %9s %9s  by rule\n", "honest units", "units", "looked at", "suspected");
    for (size_t i = 0; i < HABITS; i++) {
        printf("%-40s %8u %9u %9u ", habits[i].name, results[i].units, results[i].looked_at,
               results[i].suspected);
        print_rules(results[i].by);
        all.units += results[i].units;
        all.looked_at += results[i].looked_at;
        all.suspected += results[i].suspected;
    }
    printf("%-40s %8u %9u %9u  %.4f %%\n", "all", all.units, all.looked_at, all.suspected,
           100.0 * all.suspected / all.units);
    return all.suspected;
}

static double
print_attack(const struct setting *setting, const struct attack *attack)
{
    struct attack_result result;
    simulate_attack(setting, attack, &result);
    printf("%-40s %7.1f %% %7.1f %% %7zu %7zu ", attack->name,
           100.0 * result.suspected / setting->trials, 100.0 * result.in_time / setting->trials,
           result.median, result.p95);
    print_rules(result.by);
    return (double)result.suspected / setting->trials;
}

int
main(int argc, char **argv)
{
    struct setting setting = {.seed = 1, .days = 60, .units = 100000, .trials = 1000};
    if (argc % 2 == 0)
        usage();
    for (int i = 1; i + 1 < argc; i += 2)
        take(&setting, argv[i], argv[i + 1]);
    printf("seed %llu, %u days; limits:", (unsigned long long)setting.seed, setting.days);
    for (unsigned rule = COPY_NONE + 1; rule < COPY_RULES; rule++) {
        uint16_t limit = copy_limit(&setting.limits, (enum copy_rule)rule);
        printf(limit == COPY_OFF ? " %s off" : " %s %u", copy_rule_name((enum copy_rule)rule),
               limit);
    }
    putchar('\n');
    unsigned honest = print_habits(&setting);
    printf("\n%-40s %9s %9s %7s %7s  by rule, of %u\n", "copies of one label", "recall", "in time",
           "median", "p95", setting.trials);
    double found = 0;
    for (size_t i = 0; i < ATTACKS; i++)
        found += print_attack(&setting, &attacks[i]) / ATTACKS;
    double labels = setting.units / 1000.0;
    printf("\nin time: at most %d sessions after every copy was looked at once (or suspected at "
           "all,\n  where not every buyer looks); median, p95: sessions until the alarm\n"
           "recall %.1f %%; precision %.1f %% with one copied label in 1,000, of these kinds "
           "alike\n",
           IN_TIME, 100 * found, 100 * found * labels / (found * labels + honest));
    return 0;
}
