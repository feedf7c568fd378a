/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a target without libFuzzer: replay DIRECTORY MUTANTS. Each file of the directory, then so
 * many mutants of them, the same ones in each run. An input that ends the process is printed. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

enum { SEEDS_MAX = 256, INPUT_MAX = 4096, FAULTS_MAX = 6 };

struct input {
    size_t len;
    uint8_t bytes[INPUT_MAX];
};

struct corpus {
    size_t count;
    struct input seeds[SEEDS_MAX];
};

static struct input running; /* what a signal handler can still print */

/* Of the sanitizers, when the program is built with one. */
__attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)(void));

static void
print_running(void)
{
    static const char digits[] = "0123456789abcdef";
    static const char heading[] = "\nthe input was, in hex: ";
    (void)!write(STDERR_FILENO, heading, sizeof heading - 1);
    for (size_t i = 0; i < running.len; i++) {
        const char pair[] = {digits[running.bytes[i] >> 4], digits[running.bytes[i] & 15]};
        (void)!write(STDERR_FILENO, pair, sizeof pair);
    }
    (void)!write(STDERR_FILENO, "\n", 1);
}

static void
on_abort(int signal_number)
{
    (void)signal_number;
    print_running();
}

static void
run(const struct input *input)
{
    running = *input;
    uint8_t *exact = malloc(input->len > 0 ? input->len : 1);
    REQUIRE(exact != NULL);
    memcpy(exact, input->bytes, input->len);
    (void)LLVMFuzzerTestOneInput(exact, input->len);
    free(exact);
}

/* xorshift64* (Vigna). */
static uint64_t
below(uint64_t *state, uint64_t bound)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717) % bound;
}

static void
set_byte(struct input *mutant, const struct corpus *corpus, uint64_t *dice)
{
    (void)corpus;
    if (mutant->len > 0)
        mutant->bytes[below(dice, mutant->len)] = (uint8_t)below(dice, 256);
}

static void
flip_bit(struct input *mutant, const struct corpus *corpus, uint64_t *dice)
{
    (void)corpus;
    if (mutant->len > 0)
        mutant->bytes[below(dice, mutant->len)] ^= (uint8_t)(1U << below(dice, 8));
}

static void
cut_out(struct input *mutant, const struct corpus *corpus, uint64_t *dice)
{
    (void)corpus;
    size_t at = below(dice, mutant->len + 1);
    size_t count = below(dice, 9);
    if (count > mutant->len - at)
        count = mutant->len - at;
    memmove(mutant->bytes + at, mutant->bytes + at + count, mutant->len - at - count);
    mutant->len -= count;
}

/* A piece of any seed, at any place. */
static void
splice(struct input *mutant, const struct corpus *corpus, uint64_t *dice)
{
    const struct input *other = &corpus->seeds[below(dice, corpus->count)];
    size_t from = below(dice, other->len + 1);
    size_t count = below(dice, other->len - from + 1);
    size_t at = below(dice, mutant->len + 1);
    if (mutant->len + count > INPUT_MAX)
        return;
    memmove(mutant->bytes + at + count, mutant->bytes + at, mutant->len - at);
    memcpy(mutant->bytes + at, other->bytes + from, count);
    mutant->len += count;
}

static void
cut_end(struct input *mutant, const struct corpus *corpus, uint64_t *dice)
{
    (void)corpus;
    mutant->len = below(dice, mutant->len + 1);
}

static void
mutate(struct input *mutant, const struct corpus *corpus, uint64_t *dice)
{
    static void (*const ways[])(struct input *, const struct corpus *, uint64_t *) = {
        set_byte, flip_bit, set_byte, cut_out, splice, flip_bit, set_byte, cut_end,
    };
    for (uint64_t faults = 1 + below(dice, FAULTS_MAX); faults > 0; faults--)
        ways[below(dice, sizeof ways / sizeof ways[0])](mutant, corpus, dice);
}

static int
is_seed(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void
read_seed(struct corpus *corpus, const char *directory, const char *name)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "rb");
    REQUIRE(file != NULL && corpus->count < SEEDS_MAX);
    struct input *seed = &corpus->seeds[corpus->count++];
    seed->len = fread(seed->bytes, 1, sizeof seed->bytes, file);
    (void)fclose(file);
}

/* In the order of their names, so that the mutants are the same everywhere. */
static void
read_corpus(struct corpus *corpus, const char *directory)
{
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, is_seed, alphasort);
    REQUIRE(count > 0);
    for (int i = 0; i < count; i++) {
        read_seed(corpus, directory, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

int
main(int argc, char **argv)
{
    uint64_t dice = 20261122;
    struct corpus *corpus = calloc(1, sizeof *corpus);
    REQUIRE(argc == 3 && corpus != NULL);
    (void)signal(SIGABRT, on_abort);
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(print_running);
    read_corpus(corpus, argv[1]);
    for (size_t i = 0; i < corpus->count; i++)
        run(&corpus->seeds[i]);
    long mutants = strtol(argv[2], NULL, 10);
    for (long i = 0; i < mutants; i++) {
        struct input mutant = corpus->seeds[below(&dice, corpus->count)];
        mutate(&mutant, corpus, &dice);
        run(&mutant);
    }
    (void)printf("%zu inputs and %ld mutants\n", corpus->count, mutants);
    free(corpus);
    return 0;
}
