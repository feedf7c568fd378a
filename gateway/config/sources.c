/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "gateway/base/file.h"
#include "gateway/base/ini.h"
#include "gateway/config/config.h"

/* What the lines of one file have set so far. */
struct lines {
    struct config *config;
    size_t count;
    char names[CONFIG_KEYS][INI_NAME_MAX + 1];
    int numbers[CONFIG_KEYS];
};

static enum err
refuse_repeated(const struct lines *lines, const struct ini_entry *entry, struct fault *fault)
{
    for (size_t i = 0; i < lines->count; i++)
        if (slice_equal(slice_of(entry->name), lines->names[i]))
            return fault_set(fault, ERR_INVALID, "%s:%d: %s is already set in line %d", entry->path,
                             entry->line, entry->name, lines->numbers[i]);
    return ERR_OK;
}

static enum err
take_line(void *context, const struct ini_entry *entry, struct fault *fault)
{
    struct lines *lines = context;
    char source[CONFIG_SOURCE_MAX + 1];
    if (entry->name[0] == '\0')
        return fault_set(fault, ERR_INVALID, "%s:%d: this file has no [sections]", entry->path,
                         entry->line);
    enum err err = refuse_repeated(lines, entry, fault);
    if (err != ERR_OK)
        return err;
    (void)snprintf(source, sizeof source, "%.140s:%d", entry->path, entry->line);
    err = config_set(lines->config, entry->name, entry->value, source, fault);
    if (err != ERR_OK)
        return err;
    /* Each key was accepted once at most, so there is room. */
    (void)snprintf(lines->names[lines->count], INI_NAME_MAX + 1, "%s", entry->name);
    lines->numbers[lines->count++] = entry->line;
    return ERR_OK;
}

enum err
config_read_file(struct config *config, const char *path, struct fault *fault)
{
    struct lines lines = {.config = config};
    struct text text;
    text_init(&text, CONFIG_FILE_MAX);
    enum err err = file_read(path, FILE_ANY, &text, fault);
    if (err == ERR_OK)
        err = ini_read(text_slice(&text), path, take_line, &lines, fault);
    text_free(&text);
    return err;
}

/* "ASSAY_BASE_URL" sets base_url. */
static enum err
take_variable(struct config *config, struct slice variable, struct fault *fault)
{
    char source[CONFIG_SOURCE_MAX + 1];
    char key[CONFIG_SOURCE_MAX + 1];
    struct slice name = slice_take_until(&variable, '=');
    if (!slice_copy(source, sizeof source, name))
        return fault_set(fault, ERR_INVALID,
                         "environment: a name that begins with ASSAY_ is too long");
    (void)slice_take(&name, "ASSAY_");
    size_t len = 0;
    for (; len < name.len; len++) {
        bool letter = (name.data[len] | 0x20) >= 'a' && (name.data[len] | 0x20) <= 'z';
        /* The other case: a variable in lower case then names no key. */
        key[len] = (char)(letter ? name.data[len] ^ 0x20 : name.data[len]);
    }
    key[len] = '\0';
    if (!config_concerns(key))
        return ERR_OK;
    return config_set(config, key, variable.data == NULL ? "" : variable.data, source, fault);
}

enum err
config_read_environment(struct config *config, char *const *environment, struct fault *fault)
{
    for (; *environment != NULL; environment++) {
        if (!slice_starts(slice_of(*environment), "ASSAY_"))
            continue;
        enum err err = take_variable(config, slice_of(*environment), fault);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}
