/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/records/report.h"
#include "gateway/cli/operate.h"
#include "gateway/cli/scope.h"

enum { ROWS_TEXT_MAX = 4 * 1024 * 1024 };

/* Batch after batch to stdout, in flat memory. */
struct report {
    const struct invocation *in;
    bool csv;
    struct unit_filter filter;
    struct text rows; /* of one batch */
    uint64_t limit, done;
};

/* What a terminal has room for. */
static const enum report_column shown[] = {
    REPORT_GTIN,  REPORT_SERIAL,     REPORT_LOT,      REPORT_ITEM,
    REPORT_STATE, REPORT_CONDITIONS, REPORT_LOCATION, REPORT_WARRANTY_END,
};

static void
put_plain(struct text *out, const struct report_row *row)
{
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        const char *cell = row->cells[shown[i]];
        text_put(out, i == 0 ? "" : "  ");
        cli_clean(out, slice_of(cell[0] == '\0' ? "-" : cell));
    }
    text_char(out, '\n');
}

static void
take_row(const struct report_row *row, void *context)
{
    struct report *report = context;
    report->done++;
    if (report->in->json) {
        report_json(&report->rows, row);
        text_char(&report->rows, '\n');
    }
    if (report->csv)
        report_csv(&report->rows, row);
    if (!report->in->json && !report->csv)
        put_plain(&report->rows, row);
}

static enum err
read_options(struct report *report, struct fault *fault)
{
    report->csv = cli_flag(report->in, "csv");
    if (report->csv && report->in->json)
        return fault_set(fault, ERR_USAGE, "--csv or --json, not both");
    for (const char *const *name = report_filters; *name != NULL; name++) {
        struct fault why = {ERR_OK, ""};
        const char *value = cli_value(report->in, *name);
        if (value != NULL && report_filter_set(&report->filter, *name, value, &why) != ERR_OK)
            return fault_set(fault, ERR_USAGE, "--%s", why.text);
    }
    report->limit = UINT64_MAX;
    return cli_number(report->in, "limit", 1, INT64_MAX, &report->limit, fault);
}

static enum err
write_rows(struct report *report, const struct store *store, struct fault *fault)
{
    const struct report_source source = {.session = store->session,
                                         .filter = &report->filter,
                                         .now = cli_now(),
                                         .row = take_row,
                                         .context = report};
    struct cursor cursor = {""};
    enum err err = ERR_OK;
    do {
        size_t count = 0;
        uint64_t left = report->limit - report->done;
        err = report_read(&source, &cursor, left < REPORT_BATCH ? (size_t)left : REPORT_BATCH,
                          &count);
        if (err != ERR_OK)
            return store_fault(fault, err, "report");
        if (report->rows.len > 0)
            err = cli_print(&report->rows, fault);
        text_reset(&report->rows);
    } while (err == ERR_OK && cursor.text[0] != '\0' && report->done < report->limit);
    return err;
}

static enum err
run(struct report *report, struct fault *fault)
{
    AUTO_STORE *store = NULL;
    enum err err = read_options(report, fault);
    if (err == ERR_OK)
        err = operate_open(report->in, STORE_READ_ONLY | STORE_NO_KEYSET, &store, fault);
    if (err != ERR_OK)
        return err;
    if (report->csv)
        report_csv_header(&report->rows);
    return write_rows(report, store, fault);
}

int
cli_report(const struct invocation *in, struct fault *fault)
{
    struct report report = {.in = in};
    text_init(&report.rows, ROWS_TEXT_MAX);
    enum err err = run(&report, fault);
    text_free(&report.rows);
    return cli_exit(err);
}
