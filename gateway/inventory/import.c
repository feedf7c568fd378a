/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/inventory/crew.h"
#include "gateway/inventory/row.h"

/* So many rows are under way at once, which is 32 MB. */
enum { WINDOW_ROWS = 8192, LINE_BYTES = 5 };

struct import {
    const struct inventory_options *options;
    const char *path;
    struct table *table;
    struct crew *crew;
    struct inventory_summary *summary;
    uint8_t name[OPERATION_ID_BYTES + SEAL_BYTES]; /* of the file, read in this way */
    bool ended;                                    /* the file */
    size_t count;                                  /* of the window */
    struct job window[WINDOW_ROWS];
};

/* ---- the operation of a row ---- */

static void
add(crypto_generichash_state *state, const void *bytes, size_t len)
{
    uint8_t length[8];
    for (size_t i = 0; i < sizeof length; i++)
        length[i] = (uint8_t)((uint64_t)len >> (56 - 8 * i));
    (void)crypto_generichash_update(state, length, sizeof length);
    if (len > 0)
        (void)crypto_generichash_update(state, bytes, len);
}

/* The same file, read in the same way, has the same name. */
static void
name_file(struct import *import)
{
    static const char context[] = "assay/inventory/v1";
    const struct inventory_map *map = &import->options->map;
    const struct inventory_rule *rule = inventory_rule(map->kind);
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, sizeof import->name);
    add(&state, context, sizeof context);
    add(&state, table_digest(import->table), TABLE_DIGEST_BYTES);
    add(&state, rule->name, strlen(rule->name));
    for (unsigned v = 0; v < INVENTORY_VALUES; v++)
        add(&state, map->columns[v], strlen(map->columns[v]));
    (void)crypto_generichash_final(&state, import->name, sizeof import->name);
}

/* The end of the id is the line, so that the operations of a file lie together in the registry and
 * a commit of many rows writes few pages. 88 bits of the name tell files apart. */
static void
name_operation(const struct import *import, struct job *job)
{
    struct operation *operation = &job->operation;
    memcpy(operation->id, import->name, sizeof operation->id);
    memcpy(operation->digest, import->name + sizeof operation->id, sizeof operation->digest);
    for (size_t i = 0; i < LINE_BYTES; i++)
        operation->id[sizeof operation->id - 1 - i] = (uint8_t)(job->row.line >> (8 * i));
    operation->at = import->options->now;
    operation->role = ROLE_OPERATOR;
    memcpy(operation->actor, import->options->actor, sizeof operation->actor);
    (void)snprintf(operation->note, sizeof operation->note, "inventory %s",
                   inventory_rule(import->options->map.kind)->name);
    memcpy(job->event.operation, operation->id, sizeof job->event.operation);
}

/* ---- a window of rows ---- */

static void
take_cells(struct import *import, const struct table_row *cells)
{
    struct job *job = &import->window[import->count++];
    memset(job, 0, sizeof *job);
    job->row.line = cells->line;
    const char *code = inventory_read(cells, import->options, &job->key, &job->event, &job->why);
    name_operation(import, job);
    job->settled = code != NULL;
    if (code != NULL)
        (void)job_refuse(job, code);
}

/* What came before a fault of the file is in the window all the same. */
static enum err
fill_window(struct import *import, struct fault *fault)
{
    struct table_row cells;
    import->count = 0;
    while (import->count < WINDOW_ROWS) {
        enum err err = table_next(import->table, &cells, fault);
        if (err != ERR_OK)
            return err;
        import->ended = cells.end;
        if (cells.end)
            return ERR_OK;
        take_cells(import, &cells);
    }
    return ERR_OK;
}

static void
report(struct import *import, struct job *job)
{
    struct inventory_summary *summary = import->summary;
    job->row.key = job->key;
    job->row.reason = job->why.text;
    summary->rows++;
    summary->applied += job->row.outcome == INVENTORY_APPLIED;
    summary->already += job->row.outcome == INVENTORY_ALREADY;
    summary->refused += job->row.outcome == INVENTORY_REFUSED;
    import->options->row(&job->row, import->options->context);
}

/* Reports up to the first row that was not settled. */
static enum err
report_window(struct import *import, struct fault *fault)
{
    size_t at = 0;
    for (; at < import->count && import->window[at].settled; at++)
        report(import, &import->window[at]);
    for (; at < import->count; at++) {
        const struct job *job = &import->window[at];
        if (job->err != ERR_OK)
            return fault_set(fault, job->err,
                             "%s:%" PRIu64 ": %s; what was reported before is written, rows behind "
                             "it may be; run it again to finish",
                             import->path, job->row.line, err_info(job->err)->title);
    }
    return ERR_OK;
}

static enum err
take_file(struct import *import, struct fault *fault)
{
    enum err err = ERR_OK;
    while (err == ERR_OK && !import->ended) {
        err = fill_window(import, fault);
        crew_settle(import->crew, import->window, import->count);
        enum err settled = report_window(import, fault);
        err = settled == ERR_OK ? err : settled;
    }
    return err;
}

enum err
inventory_import(FILE *file, const char *path, struct registry *registry,
                 const struct inventory_options *options, struct inventory_summary *summary,
                 struct fault *fault)
{
    struct import *import = calloc(1, sizeof *import);
    memset(summary, 0, sizeof *summary);
    if (import == NULL)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
    import->options = options;
    import->path = path;
    import->summary = summary;
    enum err err = table_open(file, path, &options->map, &import->table, fault);
    if (err == ERR_OK) {
        summary->lines = table_lines(import->table);
        name_file(import);
        err = crew_open(registry, options, WINDOW_ROWS, &import->crew, fault);
    }
    if (err == ERR_OK)
        err = take_file(import, fault);
    crew_close(import->crew);
    table_close(import->table);
    free(import);
    return err;
}
