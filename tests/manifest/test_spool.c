/* SPDX-License-Identifier: Apache-2.0 */
/* What is put into a spool comes out of it, and nobody else can read it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/manifest/spool.h"

#define BLOCK ((size_t)SPOOL_BLOCK)
#define LARGEST (5 * BLOCK)
static const char secret[] = "7K3M9Q2XBT"; /* a claim code, all over */

static char directory[64];

static int
make_directory(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/assay-spool-XXXXXX");
    return mkdtemp(directory) == NULL ? -1 : 0;
}

static int
remove_directory(void **state)
{
    (void)state;
    return rmdir(directory); /* nothing is left in it */
}

static char
byte_at(uint64_t at)
{
    return secret[(at + at / 1000) % (sizeof secret - 1)];
}

static struct spool *
filled(uint64_t length, size_t step)
{
    struct spool *spool = NULL;
    struct fault fault;
    uint64_t at = 0;
    assert_int_equal(spool_open(directory, length, &spool, &fault), ERR_OK);
    while (at < length) {
        size_t room = 0;
        char *out = spool_room(spool, &room);
        size_t now = room < step ? room : step;
        assert_true(room > 0);
        now = length - at < now ? (size_t)(length - at) : now;
        for (size_t i = 0; i < now; i++)
            out[i] = byte_at(at + i);
        assert_int_equal(spool_put(spool, now, &fault), ERR_OK);
        at += now;
    }
    return spool;
}

static void
expect_rest(FILE *file, uint64_t from, uint64_t length)
{
    char *out = malloc(LARGEST + 1);
    assert_non_null(out);
    size_t got = fread(out, 1, LARGEST + 1, file);
    assert_int_equal(got, length - from);
    for (size_t i = 0; i < got; i++)
        if (out[i] != byte_at(from + i))
            fail_msg("byte %llu", (unsigned long long)(from + i));
    free(out);
}

static void
reads_back(void **state)
{
    static const struct {
        const char *label;
        uint64_t length;
        size_t step;
    } rows[] = {
        {"nothing", 0, 1},
        {"one byte", 1, 1},
        {"small, byte by byte", 3000, 1},
        {"one less than a block", BLOCK - 1, 1000},
        {"a block", BLOCK, BLOCK},
        {"one more", BLOCK + 1, BLOCK},
        {"in odd pieces", 3 * BLOCK + 17, 4099},
        {"whole blocks", 4 * BLOCK, 2 * BLOCK},
        {"five, less one", LARGEST - 1, 65535},
    };
    static const struct {
        off_t by;
        int from;
    } places[] = {
        {0, SEEK_SET}, {1, SEEK_SET}, {-1, SEEK_END}, {0, SEEK_END}, {SPOOL_BLOCK, SEEK_SET}};
    struct fault fault;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t length = rows[i].length;
        struct spool *spool = filled(length, rows[i].step);
        FILE *file = NULL;
        assert_int_equal(spool_read(spool, &file, &fault), ERR_OK);
        assert_int_equal(ftello(file), 0);
        expect_rest(file, 0, length);
        for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
            off_t to = places[p].by + (places[p].from == SEEK_END ? (off_t)length : 0);
            bool there = to >= 0 && to <= (off_t)length;
            if ((fseeko(file, places[p].by, places[p].from) == 0) != there)
                fail_msg("%s: place %zu", rows[i].label, p);
            if (there)
                expect_rest(file, (uint64_t)to, length);
        }
        assert_int_equal(fclose(file), 0);
        spool_close(spool);
    }
}

/* The one file without a name that this process has in the directory; -1: none. */
static int
find_file(void)
{
    char path[64];
    char target[256];
    for (int fd = 3; fd < 64; fd++) {
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        ssize_t len = readlink(path, target, sizeof target - 1);
        target[len > 0 ? len : 0] = '\0';
        if (strncmp(target, directory, strlen(directory)) == 0 && strstr(target, ".spool-") != NULL)
            return fd;
    }
    return -1;
}

static size_t
count_entries(void)
{
    size_t count = 0;
    DIR *open = opendir(directory);
    assert_non_null(open);
    while (readdir(open) != NULL) /* NOLINT(concurrency-mt-unsafe): a stream of its own */
        count++;
    (void)closedir(open);
    return count - 2; /* . and .. */
}

static void
nobody_else_reads_it(void **state)
{
    struct stat st;
    (void)state;
    struct spool *small = filled(BLOCK - 1, BLOCK);
    assert_int_equal(find_file(), -1);
    spool_close(small);
    struct spool *spool = filled(3 * BLOCK, BLOCK);
    int fd = find_file();
    assert_true(fd >= 0);
    assert_int_equal(count_entries(), 0);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_nlink, 0);
    assert_true(st.st_size >= 3 * SPOOL_BLOCK);
    char *bytes = malloc((size_t)st.st_size);
    assert_non_null(bytes);
    assert_int_equal(pread(fd, bytes, (size_t)st.st_size, 0), st.st_size);
    for (off_t i = 0; i + 10 < st.st_size; i++)
        if (memcmp(bytes + i, secret, 10) == 0)
            fail_msg("a claim code on the disk, at %lld", (long long)i);
    free(bytes);
    spool_close(spool);
    assert_int_equal(find_file(), -1);
}

/* A flipped bit in any block, and a file that was cut: an error, never other bytes. */
static void
damage_is_seen(void **state)
{
    static const struct {
        const char *label;
        off_t at; /* of the flipped bit; -1: the last byte is cut off */
        size_t good;
    } rows[] = {
        {"first block", 100, 0},
        {"its check", 3, 0},
        {"second block", SPOOL_BLOCK + 16 + 5, BLOCK},
        {"last byte", (off_t)(2 * (BLOCK + 16) + 16 + 99), 2 * BLOCK},
        {"cut", -1, 2 * BLOCK},
    };
    struct fault fault;
    char *out = malloc(LARGEST);
    (void)state;
    assert_non_null(out);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct spool *spool = filled(2 * BLOCK + 100, BLOCK);
        FILE *file = NULL;
        char byte = 0;
        assert_int_equal(spool_read(spool, &file, &fault), ERR_OK);
        int fd = find_file();
        if (rows[i].at >= 0) {
            assert_int_equal(pread(fd, &byte, 1, rows[i].at), 1);
            byte = (char)(byte ^ 1);
            assert_int_equal(pwrite(fd, &byte, 1, rows[i].at), 1);
        } else {
            assert_int_equal(ftruncate(fd, (off_t)(2 * (BLOCK + 16) + 16 + 99)), 0);
        }
        size_t got = 0;
        while (got < LARGEST && fread(out + got, 1, 1, file) == 1)
            got++;
        if (got != rows[i].good || ferror(file) == 0)
            fail_msg("%s: %zu bytes", rows[i].label, got);
        (void)fclose(file);
        spool_close(spool);
    }
    free(out);
}

static void
no_room(void **state)
{
    static const struct {
        const char *label;
        const char *directory;
        uint64_t expected;
        enum err err;
    } rows[] = {
        {"an exabyte", "/tmp", UINT64_C(1) << 60, ERR_FULL},
        {"more than can be counted", "/tmp", UINT64_MAX, ERR_FULL},
        {"half of that", "/tmp", UINT64_MAX / 2, ERR_FULL},
        {"no such directory", "/nonexistent", BLOCK + 1, ERR_NOT_FOUND},
        {"small: no disk needed", "/nonexistent", BLOCK, ERR_OK},
        {"no directory at all", "", 1, ERR_INVALID},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct spool *spool = NULL;
        struct fault fault;
        enum err err = spool_open(rows[i].directory, rows[i].expected, &spool, &fault);
        if (err != rows[i].err || (spool != NULL) != (err == ERR_OK))
            fail_msg("%s: %s", rows[i].label, err_info(err)->code);
        if (err != ERR_OK && strchr(fault.text, '/') != NULL)
            fail_msg("%s: the path is told: %s", rows[i].label, fault.text);
        spool_close(spool);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back),
        cmocka_unit_test(nobody_else_reads_it),
        cmocka_unit_test(damage_is_seen),
        cmocka_unit_test(no_room),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
