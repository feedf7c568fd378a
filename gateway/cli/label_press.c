/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/label_press.h"

#include <string.h>

#include "gateway/cli/labels_source.h"
#include "gateway/cli/press.h"

enum { LABELS_MODE = 0644 };

bool
label_is_pressed(const char *format, bool *roll)
{
    *roll = format != NULL && strcmp(format, "zpl") == 0;
    return *roll || (format != NULL && strcmp(format, "pdf") == 0);
}

static enum err
print_row(const struct label_row *row, void *context, struct fault *fault)
{
    return press_label(context, row, fault);
}

int
label_press(const struct invocation *in, bool roll, struct fault *fault)
{
    struct press press;
    struct row_range range;
    const struct press_kind kind = {.what = "labels",
                                    .roll = roll,
                                    .caption = !cli_flag(in, "no-caption"),
                                    .till = true,
                                    .mode = LABELS_MODE};
    enum err err = press_begin(&press, in, &kind, fault);
    if (err == ERR_OK)
        err = row_range_read(&range, in, "labels", fault);
    if (err == ERR_OK)
        err = labels_each(&range, in->positionals[0], print_row, &press, fault);
    if (err == ERR_OK)
        err = press_end(&press, fault);
    if (err == ERR_OK)
        err = press_tell(&press, fault);
    press_free(&press);
    return cli_exit(err);
}
