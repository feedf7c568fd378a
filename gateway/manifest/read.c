/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/manifest/lines.h"
#include "gateway/manifest/manifest.h"
#include "gateway/manifest/row.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

struct manifest {
    const char *path;
    struct lines *lines;
    struct manifest_seal seal;
};

/* First lines that people hand in by mistake, and what to do about each. */
static const struct {
    const char *start, *advice;
} wrong_headers[] = {
    {LABELS_HEADER, "this is the list for the printer; import the file that ends in .manifest.csv"},
    {CARDS_HEADER, "this is the list for the cards; import the file that ends in .manifest.csv"},
    {"gtin;", "fields are separated by ';'; export with commas"},
    {"gtin\t", "fields are separated by tabs; export with commas"},
    {"\xFF\xFE", "the file is UTF-16; export as CSV UTF-8"},
    {"\xFE\xFF", "the file is UTF-16; export as CSV UTF-8"},
};

static enum err
check_header(const struct manifest *manifest, const struct line *line, struct fault *fault)
{
    struct slice text = line->text;
    if (line->end)
        return fault_set(fault, ERR_INVALID, "%s: the file is empty", manifest->path);
    (void)slice_take(&text, BYTE_ORDER_MARK);
    if (slice_equal(text, MANIFEST_HEADER))
        return ERR_OK;
    for (size_t i = 0; i < sizeof wrong_headers / sizeof wrong_headers[0]; i++)
        if (slice_starts(text, wrong_headers[i].start))
            return fault_set(fault, ERR_INVALID, "%s:1: %s", manifest->path,
                             wrong_headers[i].advice);
    return fault_set(fault, ERR_INVALID, "%s:1: the first line is not \"" MANIFEST_HEADER "\"",
                     manifest->path);
}

/* The line is written anew from what was understood and has to be the same bytes. */
static bool
parse_seal(struct manifest_seal *seal, const struct line *line)
{
    struct slice rest = line->raw;
    bool parsed = slice_take(&rest, MANIFEST_SEAL_START) && slice_take(&rest, "1,") &&
                  slice_hex(seal->kid, KID_BYTES, slice_take_until(&rest, ',')) &&
                  slice_number(&seal->rows, slice_take_until(&rest, ','), 0, MANIFEST_ROWS_MAX) &&
                  slice_hex(seal->signature, SIGNATURE_BYTES, rest);
    struct text again;
    text_init(&again, MANIFEST_LINE_MAX);
    manifest_seal_format(&again, seal);
    bool same = parsed && line->terminated && text_ok(&again) && again.len == line->raw.len + 1 &&
                memcmp(again.data, line->raw.data, line->raw.len) == 0;
    text_free(&again);
    return same;
}

static enum err
read_seal(struct manifest *manifest, const struct line *line, struct fault *fault)
{
    uint64_t counted = manifest->seal.rows;
    struct line after;
    if (!parse_seal(&manifest->seal, line))
        return fault_set(fault, ERR_INVALID,
                         "%s:%" PRIu64 ": the line that vouches for the manifest is damaged",
                         manifest->path, line->number);
    if (manifest->seal.rows != counted)
        return fault_set(fault, ERR_INVALID,
                         "%s:%" PRIu64 ": it vouches for %" PRIu64 " rows, but there are %" PRIu64,
                         manifest->path, line->number, manifest->seal.rows, counted);
    manifest->seal.present = true;
    enum err err = lines_next(manifest->lines, &after, fault);
    if (err == ERR_OK && !after.end)
        return fault_set(fault, ERR_INVALID,
                         "%s:%" PRIu64 ": something follows the line that vouches for the manifest",
                         manifest->path, after.number);
    return err;
}

static void
add_line(crypto_generichash_state *digest, const struct line *line)
{
    (void)crypto_generichash_update(digest, (const uint8_t *)line->raw.data, line->raw.len);
    if (line->terminated)
        (void)crypto_generichash_update(digest, (const uint8_t *)"\n", 1);
}

static enum err
scan_rows(struct manifest *manifest, crypto_generichash_state *digest, struct fault *fault)
{
    struct line line;
    for (;;) {
        enum err err = lines_next(manifest->lines, &line, fault);
        if (err != ERR_OK || line.end)
            return err;
        if (slice_starts(line.raw, MANIFEST_SEAL_START))
            return read_seal(manifest, &line, fault);
        if (manifest->seal.rows == MANIFEST_ROWS_MAX)
            return fault_set(fault, ERR_TOO_LARGE, "%s: more than %d rows; split it",
                             manifest->path, MANIFEST_ROWS_MAX);
        manifest->seal.rows++;
        add_line(digest, &line);
    }
}

static enum err
scan(struct manifest *manifest, struct fault *fault)
{
    crypto_generichash_state digest;
    struct line header;
    (void)crypto_generichash_init(&digest, NULL, 0, MANIFEST_DIGEST_BYTES);
    enum err err = lines_next(manifest->lines, &header, fault);
    if (err != ERR_OK)
        return err;
    err = check_header(manifest, &header, fault);
    add_line(&digest, &header);
    if (err == ERR_OK)
        err = scan_rows(manifest, &digest, fault);
    (void)crypto_generichash_final(&digest, manifest->seal.digest, MANIFEST_DIGEST_BYTES);
    return err;
}

enum err
manifest_open(FILE *file, const char *path, struct manifest **out, struct fault *fault)
{
    struct manifest *manifest = calloc(1, sizeof *manifest);
    *out = NULL;
    if (manifest == NULL)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
    manifest->path = path;
    enum err err = lines_open(file, path, &manifest->lines, fault);
    if (err == ERR_OK)
        err = scan(manifest, fault);
    if (err != ERR_OK) {
        manifest_close(manifest);
        return err;
    }
    *out = manifest;
    return ERR_OK;
}

void
manifest_close(struct manifest *manifest)
{
    if (manifest == NULL)
        return;
    lines_close(manifest->lines);
    free(manifest);
}

const struct manifest_seal *
manifest_seal(const struct manifest *manifest)
{
    return &manifest->seal;
}

static enum err
visit_rows(struct manifest *manifest, struct row_reader *reader,
           const struct manifest_visitor *visitor, struct fault *fault)
{
    struct line line;
    struct manifest_row row;
    struct manifest_refusal refusal;
    enum err err = lines_next(manifest->lines, &line, fault); /* the header */
    while (err == ERR_OK) {
        err = lines_next(manifest->lines, &line, fault);
        if (err != ERR_OK || line.end || slice_starts(line.raw, MANIFEST_SEAL_START))
            break;
        if (row_read(reader, line.text, line.number, &row, &refusal))
            err = visitor->row(&row, visitor->context, fault);
        else
            err = visitor->refused(&refusal, visitor->context, fault);
    }
    sodium_memzero(&row, sizeof row);
    return err;
}

enum err
manifest_rows(struct manifest *manifest, const struct manifest_visitor *visitor,
              struct fault *fault)
{
    struct row_reader *reader = NULL;
    enum err err = row_reader_open(&reader);
    if (err != ERR_OK)
        return fault_set(fault, err, "%s: out of memory", manifest->path);
    err = lines_again(manifest->lines, fault);
    if (err == ERR_OK)
        err = visit_rows(manifest, reader, visitor, fault);
    row_reader_close(reader);
    return err;
}

enum err
manifest_verify(const struct manifest_seal *seal, const struct keyset *keyset,
                const struct keyset_entry **signer, struct fault *fault)
{
    const struct keyset_entry *entry = NULL;
    *signer = NULL;
    for (size_t n = 0; (entry = keyset_find(keyset, seal->kid, n)) != NULL; n++)
        if (signature_verify(seal->signature, entry->manifest_key, CONTEXT_MANIFEST, seal->digest,
                             MANIFEST_DIGEST_BYTES))
            break;
    if (entry == NULL && keyset_find(keyset, seal->kid, 0) == NULL)
        return fault_set(fault, ERR_DENIED,
                         "the manifest is signed by a key that is not trusted here"
                         "; add it with: assay keys add");
    if (entry == NULL)
        return fault_set(fault, ERR_DENIED,
                         "the manifest's signature does not fit its content: it "
                         "was changed since it was issued");
    if (entry->status != KEY_ACTIVE)
        return fault_set(fault, ERR_DENIED, "the manifest is signed by key %s, which is %s",
                         entry->name, key_status_name(entry->status));
    *signer = entry;
    return ERR_OK;
}
