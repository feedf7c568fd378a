/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/api/product_words.h"

static const char drill[] =
    "{\"gtin\":\"09506000134352\",\"item\":\"DR-18\",\"brand\":\"Norrland\","
    "\"name\":\"Drill \\\"18\\\"\",\"picture\":\"/pictures/drill.png\"}";
static const char parts_only[] = "{\"id\":\"parts\",\"title\":\"Two years\",\"covers\":\"parts\"";
static const char nothing[] = "{\"id\":\"goodwill\"";

static struct product
a_drill(void)
{
    return (struct product){
        .gtin = "09506000134352",
        .version = 1,
        .item = "DR-18",
        .brand = "Norrland",
        .name = "Drill \"18\"",
        .picture = "/pictures/drill.png",
        .support = "javascript:alert(1)", /* no page would show it */
        .entitlement_count = 2,
        .entitlements = {{.id = "parts", .title = "Two years", .covers = "parts"},
                         {.id = "goodwill"}},
    };
}

static void
check_product(struct product_words *words, const struct product *product, const char *expected)
{
    struct text out;
    text_init(&out, 4096);
    product_words_put(&out, words, product);
    assert_true(text_ok(&out));
    assert_string_equal(out.data, expected);
    text_free(&out);
}

static void
check_entitlement(struct product_words *words, const struct product *product, size_t index,
                  const char *expected)
{
    struct text out;
    text_init(&out, 4096);
    product_words_put_entitlement(&out, words, product, index);
    assert_true(text_ok(&out));
    assert_string_equal(out.data, expected);
    text_free(&out);
}

static struct product_words *
opened(void)
{
    struct product_words *words = NULL;
    assert_int_equal(product_words_open(&words, NULL), ERR_OK);
    return words;
}

/* Kept or not, and kept before or just now: the same words. */
static void
test_the_same_words(void **state)
{
    (void)state;
    const struct product product = a_drill();
    struct product_words *const kept[] = {NULL, opened()};
    for (size_t i = 0; i < 6; i++) {
        struct product_words *words = kept[i % 2];
        check_product(words, &product, drill);
        check_entitlement(words, &product, 0, parts_only);
        check_entitlement(words, &product, 1, nothing);
    }
    product_words_close(kept[1]);
    product_words_close(NULL);
}

static void
test_another_version(void **state)
{
    (void)state;
    struct product_words *words = opened();
    struct product product = a_drill();
    check_product(words, &product, drill);
    product.version = 2;
    memcpy(product.item, "DR-19", 6);
    memcpy(product.entitlements[1].id, "none", 5);
    check_product(words, &product,
                  "{\"gtin\":\"09506000134352\",\"item\":\"DR-19\",\"brand\":\"Norrland\","
                  "\"name\":\"Drill \\\"18\\\"\",\"picture\":\"/pictures/drill.png\"}");
    check_entitlement(words, &product, 1, "{\"id\":\"none\"");
    /* A reader that is behind sees what it read. */
    product = a_drill();
    check_entitlement(words, &product, 1, nothing);
    check_product(words, &product, drill);
    product_words_close(words);
}

/* Many more than there are places, in turns. */
static void
test_many_products(void **state)
{
    (void)state;
    struct product_words *words = opened();
    for (unsigned i = 0; i < 3000; i++) {
        struct product product = {.gtin = "00000000000000", .version = 1 + i / 1000};
        char expected[] = "{\"gtin\":\"00000000000000\"}";
        for (unsigned digit = 0, rest = i % 1000; digit < 3; digit++, rest /= 10) {
            product.gtin[12 - digit] = (char)('0' + rest % 10);
            expected[21 - digit] = product.gtin[12 - digit];
        }
        check_product(words, &product, expected);
    }
    product_words_close(words);
}

/* A record that says nothing yet, and one without a version, are no reason to keep anything. */
static void
test_without_a_version(void **state)
{
    (void)state;
    struct product_words *words = opened();
    struct product product = a_drill();
    product.version = 0;
    check_product(words, &product, drill);
    memcpy(product.item, "DR-19", 6);
    product.name[0] = '\0';
    check_product(words, &product,
                  "{\"gtin\":\"09506000134352\",\"item\":\"DR-19\",\"brand\":\"Norrland\","
                  "\"picture\":\"/pictures/drill.png\"}");
    product_words_close(words);
}

/* The largest record, every byte of it escaped: more than is kept. */
static void
test_too_long_to_be_kept(void **state)
{
    (void)state;
    struct product_words *words = opened();
    static struct product product;
    product = a_drill();
    product.entitlement_count = ENTITLEMENTS_MAX;
    memset(product.name, 1, NAME_MAX_BYTES);
    for (size_t i = 0; i < ENTITLEMENTS_MAX; i++) {
        memset(product.entitlements[i].title, 1, NAME_MAX_BYTES);
        memset(product.entitlements[i].covers, 1, COVERS_MAX);
    }
    struct text direct, kept;
    text_init(&direct, 65536);
    text_init(&kept, 65536);
    for (size_t i = 0; i < ENTITLEMENTS_MAX; i++) {
        product_words_put_entitlement(&direct, NULL, &product, i);
        product_words_put_entitlement(&kept, words, &product, i);
    }
    assert_true(text_ok(&kept) && kept.len > (size_t)ENTITLEMENTS_MAX * 6 * COVERS_MAX);
    assert_string_equal(kept.data, direct.data);
    text_free(&direct);
    text_free(&kept);
    product_words_close(words);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_words),      cmocka_unit_test(test_another_version),
        cmocka_unit_test(test_many_products),       cmocka_unit_test(test_without_a_version),
        cmocka_unit_test(test_too_long_to_be_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
