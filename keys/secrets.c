/* SPDX-License-Identifier: Apache-2.0 */
#include "keys/secrets.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/file.h"
#include "keys/locked.h"

#define FIRST_LINE "assay secrets v1\n"

enum {
    CHECK_BYTES = 16,
    LINE_MAX_BYTES = 16 + 2 * SEAL_KEY_BYTES,
    LINES_MAX_BYTES = 4 * LINE_MAX_BYTES,
    SECRETS_FILE_MAX = sizeof FIRST_LINE + LINES_MAX_BYTES
};

static const struct part {
    const char *label;
    size_t offset;
    size_t len;
} parts[] = {
    {"label_key = ", offsetof(struct secrets, label_key), SEAL_KEY_BYTES},
    {"claim_key = ", offsetof(struct secrets, claim_key), SEAL_KEY_BYTES},
    {"record_key = ", offsetof(struct secrets, record_key), RECORD_KEY_BYTES},
};
enum { PARTS = sizeof parts / sizeof parts[0] };

/* Has room for the whole file, so that growing leaves no copies behind. */
struct page {
    char data[SECRETS_FILE_MAX];
    size_t len;
};

static void
wipe_page(struct page *page)
{
    sodium_memzero(page, sizeof *page);
}

static void
put_line(struct page *page, const char *label, const uint8_t *bytes, size_t len)
{
    size_t label_len = strlen(label);
    memcpy(page->data + page->len, label, label_len);
    page->len += label_len;
    (void)sodium_bin2hex(page->data + page->len, 2 * len + 1, bytes, len);
    page->len += 2 * len;
    page->data[page->len++] = '\n';
}

/* The one spelling that a file of these secrets has. */
static void
format(struct page *page, const struct secrets *secrets)
{
    uint8_t check[CHECK_BYTES];
    page->len = strlen(FIRST_LINE);
    memcpy(page->data, FIRST_LINE, page->len);
    for (size_t i = 0; i < PARTS; i++)
        put_line(page, parts[i].label, (const uint8_t *)secrets + parts[i].offset, parts[i].len);
    (void)crypto_generichash(check, CHECK_BYTES, (const uint8_t *)page->data, page->len, NULL, 0);
    put_line(page, "check = ", check, CHECK_BYTES);
}

static bool
parse(struct secrets *out, struct slice file)
{
    struct slice rest = file;
    (void)slice_take(&rest, FIRST_LINE);
    for (size_t i = 0; i < PARTS; i++)
        if (!slice_take(&rest, parts[i].label) ||
            !slice_hex((uint8_t *)out + parts[i].offset, parts[i].len,
                       slice_take_until(&rest, '\n')))
            return false;
    __attribute__((cleanup(wipe_page))) struct page page;
    format(&page, out);
    return page.len == file.len && sodium_memcmp(page.data, file.data, file.len) == 0;
}

enum err
secrets_load(const char *path, struct secrets **out, struct fault *fault)
{
    __attribute__((cleanup(file_wipe))) struct text text;
    text_init(&text, SECRETS_FILE_MAX);
    *out = NULL;
    enum err err = file_read(path, FILE_SECRET, &text, fault);
    if (err != ERR_OK)
        return err;
    if (!slice_starts(text_slice(&text), FIRST_LINE))
        return fault_set(fault, ERR_CORRUPT, "%s: not a file of secrets of this program", path);
    void *memory = NULL;
    err = locked_new(&memory, sizeof(struct secrets), fault);
    if (err != ERR_OK)
        return err;
    if (!parse(memory, text_slice(&text))) {
        locked_free(memory);
        return fault_set(fault, ERR_CORRUPT, "%s: damaged; restore it from its backup", path);
    }
    *out = memory;
    return ERR_OK;
}

enum err
secrets_create(const char *path, struct secrets **out, struct fault *fault)
{
    void *memory = NULL;
    *out = NULL;
    enum err err = locked_new(&memory, sizeof(struct secrets), fault);
    if (err != ERR_OK)
        return err;
    randombytes_buf(memory, sizeof(struct secrets));
    __attribute__((cleanup(wipe_page))) struct page page;
    format(&page, memory);
    err = file_create(path, slice_make(page.data, page.len), 0600, fault);
    if (err != ERR_OK) {
        locked_free(memory);
        return err;
    }
    *out = memory;
    return ERR_OK;
}

void
secrets_free(struct secrets *secrets)
{
    locked_free(secrets);
}
