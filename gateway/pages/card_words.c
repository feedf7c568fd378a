/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/card_words.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/ini.h"
#include "gateway/base/text.h"
#include "gateway/pages/embedded.h"
#include "gateway/pages/words.h"

enum { NAMES_MAX = 200 };

static const char directory[] = "lang/";
static const char suffix[] = ".ini";

/* "lang/de.ini" is the file of "de"; those of staff are further below. */
static bool
tag_of(char out[static CARD_TAG_MAX + 1], const char *path)
{
    struct slice rest = slice_of(path);
    if (!slice_take(&rest, directory) || slice_find(rest, '/') < rest.len)
        return false;
    struct slice tag = slice_take_until(&rest, '.');
    return slice_equal(rest, suffix + 1) && tag.len <= CARD_TAG_MAX &&
           slice_copy(out, CARD_TAG_MAX + 1, tag);
}

const char *
card_language(char room[static CARD_TAG_MAX + 1], size_t n)
{
    for (const struct embedded *file = embedded_files; file->path != NULL; file++)
        if (tag_of(room, file->path) && n-- == 0)
            return room;
    return NULL;
}

static const struct embedded *
find_file(const char *tag)
{
    char room[CARD_TAG_MAX + 1];
    const struct embedded *file = embedded_files;
    while (file->path != NULL && !(tag_of(room, file->path) && strcmp(room, tag) == 0))
        file++;
    return file->path == NULL ? NULL : file;
}

static enum err
no_language(const char *tag, struct fault *fault)
{
    char room[CARD_TAG_MAX + 1];
    struct text names;
    text_init(&names, NAMES_MAX);
    for (size_t n = 0; card_language(room, n) != NULL; n++)
        text_printf(&names, "%s%s", n == 0 ? "" : ", ", room);
    enum err err = fault_set(fault, ERR_NOT_FOUND, "there is no language \"%.20s\"; there are %s",
                             tag, text_ok(&names) ? names.data : "none");
    text_free(&names);
    return err;
}

/* Goes on after what earlier lines of this name said. */
static bool
join(char *out, size_t size, const char *value)
{
    size_t len = strlen(out);
    const char *space = words_want_space(slice_make(out, len)) ? " " : "";
    int put = snprintf(out + len, size - len, "%s%s", space, value);
    return put >= 0 && (size_t)put < size - len;
}

static enum err
take(void *context, const struct ini_entry *entry, struct fault *fault)
{
    struct card_words *words = context;
    const struct {
        const char *section, *name;
        char *out;
        size_t size;
    } rows[] = {
        {"language", "name", words->language, sizeof words->language},
        {"card", "heading", words->heading, sizeof words->heading},
        {"card", "sentence", words->sentence, sizeof words->sentence},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(entry->section, rows[i].section) == 0 &&
            strcmp(entry->name, rows[i].name) == 0 &&
            !join(rows[i].out, rows[i].size, entry->value))
            return fault_set(fault, ERR_CORRUPT, "%s:%d: too long for a card", entry->path,
                             entry->line);
    return ERR_OK;
}

enum err
card_words_read(struct card_words *out, const char *tag, struct fault *fault)
{
    const struct embedded *file = find_file(tag);
    *out = (struct card_words){.language = ""};
    if (file == NULL)
        return no_language(tag, fault);
    enum err err =
        ini_read(slice_make((const char *)file->data, file->len), file->path, take, out, fault);
    if (err == ERR_OK && (out->heading[0] == '\0' || out->sentence[0] == '\0'))
        err = fault_set(fault, ERR_CORRUPT, "%s: no words for a card", file->path);
    return err;
}
