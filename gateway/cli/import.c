/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "gateway/base/file.h"
#include "gateway/base/pool.h"
#include "gateway/cli/operate.h"
#include "gateway/manifest/enroll.h"

enum { ROW_TEXT_MAX = 4096, EXIT_ALL_REFUSED = 1 };

static const char *const outcomes[] = {
    [ENROLL_REGISTERED] = "registered",
    [ENROLL_ALREADY] = "already",
    [ENROLL_REFUSED] = "refused",
};

struct import {
    const struct invocation *in;
    bool all_rows;
    bool dry_run;
    struct text line; /* used again for each row */
    struct progress progress;
    struct enroll_summary summary;
};

static void
put_row_json(struct text *out, const struct enroll_row *row)
{
    text_printf(out, "{\"line\":%" PRIu64 ",\"outcome\":\"%s\",\"gtin\":", row->line,
                outcomes[row->outcome]);
    text_json(out, slice_of(row->key.gtin));
    text_put(out, ",\"serial\":");
    text_json(out, slice_of(row->key.serial));
    if (row->outcome == ENROLL_REFUSED) {
        text_printf(out, ",\"code\":\"%s\",\"reason\":", row->code);
        text_json(out, slice_of(row->reason));
    }
    text_put(out, "}\n");
}

static void
put_row(struct text *out, const struct enroll_row *row)
{
    text_printf(out, "line %" PRIu64 ": %s", row->line, outcomes[row->outcome]);
    if (row->key.gtin[0] != '\0')
        text_printf(out, " %s %s", row->key.gtin, row->key.serial);
    if (row->outcome == ENROLL_REFUSED) {
        text_printf(out, " (%s): ", row->code);
        cli_clean(out, slice_of(row->reason));
    }
    text_char(out, '\n');
}

static void
take_row(const struct enroll_row *row, void *context)
{
    struct import *import = context;
    if (!import->all_rows && row->outcome != ENROLL_REFUSED)
        return;
    text_reset(&import->line);
    if (import->in->json)
        put_row_json(&import->line, row);
    else
        put_row(&import->line, row);
    if (text_ok(&import->line))
        (void)fwrite(import->line.data, 1, import->line.len, stdout);
}

static void
take_progress(uint64_t done, uint64_t total, void *context)
{
    struct import *import = context;
    import->progress.total = total;
    progress_update(&import->progress, done);
}

static enum err
tell(struct import *import, struct fault *fault)
{
    const struct enroll_summary *s = &import->summary;
    text_reset(&import->line);
    if (import->in->json) {
        text_printf(&import->line,
                    "{\"rows\":%" PRIu64 ",\"registered\":%" PRIu64 ",\"already\":%" PRIu64
                    ",\"refused\":%" PRIu64 ",\"vouched\":%s,\"dry_run\":%s}\n",
                    s->rows, s->registered, s->already, s->refused, s->vouched ? "true" : "false",
                    import->dry_run ? "true" : "false");
        return cli_print(&import->line, fault);
    }
    text_printf(
        &import->line,
        "%" PRIu64 " row%s: %" PRIu64 " %s, %" PRIu64 " there already, %" PRIu64 " refused\n%s\n",
        s->rows, s->rows == 1 ? "" : "s", s->registered,
        import->dry_run ? "would be registered" : "registered", s->already, s->refused,
        s->vouched ? "The manifest's signature vouches for every row."
                   : "The list is not signed as a whole: each label was verified by itself.");
    return cli_print(&import->line, fault);
}

static enum err
read_options(struct import *import, struct enroll_options *options, struct fault *fault)
{
    const struct invocation *in = import->in;
    const char *rows = cli_value(in, "rows");
    uint64_t threads = 0;
    enum err err = cli_number(in, "threads", 1, POOL_THREADS_MAX, &threads, fault);
    if (err != ERR_OK)
        return err;
    if (rows != NULL && strcmp(rows, "all") != 0 && strcmp(rows, "refused") != 0)
        return fault_set(fault, ERR_USAGE, "--rows \"%.40s\": not all or refused", rows);
    import->all_rows = rows != NULL && strcmp(rows, "all") == 0;
    import->dry_run = cli_flag(in, "dry-run");
    *options = (struct enroll_options){.dry_run = import->dry_run,
                                       .threads = (unsigned)threads,
                                       .now = cli_now(),
                                       .role = ROLE_OPERATOR,
                                       .row = take_row,
                                       .progress = take_progress,
                                       .context = import};
    return operate_actor(in, options->actor, fault);
}

static enum err
enroll(struct import *import, FILE *file, const struct enroll_options *options, struct fault *fault)
{
    const char *path = import->in->positionals[0];
    unsigned flags = import->dry_run ? STORE_READ_ONLY : STORE_MUST_EXIST;
    AUTO_STORE *store = NULL;
    enum err err = operate_open(import->in, flags, &store, fault);
    if (err != ERR_OK)
        return err;
    const struct enroll_target target = {store->session, store->keyset, store->secrets};
    progress_begin(&import->progress, import->dry_run ? "checking" : "registering", 0);
    err = enroll_manifest(file, path, &target, options, &import->summary, fault);
    progress_end(&import->progress, import->summary.rows);
    return err == ERR_OK ? tell(import, fault) : err;
}

static enum err
run(struct import *import, struct fault *fault)
{
    const char *path = import->in->positionals[0];
    struct enroll_options options;
    enum err err = read_options(import, &options, fault);
    if (err != ERR_OK)
        return err;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return file_fault(fault, path, errno);
    err = enroll(import, file, &options, fault);
    (void)fclose(file);
    return err;
}

int
cli_import(const struct invocation *in, struct fault *fault)
{
    struct import import = {.in = in};
    text_init(&import.line, ROW_TEXT_MAX);
    enum err err = run(&import, fault);
    text_free(&import.line);
    if (err != ERR_OK)
        return cli_exit(err);
    if (import.summary.refused == 0)
        return EXIT_OK;
    return import.summary.refused == import.summary.rows ? EXIT_ALL_REFUSED : EXIT_PARTIAL;
}
