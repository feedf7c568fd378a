/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/manifest/group.h"

static char *
copy_of(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

void
item_refuse(struct item *item, const char *code, const char *format, ...)
{
    char reason[MANIFEST_REASON_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    free(item->reason);
    item->outcome = ENROLL_REFUSED;
    item->code = code;
    item->reason = copy_of(reason);
}

void
window_add(struct window *window, const struct judged_row *row)
{
    struct item *item = &window->items[window->count++];
    memset(item, 0, sizeof *item);
    item->line = row->row.line;
    item->id = row->row.id;
    item->outcome = ENROLL_REFUSED; /* until it is settled */
    if (row->code != NULL) {
        item_refuse(item, row->code, "%s", row->reason);
        return;
    }
    item->made_on = row->row.made_on;
    item->expires_on = row->row.expires_on;
    memcpy(item->kid, row->row.token.kid, KID_BYTES);
    memcpy(item->seal, row->seal, SEAL_BYTES);
    memcpy(item->claim, row->claim, SEAL_BYTES);
}

void
window_clear(struct window *window)
{
    for (size_t i = 0; i < window->count; i++)
        free(window->items[i].reason);
    window->count = 0;
}
