/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of the operator: a product, a lot, a recall. What is taken keeps the rules of everything
 * that is stored, and is written and read again as the same. */
#include <stdlib.h>
#include <string.h>

#include "gateway/records/records.h"
#include "tests/fuzz/fuzz.h"

static void
check_same(const struct text *first, const struct text *second)
{
    REQUIRE(text_ok(first) && text_ok(second) && first->len == second->len);
    REQUIRE(memcmp(first->data, second->data, first->len) == 0);
}

static void
product(struct slice text, struct text texts[static 2], struct fault *fault)
{
    struct product *out = calloc(2, sizeof *out);
    bool versioned = false;
    REQUIRE(out != NULL);
    if (product_from_json(out, &versioned, text, fault) == ERR_OK) {
        REQUIRE((versioned || out->version == 0) && product_check(out, fault) == ERR_OK);
        out->version = 1;
        product_json(&texts[0], out);
        REQUIRE(product_from_json(out + 1, &versioned, text_slice(&texts[0]), fault) == ERR_OK);
        product_json(&texts[1], out + 1);
        check_same(&texts[0], &texts[1]);
    } else {
        REQUIRE(fault->text[0] != '\0');
    }
    free(out);
}

static void
lot(struct slice text, struct text texts[static 2], struct fault *fault)
{
    struct lot out[2] = {{.gtin = ""}};
    bool versioned = false;
    if (lot_from_json(&out[0], &versioned, text, fault) != ERR_OK) {
        REQUIRE(fault->text[0] != '\0');
        return;
    }
    REQUIRE(lot_check(&out[0], fault) == ERR_OK);
    out[0].version = 1;
    lot_json(&texts[0], &out[0]);
    REQUIRE(lot_from_json(&out[1], &versioned, text_slice(&texts[0]), fault) == ERR_OK);
    lot_json(&texts[1], &out[1]);
    check_same(&texts[0], &texts[1]);
}

static void
recall(struct slice text, struct text texts[static 2], struct fault *fault)
{
    struct recall *out = calloc(1, sizeof *out);
    REQUIRE(out != NULL);
    if (recall_from_json(out, text, fault) == ERR_OK) {
        REQUIRE(recall_check(out, fault) == ERR_OK);
        REQUIRE(out->version == 0 && out->opened_at == 0 && out->lifted_at == 0);
        recall_json(&texts[0], out);
        REQUIRE(text_ok(&texts[0]) && slice_utf8(text_slice(&texts[0])));
    } else {
        REQUIRE(fault->text[0] != '\0');
    }
    free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static void (*const kinds[])(struct slice, struct text *, struct fault *) = {product, lot,
                                                                                 recall};
    struct slice input = fuzz_slice(data, len);
    struct fault fault = {0};
    struct text texts[2];
    uint8_t kind = fuzz_choice(&input) % (sizeof kinds / sizeof kinds[0]);
    text_init(&texts[0], PRODUCT_JSON_MAX);
    text_init(&texts[1], PRODUCT_JSON_MAX);
    kinds[kind](input, texts, &fault);
    text_free(&texts[0]);
    text_free(&texts[1]);
    return 0;
}
