/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/issue.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/file.h"
#include "gateway/cli/keys.h"
#include "gateway/cli/scope.h"
#include "gateway/config/config.h"
#include "keys/passphrase.h"

enum { LABELS_MODE = 0644, SECRET_MODE = 0600, ANSWER_MAX = 64 * 1024 };

/* What a run owns besides its plan. */
struct run {
    struct issue_plan plan;
    struct config config;
    struct keyset *keyset;
    const struct keyset_entry *signer;
    struct issuing_key *key;
    struct serials *serials;
    struct issue_files files;
};

static void
scope_run(struct run *run)
{
    outputs_close(&run->files.outputs);
    keyfile_free(run->key);
    serials_close(run->serials);
    free(run->keyset);
}

static enum err
read_value(const struct invocation *in, const char *name, char out[static GS1_VALUE_MAX + 1],
           struct fault *fault)
{
    const char *value = cli_value(in, name);
    if (value == NULL)
        return ERR_OK;
    if (gs1_value_valid(slice_of(value)) && slice_copy(out, GS1_VALUE_MAX + 1, slice_of(value)))
        return ERR_OK;
    return fault_set(fault, ERR_USAGE,
                     "--%s \"%.40s\": not 1 to %d characters of the GS1 character set", name, value,
                     GS1_VALUE_MAX);
}

static enum err
read_day(const struct invocation *in, const char *name, civil_day *out, struct fault *fault)
{
    const char *value = cli_value(in, name);
    *out = CIVIL_NONE;
    if (value == NULL || date_parse(out, slice_of(value)))
        return ERR_OK;
    return fault_set(fault, ERR_USAGE, "--%s \"%.40s\": not a date as 2026-11-22", name, value);
}

static enum err
read_identity(const struct invocation *in, struct issue_plan *plan, struct fault *fault)
{
    const char *gtin = cli_value(in, "gtin");
    if (!gtin_valid(slice_of(gtin)) ||
        !slice_copy(plan->common.gtin, sizeof plan->common.gtin, slice_of(gtin)))
        return fault_set(fault, ERR_USAGE,
                         "--gtin \"%.40s\": not a GTIN of 14 digits with a right check digit",
                         gtin);
    enum err err = read_value(in, "variant", plan->common.variant, fault);
    if (err == ERR_OK)
        err = read_value(in, "lot", plan->common.lot, fault);
    if (err == ERR_OK)
        err = read_day(in, "made-on", &plan->made_on, fault);
    if (err == ERR_OK)
        err = read_day(in, "expires-on", &plan->expires_on, fault);
    if (err == ERR_OK && plan->made_on != CIVIL_NONE && plan->expires_on != CIVIL_NONE &&
        plan->expires_on < plan->made_on)
        return fault_set(fault, ERR_USAGE, "--expires-on is before --made-on");
    return err;
}

/* --base-url, else that of DATA/assayd.ini. */
static enum err
read_base_url(const struct invocation *in, struct run *run, struct fault *fault)
{
    char path[KEY_PATH_MAX];
    run->plan.base_url = cli_value(in, "base-url");
    if (run->plan.base_url != NULL)
        return ERR_OK;
    config_defaults(&run->config);
    run->config.base_url[0] = '\0';
    enum err err = cli_data_path(path, sizeof path, in, "assayd.ini", fault);
    if (err == ERR_OK)
        err = config_read_file(&run->config, path, fault);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    run->plan.base_url = run->config.base_url;
    return run->config.base_url[0] != '\0'
               ? ERR_OK
               : fault_set(fault, ERR_USAGE,
                           "issue needs --base-url URL, or base_url in %.200s: what the labels "
                           "begin with",
                           path);
}

static enum err
read_serials(const struct invocation *in, struct run *run, struct fault *fault)
{
    const char *path = cli_value(in, "serials");
    uint64_t lines = 0;
    enum err err = cli_number(in, "count", 1, SERIALS_MAX, &run->plan.count, fault);
    if (err != ERR_OK)
        return err;
    if (path == NULL && run->plan.count == 0)
        return fault_set(fault, ERR_USAGE, "issue needs --count N, or --serials FILE");
    err = path == NULL ? serials_made_up(&run->serials, fault)
                       : serials_from_file(path, &run->serials, &lines, fault);
    run->plan.serials = run->serials;
    if (err != ERR_OK || path == NULL)
        return err;
    if (run->plan.count != 0 && run->plan.count != lines)
        return fault_set(fault, ERR_USAGE,
                         "--count is %" PRIu64 ", but %.200s has %" PRIu64 " serials",
                         run->plan.count, path, lines);
    run->plan.count = lines;
    return ERR_OK;
}

/* A path, or a name: DATA/keys/NAME.key. */
static enum err
secret_path(const struct invocation *in, struct key_paths *paths, bool *named, struct fault *fault)
{
    const char *key = cli_value(in, "key");
    *named = strchr(key, '/') == NULL && strchr(key, '.') == NULL;
    if (*named)
        return key_paths(paths, in, key, fault);
    return slice_copy(paths->secret, sizeof paths->secret, slice_of(key))
               ? ERR_OK
               : fault_set(fault, ERR_INVALID, "--key: path too long");
}

static enum err
unlock_key(const struct invocation *in, const char *path, struct run *run, struct fault *fault)
{
    char prompt[KEY_PATH_MAX + 32];
    struct text passphrase;
    (void)snprintf(prompt, sizeof prompt, "Passphrase of %s: ", path);
    text_init(&passphrase, PASSPHRASE_MAX);
    enum err err =
        passphrase_read(cli_value(in, "passphrase-file"), prompt, false, &passphrase, fault);
    if (err == ERR_OK)
        err = keyfile_open(path, text_slice(&passphrase), &run->key, fault);
    file_wipe(&passphrase);
    run->plan.key = run->key;
    return err;
}

/* The keyset's entry for the secret key: the same in every part, or the gateway would refuse what
 * is signed. */
static enum err
match_key(struct run *run, struct fault *fault)
{
    const struct keyset_entry *entry = NULL;
    for (size_t n = 0; (entry = keyset_find(run->keyset, run->key->kid, n)) != NULL; n++)
        if (memcmp(entry->public_key, run->key->public_key, PUBLIC_KEY_BYTES) == 0)
            break;
    if (entry == NULL)
        return fault_set(fault, ERR_DENIED,
                         "key %s is not in the keyset; add it with: assay keys add",
                         run->key->name);
    if (memcmp(entry->manifest_key, run->key->manifest_public_key, PUBLIC_KEY_BYTES) != 0)
        return fault_set(fault, ERR_DENIED,
                         "key %s: the keyset has another manifest key than the key file",
                         entry->name);
    if (run->signer != NULL && run->signer != entry)
        return fault_set(fault, ERR_DENIED, "the file of key %s holds key %s", run->signer->name,
                         entry->name);
    run->signer = entry;
    return ERR_OK;
}

/* May it sign this? Asked before the passphrase where the name tells, and of the opened key. */
static enum err
open_key(const struct invocation *in, struct run *run, struct fault *fault)
{
    struct key_paths paths;
    bool named = false;
    const char *gtin = run->plan.common.gtin;
    enum err err = secret_path(in, &paths, &named, fault);
    if (err == ERR_OK)
        err = cli_keyset(in, &run->keyset, fault);
    if (err == ERR_OK && named)
        err = key_find(run->keyset, cli_value(in, "key"), &run->signer, fault);
    if (err == ERR_OK && named)
        err = keyset_may_issue(run->signer, gtin, cli_now(), fault);
    if (err == ERR_OK)
        err = unlock_key(in, paths.secret, run, fault);
    if (err == ERR_OK)
        err = match_key(run, fault);
    return err == ERR_OK ? keyset_may_issue(run->signer, gtin, cli_now(), fault) : err;
}

static enum err
open_files(const char *base, struct run *run, struct fault *fault)
{
    struct outputs *outputs = &run->files.outputs;
    enum err err = outputs_add(outputs, base, "labels.csv", LABELS_MODE, fault);
    run->files.labels = &outputs->outputs[0];
    if (err == ERR_OK && run->plan.claim_codes) {
        run->files.cards = &outputs->outputs[1];
        err = outputs_add(outputs, base, "cards.csv", SECRET_MODE, fault);
    }
    if (err != ERR_OK)
        return err;
    run->files.manifest = &outputs->outputs[outputs->count];
    return outputs_add(outputs, base, "manifest.csv", SECRET_MODE, fault);
}

static void
put_json_path(struct text *out, const char *name, const struct output *output)
{
    if (output == NULL)
        return;
    text_printf(out, ",\"%s\":", name);
    text_json(out, slice_of(output->path));
}

static enum err
tell(const struct invocation *in, const struct run *run, struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    if (in->json) {
        text_printf(&out, "{\"gtin\":\"%s\",\"count\":%" PRIu64 ",\"key\":\"%s\",\"kid\":\"",
                    run->plan.common.gtin, run->plan.count, run->signer->name);
        text_hex(&out, run->signer->kid, KID_BYTES);
        text_char(&out, '"');
        put_json_path(&out, "labels", run->files.labels);
        put_json_path(&out, "cards", run->files.cards);
        put_json_path(&out, "manifest", run->files.manifest);
        text_put(&out, "}\n");
        return cli_print(&out, fault);
    }
    text_printf(&out, "%" PRIu64 " label%s of %s, signed by ", run->plan.count,
                run->plan.count == 1 ? "" : "s", run->plan.common.gtin);
    key_title(&out, run->signer);
    text_printf(&out, "\n  %s  what the printer gets\n", run->files.labels->path);
    if (run->files.cards != NULL)
        text_printf(&out, "  %s  claim codes for the inside of the boxes: secret\n",
                    run->files.cards->path);
    text_printf(&out, "  %s  for `assay import`: secret\n", run->files.manifest->path);
    return cli_print(&out, fault);
}

static enum err
issue(const struct invocation *in, struct run *run, struct fault *fault)
{
    run->plan.claim_codes = !cli_flag(in, "no-claim");
    enum err err = read_identity(in, &run->plan, fault);
    if (err == ERR_OK)
        err = read_base_url(in, run, fault);
    if (err == ERR_OK)
        err = read_serials(in, run, fault);
    if (err == ERR_OK)
        err = open_files(cli_value(in, "output"), run, fault);
    if (err == ERR_OK)
        err = open_key(in, run, fault);
    if (err == ERR_OK)
        err = issue_write(&run->plan, &run->files, fault);
    if (err == ERR_OK)
        err = outputs_publish(&run->files.outputs, fault);
    return err == ERR_OK ? tell(in, run, fault) : err;
}

int
cli_issue(const struct invocation *in, struct fault *fault)
{
    __attribute__((cleanup(scope_run))) struct run run;
    memset(&run, 0, sizeof run);
    return cli_exit(issue(in, &run, fault));
}
