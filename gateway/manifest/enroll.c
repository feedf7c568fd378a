/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/manifest/enroll.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/pool.h"
#include "gateway/manifest/group.h"

/* Two of everything, in turn: while this thread reads a group, the pool judges the one before;
 * while it fills a window, the background thread settles the one before. */
struct enroll {
    const struct enroll_options *options;
    struct enroll_summary *summary;
    uint64_t rows_total, rows_judged, window_count;
    struct judge judge;
    struct pool *pool;       /* judges */
    struct pool *background; /* one thread: settles */
    struct settler *settler;
    struct group *reading, *judged;
    struct window *filling, *settling;
    enum err settled; /* what became of `settling` */
    struct fault settle_fault;
};

static void
judge_chunk(void *context, size_t index)
{
    const struct enroll *enroll = context;
    struct group *group = enroll->judged;
    size_t end = (index + 1) * GROUP_CHUNK;
    for (size_t i = index * GROUP_CHUNK; i < end && i < group->count; i++)
        judge_row(&enroll->judge, &group->rows[i]);
}

static void
settle_job(void *context, size_t index)
{
    struct enroll *enroll = context;
    (void)index;
    enroll->settled = settle_window(enroll->settler, enroll->settling, &enroll->settle_fault);
}

static void
report(struct enroll *enroll, const struct window *window)
{
    uint64_t *const counts[] = {
        [ENROLL_REGISTERED] = &enroll->summary->registered,
        [ENROLL_ALREADY] = &enroll->summary->already,
        [ENROLL_REFUSED] = &enroll->summary->refused,
    };
    for (size_t i = 0; i < window->count; i++) {
        const struct item *item = &window->items[i];
        const char *reason = item->reason == NULL ? "" : item->reason;
        struct enroll_row row = {
            item->line, (enum enroll_outcome)item->outcome, {"", ""}, item->code, reason};
        memcpy(row.key.gtin, item->id.gtin, sizeof row.key.gtin);
        memcpy(row.key.serial, item->id.serial, sizeof row.key.serial);
        enroll->summary->rows++;
        ++*counts[item->outcome];
        if (enroll->options->row != NULL)
            enroll->options->row(&row, enroll->options->context);
    }
}

/* Hands the filled window to the background, and reports the one that is settled. */
static enum err
turn_window(struct enroll *enroll, struct fault *fault)
{
    struct window *settled = enroll->settling;
    pool_wait(enroll->background);
    if (enroll->settled != ERR_OK)
        return fault_set(fault, enroll->settled, "%s", enroll->settle_fault.text);
    enroll->settling = enroll->filling;
    enroll->settling->number = enroll->window_count++;
    pool_start(enroll->background, 1, settle_job, enroll);
    report(enroll, settled);
    window_clear(settled);
    enroll->filling = settled;
    return ERR_OK;
}

static enum err
stow(struct enroll *enroll, struct group *group, struct fault *fault)
{
    for (size_t i = 0; i < group->count; i++)
        window_add(enroll->filling, &group->rows[i]);
    enroll->rows_judged += group->count;
    if (enroll->options->progress != NULL && group->count > 0)
        enroll->options->progress(enroll->rows_judged, enroll->rows_total,
                                  enroll->options->context);
    group->count = 0;
    bool full = enroll->filling->count + GROUP_ROWS > WINDOW_ROWS;
    return full ? turn_window(enroll, fault) : ERR_OK;
}

/* Hands the group that was read to the pool, and stows the one that is judged. */
static enum err
turn_group(struct enroll *enroll, struct fault *fault)
{
    struct group *judged = enroll->judged;
    pool_wait(enroll->pool);
    enroll->judged = enroll->reading;
    pool_start(enroll->pool, (enroll->judged->count + GROUP_CHUNK - 1) / GROUP_CHUNK, judge_chunk,
               enroll);
    enroll->reading = judged;
    return stow(enroll, judged, fault);
}

static enum err
count_row(struct enroll *enroll, struct fault *fault)
{
    enroll->reading->count++;
    return enroll->reading->count < GROUP_ROWS ? ERR_OK : turn_group(enroll, fault);
}

static enum err
take_row(const struct manifest_row *row, void *context, struct fault *fault)
{
    struct enroll *enroll = context;
    struct judged_row *judged = &enroll->reading->rows[enroll->reading->count];
    judged->row = *row;
    judged->code = NULL;
    return count_row(enroll, fault);
}

static enum err
take_refusal(const struct manifest_refusal *refusal, void *context, struct fault *fault)
{
    struct enroll *enroll = context;
    struct judged_row *judged = &enroll->reading->rows[enroll->reading->count];
    memset(judged, 0, sizeof *judged);
    judged->row.line = refusal->line;
    judged->row.id = refusal->id;
    judged->code = refusal->code;
    memcpy(judged->reason, refusal->reason, sizeof judged->reason);
    return count_row(enroll, fault);
}

/* Reads to the end, and turns until nothing is on its way any more. */
static enum err
run(struct enroll *enroll, struct manifest *manifest, struct fault *fault)
{
    const struct manifest_visitor visitor = {take_row, take_refusal, enroll};
    enum err err = manifest_rows(manifest, &visitor, fault);
    for (int i = 0; err == ERR_OK && i < 2; i++)
        err = turn_group(enroll, fault);
    for (int i = 0; err == ERR_OK && i < 2; i++)
        err = turn_window(enroll, fault);
    pool_wait(enroll->pool);
    pool_wait(enroll->background);
    return err;
}

static enum err
prepare(struct enroll *enroll, const struct settler_options *settling, struct fault *fault)
{
    enroll->reading = calloc(1, sizeof *enroll->reading);
    enroll->judged = calloc(1, sizeof *enroll->judged);
    enroll->filling = calloc(1, sizeof *enroll->filling);
    enroll->settling = calloc(1, sizeof *enroll->settling);
    if (enroll->reading == NULL || enroll->judged == NULL || enroll->filling == NULL ||
        enroll->settling == NULL)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", settling->path);
    enum err err = pool_open(enroll->options->threads, &enroll->pool, fault);
    if (err == ERR_OK)
        err = pool_open(1, &enroll->background, fault);
    return err == ERR_OK ? settler_open(settling, &enroll->settler, fault) : err;
}

static void
free_group(struct group *group)
{
    if (group != NULL)
        sodium_memzero(group, sizeof *group); /* claim codes */
    free(group);
}

static void
free_window(struct window *window)
{
    if (window != NULL)
        window_clear(window);
    free(window);
}

static void
clean_up(struct enroll *enroll)
{
    pool_close(enroll->pool);
    pool_close(enroll->background);
    settler_close(enroll->settler);
    free_group(enroll->reading);
    free_group(enroll->judged);
    free_window(enroll->filling);
    free_window(enroll->settling);
}

static enum err
enroll_rows(struct enroll *enroll, struct manifest *manifest, const struct enroll_target *target,
            const char *path, struct fault *fault)
{
    const struct manifest_seal *seal = manifest_seal(manifest);
    const struct settler_options settling = {target, enroll->options, path, seal->digest,
                                             seal->rows};
    enroll->rows_total = seal->rows;
    enroll->judge = (struct judge){target->keyset, target->secrets, NULL, enroll->options->now};
    enum err err = ERR_OK;
    if (seal->present)
        err = manifest_verify(seal, target->keyset, &enroll->judge.voucher, fault);
    if (err != ERR_OK)
        return err;
    enroll->summary->vouched = seal->present;
    err = prepare(enroll, &settling, fault);
    if (err == ERR_OK)
        err = run(enroll, manifest, fault);
    clean_up(enroll);
    return err;
}

enum err
enroll_manifest(FILE *file, const char *path, const struct enroll_target *target,
                const struct enroll_options *options, struct enroll_summary *summary,
                struct fault *fault)
{
    struct enroll enroll = {.options = options, .summary = summary};
    struct manifest *manifest = NULL;
    memset(summary, 0, sizeof *summary);
    enum err err = manifest_open(file, path, &manifest, fault);
    if (err == ERR_OK)
        err = enroll_rows(&enroll, manifest, target, path, fault);
    manifest_close(manifest);
    return err;
}
