/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "gateway/cli/listing.h"
#include "gateway/cli/scope.h"
#include "gateway/records/records.h"

enum { NOTE_MAX = 64 };

static enum err
read_product(const struct invocation *in, struct text *json, struct product *out, bool *has_version,
             struct fault *fault)
{
    const char *path = in->positionals[0];
    struct fault inner = {ERR_OK, ""};
    enum err err = cli_read_input(path, json, fault);
    if (err != ERR_OK)
        return err;
    err = product_from_json(out, has_version, text_slice(json), &inner);
    return err == ERR_OK ? ERR_OK : fault_set(fault, err, "%.100s: %.290s", path, inner.text);
}

/* Without a version in the file, the one that is there now is replaced, whatever it is. */
static enum err
put(const struct invocation *in, struct store *store, const struct text *json,
    struct product *product, bool has_version, struct fault *fault)
{
    char note[NOTE_MAX];
    struct operation operation;
    struct product current;
    memset(&current, 0, sizeof current);
    (void)snprintf(note, sizeof note, "product put %s", product->gtin);
    enum err err = operate_begin(in, text_slice(json), note, &operation, fault);
    if (err != ERR_OK)
        return err;
    if (!has_version) {
        err = registry_get_product(store->session, product->gtin, &current);
        if (err != ERR_OK && err != ERR_NOT_FOUND)
            return store_fault(fault, err, product->gtin);
        product->version = err == ERR_OK ? current.version : 0;
    }
    err = registry_put_product(store->session, product, &operation, &current);
    err = store_settle(store->session, &operation, err);
    if (err == ERR_CONFLICT)
        return fault_set(fault, err,
                         "%s: the file changes version %" PRIu64 ", but the catalogue has %" PRIu64
                         "; see assay product get %s",
                         product->gtin, product->version, current.version, product->gtin);
    if (err != ERR_OK)
        return store_fault(fault, err, product->gtin);
    product->version++;
    return ERR_OK;
}

static enum err
tell(const struct invocation *in, const struct product *product, struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, PRODUCT_JSON_MAX);
    if (in->json) {
        product_json(&out, product);
        text_char(&out, '\n');
        return cli_print(&out, fault);
    }
    text_printf(&out, "%s %s, version %" PRIu64 ": ", product->gtin,
                product->version == 1 ? "added" : "changed", product->version);
    cli_clean(&out, slice_of(product->name));
    text_char(&out, '\n');
    return cli_print(&out, fault);
}

int
cli_product_put(const struct invocation *in, struct fault *fault)
{
    struct product product;
    bool has_version = false;
    AUTO_TEXT json;
    AUTO_STORE *store = NULL;
    text_init(&json, PRODUCT_JSON_MAX);
    enum err err = read_product(in, &json, &product, &has_version, fault);
    if (err == ERR_OK)
        err = operate_open(in, 0, &store, fault);
    if (err == ERR_OK)
        err = put(in, store, &json, &product, has_version, fault);
    return cli_exit(err == ERR_OK ? tell(in, &product, fault) : err);
}

int
cli_product_get(const struct invocation *in, struct fault *fault)
{
    const char *gtin = in->positionals[0];
    struct product product;
    AUTO_STORE *store = NULL;
    if (!gtin_valid(slice_of(gtin)))
        return cli_exit(fault_set(
            fault, ERR_USAGE, "\"%.40s\": not a GTIN of 14 digits with a right check digit", gtin));
    enum err err = operate_open(in, STORE_READ_ONLY | STORE_NO_KEYSET, &store, fault);
    if (err != ERR_OK)
        return cli_exit(err);
    err = registry_get_product(store->session, gtin, &product);
    if (err == ERR_NOT_FOUND)
        return cli_exit(fault_set(fault, err, "%s is not in the catalogue", gtin));
    if (err != ERR_OK)
        return cli_exit(store_fault(fault, err, gtin));
    AUTO_TEXT out;
    text_init(&out, PRODUCT_JSON_MAX);
    product_json(&out, &product);
    text_char(&out, '\n');
    return cli_exit(cli_print(&out, fault));
}

static void
put_line(struct text *out, const void *item)
{
    const struct product *product = item;
    text_printf(out, "%s  %-12s  ", product->gtin, product->item[0] == '\0' ? "-" : product->item);
    cli_clean(out, slice_of(product->name));
    text_char(out, '\n');
}

static void
put_json(struct text *out, const void *item)
{
    product_json(out, item);
}

static enum err
next_page(struct registry_session *session, struct cursor *cursor, void *items, size_t max,
          size_t *count)
{
    return registry_list_products(session, cursor, items, max, count);
}

int
cli_product_list(const struct invocation *in, struct fault *fault)
{
    static const struct listing listing = {
        .name = "products",
        .what = "the catalogue",
        .item_size = sizeof(struct product),
        .item_max = PRODUCT_JSON_MAX,
        .page = next_page,
        .line = put_line,
        .json = put_json,
    };
    return list_records(in, &listing, fault);
}
