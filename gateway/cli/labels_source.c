/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/labels_source.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/file.h"
#include "gateway/cli/scope.h"

struct wanted {
    struct row_range *range;
    label_take *take;
    void *context;
};

enum err
row_range_read(struct row_range *range, const struct invocation *in, const char *what,
               struct fault *fault)
{
    *range = (struct row_range){.from = 1};
    progress_begin(&range->progress, what, 0);
    enum err err = cli_number(in, "from", 1, UINT32_MAX, &range->from, fault);
    return err == ERR_OK ? cli_number(in, "count", 1, UINT32_MAX, &range->count, fault) : err;
}

bool
row_range_has(const struct row_range *range, uint64_t number)
{
    return number >= range->from && (range->count == 0 || number - range->from < range->count);
}

void
row_range_done(struct row_range *range)
{
    range->given++;
    progress_update(&range->progress, range->given);
}

void
row_range_measure(struct row_range *range, FILE *file)
{
    uint64_t lines = 0;
    int c = EOF;
    if (fseeko(file, 0, SEEK_SET) != 0)
        return;
    while ((c = getc(file)) != EOF)
        lines += c == '\n' ? 1 : 0;
    rewind(file);
    uint64_t rest = lines <= range->from ? 0 : lines - range->from;
    range->progress.total = range->count != 0 && range->count < rest ? range->count : rest;
}

enum err
row_range_end(struct row_range *range, const char *path, struct fault *fault)
{
    progress_end(&range->progress, range->given);
    return range->given > 0 ? ERR_OK
                            : fault_set(fault, ERR_NOT_FOUND, "%s: there is no row number %llu",
                                        path, (unsigned long long)range->from);
}

bool
is_label_url(const char *source)
{
    struct slice s = slice_of(source);
    struct slice scheme = slice_take_until(&s, ':');
    return slice_equal_nocase(scheme, "https") || slice_equal_nocase(scheme, "http");
}

static enum err
take_wanted(const struct label_row *row, void *context, struct fault *fault)
{
    struct wanted *wanted = context;
    if (!row_range_has(wanted->range, row->number))
        return ERR_OK;
    enum err err = wanted->take(row, wanted->context, fault);
    if (err == ERR_OK)
        row_range_done(wanted->range);
    return err;
}

static enum err
take_url(struct wanted *wanted, const char *url, struct fault *fault)
{
    struct label_row row = {.number = wanted->range->from};
    struct reading reading;
    enum err err = label_url_printed(row.url, slice_of(url), &reading, fault);
    row.id = reading.id;
    return err == ERR_OK ? take_wanted(&row, wanted, fault) : err;
}

enum err
labels_each(struct row_range *range, const char *source, label_take *take, void *context,
            struct fault *fault)
{
    struct wanted wanted = {range, take, context};
    bool from_stdin = strcmp(source, "-") == 0;
    if (is_label_url(source))
        return take_url(&wanted, source, fault);
    AUTO_FILE *file = from_stdin ? stdin : fopen(source, "rb");
    if (file == NULL)
        return file_fault(fault, source, errno);
    if (!from_stdin)
        row_range_measure(range, file);
    enum err err =
        labels_csv_read(file, from_stdin ? "standard input" : source, take_wanted, &wanted, fault);
    if (err == ERR_OK)
        return row_range_end(range, source, fault);
    progress_end(&range->progress, range->given);
    return err;
}
