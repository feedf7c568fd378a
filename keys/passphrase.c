/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "keys/keyfile.h"

/* The terminal while it does not show what is typed, and the signals that must not leave it so:
 * they stay pending until it is as before, and then do what they always do. */
struct terminal {
    int fd;
    int signals;
    struct termios before;
    sigset_t mask_before;
};

static void
close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

#define AUTO_FD __attribute__((cleanup(close_fd))) int
#define AUTO_SECRET __attribute__((cleanup(file_wipe))) struct text

static bool
hide(struct terminal *t)
{
    sigset_t held;
    (void)sigemptyset(&held);
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        (void)sigaddset(&held, numbers[i]);
    t->signals = signalfd(-1, &held, SFD_CLOEXEC);
    if (t->signals < 0 || tcgetattr(t->fd, &t->before) != 0)
        return false;
    struct termios silent = t->before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
    silent.c_lflag |= ICANON;
    (void)pthread_sigmask(SIG_BLOCK, &held, &t->mask_before);
    if (tcsetattr(t->fd, TCSAFLUSH, &silent) == 0)
        return true;
    (void)pthread_sigmask(SIG_SETMASK, &t->mask_before, NULL);
    return false;
}

static void
show_again(const struct terminal *t)
{
    (void)tcsetattr(t->fd, TCSAFLUSH, &t->before);
    (void)!write(t->fd, "\n", 1);
    (void)pthread_sigmask(SIG_SETMASK, &t->mask_before, NULL);
}

/* A typed line. Its fixed place means that growing leaves no copies behind. */
struct line {
    char data[PASSPHRASE_MAX + 1]; /* one more than allowed: too long is seen */
    size_t len;
};

static void
wipe_line(struct line *line)
{
    sodium_memzero(line, sizeof *line);
}

/* Waits for one byte; false when a signal or the end of input came first. */
static bool
read_byte(const struct terminal *t, char *c)
{
    for (;;) {
        struct pollfd wait[] = {{t->fd, POLLIN, 0}, {t->signals, POLLIN, 0}};
        int ready = poll(wait, 2, -1);
        if (ready < 0 && errno == EINTR)
            continue;
        return ready > 0 && wait[1].revents == 0 && read(t->fd, c, 1) == 1;
    }
}

/* The line without its newline, cut at what fits. */
static bool
read_line(const struct terminal *t, struct line *line)
{
    char c = '\0';
    while (read_byte(t, &c)) {
        if (c == '\n')
            return true;
        if (line->len < sizeof line->data)
            line->data[line->len++] = c;
    }
    return false;
}

static enum err
ask(int fd, const char *prompt, struct text *out, struct fault *fault)
{
    struct terminal t = {.fd = fd, .signals = -1};
    if (!hide(&t)) {
        close_fd(&t.signals);
        return fault_set(fault, ERR_UNAVAILABLE, "the terminal cannot hide a passphrase");
    }
    __attribute__((cleanup(wipe_line))) struct line line = {.len = 0};
    bool asked = write(fd, prompt, strlen(prompt)) == (ssize_t)strlen(prompt);
    bool answered = asked && read_line(&t, &line);
    show_again(&t);
    close_fd(&t.signals);
    if (!answered)
        return fault_set(fault, ERR_UNAVAILABLE, "no passphrase was typed");
    text_slice_put(out, slice_make(line.data, line.len));
    if (!text_ok(out))
        return fault_set(fault, ERR_TOO_LARGE, "a passphrase has at most %d bytes", PASSPHRASE_MAX);
    return ERR_OK;
}

static enum err
from_terminal(const char *prompt, bool confirm, struct text *out, struct fault *fault)
{
    AUTO_FD fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return fault_set(fault, ERR_UNAVAILABLE,
                         "no terminal to ask for the passphrase: name a file that holds it");
    enum err err = ask(fd, prompt, out, fault);
    if (err != ERR_OK || !confirm)
        return err;
    AUTO_SECRET again;
    text_init(&again, PASSPHRASE_MAX);
    err = ask(fd, "The same again: ", &again, fault);
    if (err != ERR_OK)
        return err;
    if (again.len != out->len || sodium_memcmp(again.data, out->data, out->len) != 0)
        return fault_set(fault, ERR_INVALID, "the two passphrases differ");
    return ERR_OK;
}

static enum err
from_file(const char *path, enum file_rule rule, struct text *out, struct fault *fault)
{
    AUTO_SECRET content;
    text_init(&content, PASSPHRASE_MAX + 1);
    enum err err = file_read(path, rule, &content, fault);
    if (err != ERR_OK)
        return err;
    struct slice line = text_slice(&content);
    if (line.len > 0 && line.data[line.len - 1] == '\n')
        line.len--;
    text_slice_put(out, line);
    if (!text_ok(out))
        return fault_set(fault, ERR_TOO_LARGE, "%s: a passphrase has at most %d bytes", path,
                         PASSPHRASE_MAX);
    return ERR_OK;
}

/* systemd keeps credentials where only the service can go, with an owner and a group mode of its
 * own choice, so the rule for secret files does not fit them. */
static enum err
from_credential(const char *directory, struct text *out, struct fault *fault)
{
    struct text path;
    text_init(&path, 4095);
    text_printf(&path, "%s/assay-passphrase", directory);
    enum err err = text_ok(&path)
                       ? from_file(path.data, FILE_ANY, out, fault)
                       : fault_set(fault, ERR_INVALID, "CREDENTIALS_DIRECTORY: path too long");
    text_free(&path);
    return err;
}

enum err
passphrase_read(const char *file, const char *prompt, bool confirm, struct text *out,
                struct fault *fault)
{
    text_init(out, PASSPHRASE_MAX);
    if (file != NULL)
        return from_file(file, FILE_SECRET, out, fault);
    const char *directory = getenv("CREDENTIALS_DIRECTORY"); /* NOLINT(concurrency-mt-unsafe) */
    if (directory != NULL && directory[0] == '/') {
        enum err err = from_credential(directory, out, fault);
        if (err != ERR_NOT_FOUND)
            return err;
    }
    return from_terminal(prompt, confirm, out, fault);
}
