/* SPDX-License-Identifier: Apache-2.0 */
/* bare sign|verify|fsync|commit THREADS SECONDS [FILE]: how many a second libsodium signs or
 * verifies of messages as long as a label's, or the disk takes: of 4 KiB writes with an fdatasync
 * each, or of what LMDB asks of it for one small change of a large registry, which is a dozen
 * pages here and there, an fdatasync, and a page that is written through. Prints how many, and how
 * many a second of processor time. */
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    MESSAGE_BYTES = 110,
    THREADS_MAX = 256,
    PAGE = 4096,
    FILE_PAGES = 16384,
    COMMIT_PAGES = 12,
    STEP = 6151 /* a prime: the pages of a commit lie far apart, and all come in turn */
};

struct job {
    pthread_t thread;
    void (*once)(struct job *job);
    uint64_t until, done;
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES], secret_key[crypto_sign_SECRETKEYBYTES];
    uint8_t message[MESSAGE_BYTES], signature[crypto_sign_BYTES];
    int file, through;
};

static uint64_t
nanoseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static void
sign(struct job *job)
{
    memcpy(job->message, &job->done, sizeof job->done);
    (void)crypto_sign_detached(job->signature, NULL, job->message, MESSAGE_BYTES, job->secret_key);
}

static void
verify(struct job *job)
{
    if (crypto_sign_verify_detached(job->signature, job->message, MESSAGE_BYTES, job->public_key) !=
        0)
        exit(1);
}

static void
write_page(struct job *job)
{
    static const char page[PAGE];
    if (pwrite(job->file, page, PAGE, (off_t)(job->done % 1024) * PAGE) != PAGE ||
        fdatasync(job->file) != 0)
        exit(1);
}

static void
commit(struct job *job)
{
    static const char page[PAGE];
    for (uint64_t i = job->done * COMMIT_PAGES; i < (job->done + 1) * COMMIT_PAGES; i++)
        if (pwrite(job->file, page, PAGE, (off_t)(2 + i * STEP % (FILE_PAGES - 2)) * PAGE) != PAGE)
            exit(1);
    if (fdatasync(job->file) != 0 ||
        pwrite(job->through, page, PAGE, (off_t)(job->done % 2) * PAGE) != PAGE)
        exit(1);
}

static void *
run(void *context)
{
    struct job *job = context;
    for (; nanoseconds() < job->until; job->done++)
        job->once(job);
    return NULL;
}

/* All of it is there before the clock starts, so that nothing is allocated under way. */
static void
open_file(struct job *job, const char *path)
{
    static const char page[PAGE];
    if (path == NULL)
        return;
    job->file = open(path, O_RDWR | O_CREAT, 0600);
    job->through = open(path, O_WRONLY | O_DSYNC);
    for (off_t i = 0; i < FILE_PAGES; i++)
        if (pwrite(job->file, page, PAGE, i * PAGE) != PAGE)
            exit(1);
    if (job->through < 0 || fsync(job->file) != 0)
        exit(1);
}

static void
begin(struct job *job, const char *what, double seconds, const char *file)
{
    static const struct {
        const char *name;
        void (*once)(struct job *job);
    } kinds[] = {{"sign", sign}, {"verify", verify}, {"fsync", write_page}, {"commit", commit}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, what) == 0)
            job->once = kinds[i].once;
    open_file(job, file);
    if (job->once == NULL)
        exit(2);
    (void)crypto_sign_keypair(job->public_key, job->secret_key);
    sign(job);
    job->until = nanoseconds() + (uint64_t)(seconds * 1e9);
}

int
main(int argc, char **argv)
{
    static struct job jobs[THREADS_MAX];
    int threads = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
    if (argc < 4 || threads < 1 || threads > THREADS_MAX || sodium_init() < 0) {
        fprintf(stderr, "usage: bare sign|verify|fsync|commit THREADS SECONDS [FILE]\n");
        return 2;
    }
    uint64_t began = nanoseconds();
    for (int i = 0; i < threads; i++) {
        begin(&jobs[i], argv[1], strtod(argv[3], NULL), argc > 4 ? argv[4] : NULL);
        if (pthread_create(&jobs[i].thread, NULL, run, &jobs[i]) != 0)
            return 1;
    }
    uint64_t done = 0;
    for (int i = 0; i < threads; i++) {
        (void)pthread_join(jobs[i].thread, NULL);
        done += jobs[i].done;
    }
    double processor = (double)clock() / CLOCKS_PER_SEC;
    printf("%.1f %.1f\n", (double)done / ((double)(nanoseconds() - began) / 1e9),
           (double)done / processor);
    return 0;
}
