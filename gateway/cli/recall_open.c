/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/recall.h"
#include "gateway/cli/scope.h"
#include "gateway/records/records.h"

enum { ANSWER_MAX = 4096 };

/* ---- from the command line ---- */

static enum err
read_text(const struct invocation *in, const char *name, char *out, size_t size,
          struct fault *fault)
{
    const char *value = cli_value(in, name);
    if (value == NULL || slice_copy(out, size, slice_of(value)))
        return ERR_OK;
    return fault_set(fault, ERR_USAGE, "--%s: longer than %zu bytes", name, size - 1);
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

/* "de=Text" */
static enum err
read_language(const char *given, struct recall_text *out, struct fault *fault)
{
    struct slice text = slice_of(given);
    bool has_text = slice_find(text, '=') < text.len;
    struct slice language = slice_take_until(&text, '=');
    if (!has_text || !slice_copy(out->language, sizeof out->language, language))
        return fault_set(fault, ERR_USAGE, "--text-lang \"%.40s\": not of the form de=TEXT", given);
    if (!slice_copy(out->text, sizeof out->text, text))
        return fault_set(fault, ERR_USAGE, "--text-lang %s: longer than %d bytes", out->language,
                         RECALL_TEXT_MAX);
    return ERR_OK;
}

static enum err
read_languages(const struct invocation *in, struct recall *out, struct fault *fault)
{
    const char *given = NULL;
    enum err err = ERR_OK;
    while (err == ERR_OK && (given = cli_repeated(in, "text-lang", out->text_count)) != NULL) {
        if (out->text_count == RECALL_TEXTS_MAX)
            return fault_set(fault, ERR_USAGE, "--text-lang: given more than %d times",
                             RECALL_TEXTS_MAX);
        err = read_language(given, &out->texts[out->text_count++], fault);
    }
    return err;
}

static enum err
check_given(const struct invocation *in, struct fault *fault)
{
    static const char *const needed[][2] = {{"gtin", "GTIN"}, {"text", "TEXT"}};
    if (in->positional_count == 0)
        return fault_set(fault, ERR_USAGE, "recall open needs ID, your number for it; or --file");
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (cli_value(in, needed[i][0]) == NULL)
            return fault_set(fault, ERR_USAGE, "recall open needs --%s %s", needed[i][0],
                             needed[i][1]);
    return ERR_OK;
}

static enum err
read_options(const struct invocation *in, struct recall *out, struct fault *fault)
{
    out->stop_use = cli_flag(in, "stop-use");
    const struct {
        const char *name;
        char *value;
        size_t size;
    } texts[] = {
        {"gtin", out->gtin, sizeof out->gtin},
        {"lot", out->lot, sizeof out->lot},
        {"serial-from", out->serial_from, sizeof out->serial_from},
        {"serial-to", out->serial_to, sizeof out->serial_to},
        {"text", out->text, sizeof out->text},
        {"link", out->link, sizeof out->link},
    };
    enum err err = check_given(in, fault);
    if (err != ERR_OK)
        return err;
    if (!slice_copy(out->id, sizeof out->id, slice_of(in->positionals[0])))
        return fault_set(fault, ERR_USAGE, "ID: longer than %d bytes", ITEM_MAX);
    for (size_t i = 0; err == ERR_OK && i < sizeof texts / sizeof texts[0]; i++)
        err = read_text(in, texts[i].name, texts[i].value, texts[i].size, fault);
    if (err == ERR_OK)
        err = read_day(in, "made-from", &out->made_from, fault);
    if (err == ERR_OK)
        err = read_day(in, "made-to", &out->made_to, fault);
    if (err == ERR_OK)
        err = read_languages(in, out, fault);
    return err == ERR_OK ? recall_check(out, fault) : err;
}

/* ---- from a file ---- */

/* What is said twice may differ. */
static enum err
check_alone(const struct invocation *in, struct fault *fault)
{
    static const char *const others[] = {"gtin",      "text",    "text-lang",   "lot",
                                         "made-from", "made-to", "serial-from", "serial-to",
                                         "stop-use",  "link"};
    if (in->positional_count > 0)
        return fault_set(fault, ERR_USAGE, "--file has the ID in it: leave out \"%.40s\"",
                         in->positionals[0]);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (cli_value(in, others[i]) != NULL)
            return fault_set(fault, ERR_USAGE, "--file has the whole recall in it: leave out --%s",
                             others[i]);
    return ERR_OK;
}

static enum err
read_file(const struct invocation *in, const char *path, struct recall *out, struct fault *fault)
{
    AUTO_TEXT json;
    struct fault why = {ERR_OK, ""};
    text_init(&json, RECALL_JSON_MAX);
    enum err err = check_alone(in, fault);
    if (err == ERR_OK)
        err = cli_read_input(path, &json, fault);
    if (err != ERR_OK)
        return err;
    err = recall_from_json(out, text_slice(&json), &why);
    return err == ERR_OK ? ERR_OK : fault_set(fault, err, "%.100s: %.290s", path, why.text);
}

static enum err
read_recall(const struct invocation *in, struct recall *out, struct fault *fault)
{
    const char *path = cli_value(in, "file");
    memset(out, 0, sizeof *out);
    enum err err = path == NULL ? read_options(in, out, fault) : read_file(in, path, out, fault);
    out->opened_at = cli_now();
    return err;
}

/* ---- what it would do ---- */

/* Walks the units of the product, or of the lot. */
static enum err
count_affected(struct store *store, const struct recall *recall, uint64_t *affected,
               struct fault *fault)
{
    struct unit_filter filter;
    struct cursor cursor = {""};
    struct unit *units = calloc(REGISTRY_PAGE_MAX, sizeof *units);
    if (units == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    memset(&filter, 0, sizeof filter);
    memcpy(filter.gtin, recall->gtin, sizeof filter.gtin);
    memcpy(filter.lot, recall->lot, sizeof filter.lot);
    struct progress progress;
    uint64_t looked_at = 0;
    enum err err = ERR_OK;
    progress_begin(&progress, "counting", 0);
    do {
        size_t count = 0;
        err = registry_list(store->session, &filter, &cursor, units, REGISTRY_PAGE_MAX, &count);
        for (size_t i = 0; err == ERR_OK && i < count; i++)
            *affected += recall_covers(recall, &units[i]) ? 1 : 0;
        looked_at += count;
        progress_update(&progress, looked_at);
    } while (err == ERR_OK && cursor.text[0] != '\0');
    progress_end(&progress, looked_at);
    free(units);
    return err == ERR_OK ? ERR_OK : store_fault(fault, err, "the units");
}

static enum err
preview(const struct invocation *in, struct store *store, const struct recall *recall,
        struct fault *fault)
{
    uint64_t affected = 0;
    enum err err = count_affected(store, recall, &affected, fault);
    if (err != ERR_OK)
        return err;
    if (in->json)
        return recall_tell_json(in, recall, &affected, fault);
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    text_printf(&out,
                "%s would affect %" PRIu64 " registered unit%s (dry run: nothing was "
                "written)\n",
                recall->id, affected, affected == 1 ? "" : "s");
    return cli_print(&out, fault);
}

/* A recall of a product that nobody knows is a typing error. */
static enum err
check_product(struct store *store, const struct recall *recall, struct fault *fault)
{
    struct product product;
    enum err err = registry_get_product(store->session, recall->gtin, &product);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "GTIN %s is not in the catalogue", recall->gtin);
    return err == ERR_OK ? ERR_OK : store_fault(fault, err, recall->gtin);
}

int
cli_recall_open(const struct invocation *in, struct fault *fault)
{
    struct recall recall;
    AUTO_STORE *store = NULL;
    bool dry_run = cli_flag(in, "dry-run");
    enum err err = read_recall(in, &recall, fault);
    if (err == ERR_OK)
        err = operate_open(in, STORE_NO_KEYSET | (dry_run ? STORE_READ_ONLY : STORE_MUST_EXIST),
                           &store, fault);
    if (err == ERR_OK)
        err = check_product(store, &recall, fault);
    if (err == ERR_OK && dry_run)
        return cli_exit(preview(in, store, &recall, fault));
    if (err == ERR_OK)
        err = recall_put(in, store, &recall, fault);
    return cli_exit(err == ERR_OK ? recall_tell(in, &recall, "opened", fault) : err);
}
