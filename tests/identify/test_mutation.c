/* SPDX-License-Identifier: Apache-2.0 */
/* Codes with random faults in them, the same ones in each run. Nothing crashes or reads past an end
 * (sanitizers), and what is accepted says one thing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/identify/repair.h"
#include "tests/identify/labels.h"

enum { MUTANTS = 60000, FAULTS_MAX = 4, TEXT_MAX = 2 * SCAN_TEXT_MAX };

#define GS "\x1D"
#define LABEL "https://ID.EXAMPLE.COM/01/" GTIN "/21/7K3M9Q2XBT4H?S=" TOKEN

static const char *const seeds[] = {
    LABEL,
    LABEL "&17=261122&utm_source=box",
    "https://ID.EXAMPLE.COM/01/" GTIN "/22/2A/10/A%2FB%25/21/%22%3C%3E?S=" TOKEN,
    "HTTP://localhost:8080/01/" GTIN "/10/L1/21/1",
    "httpsÖ--ID.EXAMPLE.COM-01-" GTIN "-21-7K3M9Q2XBT4H_SÁGDG5355M6CH4J4PGYYB53JTRSSYTAKKFMJG",
    "https.>>ID<EXQ:PLE<CO:>)!>)(%)^)))!#$#%@>@!>&K#:(A@XBT$HMS=QGDG%#%%:^CH$J$",
    "(01)" GTIN "(10)L1(17)261122(21)7K3M",
    "01" GTIN "222A" GS "1726112210L1" GS "217K3M",
    "01" GTIN "10A21B21C",
    "]Q301" GTIN "217K3M" GS "10L1",
    "]d1" LABEL,
    "7K3M9Q2XBT4H",
    GTIN,
};

struct mutant {
    char text[TEXT_MAX];
    size_t len;
};

/* xorshift64* (Vigna). */
static uint64_t
next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static size_t
below(uint64_t *state, size_t bound)
{
    return (size_t)(next_random(state) >> 33) % bound;
}

static void
flip_bit(struct mutant *m, uint64_t *state)
{
    uint8_t *byte = (uint8_t *)&m->text[below(state, m->len)];
    *byte ^= (uint8_t)(1U << below(state, 8));
}

static void
remove_some(struct mutant *m, uint64_t *state)
{
    size_t at = below(state, m->len);
    size_t count = 1 + below(state, m->len - at < 8 ? m->len - at : 8);
    memmove(m->text + at, m->text + at + count, m->len - at - count);
    m->len -= count;
}

static void
insert_one(struct mutant *m, uint64_t *state)
{
    static const char likely[] = "/?&=%+#()]\x1D\0 ;:@.0129ASz\x7F\xC3\x84";
    size_t at = below(state, m->len + 1);
    memmove(m->text + at + 1, m->text + at, m->len - at);
    m->text[at] = likely[below(state, sizeof likely - 1)];
    m->len++;
}

static void
duplicate_some(struct mutant *m, uint64_t *state)
{
    size_t at = below(state, m->len);
    size_t count = 1 + below(state, m->len - at);
    size_t to = below(state, m->len + 1);
    char piece[TEXT_MAX];
    if (m->len + count > TEXT_MAX)
        return;
    memcpy(piece, m->text + at, count);
    memmove(m->text + to + count, m->text + to, m->len - to);
    memcpy(m->text + to, piece, count);
    m->len += count;
}

static void
swap_two(struct mutant *m, uint64_t *state)
{
    size_t a = below(state, m->len), b = below(state, m->len);
    char c = m->text[a];
    m->text[a] = m->text[b];
    m->text[b] = c;
}

static void
change_case(struct mutant *m, uint64_t *state)
{
    size_t from = below(state, m->len);
    for (size_t i = from; i < m->len; i++)
        if ((m->text[i] >= 'a' && m->text[i] <= 'z') || (m->text[i] >= 'A' && m->text[i] <= 'Z'))
            m->text[i] ^= 0x20;
}

static void (*const faults[])(struct mutant *m, uint64_t *state) = {
    flip_bit, remove_some, insert_one, duplicate_some, swap_two, change_case,
};

static void
make_mutant(struct mutant *m, uint64_t *state)
{
    const char *seed = seeds[below(state, sizeof seeds / sizeof seeds[0])];
    size_t count = below(state, FAULTS_MAX + 1);
    m->len = strlen(seed);
    memcpy(m->text, seed, m->len);
    for (size_t i = 0; i < count && m->len > 0 && m->len < TEXT_MAX; i++)
        faults[below(state, sizeof faults / sizeof faults[0])](m, state);
}

static void
assert_sound(const struct reading *reading, size_t len, size_t number)
{
    struct reading again;
    if (reading->error_at > len)
        fail_msg("mutant %zu: error at %zu of %zu", number, reading->error_at, len);
    if (reading->error != READ_OK) {
        assert_int_equal(reading->kind, READING_NONE);
        assert_int_equal(reading->canonical_len, 0);
        assert_false(reading->has_token);
        return;
    }
    if (!gs1_value_valid(slice_of(reading->id.serial)))
        fail_msg("mutant %zu: serial", number);
    if (reading->kind == READING_SERIAL) {
        assert_int_equal(reading->canonical_len, 0);
        return;
    }
    assert_true(gtin_valid(slice_of(reading->id.gtin)));
    assert_int_equal(digital_link_read(&again, slice_of(reading->canonical)), READ_OK);
    assert_identity("canonical link, read again", &again.id, &reading->id);
    assert_string_equal(again.canonical, reading->canonical);
}

/* The request reader takes what the link reader takes, and a trailing slash. */
static void
assert_requests_agree(struct slice text, const struct reading *link)
{
    struct reading request;
    struct slice rest = text;
    if (link->error != READ_OK)
        return;
    (void)slice_take_until(&rest, ':');
    assert_true(slice_take(&rest, "//"));
    rest = slice_make(rest.data + slice_find(rest, '/'), rest.len - slice_find(rest, '/'));
    struct slice path = slice_take_until(&rest, '?');
    assert_int_equal(digital_link_read_path(&request, path, rest), READ_OK);
    assert_identity("request", &request.id, &link->id);
    assert_int_equal(request.has_token, link->has_token);
}

static void
mutants_are_refused_or_say_one_thing(void **state)
{
    static struct keyset keyset;
    static struct mutant m;
    uint64_t random = UINT64_C(0x9E3779B97F4A7C15);
    size_t accepted = 0, genuine = 0, repaired = 0;
    (void)state;
    keyset.entries[keyset.count++] = test_key_of(SEED_A).entry;
    for (size_t n = 0; n < MUTANTS; n++) {
        struct confirmation confirmation = {.keyset = &keyset};
        struct reading link, element, any;
        make_mutant(&m, &random);
        char *copy = exact_copy(m.text, m.len);
        struct slice text = slice_make(copy, m.len);
        (void)!digital_link_read(&link, text);
        (void)!element_string_read(&element, text);
        (void)!reading_identify(&any, text, confirm_genuine, &confirmation);
        assert_sound(&link, m.len, n);
        assert_sound(&element, m.len, n);
        assert_sound(&any, m.len, n);
        assert_requests_agree(text, &link);
        assert_in_range(confirmation.calls, 0, CONFIRMS_MAX);
        if (label_trust(&keyset, &any).result == LABEL_GENUINE) {
            assert_string_equal(any.id.gtin, GTIN);
            assert_string_equal(any.id.serial, "7K3M9Q2XBT4H");
            genuine++;
        }
        accepted += any.error == READ_OK ? 1 : 0;
        repaired += any.repair != REPAIR_NONE ? 1 : 0;
        free(copy);
    }
    /* The faults are neither so heavy that all is refused nor so light that nothing is tested. */
    assert_in_range(accepted, MUTANTS / 10, MUTANTS * 9 / 10);
    assert_in_range(genuine, MUTANTS / 100, MUTANTS / 2);
    assert_in_range(repaired, 1, MUTANTS / 10);
}

/* Bytes without any form. */
static void
noise_is_refused_or_a_serial(void **state)
{
    uint64_t random = 1;
    (void)state;
    for (size_t n = 0; n < MUTANTS / 4; n++) {
        char noise[64];
        size_t len = below(&random, sizeof noise);
        struct reading reading;
        for (size_t i = 0; i < len; i++)
            noise[i] = (char)next_random(&random);
        char *copy = exact_copy(noise, len);
        (void)!reading_identify(&reading, slice_make(copy, len), NULL, NULL);
        assert_sound(&reading, len, n);
        assert_true(reading.error != READ_OK || reading.kind == READING_SERIAL);
        free(copy);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutants_are_refused_or_say_one_thing),
        cmocka_unit_test(noise_is_refused_or_a_serial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
