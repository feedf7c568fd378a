/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/listing.h"
#include "gateway/cli/scope.h"
#include "gateway/records/records.h"

enum { ANSWER_MAX = 1024 * 1024, NOTE_MAX = 100 };

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

static enum err
read_recall(const struct invocation *in, struct recall *out, struct fault *fault)
{
    memset(out, 0, sizeof *out);
    out->opened_at = cli_now();
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
    if (!slice_copy(out->id, sizeof out->id, slice_of(in->positionals[0])))
        return fault_set(fault, ERR_USAGE, "ID: longer than %d bytes", ITEM_MAX);
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < sizeof texts / sizeof texts[0]; i++)
        err = read_text(in, texts[i].name, texts[i].value, texts[i].size, fault);
    if (err == ERR_OK)
        err = read_day(in, "made-from", &out->made_from, fault);
    if (err == ERR_OK)
        err = read_day(in, "made-to", &out->made_to, fault);
    return err == ERR_OK ? recall_check(out, fault) : err;
}

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
put_recall(const struct invocation *in, struct store *store, const struct recall *recall,
           struct fault *fault)
{
    struct operation operation;
    struct recall current;
    char note[NOTE_MAX];
    AUTO_TEXT request;
    text_init(&request, ANSWER_MAX);
    recall_json(&request, recall);
    (void)snprintf(note, sizeof note, "%s %s", in->command->name, recall->id);
    enum err err = operate_begin(in, text_slice(&request), note, &operation, fault);
    if (err != ERR_OK)
        return err;
    err = registry_put_recall(store->session, recall, &operation, &current);
    err = store_settle(store->session, &operation, err);
    if (err == ERR_CONFLICT && recall->version == 0)
        return fault_set(fault, err, "recall %s is there already; a new one needs a new number",
                         recall->id);
    return err == ERR_OK ? ERR_OK : store_fault(fault, err, recall->id);
}

static enum err
tell_json(const struct invocation *in, const struct recall *recall, const uint64_t *affected,
          struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    text_printf(&out, "{\"dry_run\":%s,", cli_flag(in, "dry-run") ? "true" : "false");
    if (affected != NULL)
        text_printf(&out, "\"affected\":%" PRIu64 ",", *affected);
    text_put(&out, "\"recall\":");
    recall_json(&out, recall);
    text_put(&out, "}\n");
    return cli_print(&out, fault);
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
        return tell_json(in, recall, &affected, fault);
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    text_printf(&out,
                "%s would affect %" PRIu64 " registered unit%s (dry run: nothing was "
                "written)\n",
                recall->id, affected, affected == 1 ? "" : "s");
    return cli_print(&out, fault);
}

static enum err
tell(const struct invocation *in, const struct recall *recall, const char *what,
     struct fault *fault)
{
    if (in->json)
        return tell_json(in, recall, NULL, fault);
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    text_printf(&out, "%s %s%s\n", recall->id, what,
                recall->stop_use && recall->lifted_at == 0 ? ": stop use" : "");
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
        err = put_recall(in, store, &recall, fault);
    recall.version = 1;
    return cli_exit(err == ERR_OK ? tell(in, &recall, "opened", fault) : err);
}

static enum err
get_recall(struct store *store, const char *id, struct recall *out, struct fault *fault)
{
    enum err err = registry_get_recall(store->session, id, out);
    if (err == ERR_NOT_FOUND || err == ERR_INVALID)
        return fault_set(fault, ERR_NOT_FOUND, "there is no recall \"%.60s\"", id);
    return err == ERR_OK ? ERR_OK : store_fault(fault, err, id);
}

int
cli_recall_lift(const struct invocation *in, struct fault *fault)
{
    struct recall recall;
    AUTO_STORE *store = NULL;
    enum err err = operate_open(in, STORE_NO_KEYSET | STORE_MUST_EXIST, &store, fault);
    if (err == ERR_OK)
        err = get_recall(store, in->positionals[0], &recall, fault);
    if (err != ERR_OK)
        return cli_exit(err);
    if (recall.lifted_at != 0)
        return cli_exit(fault_set(fault, ERR_CONFLICT, "recall %s is lifted already", recall.id));
    recall.lifted_at = cli_now();
    err = put_recall(in, store, &recall, fault);
    recall.version++;
    return cli_exit(err == ERR_OK ? tell(in, &recall, "lifted", fault) : err);
}

static void
put_line(struct text *out, const void *item)
{
    const struct recall *recall = item;
    text_printf(out, "%-16s  %s  %-8s  %s  ", recall->id, recall->gtin,
                recall->stop_use ? "stop use" : "warning",
                recall->lifted_at == 0 ? "open  " : "lifted");
    cli_clean(out, slice_of(recall->text));
    text_char(out, '\n');
}

static void
put_json(struct text *out, const void *item)
{
    recall_json(out, item);
}

static enum err
next_page(struct registry_session *session, struct cursor *cursor, void *items, size_t max,
          size_t *count)
{
    return registry_list_recalls(session, cursor, items, max, count);
}

int
cli_recall_list(const struct invocation *in, struct fault *fault)
{
    static const struct listing listing = {
        .name = "recalls",
        .what = "the recalls",
        .item_size = sizeof(struct recall),
        .item_max = ANSWER_MAX,
        .page = next_page,
        .line = put_line,
        .json = put_json,
    };
    return list_records(in, &listing, fault);
}
