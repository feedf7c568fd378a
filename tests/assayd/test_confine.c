/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* syscall */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/assayd/confine.h"
#include "gateway/label/sheet.h"

static struct {
    char top[64];
    struct config config;
    uint16_t listening, free_port;
} place;

static const char *
path(const char *name)
{
    static char out[128];
    (void)snprintf(out, sizeof out, "%s/%s", place.top, name);
    return out;
}

static int
result(bool good)
{
    return good ? 0 : errno;
}

static int
open_as(const char *name, int flags)
{
    int fd = open(name, flags | O_CLOEXEC, 0600);
    int out = result(fd >= 0);
    if (fd >= 0)
        (void)close(fd);
    return out;
}

static int
tcp(uint16_t port, int (*call)(int, const struct sockaddr *, socklen_t))
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    int out = result(call(fd, (const struct sockaddr *)&to, sizeof to) == 0);
    (void)close(fd);
    return out;
}

static int
write_inside(void)
{
    return open_as(path("data/new"), O_WRONLY | O_CREAT | O_EXCL);
}
static int
read_inside(void)
{
    return open_as(path("data/old"), O_RDONLY);
}
static int
truncate_inside(void)
{
    return result(truncate(path("data/old"), 1) == 0);
}
static int
make_inside(void)
{
    return result(mkdir(path("data/folder"), 0700) == 0);
}
static int
remove_inside(void)
{
    return result(unlink(path("data/gone")) == 0);
}
static int
read_itself(void)
{
    return open_as("/proc/self/status", O_RDONLY);
}
static int
read_outside(void)
{
    return open_as(path("outside"), O_RDONLY);
}
static int
read_countries(void)
{
    return open_as(path("geo/countries"), O_RDONLY);
}
static int
read_new_countries(void)
{
    return open_as(path("geo/new"), O_RDONLY);
}
static int
read_linked_countries(void)
{
    return open_as(path("elsewhere/countries"), O_RDONLY);
}
static int
list_countries(void)
{
    return open_as(path("geo"), O_RDONLY | O_DIRECTORY);
}
static int
write_countries(void)
{
    return open_as(path("geo/countries"), O_WRONLY);
}
static int
make_countries(void)
{
    return open_as(path("geo/own"), O_WRONLY | O_CREAT | O_EXCL);
}
static int
read_system(void)
{
    return open_as("/etc/passwd", O_RDONLY);
}
static int
read_font(void)
{
    return open_as(SHEET_FONTS "/DejaVuSans.ttf", O_RDONLY);
}
static int
read_fallback_font(void)
{
    return open_as(SHEET_FALLBACK_FONTS "/DroidSansFallback.ttf", O_RDONLY);
}
static int
list_fonts(void)
{
    return open_as(SHEET_FONTS, O_RDONLY | O_DIRECTORY);
}
static int
write_outside(void)
{
    return open_as(path("new"), O_WRONLY | O_CREAT | O_EXCL);
}
static int
link_inside(void)
{
    return result(symlink("/etc/passwd", path("data/link")) == 0);
}
static int
bind_ours(void)
{
    return tcp((uint16_t)place.config.port, bind);
}
static int
bind_other(void)
{
    return tcp(place.free_port, bind);
}
static int
connect_any(void)
{
    return tcp(place.listening, connect);
}

static int
rename_inside(void)
{
    char from[128];
    (void)snprintf(from, sizeof from, "%s", path("data/moved"));
    return result(rename(from, path("data/there")) == 0);
}

static int
run_program(void)
{
    (void)execl("/bin/true", "true", (char *)NULL);
    return errno;
}

static void *
read_in_thread(void *out)
{
    *(int *)out = read_system();
    return NULL;
}

static int
later_thread(void)
{
    pthread_t thread;
    int out = -1;
    assert_int_equal(pthread_create(&thread, NULL, read_in_thread, &out), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    return out;
}

static const struct {
    const char *label;
    int (*act)(void);
    int expected; /* errno value, 0: allowed */
    int abi;      /* of Landlock, from which on */
} rows[] = {
    {"a new file inside", write_inside, 0, 1},
    {"a file inside", read_inside, 0, 1},
    {"a file inside made shorter", truncate_inside, 0, 1},
    {"a directory inside", make_inside, 0, 1},
    {"a file inside removed", remove_inside, 0, 1},
    {"a file inside moved", rename_inside, 0, 1},
    {"what the kernel says of the process", read_itself, 0, 1},
    {"its own port", bind_ours, 0, 1},
    {"the country_file", read_countries, 0, 1},
    {"another one that may take its place", read_new_countries, 0, 1},
    {"the file that it is a link to", read_linked_countries, 0, 1},
    {"a list of the files beside the country_file", list_countries, EACCES, 1},
    {"the country_file written to", write_countries, EACCES, 1},
    {"a new file beside it", make_countries, EACCES, 1},
    {"a font of labels", read_font, 0, 1},
    {"the font of letters that it lacks", read_fallback_font, 0, 1},
    {"a list of the fonts", list_fonts, EACCES, 1},
    {"a file beside the directory", read_outside, EACCES, 1},
    {"a file of the system", read_system, EACCES, 1},
    {"the same in a thread that is started later", later_thread, EACCES, 1},
    {"a new file outside", write_outside, EACCES, 1},
    {"a symbolic link inside", link_inside, EACCES, 1},
    {"a program", run_program, EACCES, 1},
    {"another port", bind_other, EACCES, 4},
    {"a connection to somebody", connect_any, EACCES, 4},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static void
make_file(const char *name)
{
    int fd = open(path(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, "text", 4) == 4);
    (void)close(fd);
}

static int
listening_socket(uint16_t *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(bind(fd, (struct sockaddr *)&at, size) == 0 && listen(fd, 8) == 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

/* In a process of its own, for what is given up never comes back: its exit status. */
static int
in_child(int (*act)(void), bool confined)
{
    pid_t child = fork();
    if (child == 0) {
        int refused = confined ? confine(&place.config) : 0;
        _exit(refused != 0 ? 255 : act());
    }
    int status = 0;
    assert_true(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void
make_place(void)
{
    (void)snprintf(place.top, sizeof place.top, "/tmp/assay-confine-XXXXXX");
    assert_non_null(mkdtemp(place.top));
    assert_int_equal(mkdir(path("data"), 0700), 0);
    make_file("data/old");
    make_file("data/gone");
    make_file("data/moved");
    make_file("outside");
    assert_int_equal(mkdir(path("geo"), 0700), 0);
    assert_int_equal(mkdir(path("elsewhere"), 0700), 0);
    make_file("elsewhere/countries");
    assert_int_equal(symlink("../elsewhere/countries", path("geo/countries")), 0);
    make_file("geo/new");
}

static void
remove_place(void)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", place.top);
    assert_int_equal(system(command), 0);
}

static void
look(size_t row, bool confined, int expected)
{
    make_place();
    config_defaults(&place.config);
    (void)snprintf(place.config.data, sizeof place.config.data, "%s/data", place.top);
    (void)snprintf(place.config.country_file, sizeof place.config.country_file, "%s/geo/countries",
                   place.top);
    uint16_t port = 0;
    (void)close(listening_socket(&port));
    place.config.port = port;
    (void)close(listening_socket(&place.free_port));
    int listener = listening_socket(&place.listening);
    int actual = in_child(rows[row].act, confined);
    (void)close(listener);
    remove_place();
    if (actual != expected)
        fail_msg("%s, %s: %d (%s), expected %d", rows[row].label, confined ? "confined" : "free",
                 actual, strerror(actual), expected);
}

static long
abi_of_kernel(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static void
gives_up(void **state)
{
    (void)state;
    if (abi_of_kernel() < 1)
        skip();
    for (size_t i = 0; i < ROWS; i++)
        if (abi_of_kernel() >= rows[i].abi)
            look(i, true, rows[i].expected);
}

/* What is refused above is refused by nothing else. */
static void
could_do_it_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++)
        look(i, false, 0);
}

static void
says_why_not(void **state)
{
    (void)state;
    if (abi_of_kernel() < 1)
        skip();
    config_defaults(&place.config);
    (void)snprintf(place.config.data, sizeof place.config.data, "/nonexistent/assay");
    assert_int_equal(confine(&place.config), ENOENT);
    (void)snprintf(place.config.data, sizeof place.config.data, "/tmp");
    (void)snprintf(place.config.country_file, sizeof place.config.country_file,
                   "/nonexistent/countries");
    assert_int_equal(confine(&place.config), ENOENT);
    assert_int_equal(read_system(), 0); /* nothing was given up */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_up),
        cmocka_unit_test(could_do_it_before),
        cmocka_unit_test(says_why_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
