/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/registry/checkpoint.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "gateway/base/file.h"
#include "gateway/base/ini.h"

enum { CHECKPOINT_MAX = 1024 };

static const struct {
    const char *name;
    size_t offset;
} members[] = {
    {"operations", offsetof(struct registry_position, operations)},
    {"units", offsetof(struct registry_position, units)},
    {"events", offsetof(struct registry_position, events)},
};
enum { MEMBERS = sizeof members / sizeof members[0] };

struct taken {
    struct registry_position *out;
    bool seen[MEMBERS];
};

static enum err
take(void *context, const struct ini_entry *entry, struct fault *fault)
{
    struct taken *taken = context;
    for (size_t i = 0; i < MEMBERS; i++) {
        uint64_t number = 0;
        if (strcmp(entry->name, members[i].name) != 0 || taken->seen[i] ||
            !slice_number(&number, slice_of(entry->value), 0, INT64_MAX))
            continue;
        memcpy((char *)taken->out + members[i].offset, &number, sizeof number);
        taken->seen[i] = true;
        return ERR_OK;
    }
    return fault_set(fault, ERR_INVALID, "%s:%d: not a line of a checkpoint", entry->path,
                     entry->line);
}

enum err
checkpoint_read(const char *path, struct registry_position *out, struct fault *fault)
{
    struct text text;
    struct taken taken = {.out = out};
    *out = (struct registry_position){0, 0, 0};
    text_init(&text, CHECKPOINT_MAX);
    enum err err = file_read(path, FILE_ANY, &text, fault);
    if (err == ERR_OK)
        err = ini_read(text_slice(&text), path, take, &taken, fault);
    text_free(&text);
    for (size_t i = 0; i < MEMBERS && err == ERR_OK; i++)
        if (!taken.seen[i])
            err = fault_set(fault, ERR_INVALID, "%s: %s is missing", path, members[i].name);
    return err;
}

enum err
checkpoint_write(const char *path, const struct registry_position *position, struct fault *fault)
{
    struct text text;
    text_init(&text, CHECKPOINT_MAX);
    text_printf(&text,
                "# How far the registry had come. One that is behind this is an old copy.\n"
                "operations = %" PRIu64 "\nunits = %" PRIu64 "\nevents = %" PRIu64 "\n",
                position->operations, position->units, position->events);
    enum err err = text_ok(&text) ? file_replace(path, text_slice(&text), 0644, fault)
                                  : fault_set(fault, ERR_MEMORY, "out of memory");
    text_free(&text);
    return err;
}

enum err
checkpoint_raise(const char *path, const struct registry_position *position, struct fault *fault)
{
    struct registry_position noted;
    enum err err = checkpoint_read(path, &noted, fault);
    if (err == ERR_OK && !position_behind(&noted, position))
        return ERR_OK;
    /* What cannot be read now may be further than this; a damaged one was known to be behind. */
    if (err != ERR_OK && err != ERR_NOT_FOUND && err != ERR_INVALID)
        return err;
    return checkpoint_write(path, position, fault);
}

enum err
checkpoint_check(const char *path, const struct registry_position *position, struct fault *fault)
{
    struct registry_position noted;
    struct fault wrong = {ERR_OK, ""};
    enum err err = checkpoint_read(path, &noted, &wrong);
    if (err == ERR_NOT_FOUND || (err == ERR_OK && !position_behind(position, &noted)))
        return ERR_OK;
    if (err == ERR_UNAVAILABLE || err == ERR_MEMORY) /* which may pass */
        return fault_set(fault, err, "%s", wrong.text);
    if (err != ERR_OK)
        return fault_set(fault, ERR_CONFLICT,
                         "%s, so nobody knows whether the registry is an old copy; if it is the "
                         "right one, start assayd once with --accept-older",
                         wrong.text);
    return fault_set(fault, ERR_CONFLICT,
                     "the registry is older than it was: it holds %" PRIu64 " operations and had "
                     "come to %" PRIu64 " (%s), so an old copy was put back or writes were lost; "
                     "put the newer one back, or go on without what is missing by starting assayd "
                     "once with --accept-older",
                     position->operations, noted.operations, path);
}
