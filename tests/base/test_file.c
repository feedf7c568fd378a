/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "tests/base/scratch.h"

enum { NOBODY = 65534 };

static enum err
read_with(const char *path, enum file_rule rule, size_t max, struct fault *fault)
{
    struct text text;
    text_init(&text, max);
    *fault = (struct fault){ERR_OK, ""};
    enum err err = file_read(path, rule, &text, fault);
    file_wipe(&text);
    return err;
}

static void
reads_up_to_the_maximum(void **state)
{
    static const size_t lengths[] = {0, 1, 4095, 4096, 4097, 20000};
    static char bytes[20000];
    struct scratch *s = *state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7 % 251);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct text text;
        struct fault fault;
        scratch_write(s, "f", bytes, lengths[i], 0600);
        text_init(&text, lengths[i]);
        assert_int_equal(file_read(scratch_path(s, "f"), FILE_SECRET, &text, &fault), ERR_OK);
        assert_int_equal(text.len, lengths[i]);
        if (lengths[i] > 0)
            assert_memory_equal(text.data, bytes, lengths[i]);
        file_wipe(&text);
        assert_null(text.data);
        if (lengths[i] > 0) {
            assert_int_equal(read_with(s->path, FILE_ANY, lengths[i] - 1, &fault), ERR_TOO_LARGE);
            assert_non_null(strstr(fault.text, "larger than"));
        }
    }
}

static const struct {
    const char *label;
    mode_t mode;
    enum err secret;
} modes[] = {
    {"owner only", 0600, ERR_OK},         {"read only", 0400, ERR_OK},
    {"owner, executable", 0700, ERR_OK},  {"group reads", 0640, ERR_DENIED},
    {"group writes", 0620, ERR_DENIED},   {"group executes", 0610, ERR_DENIED},
    {"others read", 0604, ERR_DENIED},    {"others write", 0602, ERR_DENIED},
    {"others execute", 0601, ERR_DENIED}, {"the usual mode", 0644, ERR_DENIED},
    {"everybody", 0777, ERR_DENIED},
};

static void
secrets_are_for_the_owner(void **state)
{
    struct scratch *s = *state;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct fault fault;
        scratch_write(s, "f", "x", 1, modes[i].mode);
        enum err err = read_with(scratch_path(s, "f"), FILE_SECRET, 10, &fault);
        if (err != modes[i].secret)
            fail_msg("%s: %s", modes[i].label, err_info(err)->code);
        if (err != ERR_OK && strstr(fault.text, "chmod 600") == NULL)
            fail_msg("%s: %s", modes[i].label, fault.text);
        assert_int_equal(read_with(s->path, FILE_ANY, 10, &fault), ERR_OK);
        assert_int_equal(unlink(s->path), 0);
    }
}

static void
secrets_are_ours(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    if (geteuid() != 0)
        skip();
    scratch_write(s, "f", "x", 1, 0600);
    assert_int_equal(chown(scratch_path(s, "f"), NOBODY, NOBODY), 0);
    assert_int_equal(read_with(s->path, FILE_SECRET, 10, &fault), ERR_DENIED);
    assert_non_null(strstr(fault.text, "another user"));
}

/* Nothing but a regular file is a secret, and nothing makes the reader wait. */
static void
other_types_are_refused_at_once(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    char target[SCRATCH_PATH_MAX];
    scratch_write(s, "f", "x", 1, 0600);
    memcpy(target, scratch_path(s, "f"), sizeof target);
    assert_int_equal(symlink(target, scratch_path(s, "link")), 0);
    assert_int_equal(symlink("nowhere", scratch_path(s, "dangling")), 0);
    assert_int_equal(mkfifo(scratch_path(s, "fifo"), 0600), 0);
    assert_int_equal(mkdir(scratch_path(s, "dir"), 0700), 0);
    static const struct {
        const char *name;
        enum err secret, any;
        const char *word;
    } rows[] = {
        {"f", ERR_OK, ERR_OK, ""},
        {"link", ERR_DENIED, ERR_OK, "symbolic link"},
        {"dangling", ERR_DENIED, ERR_NOT_FOUND, "symbolic link"},
        {"fifo", ERR_DENIED, ERR_OK, "not a regular file"},
        {"dir", ERR_DENIED, ERR_UNAVAILABLE, "not a regular file"},
        {"none", ERR_NOT_FOUND, ERR_NOT_FOUND, "No such file"},
        {"f/below", ERR_NOT_FOUND, ERR_NOT_FOUND, "Not a directory"},
    };
    (void)alarm(20);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum err err = read_with(scratch_path(s, rows[i].name), FILE_SECRET, 10, &fault);
        if (err != rows[i].secret || strstr(fault.text, rows[i].word) == NULL)
            fail_msg("%s: %s", rows[i].name, fault.text);
        if (err != ERR_OK)
            assert_ptr_equal(strstr(fault.text, s->path), fault.text);
        err = read_with(s->path, FILE_ANY, 10, &fault);
        if (err != rows[i].any)
            fail_msg("%s, any: %s", rows[i].name, fault.text);
    }
    (void)alarm(0);
}

static mode_t
mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static void
assert_content(struct scratch *s, const char *name, const char *expected)
{
    char bytes[100];
    ssize_t len = scratch_read(s, name, bytes, sizeof bytes);
    assert_int_equal(len, strlen(expected));
    assert_memory_equal(bytes, expected, strlen(expected));
}

static void
creates_once(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    const char *path = scratch_path(s, "f");
    assert_int_equal(file_create(path, slice_of("first"), 0600, &fault), ERR_OK);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(file_create(path, slice_of("second"), 0600, &fault), ERR_EXISTS);
    assert_non_null(strstr(fault.text, "not overwritten"));
    assert_content(s, "f", "first");
    assert_int_equal(symlink("nowhere", scratch_path(s, "dangling")), 0);
    assert_int_equal(file_create(s->path, slice_of("x"), 0600, &fault), ERR_EXISTS);
    assert_int_equal(access(scratch_path(s, "nowhere"), F_OK), -1);
    assert_int_equal(file_create(scratch_path(s, "no/f"), slice_of("x"), 0600, &fault),
                     ERR_NOT_FOUND);
    assert_int_equal(scratch_count(s), 2);
}

static void
replaces_the_whole_file(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    assert_int_equal(file_replace(scratch_path(s, "f"), slice_of("first"), 0600, &fault), ERR_OK);
    assert_int_equal(file_replace(s->path, slice_of("2"), 0644, &fault), ERR_OK);
    assert_int_equal(mode_of(s->path), 0644);
    assert_content(s, "f", "2");
    assert_int_equal(file_replace(scratch_path(s, "f"), slice_make(NULL, 0), 0644, &fault), ERR_OK);
    assert_content(s, "f", "");
    scratch_write(s, "target", "old", 3, 0600);
    assert_int_equal(symlink("target", scratch_path(s, "link")), 0);
    assert_int_equal(file_replace(s->path, slice_of("new"), 0644, &fault), ERR_OK);
    assert_content(s, "target", "old");
    assert_content(s, "link", "new");
    assert_int_equal(mkdir(scratch_path(s, "dir"), 0700), 0);
    assert_int_not_equal(file_replace(s->path, slice_of("x"), 0644, &fault), ERR_OK);
    assert_int_equal(mode_of(s->path), 0700);
    assert_int_equal(file_replace(scratch_path(s, "no/f"), slice_of("x"), 0600, &fault),
                     ERR_NOT_FOUND);
    assert_int_equal(scratch_count(s), 4);
}

/* In place: who has the file open reads what is written now, and nothing of the old is left. */
static void
overwrites_where_it_lies(void **state)
{
    static const char *const contents[] = {"first", "a longer one", "2", ""};
    struct scratch *s = *state;
    struct fault fault;
    struct stat before;
    struct stat after;
    const char *path = scratch_path(s, "f");
    assert_int_equal(file_overwrite(path, slice_of("made"), &fault), ERR_OK);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(stat(path, &before), 0);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        char bytes[100];
        assert_int_equal(file_overwrite(scratch_path(s, "f"), slice_of(contents[i]), &fault),
                         ERR_OK);
        assert_content(s, "f", contents[i]);
        assert_int_equal(pread(fd, bytes, sizeof bytes, 0), strlen(contents[i]));
        assert_memory_equal(bytes, contents[i], strlen(contents[i]));
    }
    assert_int_equal(close(fd), 0);
    assert_int_equal(stat(scratch_path(s, "f"), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(scratch_count(s), 1);
}

static void
overwrites_no_file_of_others(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    scratch_write(s, "open", "old", 3, 0640);
    scratch_write(s, "target", "old", 3, 0600);
    assert_int_equal(symlink("target", scratch_path(s, "link")), 0);
    assert_int_equal(mkdir(scratch_path(s, "dir"), 0700), 0);
    assert_int_equal(mkfifo(scratch_path(s, "fifo"), 0600), 0);
    static const struct {
        const char *name;
        enum err err;
    } rows[] = {{"open", ERR_DENIED}, {"link", ERR_DENIED}, {"no/f", ERR_NOT_FOUND}};
    static const char *const others[] = {"dir", "fifo"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(file_overwrite(scratch_path(s, rows[i].name), slice_of("x"), &fault),
                         rows[i].err);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_not_equal(file_overwrite(scratch_path(s, others[i]), slice_of("x"), &fault),
                             ERR_OK);
    assert_content(s, "open", "old");
    assert_content(s, "target", "old");
}

/* The status of a child in which `run` was called, as nobody when we are root. */
static int
in_child(int (*run)(struct scratch *s), struct scratch *s, uid_t user)
{
    pid_t child = fork();
    if (child == 0) {
        if (user != 0 && (setgid(user) != 0 || setuid(user) != 0))
            _exit(99);
        _exit(run(s));
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int
read_forbidden(struct scratch *s)
{
    struct fault fault;
    return (int)read_with(scratch_path(s, "f"), FILE_ANY, 10, &fault);
}

static int
replace_forbidden(struct scratch *s)
{
    struct fault fault;
    return (int)file_replace(scratch_path(s, "f"), slice_of("new"), 0600, &fault);
}

static void
permissions_count(void **state)
{
    struct scratch *s = *state;
    uid_t user = geteuid() == 0 ? NOBODY : 0;
    scratch_write(s, "f", "old", 3, 0000);
    assert_int_equal(chmod(s->root, 0555), 0);
    assert_int_equal(in_child(read_forbidden, s, user), ERR_DENIED);
    assert_int_equal(in_child(replace_forbidden, s, user), ERR_DENIED);
    assert_int_equal(chmod(s->root, 0755), 0);
    assert_int_equal(scratch_count(s), 1);
}

static int
replace_without_room(struct scratch *s)
{
    static char content[8192];
    struct rlimit limit = {4096, 4096};
    struct fault fault;
    if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 99;
    return (int)file_replace(scratch_path(s, "f"), slice_make(content, sizeof content), 0600,
                             &fault);
}

static void
a_failed_write_leaves_the_old_file(void **state)
{
    struct scratch *s = *state;
    scratch_write(s, "f", "old", 3, 0600);
    assert_int_equal(in_child(replace_without_room, s, 0), ERR_UNAVAILABLE);
    assert_content(s, "f", "old");
    assert_int_equal(scratch_count(s), 1);
}

enum { ROUNDS = 200, SIZE = 20000 };

static void *
replace_again_and_again(void *path)
{
    static char content[SIZE];
    for (int i = 0; i < ROUNDS; i++) {
        memset(content, 'a' + i % 26, sizeof content);
        if (file_replace(path, slice_make(content, sizeof content), 0600, NULL) != ERR_OK)
            return path;
    }
    return NULL;
}

static void
readers_see_the_old_or_the_new(void **state)
{
    struct scratch *s = *state;
    char path[SCRATCH_PATH_MAX];
    memcpy(path, scratch_path(s, "f"), sizeof path);
    assert_int_equal(file_replace(path, slice_of("a"), 0600, NULL), ERR_OK);
    pthread_t writer;
    void *failed = NULL;
    assert_int_equal(pthread_create(&writer, NULL, replace_again_and_again, path), 0);
    for (int i = 0; i < ROUNDS; i++) {
        struct text text;
        text_init(&text, SIZE);
        assert_int_equal(file_read(path, FILE_SECRET, &text, NULL), ERR_OK);
        assert_true(text.len == SIZE || text.len == 1);
        for (size_t at = 1; at < text.len; at++)
            assert_int_equal(text.data[at], text.data[0]);
        text_free(&text);
    }
    assert_int_equal(pthread_join(writer, &failed), 0);
    assert_null(failed);
}

static void
makes_directories(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    scratch_write(s, "f", "x", 1, 0600);
    static const struct {
        const char *name;
        enum err err;
    } rows[] = {
        {"a", ERR_OK},      {"a", ERR_OK},          {"a/b/c", ERR_OK},  {"d//e/", ERR_OK},
        {"f", ERR_INVALID}, {"f/g", ERR_NOT_FOUND}, {"a/../h", ERR_OK},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (file_make_directory(scratch_path(s, rows[i].name), 0700, &fault) != rows[i].err)
            fail_msg("%s: %s", rows[i].name, fault.text);
    assert_int_equal(mode_of(scratch_path(s, "a/b/c")), 0700);
    assert_int_equal(mode_of(scratch_path(s, "d/e")), 0700);
    assert_int_equal(file_make_directory("", 0700, &fault), ERR_INVALID);
    assert_int_equal(file_make_directory("/", 0700, &fault), ERR_OK);
}

static void
one_holds_the_lock(void **state)
{
    struct scratch *s = *state;
    struct fault fault;
    int first = -1;
    int second = -1;
    const char *path = scratch_path(s, "lock");
    assert_int_equal(file_lock(path, &first, &fault), ERR_OK);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(file_lock(path, &second, &fault), ERR_BUSY);
    assert_int_equal(second, -1);
    assert_non_null(strstr(fault.text, "another process"));
    assert_int_equal(close(first), 0);
    assert_int_equal(file_lock(path, &second, &fault), ERR_OK);
    assert_int_equal(close(second), 0);
    assert_int_equal(symlink("lock", scratch_path(s, "link")), 0);
    assert_int_equal(file_lock(s->path, &second, &fault), ERR_DENIED);
    assert_int_equal(file_lock(scratch_path(s, "no/lock"), &second, &fault), ERR_NOT_FOUND);
}

static void
faults_name_path_and_reason(void **state)
{
    (void)state;
    static const struct {
        int number;
        enum err err;
    } rows[] = {
        {ENOENT, ERR_NOT_FOUND},   {EACCES, ERR_DENIED},      {EPERM, ERR_DENIED},
        {EROFS, ERR_DENIED},       {ENOSPC, ERR_FULL},        {EDQUOT, ERR_FULL},
        {EEXIST, ERR_EXISTS},      {ENOMEM, ERR_MEMORY},      {EIO, ERR_UNAVAILABLE},
        {EMFILE, ERR_UNAVAILABLE}, {999999, ERR_UNAVAILABLE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fault fault;
        assert_int_equal(file_fault(&fault, "a/b", rows[i].number), rows[i].err);
        assert_ptr_equal(strstr(fault.text, "a/b: "), fault.text);
        assert_true(strlen(fault.text) > strlen("a/b: "));
    }
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_set_up, scratch_tear_down)

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        IN_SCRATCH(reads_up_to_the_maximum),
        IN_SCRATCH(secrets_are_for_the_owner),
        IN_SCRATCH(secrets_are_ours),
        IN_SCRATCH(other_types_are_refused_at_once),
        IN_SCRATCH(creates_once),
        IN_SCRATCH(replaces_the_whole_file),
        IN_SCRATCH(overwrites_where_it_lies),
        IN_SCRATCH(overwrites_no_file_of_others),
        IN_SCRATCH(permissions_count),
        IN_SCRATCH(a_failed_write_leaves_the_old_file),
        IN_SCRATCH(readers_see_the_old_or_the_new),
        IN_SCRATCH(makes_directories),
        IN_SCRATCH(one_holds_the_lock),
        cmocka_unit_test(faults_name_path_and_reason),
    };
    (void)umask(0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
