/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/date.h"
#include "gateway/base/suggest.h"
#include "gateway/cli/keys.h"
#include "gateway/cli/scope.h"

enum { ANSWER_MAX = 1024 * 1024, DAY_SECONDS = 86400, FILE_MODE = 0644, DATE_CHARS = 10 };

enum err
key_paths(struct key_paths *out, const struct invocation *in, const char *name, struct fault *fault)
{
    char file[KEY_NAME_MAX + 16];
    if (!key_name_valid(name))
        return fault_set(fault, ERR_USAGE,
                         "\"%.40s\": a key's name is 1 to %d of a-z 0-9 -, not beginning with -",
                         name, KEY_NAME_MAX);
    (void)snprintf(file, sizeof file, "keys/%s.key", name);
    enum err err = cli_data_path(out->keyset, KEY_PATH_MAX, in, "keyset.ini", fault);
    if (err == ERR_OK)
        err = cli_data_path(out->directory, KEY_PATH_MAX, in, "keys", fault);
    return err == ERR_OK ? cli_data_path(out->secret, KEY_PATH_MAX, in, file, fault) : err;
}

enum err
key_time(int64_t *out, const char *value, const char *option, struct fault *fault)
{
    civil_day day = CIVIL_NONE;
    if (time_parse(out, slice_of(value)))
        return ERR_OK;
    if (!date_parse(&day, slice_of(value)))
        return fault_set(fault, ERR_USAGE,
                         "--%s \"%.40s\": not a time as 2026-05-01T00:00:00Z or 2026-05-01", option,
                         value);
    *out = (int64_t)day * DAY_SECONDS;
    return ERR_OK;
}

enum err
key_find(const struct keyset *keyset, const char *name, const struct keyset_entry **out,
         struct fault *fault)
{
    *out = keyset_find_name(keyset, name);
    if (*out != NULL)
        return ERR_OK;
    struct suggestion near;
    char hint[FAULT_TEXT_MAX];
    suggest_begin(&near, name);
    for (size_t i = 0; i < keyset->count; i++)
        suggest_offer(&near, keyset->entries[i].name);
    suggest_text(hint, &near, "");
    return fault_set(fault, ERR_NOT_FOUND, "there is no key \"%.40s\"%s", name,
                     hint[0] == '\0' ? "; see assay keys list" : hint);
}

void
key_title(struct text *out, const struct keyset_entry *entry)
{
    text_printf(out, "%s (", entry->name);
    text_hex(out, entry->kid, KID_BYTES);
    text_put(out, ", ");
    cli_clean(out, slice_of(entry->organisation));
    text_char(out, ')');
}

static void
put_time(struct text *out, const char *member, int64_t at)
{
    char time[TIME_TEXT_MAX];
    time_format(time, at);
    text_printf(out, ",\"%s\":\"%s\"", member, time);
}

static bool
has_secret(const struct invocation *in, const struct keyset_entry *entry)
{
    struct key_paths paths;
    return key_paths(&paths, in, entry->name, NULL) == ERR_OK && access(paths.secret, F_OK) == 0;
}

static int64_t
age_days(const struct keyset_entry *entry)
{
    int64_t age = cli_now() - entry->not_before;
    return age < 0 ? 0 : age / DAY_SECONDS;
}

void
key_json(struct text *out, const struct invocation *in, const struct keyset_entry *entry)
{
    text_printf(out, "{\"name\":\"%s\",\"kid\":\"", entry->name);
    text_hex(out, entry->kid, KID_BYTES);
    text_put(out, "\",\"organisation\":");
    text_json(out, slice_of(entry->organisation));
    text_put(out, ",\"gtin_prefixes\":");
    for (size_t i = 0; i < entry->prefix_count; i++)
        text_printf(out, "%s\"%s\"", i == 0 ? "[" : ",", entry->prefixes[i]);
    text_char(out, ']');
    put_time(out, "not_before", entry->not_before);
    put_time(out, "not_after", entry->not_after);
    text_printf(out, ",\"status\":\"%s\"", key_status_name(entry->status));
    if (entry->status == KEY_REVOKED) {
        put_time(out, "compromised_since", entry->compromised_since);
        text_put(out, ",\"reason\":");
        text_json(out, slice_of(entry->reason));
    }
    text_printf(out, ",\"age_days\":%lld,\"secret\":%s}", (long long)age_days(entry),
                has_secret(in, entry) ? "true" : "false");
}

static void
list_json(struct text *out, const struct invocation *in, const struct keyset *keyset)
{
    text_printf(out, "{\"version\":%llu,\"keys\":[", (unsigned long long)keyset->version);
    for (size_t i = 0; i < keyset->count; i++) {
        text_put(out, i == 0 ? "" : ",");
        key_json(out, in, &keyset->entries[i]);
    }
    text_put(out, "]}\n");
}

/* An active key outside its window issues nothing, which is what a reader of the list asks. */
static const char *
shown_status(const struct keyset_entry *entry)
{
    int64_t now = cli_now();
    if (entry->status != KEY_ACTIVE)
        return key_status_name(entry->status);
    if (now < entry->not_before)
        return "not yet";
    return now < entry->not_after ? "active" : "window over";
}

struct widths {
    int name, scope;
};

static void
put_scope(struct text *out, const struct keyset_entry *entry)
{
    for (size_t i = 0; i < entry->prefix_count; i++)
        text_printf(out, "%s%s", i == 0 ? "" : " ", entry->prefixes[i]);
}

static void
put_row(struct text *out, const struct keyset_entry *entry, const struct widths *widths)
{
    char from[TIME_TEXT_MAX];
    char until[TIME_TEXT_MAX];
    time_format(from, entry->not_before);
    time_format(until, entry->not_after);
    text_printf(out, "%-*s  ", widths->name, entry->name);
    text_hex(out, entry->kid, KID_BYTES);
    text_printf(out, "  %-11s  ", shown_status(entry));
    size_t before = out->len;
    put_scope(out, entry);
    int missing = widths->scope - (int)(out->len - before);
    text_printf(out, "%*s  %.*s to %.*s  %5lld d  ", missing < 0 ? 0 : missing, "", DATE_CHARS,
                from, DATE_CHARS, until, (long long)age_days(entry));
    cli_clean(out, slice_of(entry->organisation));
    text_char(out, '\n');
    if (entry->status != KEY_REVOKED)
        return;
    time_format(from, entry->compromised_since);
    text_printf(out, "%-*s  compromised since %s: ", widths->name, "", from);
    cli_clean(out, slice_of(entry->reason));
    text_char(out, '\n');
}

static int
scope_width(const struct keyset_entry *entry)
{
    AUTO_TEXT scope;
    text_init(&scope, (size_t)KEY_PREFIXES_MAX * (GTIN_PREFIX_MAX + 1));
    put_scope(&scope, entry);
    return (int)scope.len;
}

static void
list_table(struct text *out, const struct keyset *keyset)
{
    struct widths widths = {.name = (int)strlen("NAME"), .scope = (int)strlen("GTINS BEGIN WITH")};
    for (size_t i = 0; i < keyset->count; i++) {
        int name = (int)strlen(keyset->entries[i].name);
        int scope = scope_width(&keyset->entries[i]);
        widths.name = name > widths.name ? name : widths.name;
        widths.scope = scope > widths.scope ? scope : widths.scope;
    }
    if (keyset->count == 0)
        text_put(out, "There is no key yet; assay keys new makes one.\n");
    if (keyset->count > 0)
        text_printf(out, "%-*s  %-10s  %-11s  %-*s  %-24s  %7s  %s\n", widths.name, "NAME", "KID",
                    "STATUS", widths.scope, "GTINS BEGIN WITH", "MAY ISSUE", "AGE", "ORGANISATION");
    for (size_t i = 0; i < keyset->count; i++)
        put_row(out, &keyset->entries[i], &widths);
}

int
cli_keys_list(const struct invocation *in, struct fault *fault)
{
    static const struct keyset none;
    AUTO_KEYSET *keyset = NULL;
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    enum err err = cli_keyset(in, &keyset, fault);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return cli_exit(err);
    const struct keyset *shown = keyset == NULL ? &none : keyset;
    if (in->json)
        list_json(&out, in, shown);
    else
        list_table(&out, shown);
    return cli_exit(cli_print(&out, fault));
}

/* Leaves only the named key. */
static enum err
keep_only(struct keyset *keyset, const char *name, struct fault *fault)
{
    const struct keyset_entry *found = NULL;
    enum err err = key_find(keyset, name, &found, fault);
    if (err != ERR_OK)
        return err;
    struct keyset_entry only = *found;
    keyset->entries[0] = only;
    keyset->count = 1;
    return ERR_OK;
}

static enum err
export_text(struct text *out, const struct invocation *in, const struct keyset *keyset,
            struct fault *fault)
{
    const char *format = cli_value(in, "format");
    bool ini = format != NULL && strcmp(format, "ini") == 0;
    if (format != NULL && !ini && strcmp(format, "jwks") != 0)
        return fault_set(fault, ERR_USAGE, "--format \"%.40s\": either jwks or ini", format);
    if (ini && in->json)
        return fault_set(fault, ERR_USAGE, "--json goes with --format jwks");
    if (ini)
        keyset_format(out, keyset);
    else
        keyset_jwks(out, keyset);
    text_put(out, ini ? "" : "\n");
    return ERR_OK;
}

int
cli_keys_export(const struct invocation *in, struct fault *fault)
{
    AUTO_KEYSET *keyset = NULL;
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    enum err err = cli_keyset(in, &keyset, fault);
    if (err == ERR_OK && in->positional_count == 1)
        err = keep_only(keyset, in->positionals[0], fault);
    if (err == ERR_OK)
        err = export_text(&out, in, keyset, fault);
    if (err != ERR_OK)
        return cli_exit(err);
    const char *file = cli_value(in, "output");
    bool there = false;
    if (file == NULL || strcmp(file, "-") == 0)
        return cli_exit(cli_print(&out, fault));
    return cli_exit(cli_write_file(file, text_slice(&out), FILE_MODE, &there, fault));
}
