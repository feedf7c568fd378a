/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "gateway/base/file.h"
#include "gateway/cli/operate.h"
#include "gateway/inventory/inventory.h"

enum { ROW_TEXT_MAX = 8192, EXIT_ALL_REFUSED = 1 };

static const char *const outcomes[] = {
    [INVENTORY_APPLIED] = "applied",
    [INVENTORY_ALREADY] = "already",
    [INVENTORY_REFUSED] = "refused",
};

struct inventory {
    const struct invocation *in;
    bool all_rows;
    struct config config;
    struct inventory_options options;
    struct inventory_summary summary;
    struct text line; /* used again for each row */
    struct progress progress;
};

static void
put_row_json(struct text *out, const struct inventory_row *row)
{
    text_printf(out, "{\"line\":%" PRIu64 ",\"outcome\":\"%s\",\"gtin\":", row->line,
                outcomes[row->outcome]);
    text_json(out, slice_of(row->key.gtin));
    text_put(out, ",\"serial\":");
    text_json(out, slice_of(row->key.serial));
    if (row->event != EVENT_NONE)
        text_printf(out, ",\"event\":\"%s\"", event_type_name(row->event));
    if (row->outcome == INVENTORY_REFUSED) {
        text_printf(out, ",\"code\":\"%s\",\"reason\":", row->code);
        text_json(out, slice_of(row->reason));
    }
    text_put(out, "}\n");
}

static void
put_row(struct text *out, const struct inventory_row *row)
{
    text_printf(out, "line %" PRIu64 ": %s", row->line, outcomes[row->outcome]);
    if (row->key.gtin[0] != '\0')
        text_printf(out, " %s %s", row->key.gtin, row->key.serial);
    if (row->event != EVENT_NONE)
        text_printf(out, " %s", event_type_name(row->event));
    if (row->outcome == INVENTORY_REFUSED) {
        text_printf(out, " (%s): ", row->code);
        cli_clean(out, slice_of(row->reason));
    }
    text_char(out, '\n');
}

static void
take_row(const struct inventory_row *row, void *context)
{
    struct inventory *inventory = context;
    inventory->progress.total = inventory->summary.lines;
    progress_update(&inventory->progress, inventory->summary.rows);
    if (!inventory->all_rows && row->outcome != INVENTORY_REFUSED)
        return;
    text_reset(&inventory->line);
    if (inventory->in->json)
        put_row_json(&inventory->line, row);
    else
        put_row(&inventory->line, row);
    if (text_ok(&inventory->line))
        (void)fwrite(inventory->line.data, 1, inventory->line.len, stdout);
}

static enum err
tell(struct inventory *inventory, struct fault *fault)
{
    const struct inventory_summary *s = &inventory->summary;
    bool dry_run = inventory->options.dry_run;
    text_reset(&inventory->line);
    if (inventory->in->json)
        text_printf(&inventory->line,
                    "{\"rows\":%" PRIu64 ",\"applied\":%" PRIu64 ",\"already\":%" PRIu64
                    ",\"refused\":%" PRIu64 ",\"dry_run\":%s}\n",
                    s->rows, s->applied, s->already, s->refused, dry_run ? "true" : "false");
    else
        text_printf(&inventory->line,
                    "%" PRIu64 " row%s: %" PRIu64 " %s, %" PRIu64 " so already, %" PRIu64
                    " refused\n",
                    s->rows, s->rows == 1 ? "" : "s", s->applied,
                    dry_run ? "would be applied" : "applied", s->already, s->refused);
    return cli_print(&inventory->line, fault);
}

static enum err
read_options(struct inventory *inventory, struct fault *fault)
{
    const struct invocation *in = inventory->in;
    struct inventory_options *options = &inventory->options;
    const char *kind = cli_value(in, "kind");
    const char *rows = cli_value(in, "rows");
    struct fault why = {ERR_OK, ""};
    if (!inventory_kind_parse(&options->map.kind, slice_of(kind)))
        return fault_set(fault, ERR_USAGE, "--kind \"%.40s\": not receipts, shipments or sales",
                         kind);
    if (inventory_map_parse(&options->map, slice_of(cli_value(in, "map")), &why) != ERR_OK)
        return fault_set(fault, ERR_USAGE, "--map: %s", why.text);
    if (rows != NULL && strcmp(rows, "all") != 0 && strcmp(rows, "refused") != 0)
        return fault_set(fault, ERR_USAGE, "--rows \"%.40s\": not all or refused", rows);
    inventory->all_rows = rows != NULL && strcmp(rows, "all") == 0;
    options->dry_run = cli_flag(in, "dry-run");
    options->now = cli_now();
    options->config = &inventory->config;
    options->row = take_row;
    options->context = inventory;
    enum err err = operate_actor(in, options->actor, fault);
    /* Of assayd.ini only document_hosts counts here; without the file no document is taken. */
    return err == ERR_OK ? operate_config(in, &inventory->config, fault) : err;
}

static enum err
take_file(struct inventory *inventory, FILE *file, struct fault *fault)
{
    const char *path = inventory->in->positionals[0];
    unsigned flags = inventory->options.dry_run ? STORE_READ_ONLY : STORE_MUST_EXIST;
    AUTO_STORE *store = NULL;
    enum err err =
        store_open(inventory->in->data, flags | STORE_NO_KEYSET, INVENTORY_SESSIONS, &store, fault);
    if (err != ERR_OK)
        return err;
    progress_begin(&inventory->progress, inventory->options.dry_run ? "checking" : "applying", 0);
    err = inventory_import(file, path, store->registry, &inventory->options, &inventory->summary,
                           fault);
    inventory->progress.total = 0; /* blank lines are over, too */
    progress_end(&inventory->progress, inventory->summary.rows);
    return err == ERR_OK ? tell(inventory, fault) : err;
}

static enum err
run(struct inventory *inventory, struct fault *fault)
{
    const char *path = inventory->in->positionals[0];
    enum err err = read_options(inventory, fault);
    if (err != ERR_OK)
        return err;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return file_fault(fault, path, errno);
    err = take_file(inventory, file, fault);
    (void)fclose(file);
    return err;
}

int
cli_inventory(const struct invocation *in, struct fault *fault)
{
    struct inventory inventory = {.in = in};
    text_init(&inventory.line, ROW_TEXT_MAX);
    enum err err = run(&inventory, fault);
    text_free(&inventory.line);
    if (err != ERR_OK)
        return cli_exit(err);
    if (inventory.summary.refused == 0)
        return EXIT_OK;
    return inventory.summary.refused == inventory.summary.rows ? EXIT_ALL_REFUSED : EXIT_PARTIAL;
}
