/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/product_words.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/json/write.h"
#include "gateway/pages/link.h"

enum { PARTS_MAX = 1 + ENTITLEMENTS_MAX, JSON_MAX = 8 * 1024 };

/* The product and then each entitlement, one behind the other. */
struct place {
    pthread_mutex_t lock;
    char gtin[GTIN_DIGITS + 1];
    uint64_t version; /* 0: nothing is kept */
    struct text json;
    size_t ends[PARTS_MAX];
};

struct product_words {
    struct place places[PRODUCT_WORDS_KEPT];
};

enum err
product_words_open(struct product_words **out, struct fault *fault)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < PRODUCT_WORDS_KEPT; i++) {
        (void)pthread_mutex_init(&(*out)->places[i].lock, NULL);
        text_init(&(*out)->places[i].json, JSON_MAX);
    }
    return ERR_OK;
}

void
product_words_close(struct product_words *words)
{
    for (size_t i = 0; words != NULL && i < PRODUCT_WORDS_KEPT; i++) {
        text_free(&words->places[i].json);
        (void)pthread_mutex_destroy(&words->places[i].lock);
    }
    free(words);
}

/* A link that no page would show is none that a program should follow. */
static void
put_link(struct text *out, const char *name, const char *link)
{
    json_put_text(out, name, link_kind(link) == LINK_NONE ? "" : link);
}

static void
write_product(struct text *out, const struct product *product)
{
    text_char(out, '{');
    json_put_text(out, "gtin", product->gtin);
    json_put_text(out, "item", product->item);
    json_put_text(out, "brand", product->brand);
    json_put_text(out, "name", product->name);
    json_put_text(out, "model", product->model);
    put_link(out, "picture", product->picture);
    put_link(out, "support", product->support);
    text_char(out, '}');
}

static void
write_entitlement(struct text *out, const struct entitlement *entitlement)
{
    text_char(out, '{');
    json_put_text(out, "id", entitlement->id);
    json_put_text(out, "title", entitlement->title);
    json_put_text(out, "covers", entitlement->covers);
}

/* Part 0 is the product. */
static void
write_part(struct text *out, const struct product *product, size_t part)
{
    if (part == 0)
        write_product(out, product);
    else
        write_entitlement(out, &product->entitlements[part - 1]);
}

/* The last digit is a check digit, and says nothing new. */
static struct place *
place_of(struct product_words *words, const char *gtin)
{
    size_t number = 0;
    for (size_t i = 0; i + 1 < GTIN_DIGITS; i++)
        number = number * 10 + (size_t)gtin[i];
    return &words->places[number % PRODUCT_WORDS_KEPT];
}

/* Under the lock. What could not be written is not kept. */
static void
keep(struct place *place, const struct product *product)
{
    text_reset(&place->json);
    for (size_t part = 0; part <= product->entitlement_count; part++) {
        write_part(&place->json, product, part);
        place->ends[part] = place->json.len;
    }
    memcpy(place->gtin, product->gtin, sizeof place->gtin);
    place->version = text_ok(&place->json) ? product->version : 0;
}

static void
put(struct text *out, struct product_words *words, const struct product *product, size_t part)
{
    if (words == NULL || product->version == 0) {
        write_part(out, product, part);
        return;
    }
    struct place *place = place_of(words, product->gtin);
    (void)pthread_mutex_lock(&place->lock);
    if (place->version != product->version || strcmp(place->gtin, product->gtin) != 0)
        keep(place, product);
    size_t start = part == 0 ? 0 : place->ends[part - 1];
    bool kept = place->version != 0;
    if (kept)
        text_slice_put(out, slice_make(place->json.data + start, place->ends[part] - start));
    (void)pthread_mutex_unlock(&place->lock);
    if (!kept)
        write_part(out, product, part);
}

void
product_words_put(struct text *out, struct product_words *words, const struct product *product)
{
    put(out, words, product, 0);
}

void
product_words_put_entitlement(struct text *out, struct product_words *words,
                              const struct product *product, size_t index)
{
    put(out, words, product, index + 1);
}
