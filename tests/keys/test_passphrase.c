/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* posix_openpt */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "keys/keyfile.h"
#include "keys/passphrase.h"
#include "tests/base/scratch.h"

/* NOLINTBEGIN(concurrency-mt-unsafe): one thread, and children that take the environment along. */
#define PROMPT "Passphrase of plant-a: "
#define AGAIN "The same again: "

static int
set_up(void **state)
{
    struct scratch *s = calloc(1, sizeof *s);
    scratch_make(s);
    *state = s;
    (void)alarm(30);
    return 0;
}

static int
tear_down(void **state)
{
    (void)alarm(0);
    scratch_remove(*state);
    free(*state);
    return 0;
}

/* What a child that reads a passphrase sends back. */
struct answer {
    enum err err;
    size_t len;
    char passphrase[PASSPHRASE_MAX + 1];
    char fault[FAULT_TEXT_MAX];
};

struct question {
    const char *tty;  /* the terminal of the child; NULL: it has none */
    const char *file; /* as for passphrase_read */
    bool confirm;
};

static void
answer_in_child(const struct question *q, int out)
{
    struct answer answer = {.err = ERR_OK};
    struct fault fault = {ERR_OK, ""};
    struct text text;
    if (setsid() < 0 || (q->tty != NULL && open(q->tty, O_RDWR) < 0))
        _exit(98);
    answer.err = passphrase_read(q->file, PROMPT, q->confirm, &text, &fault);
    answer.len = text.len;
    if (text.len > 0)
        memcpy(answer.passphrase, text.data, text.len);
    memcpy(answer.fault, fault.text, sizeof answer.fault);
    file_wipe(&text);
    _exit(write(out, &answer, sizeof answer) == (ssize_t)sizeof answer ? 0 : 97);
}

/* Starts the child; *from is where its answer comes. */
static pid_t
start(const struct question *q, int *from)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        answer_in_child(q, ends[1]);
    assert_int_equal(close(ends[1]), 0);
    *from = ends[0];
    return child;
}

/* Waits for the child; the status of waitpid. */
static int
finish(pid_t child, int from, struct answer *answer)
{
    int status = 0;
    memset(answer, 0, sizeof *answer);
    ssize_t len = read(from, answer, sizeof *answer);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(len == 0 || len == (ssize_t)sizeof *answer);
    assert_int_equal(close(from), 0);
    return status;
}

static void
answer_of(const struct question *q, struct answer *answer)
{
    int from = -1;
    pid_t child = start(q, &from);
    int status = finish(child, from, answer);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static const struct {
    const char *label, *content;
    mode_t mode;
    enum err err;
    const char *passphrase;
} files[] = {
    {"one line", "secret words\n", 0600, ERR_OK, "secret words"},
    {"no newline", "secret words", 0600, ERR_OK, "secret words"},
    {"one newline of two", "secret words\n\n", 0600, ERR_OK, "secret words\n"},
    {"CR LF", "secret words\r\n", 0600, ERR_OK, "secret words\r"},
    {"blanks belong to it", "  secret  \n", 0400, ERR_OK, "  secret  "},
    {"empty", "", 0600, ERR_OK, ""},
    {"newline only", "\n", 0600, ERR_OK, ""},
    {"others read it", "secret words\n", 0644, ERR_DENIED, ""},
    {"the group reads it", "secret words\n", 0640, ERR_DENIED, ""},
};

static void
reads_a_file(void **state)
{
    struct scratch *s = *state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct text text;
        struct fault fault = {ERR_OK, ""};
        scratch_write(s, "f", files[i].content, strlen(files[i].content), files[i].mode);
        enum err err = passphrase_read(scratch_path(s, "f"), PROMPT, false, &text, &fault);
        if (err != files[i].err || !slice_equal(text_slice(&text), files[i].passphrase))
            fail_msg("%s: %s", files[i].label, fault.text);
        file_wipe(&text);
        assert_int_equal(unlink(s->path), 0);
    }
}

static void
files_have_a_maximum(void **state)
{
    struct scratch *s = *state;
    static const struct {
        size_t len;
        char last;
        enum err err;
    } rows[] = {
        {PASSPHRASE_MAX, 'x', ERR_OK},
        {PASSPHRASE_MAX + 1, '\n', ERR_OK},
        {PASSPHRASE_MAX + 1, 'x', ERR_TOO_LARGE},
        {PASSPHRASE_MAX + 2, '\n', ERR_TOO_LARGE},
        {100000, '\n', ERR_TOO_LARGE},
    };
    static char bytes[100000];
    memset(bytes, 'x', sizeof bytes);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text text;
        bytes[rows[i].len - 1] = rows[i].last;
        scratch_write(s, "f", bytes, rows[i].len, 0600);
        bytes[rows[i].len - 1] = 'x';
        assert_int_equal(passphrase_read(scratch_path(s, "f"), PROMPT, false, &text, NULL),
                         rows[i].err);
        if (rows[i].err == ERR_OK)
            assert_int_equal(text.len, PASSPHRASE_MAX);
        file_wipe(&text);
    }
}

static void
a_named_file_must_be_there(void **state)
{
    struct scratch *s = *state;
    struct answer answer;
    scratch_write(s, "assay-passphrase", "from the credential", 19, 0600);
    const struct question q = {.file = scratch_path(s, "none")};
    answer_of(&q, &answer);
    assert_int_equal(answer.err, ERR_NOT_FOUND);
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", s->root, 1), 0);
    answer_of(&q, &answer);
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
    assert_int_equal(answer.err, ERR_NOT_FOUND);
}

static void
without_a_terminal_there_is_none(void **state)
{
    (void)state;
    struct answer answer;
    const struct question q = {.tty = NULL};
    answer_of(&q, &answer);
    assert_int_equal(answer.err, ERR_UNAVAILABLE);
    assert_string_equal(answer.fault,
                        "no terminal to ask for the passphrase: name a file that holds it");
}

static void
reads_a_credential(void **state)
{
    struct scratch *s = *state;
    struct answer answer;
    const struct question q = {.tty = NULL};
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", s->root, 1), 0);
    answer_of(&q, &answer); /* there is none of ours in it: on to the terminal */
    assert_int_equal(answer.err, ERR_UNAVAILABLE);
    scratch_write(s, "assay-passphrase", "from the credential\n", 20, 0440);
    answer_of(&q, &answer);
    assert_int_equal(answer.err, ERR_OK);
    assert_string_equal(answer.passphrase, "from the credential");
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "relative", 1), 0);
    answer_of(&q, &answer);
    assert_int_equal(answer.err, ERR_UNAVAILABLE);
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

/* A terminal, and everything that it showed. */
struct tty {
    int master;
    char name[64];
    char shown[8192];
    size_t len;
};

static void
tty_open(struct tty *tty)
{
    memset(tty, 0, sizeof *tty);
    tty->master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(tty->master >= 0);
    assert_int_equal(grantpt(tty->master), 0);
    assert_int_equal(unlockpt(tty->master), 0);
    const char *name = ptsname(tty->master);
    assert_non_null(name);
    (void)snprintf(tty->name, sizeof tty->name, "%s", name);
}

static bool
echoes(const struct tty *tty)
{
    struct termios mode;
    assert_int_equal(tcgetattr(tty->master, &mode), 0);
    return (mode.c_lflag & ECHO) != 0;
}

/* Reads on until the terminal has shown `text`, counted from `after`. */
static void
wait_for(struct tty *tty, const char *text, size_t after)
{
    while (strstr(tty->shown + after, text) == NULL) {
        ssize_t got = read(tty->master, tty->shown + tty->len, sizeof tty->shown - 1 - tty->len);
        assert_true(got > 0);
        tty->len += (size_t)got;
    }
}

static void
type(const struct tty *tty, const char *keys)
{
    assert_int_equal(write(tty->master, keys, strlen(keys)), strlen(keys));
}

static const struct {
    const char *label, *first, *second; /* second NULL: not asked again */
    enum err err;
    const char *passphrase, *fault;
} typed[] = {
    {"a line", "secret words\n", NULL, ERR_OK, "secret words", ""},
    {"return sends CR", "secret words\r", NULL, ERR_OK, "secret words", ""},
    {"a mistake taken back", "secreg\x7Ft words\n", NULL, ERR_OK, "secret words", ""},
    {"a line taken back", "wrong\x15secret words\n", NULL, ERR_OK, "secret words", ""},
    {"not ASCII",
     "gr\xC3\xBC\xC3\x9F"
     "e\n",
     NULL, ERR_OK,
     "gr\xC3\xBC\xC3\x9F"
     "e",
     ""},
    {"an empty line", "\n", NULL, ERR_OK, "", ""},
    {"end of input", "\x04", NULL, ERR_UNAVAILABLE, "", "no passphrase was typed"},
    {"end of input inside", "secret\x04\x04", NULL, ERR_UNAVAILABLE, "", "no passphrase was typed"},
    {"the same twice", "secret words\n", "secret words\n", ERR_OK, "secret words", ""},
    {"another", "secret words\n", "secret wards\n", ERR_INVALID, NULL,
     "the two passphrases differ"},
    {"shorter", "secret words\n", "secret word\n", ERR_INVALID, NULL, "the two passphrases differ"},
    {"longer", "secret words\n", "secret words!\n", ERR_INVALID, NULL,
     "the two passphrases differ"},
    {"nothing the second time", "secret words\n", "\n", ERR_INVALID, NULL,
     "the two passphrases differ"},
    {"end of input the second time", "secret words\n", "\x04", ERR_UNAVAILABLE, NULL,
     "no passphrase was typed"},
};

static void
asks_on_the_terminal(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        struct tty tty;
        struct answer answer;
        int from = -1;
        tty_open(&tty);
        int slave = open(tty.name, O_RDWR | O_NOCTTY); /* keeps the terminal and its mode alive */
        const struct question q = {.tty = tty.name, .confirm = typed[i].second != NULL};
        pid_t child = start(&q, &from);
        wait_for(&tty, PROMPT, 0);
        assert_false(echoes(&tty));
        type(&tty, typed[i].first);
        if (typed[i].second != NULL) {
            wait_for(&tty, AGAIN, 0);
            assert_false(echoes(&tty));
            type(&tty, typed[i].second);
        }
        assert_int_equal(finish(child, from, &answer), 0);
        if (answer.err != typed[i].err || strcmp(answer.fault, typed[i].fault) != 0)
            fail_msg("%s: %s", typed[i].label, answer.fault);
        if (typed[i].passphrase != NULL)
            assert_string_equal(answer.passphrase, typed[i].passphrase);
        assert_true(echoes(&tty));
        assert_null(strstr(tty.shown, "secret"));
        assert_int_equal(close(slave), 0);
        assert_int_equal(close(tty.master), 0);
    }
}

/* What was shown until now is the prompt; after the answer comes a new line and nothing of it. */
static void
shows_nothing_of_it(void **state)
{
    (void)state;
    struct tty tty;
    struct answer answer;
    int from = -1;
    tty_open(&tty);
    int slave = open(tty.name, O_RDWR | O_NOCTTY);
    const struct question q = {.tty = tty.name};
    pid_t child = start(&q, &from);
    wait_for(&tty, PROMPT, 0);
    type(&tty, "secret words\n");
    assert_int_equal(finish(child, from, &answer), 0);
    wait_for(&tty, "\n", strlen(PROMPT));
    assert_string_equal(tty.shown, PROMPT "\r\n");
    assert_int_equal(close(slave), 0);
    assert_int_equal(close(tty.master), 0);
}

static void
lines_have_a_maximum(void **state)
{
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        struct tty tty;
        struct answer answer;
        int from = -1;
        char keys[PASSPHRASE_MAX + 3] = "";
        memset(keys, 'x', PASSPHRASE_MAX + more);
        keys[PASSPHRASE_MAX + more] = '\n';
        tty_open(&tty);
        const struct question q = {.tty = tty.name};
        pid_t child = start(&q, &from);
        wait_for(&tty, PROMPT, 0);
        type(&tty, keys);
        assert_int_equal(finish(child, from, &answer), 0);
        assert_int_equal(answer.err, more == 0 ? ERR_OK : ERR_TOO_LARGE);
        if (more == 0)
            assert_int_equal(answer.len, PASSPHRASE_MAX);
        assert_int_equal(close(tty.master), 0);
    }
}

/* Breaking off ends the program as always, but the terminal shows again what is typed. */
static void
a_signal_leaves_the_terminal_in_order(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        int sent, ends_with;
    } rows[] = {
        {"secret\x03", 0, SIGINT},
        {"secret\x1C", 0, SIGQUIT},
        {"secret", SIGTERM, SIGTERM},
        {"secret", SIGHUP, SIGHUP},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tty tty;
        struct answer answer;
        int from = -1;
        tty_open(&tty);
        int slave = open(tty.name, O_RDWR | O_NOCTTY);
        const struct question q = {.tty = tty.name};
        pid_t child = start(&q, &from);
        wait_for(&tty, PROMPT, 0);
        assert_false(echoes(&tty));
        type(&tty, rows[i].keys);
        if (rows[i].sent != 0)
            assert_int_equal(kill(child, rows[i].sent), 0);
        int status = finish(child, from, &answer);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), rows[i].ends_with);
        assert_true(echoes(&tty));
        assert_int_equal(close(slave), 0);
        assert_int_equal(close(tty.master), 0);
    }
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        IN_SCRATCH(reads_a_file),
        IN_SCRATCH(files_have_a_maximum),
        IN_SCRATCH(a_named_file_must_be_there),
        IN_SCRATCH(without_a_terminal_there_is_none),
        IN_SCRATCH(reads_a_credential),
        IN_SCRATCH(asks_on_the_terminal),
        IN_SCRATCH(shows_nothing_of_it),
        IN_SCRATCH(lines_have_a_maximum),
        IN_SCRATCH(a_signal_leaves_the_terminal_in_order),
    };
    if (sodium_init() < 0 || unsetenv("CREDENTIALS_DIRECTORY") != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
/* NOLINTEND(concurrency-mt-unsafe) */
