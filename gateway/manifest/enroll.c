/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/manifest/enroll.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/manifest/group.h"
#include "gateway/manifest/pool.h"

/* Two groups in turn: while the pool judges one, this thread settles the other. */
struct enroll {
    const struct enroll_options *options;
    struct enroll_summary *summary;
    uint64_t rows_total;
    struct judge judge;
    struct pool *pool;
    struct settler *settler;
    uint64_t group_count;
    struct group *filling, *judged;
};

static void
judge_chunk(void *context, size_t index)
{
    const struct enroll *enroll = context;
    struct group *group = enroll->judged;
    size_t end = (index + 1) * GROUP_CHUNK;
    for (size_t i = index * GROUP_CHUNK; i < end && i < group->count; i++)
        judge_entry(&enroll->judge, &group->entries[i]);
}

static void
report(struct enroll *enroll, const struct group *group)
{
    uint64_t *const counts[] = {
        [ENROLL_REGISTERED] = &enroll->summary->registered,
        [ENROLL_ALREADY] = &enroll->summary->already,
        [ENROLL_REFUSED] = &enroll->summary->refused,
    };
    for (size_t i = 0; i < group->count; i++) {
        const struct entry *entry = &group->entries[i];
        struct enroll_row row = {
            entry->row.line, entry->outcome, {"", ""}, entry->code, entry->reason};
        memcpy(row.key.gtin, entry->row.id.gtin, sizeof row.key.gtin);
        memcpy(row.key.serial, entry->row.id.serial, sizeof row.key.serial);
        enroll->summary->rows++;
        ++*counts[entry->outcome];
        if (enroll->options->row != NULL)
            enroll->options->row(&row, enroll->options->context);
    }
    if (enroll->options->progress != NULL)
        enroll->options->progress(enroll->summary->rows, enroll->rows_total,
                                  enroll->options->context);
}

static enum err
finish_judged(struct enroll *enroll, struct group *group, struct fault *fault)
{
    if (group->count == 0)
        return ERR_OK;
    enum err err = settle_group(enroll->settler, group, fault);
    if (err == ERR_OK)
        report(enroll, group);
    group->count = 0;
    return err;
}

/* Hands the filled group to the pool, and settles the one that the pool has finished. */
static enum err
turn(struct enroll *enroll, struct fault *fault)
{
    struct group *finished = enroll->judged;
    pool_wait(enroll->pool);
    enroll->judged = enroll->filling;
    enroll->judged->number = enroll->group_count++;
    pool_start(enroll->pool, (enroll->judged->count + GROUP_CHUNK - 1) / GROUP_CHUNK, judge_chunk,
               enroll);
    enroll->filling = finished;
    return finish_judged(enroll, finished, fault);
}

static enum err
add_entry(struct enroll *enroll, struct fault *fault)
{
    enroll->filling->count++;
    return enroll->filling->count < GROUP_ROWS ? ERR_OK : turn(enroll, fault);
}

static enum err
take_row(const struct manifest_row *row, void *context, struct fault *fault)
{
    struct enroll *enroll = context;
    struct entry *entry = &enroll->filling->entries[enroll->filling->count];
    entry->row = *row;
    entry->code = NULL;
    entry->reason[0] = '\0';
    entry->outcome = ENROLL_REFUSED; /* until it is settled */
    return add_entry(enroll, fault);
}

static enum err
take_refusal(const struct manifest_refusal *refusal, void *context, struct fault *fault)
{
    struct enroll *enroll = context;
    struct entry *entry = &enroll->filling->entries[enroll->filling->count];
    memset(&entry->row, 0, sizeof entry->row);
    entry->row.line = refusal->line;
    entry->row.id = refusal->id;
    entry_refuse(entry, refusal->code, "%s", refusal->reason);
    return add_entry(enroll, fault);
}

static enum err
run(struct enroll *enroll, struct manifest *manifest, struct fault *fault)
{
    const struct manifest_visitor visitor = {take_row, take_refusal, enroll};
    enum err err = manifest_rows(manifest, &visitor, fault);
    for (int i = 0; err == ERR_OK && i < 2; i++)
        err = turn(enroll, fault); /* the last group, and then nothing behind it */
    pool_wait(enroll->pool);
    return err;
}

static enum err
prepare(struct enroll *enroll, const struct settler_options *settling, struct fault *fault)
{
    enroll->filling = calloc(1, sizeof *enroll->filling);
    enroll->judged = calloc(1, sizeof *enroll->judged);
    if (enroll->filling == NULL || enroll->judged == NULL)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", settling->path);
    enum err err = pool_open(enroll->options->threads, &enroll->pool, fault);
    return err == ERR_OK ? settler_open(settling, &enroll->settler, fault) : err;
}

static void
clean_up(struct enroll *enroll)
{
    pool_close(enroll->pool);
    settler_close(enroll->settler);
    free(enroll->filling);
    free(enroll->judged);
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
