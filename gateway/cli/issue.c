/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/issue.h"

#include <inttypes.h>
#include <string.h>

#include "gateway/cli/keys.h"
#include "gateway/cli/outputs.h"
#include "gateway/cli/scope.h"
#include "gateway/config/config.h"

enum { LABELS_MODE = 0644, SECRET_MODE = 0600, ANSWER_MAX = 64 * 1024 };

/* What a run owns besides its plan. */
struct run {
    struct issue_plan plan;
    struct config config;
    struct issuer issuer;
    struct serials *serials;
    struct outputs outputs;            /* in the order in which they appear: the manifest is last */
    struct output *parts[ISSUE_PARTS]; /* in outputs; no cards without claim codes */
    struct progress progress;
};

static void
scope_run(struct run *run)
{
    outputs_close(&run->outputs);
    issuer_close(&run->issuer);
    serials_close(run->serials);
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

static enum err
open_files(const char *base, struct run *run, struct fault *fault)
{
    static const struct {
        const char *suffix;
        mode_t mode;
    } files[ISSUE_PARTS] = {[ISSUE_LABELS] = {"labels.csv", LABELS_MODE},
                            [ISSUE_CARDS] = {"cards.csv", SECRET_MODE},
                            [ISSUE_MANIFEST] = {"manifest.csv", SECRET_MODE}};
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < ISSUE_PARTS; i++) {
        if (i == ISSUE_CARDS && !run->plan.claim_codes)
            continue;
        run->parts[i] = &run->outputs.outputs[run->outputs.count];
        err = outputs_add(&run->outputs, base, files[i].suffix, files[i].mode, fault);
    }
    return err;
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
                    run->plan.common.gtin, run->plan.count, run->issuer.entry->name);
        text_hex(&out, run->issuer.entry->kid, KID_BYTES);
        text_char(&out, '"');
        put_json_path(&out, "labels", run->parts[ISSUE_LABELS]);
        put_json_path(&out, "cards", run->parts[ISSUE_CARDS]);
        put_json_path(&out, "manifest", run->parts[ISSUE_MANIFEST]);
        text_put(&out, "}\n");
        return cli_print(&out, fault);
    }
    text_printf(&out, "%" PRIu64 " label%s of %s, signed by ", run->plan.count,
                run->plan.count == 1 ? "" : "s", run->plan.common.gtin);
    key_title(&out, run->issuer.entry);
    text_printf(&out, "\n  %s  what the printer gets\n", run->parts[ISSUE_LABELS]->path);
    if (run->parts[ISSUE_CARDS] != NULL)
        text_printf(&out, "  %s  claim codes for the inside of the boxes: secret\n",
                    run->parts[ISSUE_CARDS]->path);
    text_printf(&out, "  %s  for `assay import`: secret\n", run->parts[ISSUE_MANIFEST]->path);
    return cli_print(&out, fault);
}

static enum err
put_part(void *context, enum issue_part part, struct slice content, struct fault *fault)
{
    struct run *run = context;
    return output_put(run->parts[part], content, fault);
}

static void
show_progress(void *context, uint64_t labels)
{
    struct run *run = context;
    progress_update(&run->progress, labels);
}

static enum err
make(struct run *run, struct fault *fault)
{
    const struct issue_sink sink = {put_part, show_progress, run};
    run->plan.key = run->issuer.key;
    progress_begin(&run->progress, "signing", run->plan.count);
    enum err err = issue_make(&run->plan, &sink, fault);
    progress_end(&run->progress, err == ERR_OK ? run->plan.count : 0);
    return err;
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
        err = issuer_open(&run->issuer, in, run->plan.common.gtin, fault);
    if (err == ERR_OK)
        err = make(run, fault);
    if (err == ERR_OK)
        err = outputs_publish(&run->outputs, fault);
    return err == ERR_OK ? tell(in, run, fault) : err;
}

int
cli_issue(const struct invocation *in, struct fault *fault)
{
    __attribute__((cleanup(scope_run))) struct run run;
    memset(&run, 0, sizeof run);
    return cli_exit(issue(in, &run, fault));
}
