/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/recall.h"

#include <inttypes.h>

#include "gateway/cli/listing.h"
#include "gateway/cli/scope.h"
#include "gateway/records/records.h"

enum { ANSWER_MAX = 1024 * 1024, NOTE_MAX = 100 };

enum err
recall_put(const struct invocation *in, struct store *store, struct recall *recall,
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
    if (err != ERR_OK)
        return store_fault(fault, err, recall->id);
    recall->version++;
    return ERR_OK;
}

enum err
recall_tell_json(const struct invocation *in, const struct recall *recall, const uint64_t *affected,
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

static void
put_texts(struct text *out, const struct recall *recall)
{
    for (size_t i = 0; i < recall->text_count; i++) {
        text_printf(out, "  %s: ", recall->texts[i].language);
        cli_clean(out, slice_of(recall->texts[i].text));
        text_char(out, '\n');
    }
}

enum err
recall_tell(const struct invocation *in, const struct recall *recall, const char *what,
            struct fault *fault)
{
    if (in->json)
        return recall_tell_json(in, recall, NULL, fault);
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    text_printf(&out, "%s %s%s\n", recall->id, what,
                recall->stop_use && recall->lifted_at == 0 ? ": stop use" : "");
    put_texts(&out, recall);
    return cli_print(&out, fault);
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
    err = recall_put(in, store, &recall, fault);
    return cli_exit(err == ERR_OK ? recall_tell(in, &recall, "lifted", fault) : err);
}

/* ---- showing ---- */

static void
put_limit(struct text *out, const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    text_printf(out, ", %s ", name);
    cli_clean(out, slice_of(value));
}

static void
put_day(struct text *out, const char *name, civil_day day)
{
    char text[DATE_TEXT_MAX];
    date_format(text, day);
    put_limit(out, name, text);
}

static void
put_time(struct text *out, const char *name, int64_t at)
{
    char text[TIME_TEXT_MAX];
    time_format(text, at);
    text_printf(out, "%s %s\n", name, text);
}

static void
put_whole(struct text *out, const struct recall *recall)
{
    text_printf(out, "%s: %s, %s\nof %s", recall->id, recall->lifted_at == 0 ? "open" : "lifted",
                recall->stop_use ? "stop use" : "warning", recall->gtin);
    put_limit(out, "lot", recall->lot);
    put_limit(out, "serials from", recall->serial_from);
    put_limit(out, "serials to", recall->serial_to);
    put_day(out, "made from", recall->made_from);
    put_day(out, "made to", recall->made_to);
    text_char(out, '\n');
    put_time(out, "opened", recall->opened_at);
    if (recall->lifted_at != 0)
        put_time(out, "lifted", recall->lifted_at);
    if (recall->link[0] != '\0')
        text_printf(out, "link %s\n", recall->link);
    cli_clean(out, slice_of(recall->text));
    text_char(out, '\n');
    put_texts(out, recall);
}

int
cli_recall_show(const struct invocation *in, struct fault *fault)
{
    struct recall recall;
    AUTO_STORE *store = NULL;
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    enum err err = operate_open(in, STORE_NO_KEYSET | STORE_READ_ONLY, &store, fault);
    if (err == ERR_OK)
        err = get_recall(store, in->positionals[0], &recall, fault);
    if (err != ERR_OK)
        return cli_exit(err);
    if (in->json)
        recall_json(&out, &recall);
    else
        put_whole(&out, &recall);
    if (in->json)
        text_char(&out, '\n');
    return cli_exit(cli_print(&out, fault));
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
    put_texts(out, recall);
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
