/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "gateway/backup/files.h"
#include "gateway/base/date.h"
#include "gateway/base/file.h"
#include "gateway/base/ini.h"

enum { NOTE_MAX = 1024 };

static const char note_name[] = "last-backup";

static enum err
take(void *context, const struct ini_entry *entry, struct fault *fault)
{
    struct backup_last *out = context;
    struct slice value = slice_of(entry->value);
    bool good = false;
    if (strcmp(entry->name, "made_at") == 0)
        good = time_parse(&out->made_at, value);
    if (strcmp(entry->name, "bytes") == 0)
        good = slice_number(&out->bytes, value, 0, INT64_MAX);
    if (strcmp(entry->name, "operations") == 0)
        good = slice_number(&out->operations, value, 0, INT64_MAX);
    return good ? ERR_OK
                : fault_set(fault, ERR_INVALID, "%s:%d: not a line of this file", entry->path,
                            entry->line);
}

enum err
backup_last(const char *data, struct backup_last *out, struct fault *fault)
{
    char path[BACKUP_PATH_MAX];
    struct text text;
    *out = (struct backup_last){0, 0, 0};
    text_init(&text, NOTE_MAX);
    enum err err = backup_path(path, data, note_name, fault);
    if (err == ERR_OK)
        err = file_read(path, FILE_ANY, &text, fault);
    if (err == ERR_OK)
        err = ini_read(text_slice(&text), path, take, out, fault);
    text_free(&text);
    if (err == ERR_OK && out->made_at == 0)
        err = fault_set(fault, ERR_INVALID, "%s: made_at is missing", path);
    if (err != ERR_OK)
        *out = (struct backup_last){0, 0, 0};
    return err;
}

enum err
backup_note(const char *data, const struct backup *backup, struct fault *fault)
{
    char path[BACKUP_PATH_MAX];
    char made_at[TIME_TEXT_MAX];
    struct text text;
    uint64_t bytes = 0;
    for (size_t i = 0; i < backup->file_count; i++)
        bytes += backup->files[i].bytes;
    time_format(made_at, backup->made_at);
    text_init(&text, NOTE_MAX);
    text_printf(&text,
                "# The last backup that was finished and checked.\n"
                "made_at = %s\nbytes = %" PRIu64 "\noperations = %" PRIu64 "\n",
                made_at, bytes, backup->operations);
    enum err err = backup_path(path, data, note_name, fault);
    if (err == ERR_OK)
        err = file_replace(path, text_slice(&text), 0644, fault);
    text_free(&text);
    return err;
}
