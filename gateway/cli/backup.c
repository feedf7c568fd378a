/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/backup/backup.h"
#include "gateway/base/date.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/scope.h"
#include "gateway/json/write.h"

enum { ANSWER_MAX = 64 * 1024 };

struct watch {
    const char *what; /* the step that is drawn; NULL before the first */
    uint64_t done;
    struct progress progress;
};

static void
take_progress(const char *what, uint64_t done, uint64_t total, void *context)
{
    struct watch *watch = context;
    if (watch->what == NULL || strcmp(watch->what, what) != 0) {
        if (watch->what != NULL)
            progress_end(&watch->progress, watch->done);
        progress_begin(&watch->progress, what, total);
        watch->what = what;
    }
    watch->done = done;
    watch->progress.total = total;
    progress_update(&watch->progress, done);
}

static void
take_damage(const char *what, void *context)
{
    (void)context;
    AUTO_TEXT line;
    text_init(&line, ANSWER_MAX);
    cli_clean(&line, slice_of(what));
    if (text_ok(&line) && line.data != NULL)
        (void)fprintf(stderr, "damaged: %s\n", line.data);
}

static void
end_watch(const struct watch *watch)
{
    struct progress last = watch->progress;
    if (watch->what != NULL)
        progress_end(&last, watch->done);
}

static uint64_t
bytes_of(const struct backup *backup)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < backup->file_count; i++)
        bytes += backup->files[i].bytes;
    return bytes;
}

static void
put_backup(struct text *out, const struct backup *backup)
{
    json_put_time(out, "made_at", backup->made_at);
    json_put_text(out, "version", backup->version);
    json_put_number(out, "files", (int64_t)backup->file_count);
    json_put_number(out, "bytes", (int64_t)bytes_of(backup));
    json_put_number(out, "units", (int64_t)backup->units);
    json_put_number(out, "events", (int64_t)backup->events);
    json_put_number(out, "operations", (int64_t)backup->operations);
}

static enum err
tell_made(const struct invocation *in, const char *path, const struct backup *backup,
          struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    if (in->json) {
        text_char(&out, '{');
        json_put_text(&out, "path", path);
        put_backup(&out, backup);
        text_put(&out, "}\n");
    } else
        text_printf(&out,
                    "%s: %zu files, KiB %" PRIu64 ", units %" PRIu64 ", operations %" PRIu64
                    ": read back and checked\n",
                    path, backup->file_count, bytes_of(backup) / 1024, backup->units,
                    backup->operations);
    return cli_print(&out, fault);
}

int
cli_backup(const struct invocation *in, struct fault *fault)
{
    struct watch watch = {.what = NULL};
    struct backup backup;
    const struct backup_request request = {
        .data = in->data,
        .to = in->positionals[0],
        .with_keys = cli_flag(in, "with-keys"),
        .version = ASSAY_VERSION,
        .now = cli_now(),
        .watcher = {take_progress, take_damage, &watch},
    };
    enum err err = backup_make(&request, &backup, fault);
    end_watch(&watch);
    if (err == ERR_OK)
        err = tell_made(in, request.to, &backup, fault);
    return cli_exit(err);
}

/* ---- restore ---- */

static void
put_restored(struct text *out, const struct restore_request *request,
             const struct restored *restored)
{
    text_char(out, '{');
    json_put_bool(out, "dry_run", request->dry_run);
    json_put_text(out, "path", request->from);
    put_backup(out, &restored->backup);
    json_put_number(out, "had_operations", (int64_t)restored->had.operations);
    json_put_text(out, "moved_aside_to", restored->aside);
    json_put_bool(out, "kept_keyset", restored->kept_keyset);
    text_put(out, "}\n");
}

static void
say_restored(struct text *out, const struct restore_request *request,
             const struct restored *restored)
{
    char made_at[TIME_TEXT_MAX];
    const struct backup *backup = &restored->backup;
    time_format(made_at, backup->made_at);
    text_printf(out, "%s: %s, made %s: units %" PRIu64 ", operations %" PRIu64 "\n", request->data,
                request->dry_run ? "would be restored, the backup is whole" : "restored", made_at,
                backup->units, backup->operations);
    if (restored->had.operations > backup->operations)
        text_printf(out,
                    "%" PRIu64 " operations of after the backup are not in it; assay restore "
                    "--help says what to do\n",
                    restored->had.operations - backup->operations);
    if (request->dry_run && restored->occupied)
        text_printf(out, "the registry that is there%s is moved aside, not deleted\n",
                    request->replace ? "" : ", with --replace,");
    if (restored->aside[0] != '\0')
        text_printf(out, "what was there is in %s\n", restored->aside);
    if (restored->kept_keyset)
        text_put(out, "keyset.ini stays: it is as new as that of the backup, or newer\n");
}

int
cli_restore(const struct invocation *in, struct fault *fault)
{
    struct watch watch = {.what = NULL};
    struct restored restored;
    const struct restore_request request = {
        .from = in->positionals[0],
        .data = in->data,
        .replace = cli_flag(in, "replace"),
        .dry_run = cli_flag(in, "dry-run"),
        .now = cli_now(),
        .watcher = {take_progress, take_damage, &watch},
    };
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    enum err err = restore(&request, &restored, fault);
    end_watch(&watch);
    if (err != ERR_OK)
        return cli_exit(err);
    if (in->json)
        put_restored(&out, &request, &restored);
    if (!in->json)
        say_restored(&out, &request, &restored);
    return cli_exit(cli_print(&out, fault));
}
