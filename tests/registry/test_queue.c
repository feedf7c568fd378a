/* SPDX-License-Identifier: Apache-2.0 */
/* Who is next at the writer, without a writer: calls are put into the lines by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/registry/lmdb_engine.h"
#include "tests/registry/support.h"

enum { CALLS_MAX = 700, OUT_MAX = 2 * CALLS_MAX + 2 };

static const struct {
    char letter;
    size_t weight;
} kinds[] = {
    {'l', 1}, {'m', 64}, {'n', 65}, {'s', 512}, {'t', 513}, {'h', 1024}, {'H', 10000},
};

static char
letter_of(const struct lmdb_request *request)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].weight == request->weight)
            return kinds[i].letter;
    return '?';
}

static size_t
weight_of(char letter)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].letter == letter)
            return kinds[i].weight;
    return 0;
}

static void
arrive(struct lmdb_queue *queue, struct lmdb_request *request, char letter)
{
    *request = (struct lmdb_request){.weight = weight_of(letter)};
    assert_true(request->weight > 0);
    struct lmdb_line *line = lmdb_is_heavy(request) ? &queue->heavy : &queue->light;
    if (line->last == NULL)
        line->first = request;
    else
        line->last->next = request;
    line->last = request;
}

/* Adds the letters of the next group, behind a space. False: nobody waits. */
static bool
take(struct lmdb_queue *queue, char *out)
{
    const struct timespec past = {0, 0};
    bool stop = true;
    struct lmdb_request *group = lmdb_queue_take(queue, &past, &stop);
    size_t len = strlen(out);
    assert_false(stop);
    assert_int_equal(queue->busy, group != NULL);
    if (group != NULL && len > 0)
        out[len++] = ' ';
    for (const struct lmdb_request *at = group; at != NULL; at = at->next) {
        assert_true(at->taken);
        out[len++] = letter_of(at);
    }
    out[len] = '\0';
    return group != NULL;
}

/* Runs a script: a letter is a call that arrives, '/' a group that is taken; at the end all are. */
static void
play(const char *script, char *out)
{
    static struct lmdb_request requests[CALLS_MAX];
    struct lmdb_queue queue;
    size_t count = 0;
    memset(&queue, 0, sizeof queue);
    out[0] = '\0';
    assert_int_equal(lmdb_queue_init(&queue), ERR_OK);
    for (; *script != '\0'; script++) {
        if (*script == '/')
            (void)take(&queue, out);
        else
            arrive(&queue, &requests[count++], *script);
    }
    while (take(&queue, out)) {
    }
    lmdb_queue_destroy(&queue);
}

static void
light_and_heavy_take_turns(void **state)
{
    static const struct {
        const char *label, *script, *groups;
    } rows[] = {
        {"nobody", "/", ""},
        {"one", "l", "l"},
        {"light calls share a group", "lllll", "lllll"},
        {"whatever they weigh", "mmmmmmmmmmmmmmmmmmmm", "mmmmmmmmmmmmmmmmmmmm"},
        {"64 is light, 65 is not", "nm", "m n"},
        {"heavy ones up to 1,024", "sss", "ss s"},
        {"not one more", "st", "s t"},
        {"one that weighs more goes alone", "HsH", "H s H"},
        {"a light one overtakes", "hhhhl", "l h h h h"},
        {"a heavy group runs: the next one", "h/hhhl", "h l h h h"},
        {"a light group runs: the second next one", "l/hhhl", "l h l h h"},
        {"it came before the light ones", "l/hll", "l h ll"},
        {"while light ones keep coming, heavy ones go on", "hl/l/l/l/l/l/", "l h ll l l l"},
        {"while heavy ones keep coming, so do light ones", "H/Hl/H/Hl/H/H", "H l H l H H H H"},
        {"a light group that nobody waited for counts", "l/l/h/l", "l l h l"},
        {"twenty imports and one report", "h/hhhhhhhhhhhhhhhhhhhhl",
         "h l h h h h h h h h h h h h h h h h h h h h"},
    };
    char out[OUT_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        play(rows[i].script, out);
        if (strcmp(out, rows[i].groups) != 0)
            fail_msg("%s: %s, not %s", rows[i].label, out, rows[i].groups);
    }
}

/* 600 light calls behind one import that never ends: groups of 256, one heavy between them. */
static void
many_light_calls(void **state)
{
    char script[CALLS_MAX + 1];
    char out[OUT_MAX];
    static const size_t lengths[] = {256, 1, 256, 1, 88, 1, 1};
    (void)state;
    memset(script, 'l', 600);
    memcpy(script + 600, "hhhh", 5);
    play(script, out);
    const char *at = out;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        assert_int_equal(strcspn(at, " "), lengths[i]);
        assert_int_equal(*at, i % 2 == 0 && i < 6 ? 'l' : 'h');
        at += lengths[i] + (at[lengths[i]] == ' ');
    }
    assert_string_equal(at, "");
}

static void
it_stops_when_nobody_waits(void **state)
{
    const struct timespec past = {0, 0};
    struct lmdb_queue queue;
    struct lmdb_request request;
    bool stop = true;
    (void)state;
    memset(&queue, 0, sizeof queue);
    assert_int_equal(lmdb_queue_init(&queue), ERR_OK);
    arrive(&queue, &request, 'l');
    lmdb_queue_stop(&queue);
    assert_ptr_equal(lmdb_queue_take(&queue, &past, &stop), &request);
    assert_false(stop);
    assert_null(lmdb_queue_take(&queue, &past, &stop));
    assert_true(stop);
    lmdb_queue_destroy(&queue);
}

/* ---- between processes ---- */

/* The other process: asks, ends or is gone, each when a byte comes, and answers with one. */
static void
live(const char *directory, int orders, int answers)
{
    struct fault fault;
    int turn = -1;
    char order = 0;
    if (lmdb_turn_open(&turn, directory, &fault) != ERR_OK)
        _exit(1);
    while (read(orders, &order, 1) == 1 && order != 'x') {
        if (order == 'a')
            lmdb_turn_ask(turn);
        else
            lmdb_turn_end(turn);
        if (write(answers, "", 1) != 1)
            _exit(1);
    }
    _exit(0); /* the lock ends with the process */
}

struct other {
    pid_t process;
    int orders, answers;
};

static void
start_other(struct other *other, const char *directory)
{
    int orders[2];
    int answers[2];
    assert_int_equal(pipe(orders), 0);
    assert_int_equal(pipe(answers), 0);
    other->process = fork();
    assert_true(other->process >= 0);
    if (other->process == 0) {
        (void)close(orders[1]);
        live(directory, orders[0], answers[1]);
    }
    (void)close(orders[0]);
    (void)close(answers[1]);
    other->orders = orders[1];
    other->answers = answers[0];
}

static void
tell(const struct other *other, const char *order)
{
    char answer = 0;
    assert_int_equal(write(other->orders, order, 1), 1);
    if (*order != 'x')
        assert_int_equal(read(other->answers, &answer, 1), 1);
    else
        assert_int_equal(waitpid(other->process, NULL, 0), other->process);
}

static void
another_process_asks(void **state)
{
    static const struct {
        const char *label, *order;
        bool asked;
    } rows[] = {
        {"asks", "a", true},
        {"asks again", "a", true},
        {"ends", "e", false},
        {"asks once more", "a", true},
        {"is gone without a word", "x", false},
    };
    struct test_place place;
    struct other other;
    struct fault fault;
    int turn = -1;
    (void)state;
    test_place_make(&place);
    assert_int_equal(lmdb_turn_open(&turn, place.directory, &fault), ERR_OK);
    start_other(&other, place.directory);
    lmdb_turn_ask(turn);
    if (lmdb_turn_asked(turn))
        fail_msg("what this process asks is nothing to itself");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tell(&other, rows[i].order);
        if (lmdb_turn_asked(turn) != rows[i].asked)
            fail_msg("%s", rows[i].label);
        lmdb_turn_give(turn); /* comes back in any case */
    }
    lmdb_turn_close(turn);
    (void)close(other.orders);
    (void)close(other.answers);
    test_place_remove(&place);
}

static void
no_place_for_the_lock(void **state)
{
    struct fault fault;
    int turn = 0;
    (void)state;
    assert_int_equal(lmdb_turn_open(&turn, "/nonexistent", &fault), ERR_NOT_FOUND);
    assert_int_equal(turn, -1);
    lmdb_turn_close(turn);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(light_and_heavy_take_turns), cmocka_unit_test(many_light_calls),
        cmocka_unit_test(it_stops_when_nobody_waits), cmocka_unit_test(another_process_asks),
        cmocka_unit_test(no_place_for_the_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
