/* SPDX-License-Identifier: Apache-2.0 */
/* keys retire, revoke and add: what is trusted changes. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/date.h"
#include "gateway/base/ini.h"
#include "gateway/cli/keys.h"
#include "gateway/cli/scope.h"

enum { ANSWER_MAX = 256 * 1024, PATH_TEXT_MAX = 4096, LINE_TEXT_MAX = 80 };

/* What is to become of a key. */
struct change {
    const char *name;
    enum key_status status;
    int64_t compromised_since;
    const char *reason;
    struct keyset_entry after; /* what it has become */
};

/* Trust only ever shrinks: retired does not undo revoked, and a cut-off moves back in time only. */
static enum err
check_change(const struct keyset_entry *entry, const struct change *change, struct fault *fault)
{
    char since[TIME_TEXT_MAX];
    if (entry->status != KEY_REVOKED)
        return ERR_OK;
    time_format(since, entry->compromised_since);
    if (change->status != KEY_REVOKED)
        return fault_set(fault, ERR_CONFLICT, "key %s is revoked, and stays so", entry->name);
    if (change->compromised_since <= entry->compromised_since)
        return ERR_OK;
    return fault_set(fault, ERR_CONFLICT,
                     "key %s is revoked since %s: a later time would trust it again", entry->name,
                     since);
}

static enum err
apply_change(struct keyset *keyset, void *context, struct fault *fault)
{
    struct change *change = context;
    const struct keyset_entry *found = NULL;
    enum err err = key_find(keyset, change->name, &found, fault);
    if (err == ERR_OK)
        err = check_change(found, change, fault);
    if (err != ERR_OK)
        return err;
    struct keyset_entry *entry = &keyset->entries[found - keyset->entries];
    entry->status = change->status;
    entry->compromised_since = change->compromised_since;
    if (change->status == KEY_REVOKED &&
        !slice_copy(entry->reason, sizeof entry->reason, slice_of(change->reason)))
        return fault_set(fault, ERR_USAGE, "--reason: at most %d bytes", KEY_REASON_MAX);
    change->after = *entry;
    return ERR_OK;
}

static enum err
change_key(const struct invocation *in, struct change *change, struct fault *fault)
{
    char path[PATH_TEXT_MAX];
    enum err err = cli_data_path(path, sizeof path, in, "keyset.ini", fault);
    return err == ERR_OK ? keyset_update(path, apply_change, change, fault) : err;
}

static int
answer_change(const struct invocation *in, const struct keyset_entry *entry, const char *words,
              struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    if (in->json) {
        key_json(&out, in, entry);
    } else {
        text_put(&out, "Key ");
        key_title(&out, entry);
        text_printf(&out, " %s", words);
    }
    text_char(&out, '\n');
    return cli_exit(cli_print(&out, fault));
}

int
cli_keys_retire(const struct invocation *in, struct fault *fault)
{
    struct change change = {.name = in->positionals[0], .status = KEY_RETIRED};
    enum err err = change_key(in, &change, fault);
    if (err != ERR_OK)
        return cli_exit(err);
    return answer_change(in, &change.after, "issues no new labels; its labels stay good", fault);
}

static void
explain(const struct keyset_entry *entry, int64_t compromised_since)
{
    AUTO_TEXT out;
    char since[TIME_TEXT_MAX];
    text_init(&out, ANSWER_MAX);
    time_format(since, compromised_since);
    text_put(&out, "Revoking key ");
    key_title(&out, entry);
    text_printf(&out,
                ", compromised since %s:\n"
                "  - it issues no more labels;\n"
                "  - units that were registered before that moment stay genuine;\n"
                "  - every other label of this key is refused.\n"
                "This cannot be taken back.\n",
                since);
    if (text_ok(&out))
        (void)fputs(out.data, stderr);
}

/* The name of the key, typed on the terminal, or --yes. */
static enum err
confirm(const struct invocation *in, const char *name, struct fault *fault)
{
    char line[LINE_TEXT_MAX] = "";
    if (cli_flag(in, "yes"))
        return ERR_OK;
    if (isatty(STDIN_FILENO) != 1)
        return fault_set(fault, ERR_USAGE, "keys revoke needs --yes where nobody can be asked");
    (void)fputs("Type the name of the key to go on: ", stderr);
    if (fgets(line, sizeof line, stdin) == NULL)
        line[0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    if (strcmp(line, name) == 0)
        return ERR_OK;
    return fault_set(fault, ERR_DENIED, "\"%s\" is not the key's name: nothing was changed", line);
}

static enum err
take_revocation(struct change *change, const struct invocation *in, struct fault *fault)
{
    *change = (struct change){
        .name = in->positionals[0],
        .status = KEY_REVOKED,
        .reason = cli_value(in, "reason"),
    };
    struct slice reason = slice_of(change->reason);
    if (reason.len == 0 || reason.len > KEY_REASON_MAX || !ini_value_ok(reason))
        return fault_set(fault, ERR_USAGE,
                         "--reason: 1 to %d bytes of UTF-8 on one line, without blanks at its ends",
                         KEY_REASON_MAX);
    enum err err = key_time(&change->compromised_since, cli_value(in, "compromised-since"),
                            "compromised-since", fault);
    if (err == ERR_OK && change->compromised_since > cli_now())
        return fault_set(fault, ERR_USAGE, "--compromised-since lies in the future");
    return err;
}

int
cli_keys_revoke(const struct invocation *in, struct fault *fault)
{
    struct change change;
    AUTO_KEYSET *keyset = NULL;
    const struct keyset_entry *entry = NULL;
    enum err err = take_revocation(&change, in, fault);
    if (err == ERR_OK)
        err = cli_keyset(in, &keyset, fault);
    if (err == ERR_OK)
        err = key_find(keyset, change.name, &entry, fault);
    if (err == ERR_OK)
        err = check_change(entry, &change, fault);
    if (err != ERR_OK)
        return cli_exit(err);
    explain(entry, change.compromised_since);
    err = confirm(in, change.name, fault);
    if (err == ERR_OK)
        err = change_key(in, &change, fault);
    if (err != ERR_OK)
        return cli_exit(err);
    return answer_change(in, &change.after, "is revoked", fault);
}

static bool
same_entry(const struct keyset_entry *a, const struct keyset_entry *b)
{
    bool same = memcmp(a->public_key, b->public_key, PUBLIC_KEY_BYTES) == 0 &&
                memcmp(a->manifest_key, b->manifest_key, PUBLIC_KEY_BYTES) == 0 &&
                strcmp(a->name, b->name) == 0 && strcmp(a->organisation, b->organisation) == 0 &&
                strcmp(a->reason, b->reason) == 0 && a->prefix_count == b->prefix_count &&
                a->not_before == b->not_before && a->not_after == b->not_after &&
                a->status == b->status && a->compromised_since == b->compromised_since;
    for (size_t i = 0; same && i < a->prefix_count; i++)
        same = strcmp(a->prefixes[i], b->prefixes[i]) == 0;
    return same;
}

/* Takes out of `more` what the keyset holds already, word for word. */
static void
drop_known(struct keyset *more, const struct keyset *keyset)
{
    size_t kept = 0;
    for (size_t i = 0; i < more->count; i++) {
        const struct keyset_entry *there = keyset_find_name(keyset, more->entries[i].name);
        if (there != NULL && same_entry(there, &more->entries[i]))
            continue;
        more->entries[kept++] = more->entries[i];
    }
    more->count = kept;
}

static enum err
merge(struct keyset *keyset, void *context, struct fault *fault)
{
    return keyset_merge(keyset, context, fault);
}

static enum err
read_keys(const char *path, struct keyset *out, struct fault *fault)
{
    AUTO_TEXT text;
    text_init(&text, KEYSET_FILE_MAX);
    const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
    enum err err = cli_read_input(path, &text, fault);
    if (err == ERR_OK)
        err = keyset_parse(out, text_slice(&text), name, fault);
    if (err == ERR_OK && out->count == 0)
        return fault_set(fault, ERR_INVALID, "%s: there is no key in it", name);
    return err;
}

static int
answer_added(const struct invocation *in, const struct keyset *added, size_t known,
             struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    if (in->json)
        text_put(&out, "{\"added\":[");
    for (size_t i = 0; i < added->count; i++) {
        text_put(&out, in->json ? (i == 0 ? "" : ",") : "Trusted: key ");
        if (in->json)
            key_json(&out, in, &added->entries[i]);
        if (in->json)
            continue;
        key_title(&out, &added->entries[i]);
        text_put(&out, "\n");
    }
    if (in->json)
        text_printf(&out, "],\"unchanged\":%zu}\n", known);
    if (!in->json && known > 0)
        text_printf(&out, "Already there, unchanged: %zu\n", known);
    return cli_exit(cli_print(&out, fault));
}

static int
add_keys(const struct invocation *in, struct keyset *more, struct fault *fault)
{
    AUTO_KEYSET *keyset = NULL;
    char path[PATH_TEXT_MAX];
    enum err err = read_keys(in->positionals[0], more, fault);
    if (err == ERR_OK)
        err = cli_data_path(path, sizeof path, in, "keyset.ini", fault);
    if (err != ERR_OK)
        return cli_exit(err);
    size_t read = more->count;
    err = keyset_load(path, &keyset, fault);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return cli_exit(err);
    if (keyset != NULL)
        drop_known(more, keyset);
    err = more->count == 0 ? ERR_OK : keyset_update(path, merge, more, fault);
    if (err != ERR_OK)
        return cli_exit(err);
    return answer_added(in, more, read - more->count, fault);
}

int
cli_keys_add(const struct invocation *in, struct fault *fault)
{
    struct keyset *more = calloc(1, sizeof *more);
    if (more == NULL)
        return cli_exit(fault_set(fault, ERR_MEMORY, "out of memory for a keyset"));
    int code = add_keys(in, more, fault);
    free(more);
    return code;
}
