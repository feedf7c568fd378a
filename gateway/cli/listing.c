/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/listing.h"

#include <stdlib.h>

#include "gateway/cli/scope.h"

enum { PAGE = 100 };

static enum err
put_page(const struct listing *listing, const char *items, size_t count, bool *first,
         struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, count * (listing->item_max + 2));
    for (size_t i = 0; i < count; i++) {
        const char *item = items + i * listing->item_size;
        if (listing->json == NULL) {
            listing->line(&out, item);
            continue;
        }
        text_put(&out, *first ? "" : ",\n");
        listing->json(&out, item);
        *first = false;
    }
    return cli_print(&out, fault);
}

static enum err
put_pages(struct store *store, const struct listing *listing, struct fault *fault)
{
    struct cursor cursor = {""};
    size_t count = 0;
    bool first = true;
    enum err err = ERR_OK;
    char *items = calloc(PAGE, listing->item_size);
    if (items == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    do {
        err = listing->page(store->session, &cursor, items, PAGE, &count);
        err = err == ERR_OK ? put_page(listing, items, count, &first, fault)
                            : store_fault(fault, err, listing->what);
    } while (err == ERR_OK && cursor.text[0] != '\0');
    free(items);
    return err;
}

int
list_records(const struct invocation *in, const struct listing *listing, struct fault *fault)
{
    struct listing wanted = *listing;
    AUTO_STORE *store = NULL;
    enum err err = operate_open(in, STORE_READ_ONLY | STORE_NO_KEYSET, &store, fault);
    if (err != ERR_OK)
        return cli_exit(err);
    if (!in->json)
        wanted.json = NULL;
    if (in->json)
        (void)printf("{\"%s\":[", listing->name);
    err = put_pages(store, &wanted, fault);
    if (err == ERR_OK && in->json)
        (void)fputs("]}\n", stdout);
    return cli_exit(err);
}
