/* SPDX-License-Identifier: Apache-2.0 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/file.h"
#include "gateway/base/pool.h"
#include "gateway/cli/issue.h"
#include "gateway/label/label.h"

enum { CHUNK_LABELS = 64, GROUP_CHUNKS = 64, CHUNK_TEXT_MAX = CHUNK_LABELS * 2 * LABEL_URL_MAX };

/* Labels that one thread makes in a row, as the lines of the three files. */
struct chunk {
    const struct issue_plan *plan;
    uint64_t first, count;
    struct text labels, cards, manifest;
    enum err err;
    struct fault fault;
};

/* Two groups in turn: while the pool makes one, this thread writes the other. */
struct group {
    size_t count;
    struct chunk chunks[GROUP_CHUNKS];
};

static enum err
sign_row(const struct issue_plan *plan, struct manifest_row *row, struct fault *fault)
{
    char canonical[CANONICAL_MAX + 1];
    size_t len = canonical_link(canonical, &row->id);
    if (!token_sign(&row->token, plan->key->secret_key, canonical, len) ||
        !token_verify(&row->token, plan->key->public_key, canonical, len))
        return fault_set(fault, ERR_CORRUPT,
                         "a signature that was just made does not verify: this machine cannot be "
                         "trusted with the key; nothing was written");
    return ERR_OK;
}

static enum err
make_label(struct chunk *chunk, uint64_t index)
{
    const struct issue_plan *plan = chunk->plan;
    char url[LABEL_URL_MAX + 1];
    struct manifest_row row;
    memset(&row, 0, sizeof row);
    row.id = plan->common;
    row.made_on = plan->made_on;
    row.expires_on = plan->expires_on;
    serial_at(plan->serials, index, row.id.serial);
    enum err err = sign_row(plan, &row, &chunk->fault);
    if (err == ERR_OK)
        err = label_url(url, plan->base_url, &row.id, &row.token, &chunk->fault);
    if (err != ERR_OK)
        return err;
    if (plan->claim_codes) {
        uint8_t random[CLAIM_CHARS];
        randombytes_buf(random, sizeof random);
        crockford_format(row.claim_code, CLAIM_CHARS, random);
        manifest_card_format(&chunk->cards, &row);
        sodium_memzero(random, sizeof random);
    }
    manifest_label_format(&chunk->labels, &row, url);
    manifest_row_format(&chunk->manifest, &row);
    sodium_memzero(&row, sizeof row);
    return ERR_OK;
}

static void
make_chunk(void *context, size_t index)
{
    struct group *group = context;
    struct chunk *chunk = &group->chunks[index];
    chunk->err = ERR_OK;
    for (uint64_t i = 0; chunk->err == ERR_OK && i < chunk->count; i++)
        chunk->err = make_label(chunk, chunk->first + i);
    if (chunk->err == ERR_OK &&
        (!text_ok(&chunk->labels) || !text_ok(&chunk->cards) || !text_ok(&chunk->manifest)))
        chunk->err = fault_set(&chunk->fault, ERR_MEMORY, "out of memory");
}

static void
free_group(struct group *group)
{
    for (size_t i = 0; group != NULL && i < GROUP_CHUNKS; i++) {
        file_wipe(&group->chunks[i].labels);
        file_wipe(&group->chunks[i].cards);
        file_wipe(&group->chunks[i].manifest);
    }
    free(group);
}

static struct group *
new_group(const struct issue_plan *plan)
{
    struct group *group = calloc(1, sizeof *group);
    for (size_t i = 0; group != NULL && i < GROUP_CHUNKS; i++) {
        struct chunk *chunk = &group->chunks[i];
        chunk->plan = plan;
        text_init(&chunk->labels, CHUNK_TEXT_MAX);
        text_init(&chunk->cards, CHUNK_TEXT_MAX);
        text_init(&chunk->manifest, CHUNK_TEXT_MAX);
    }
    return group;
}

struct writing {
    crypto_generichash_state digest; /* of the manifest's bytes */
    const struct issue_plan *plan;
    const struct issue_sink *sink;
    struct pool *pool;
    struct group *making, *made;
    uint64_t next;                   /* label that was not handed out yet */
    uint64_t written;
};

/* Shares out the next labels; an empty group when there are no more. */
static void
fill_group(struct writing *writing, struct group *group)
{
    group->count = 0;
    while (group->count < GROUP_CHUNKS && writing->next < writing->plan->count) {
        struct chunk *chunk = &group->chunks[group->count++];
        uint64_t left = writing->plan->count - writing->next;
        chunk->first = writing->next;
        chunk->count = left < CHUNK_LABELS ? left : CHUNK_LABELS;
        writing->next += chunk->count;
        text_reset(&chunk->labels);
        text_reset(&chunk->cards);
        text_reset(&chunk->manifest);
    }
}

static enum err
put(struct writing *writing, enum issue_part part, struct slice content, struct fault *fault)
{
    const struct issue_sink *sink = writing->sink;
    if (part == ISSUE_CARDS && !writing->plan->claim_codes)
        return ERR_OK;
    if (part == ISSUE_MANIFEST)
        (void)crypto_generichash_update(&writing->digest, (const uint8_t *)content.data,
                                        content.len);
    return sink->put(sink->context, part, content, fault);
}

static enum err
write_chunk(struct writing *writing, const struct chunk *chunk, struct fault *fault)
{
    if (chunk->err != ERR_OK)
        return fault_set(fault, chunk->err, "%s", chunk->fault.text);
    enum err err = put(writing, ISSUE_LABELS, text_slice(&chunk->labels), fault);
    if (err == ERR_OK)
        err = put(writing, ISSUE_CARDS, text_slice(&chunk->cards), fault);
    if (err == ERR_OK)
        err = put(writing, ISSUE_MANIFEST, text_slice(&chunk->manifest), fault);
    writing->written += chunk->count;
    return err;
}

static enum err
write_group(struct writing *writing, const struct group *group, struct fault *fault)
{
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < group->count; i++)
        err = write_chunk(writing, &group->chunks[i], fault);
    if (writing->sink->made != NULL)
        writing->sink->made(writing->sink->context, writing->written);
    return err;
}

static enum err
write_rows(struct writing *writing, struct fault *fault)
{
    enum err err = ERR_OK;
    fill_group(writing, writing->making);
    while (err == ERR_OK && writing->making->count > 0) {
        struct group *made = writing->making;
        pool_start(writing->pool, made->count, make_chunk, made);
        err = write_group(writing, writing->made, fault);
        writing->making = writing->made;
        writing->made = made;
        if (err == ERR_OK)
            fill_group(writing, writing->making);
        pool_wait(writing->pool);
    }
    return err == ERR_OK ? write_group(writing, writing->made, fault) : err;
}

static enum err
write_headers(struct writing *writing, struct fault *fault)
{
    enum err err = put(writing, ISSUE_LABELS, slice_of(LABELS_HEADER "\n"), fault);
    if (err == ERR_OK)
        err = put(writing, ISSUE_CARDS, slice_of(CARDS_HEADER "\n"), fault);
    return err == ERR_OK ? put(writing, ISSUE_MANIFEST, slice_of(MANIFEST_HEADER "\n"), fault)
                         : err;
}

static enum err
write_seal(struct writing *writing, struct fault *fault)
{
    const struct issuing_key *key = writing->plan->key;
    struct manifest_seal seal = {.present = true, .rows = writing->plan->count};
    struct text line;
    memcpy(seal.kid, key->kid, KID_BYTES);
    (void)crypto_generichash_final(&writing->digest, seal.digest, MANIFEST_DIGEST_BYTES);
    if (!signature_make(seal.signature, key->manifest_secret_key, CONTEXT_MANIFEST, seal.digest,
                        MANIFEST_DIGEST_BYTES) ||
        !signature_verify(seal.signature, key->manifest_public_key, CONTEXT_MANIFEST, seal.digest,
                          MANIFEST_DIGEST_BYTES))
        return fault_set(fault, ERR_CORRUPT,
                         "the manifest's signature that was just made does not verify: this "
                         "machine cannot be trusted with the key; nothing was written");
    text_init(&line, MANIFEST_LINE_MAX);
    manifest_seal_format(&line, &seal);
    enum err err = text_ok(&line) ? put(writing, ISSUE_MANIFEST, text_slice(&line), fault)
                                  : fault_set(fault, ERR_MEMORY, "out of memory");
    text_free(&line);
    return err;
}

static enum err
write_all(struct writing *writing, struct fault *fault)
{
    writing->making = new_group(writing->plan);
    writing->made = new_group(writing->plan);
    if (writing->making == NULL || writing->made == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    enum err err = pool_open(0, &writing->pool, fault);
    if (err == ERR_OK)
        err = write_headers(writing, fault);
    if (err == ERR_OK)
        err = write_rows(writing, fault);
    return err == ERR_OK ? write_seal(writing, fault) : err;
}

enum err
issue_make(const struct issue_plan *plan, const struct issue_sink *sink, struct fault *fault)
{
    struct writing writing = {.plan = plan, .sink = sink};
    (void)crypto_generichash_init(&writing.digest, NULL, 0, MANIFEST_DIGEST_BYTES);
    enum err err = write_all(&writing, fault);
    pool_close(writing.pool);
    free_group(writing.making);
    free_group(writing.made);
    return err;
}
