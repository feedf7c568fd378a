/* SPDX-License-Identifier: Apache-2.0 */
/* The keyset as a file: written, loaded and changed. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/date.h"
#include "gateway/base/file.h"
#include "keys/keyset.h"

enum { PATH_BYTES_MAX = 4095 };

static void
put_time(struct text *out, const char *name, int64_t unix_seconds)
{
    char time[TIME_TEXT_MAX];
    time_format(time, unix_seconds);
    text_printf(out, "%s = %s\n", name, time);
}

static void
put_point(struct text *out, const char *name, const uint8_t point[static PUBLIC_KEY_BYTES])
{
    text_printf(out, "%s = ", name);
    text_hex(out, point, PUBLIC_KEY_BYTES);
    text_char(out, '\n');
}

static void
put_entry(struct text *out, const struct keyset_entry *entry)
{
    text_put(out, "\n[key ");
    text_hex(out, entry->kid, KID_BYTES);
    text_printf(out, "]\nname = %s\n", entry->name);
    put_point(out, "public_key", entry->public_key);
    put_point(out, "manifest_key", entry->manifest_key);
    text_printf(out, "organisation = %s\ngtin_prefixes =", entry->organisation);
    for (size_t i = 0; i < entry->prefix_count; i++)
        text_printf(out, " %s", entry->prefixes[i]);
    text_char(out, '\n');
    put_time(out, "not_before", entry->not_before);
    put_time(out, "not_after", entry->not_after);
    text_printf(out, "status = %s\n", key_status_name(entry->status));
    if (entry->status != KEY_REVOKED)
        return;
    put_time(out, "compromised_since", entry->compromised_since);
    text_printf(out, "reason = %s\n", entry->reason);
}

void
keyset_format(struct text *out, const struct keyset *keyset)
{
    text_put(out,
             "# Whose labels are trusted. Change it with `assay keys`, which raises the version.\n"
             "[keyset]\n");
    text_printf(out, "version = %llu\n", (unsigned long long)keyset->version);
    for (size_t i = 0; i < keyset->count; i++)
        put_entry(out, &keyset->entries[i]);
}

static void
free_text(struct text *text)
{
    text_free(text);
}

static void
free_keyset(struct keyset **keyset)
{
    free(*keyset);
}

static void
close_lock(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

#define AUTO_TEXT __attribute__((cleanup(free_text))) struct text
#define AUTO_KEYSET __attribute__((cleanup(free_keyset))) struct keyset
#define AUTO_LOCK __attribute__((cleanup(close_lock))) int

static enum err
out_of_memory(const char *what, struct fault *fault)
{
    (void)fault_set(fault, ERR_MEMORY, "%s: out of memory", what);
    return ERR_MEMORY;
}

enum err
keyset_load(const char *path, struct keyset **out, struct fault *fault)
{
    AUTO_TEXT text;
    text_init(&text, KEYSET_FILE_MAX);
    *out = NULL;
    enum err err = file_read(path, FILE_ANY, &text, fault);
    if (err != ERR_OK)
        return err;
    AUTO_KEYSET *loaded = calloc(1, sizeof *loaded);
    if (loaded == NULL)
        return out_of_memory(path, fault);
    err = keyset_parse(loaded, text_slice(&text), path, fault);
    if (err != ERR_OK)
        return err;
    *out = loaded;
    loaded = NULL;
    return ERR_OK;
}

/* The keyset of the file, or an empty one when there is no file. */
static enum err
load_or_start(const char *path, struct keyset **out, struct fault *fault)
{
    enum err err = keyset_load(path, out, fault);
    if (err != ERR_NOT_FOUND)
        return err;
    *out = calloc(1, sizeof **out);
    if (*out != NULL)
        return ERR_OK;
    return out_of_memory(path, fault);
}

/* Nothing is written that would not be read again: each entry passes keyset_add. */
static enum err
check_entries(const struct keyset *keyset, struct fault *fault)
{
    AUTO_KEYSET *again = calloc(1, sizeof *again);
    if (again == NULL)
        return out_of_memory("keyset", fault);
    return keyset_merge(again, keyset, fault);
}

static enum err
write_next_version(const char *path, struct keyset *keyset, struct fault *fault)
{
    enum err err = check_entries(keyset, fault);
    if (err != ERR_OK)
        return err;
    if (keyset->version >= KEYSET_VERSION_MAX)
        return fault_set(fault, ERR_FULL, "%s: the version cannot rise any more", path);
    keyset->version++;
    AUTO_TEXT text;
    text_init(&text, KEYSET_FILE_MAX);
    keyset_format(&text, keyset);
    if (!text_ok(&text))
        return fault_set(fault, ERR_TOO_LARGE, "%s: the keyset would be larger than %d bytes", path,
                         KEYSET_FILE_MAX);
    return file_replace(path, text_slice(&text), 0644, fault);
}

static enum err
lock_keyset(const char *path, int *lock, struct fault *fault)
{
    AUTO_TEXT name;
    text_init(&name, PATH_BYTES_MAX);
    text_printf(&name, "%s.lock", path);
    struct stat st;
    if (!text_ok(&name))
        return fault_set(fault, ERR_INVALID, "%s: path too long", path);
    bool there = lstat(path, &st) == 0;
    if (there && S_ISLNK(st.st_mode))
        return fault_set(fault, ERR_DENIED, "%s: is a symbolic link; name the file itself", path);
    if (!there && errno != ENOENT)
        return file_fault(fault, path, errno);
    return file_lock(name.data, lock, fault);
}

enum err
keyset_update(const char *path, keyset_edit *edit, void *context, struct fault *fault)
{
    AUTO_LOCK lock = -1;
    AUTO_KEYSET *keyset = NULL;
    enum err err = lock_keyset(path, &lock, fault);
    if (err == ERR_OK)
        err = load_or_start(path, &keyset, fault);
    if (err == ERR_OK)
        err = edit(keyset, context, fault);
    return err == ERR_OK ? write_next_version(path, keyset, fault) : err;
}
