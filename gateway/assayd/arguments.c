/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/assayd/arguments.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FLAG_MAX = 64 };

static const struct {
    const char *name;
    size_t offset;
} switches[] = {
    {"help", offsetof(struct arguments, help)},
    {"version", offsetof(struct arguments, version)},
    {"check-config", offsetof(struct arguments, check_config)},
    {"print-config", offsetof(struct arguments, print_config)},
    {"accept-older", offsetof(struct arguments, accept_older)},
};

static bool
take_switch(struct arguments *out, struct slice name)
{
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++)
        if (slice_equal(name, switches[i].name)) {
            *(bool *)((char *)out + switches[i].offset) = true;
            return true;
        }
    return false;
}

/* One "--name VALUE" or "--name=VALUE"; `given` is the first word without its dashes. Moves *argv
 * to the value when it is a word of its own. */
static enum err
take_option(struct slice given, char *const **argv, char name[static FLAG_MAX], const char **value,
            struct fault *fault)
{
    bool joined = slice_find(given, '=') != given.len;
    if (!slice_copy(name, FLAG_MAX, slice_take_until(&given, '=')))
        return fault_set(fault, ERR_USAGE, "unknown option; try --help");
    *value = joined ? given.data : (*argv)[1];
    if (*value == NULL || (!joined && slice_starts(slice_of(*value), "--")))
        return fault_set(fault, ERR_USAGE, "--%s needs a value", name);
    *argv += joined ? 0 : 1;
    return ERR_OK;
}

static enum err
set_flag(struct config *config, const char *name, const char *value, struct fault *fault)
{
    char key[FLAG_MAX];
    char source[FLAG_MAX + 2];
    (void)snprintf(source, sizeof source, "--%s", name);
    (void)snprintf(key, sizeof key, "%s", name);
    for (char *c = key; *c != '\0'; c++)
        if (*c == '-')
            *c = '_';
    if (config_set(config, key, value, source, fault) != ERR_OK)
        return fault->err = ERR_USAGE;
    return ERR_OK;
}

/* The first round (`config` NULL) finds the switches and the file, the second one sets keys. */
static enum err
read_flags(struct arguments *out, struct config *config, char *const *argv, struct fault *fault)
{
    for (argv++; *argv != NULL; argv++) {
        struct slice word = slice_of(*argv);
        char name[FLAG_MAX];
        const char *value = NULL;
        if (!slice_take(&word, "--") || word.len == 0)
            return fault_set(fault, ERR_USAGE, "options only, like --port 8080; try --help");
        if (take_switch(out, word))
            continue;
        enum err err = take_option(word, &argv, name, &value, fault);
        if (err != ERR_OK)
            return err;
        if (strcmp(name, "config") == 0)
            out->config_file = value;
        else if (config != NULL)
            err = set_flag(config, name, value, fault);
        if (err != ERR_OK)
            return err;
    }
    return ERR_OK;
}

/* From the weakest source to the strongest. `file` may be NULL. */
static enum err
read_sources(struct arguments *out, const char *file, char *const *argv, char *const *environment,
             struct fault *fault)
{
    enum err err = ERR_OK;
    config_defaults(&out->config);
    if (file != NULL)
        err = config_read_file(&out->config, file, fault);
    if (err == ERR_OK)
        err = config_read_environment(&out->config, environment, fault);
    return err == ERR_OK ? read_flags(out, &out->config, argv, fault) : err;
}

enum err
arguments_read(struct arguments *out, char *const *argv, char *const *environment,
               struct fault *fault)
{
    char usual[CONFIG_PATH_MAX];
    *out = (struct arguments){.config_file = NULL};
    enum err err = read_flags(out, NULL, argv, fault);
    if (err != ERR_OK || out->help || out->version)
        return err;
    err = read_sources(out, out->config_file, argv, environment, fault);
    if (err != ERR_OK)
        return err;
    config_path(usual, out->config.data, "assayd.ini");
    /* One that is there and cannot be looked at is read all the same, which says why not. */
    if (out->config_file == NULL &&
        (access(usual, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR)))
        err = read_sources(out, usual, argv, environment, fault);
    return err == ERR_OK ? config_check(&out->config, fault) : err;
}
