/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/manifest/lines.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/file.h"

enum { BLOCK_BYTES = 65536, BLOCK_DIGEST_BYTES = 32 };

struct block_digest {
    uint8_t bytes[BLOCK_DIGEST_BYTES];
};

struct lines {
    FILE *file;
    const char *path;
    off_t start;
    bool again;
    struct block_digest *digests;
    size_t digest_count, digest_capacity, next_digest;
    uint64_t line;
    struct slice rest; /* of the block, not given out yet */
    char block[BLOCK_BYTES];
    size_t len; /* of the line in `line_bytes` */
    char line_bytes[MANIFEST_LINE_MAX + 1];
};

enum err
lines_open(FILE *file, const char *path, struct lines **out, struct fault *fault)
{
    struct lines *lines = calloc(1, sizeof *lines);
    *out = NULL;
    if (lines == NULL)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
    lines->file = file;
    lines->path = path;
    lines->start = ftello(file);
    if (lines->start < 0) {
        free(lines);
        return fault_set(fault, ERR_INVALID, "%s: not a file that can be read twice", path);
    }
    *out = lines;
    return ERR_OK;
}

void
lines_close(struct lines *lines)
{
    if (lines == NULL)
        return;
    sodium_memzero(lines->block, sizeof lines->block); /* claim codes */
    sodium_memzero(lines->line_bytes, sizeof lines->line_bytes);
    free(lines->digests);
    free(lines);
}

enum err
lines_again(struct lines *lines, struct fault *fault)
{
    if (fseeko(lines->file, lines->start, SEEK_SET) != 0)
        return file_fault(fault, lines->path, errno);
    lines->again = true;
    lines->line = 0;
    lines->rest = slice_make(lines->block, 0);
    return ERR_OK;
}

static enum err
keep_digest(struct lines *lines, const struct block_digest *digest, struct fault *fault)
{
    if (lines->digest_count == lines->digest_capacity) {
        size_t capacity = lines->digest_capacity == 0 ? 64 : lines->digest_capacity * 2;
        struct block_digest *more = realloc(lines->digests, capacity * sizeof *more);
        if (more == NULL)
            return fault_set(fault, ERR_MEMORY, "%s: out of memory", lines->path);
        lines->digests = more;
        lines->digest_capacity = capacity;
    }
    lines->digests[lines->digest_count++] = *digest;
    return ERR_OK;
}

/* A file that grew has a digest too many, one that shrank a last block that differs. */
static enum err
compare_digest(struct lines *lines, const struct block_digest *digest, struct fault *fault)
{
    bool same =
        lines->next_digest < lines->digest_count &&
        memcmp(digest->bytes, lines->digests[lines->next_digest].bytes, BLOCK_DIGEST_BYTES) == 0;
    lines->next_digest++;
    return same ? ERR_OK
                : fault_set(fault, ERR_CONFLICT, "%s: the file changed while it was read",
                            lines->path);
}

/* The next block into `rest`; an empty one, too, has its digest: that of the end. */
static enum err
refill(struct lines *lines, struct fault *fault)
{
    struct block_digest digest;
    size_t got = fread(lines->block, 1, BLOCK_BYTES, lines->file);
    if (ferror(lines->file) != 0)
        return file_fault(fault, lines->path, errno);
    lines->rest = slice_make(lines->block, got);
    (void)crypto_generichash(digest.bytes, BLOCK_DIGEST_BYTES, (const uint8_t *)lines->block, got,
                             NULL, 0);
    return lines->again ? compare_digest(lines, &digest, fault)
                        : keep_digest(lines, &digest, fault);
}

/* Moves bytes up to the next LF, or the end of the block, into the line. */
static enum err
gather(struct lines *lines, bool *terminated, struct fault *fault)
{
    size_t available = lines->rest.len;
    struct slice part = slice_take_until(&lines->rest, '\n');
    *terminated = part.len < available;
    if (part.len > MANIFEST_LINE_MAX - lines->len)
        return fault_set(fault, ERR_INVALID, "%s:%" PRIu64 ": longer than %d bytes", lines->path,
                         lines->line, MANIFEST_LINE_MAX);
    if (part.len > 0)
        memcpy(lines->line_bytes + lines->len, part.data, part.len);
    lines->len += part.len;
    return ERR_OK;
}

enum err
lines_next(struct lines *lines, struct line *out, struct fault *fault)
{
    *out = (struct line){.number = ++lines->line};
    lines->len = 0;
    while (!out->terminated) {
        enum err err = lines->rest.len == 0 ? refill(lines, fault) : ERR_OK;
        if (err != ERR_OK)
            return err;
        if (lines->rest.len == 0)
            break;
        err = gather(lines, &out->terminated, fault);
        if (err != ERR_OK)
            return err;
    }
    out->end = !out->terminated && lines->len == 0;
    out->raw = slice_make(lines->line_bytes, lines->len);
    if (slice_find(out->raw, '\0') != out->raw.len)
        return fault_set(fault, ERR_INVALID, "%s:%" PRIu64 ": holds a NUL byte: not a text file",
                         lines->path, lines->line);
    bool cr = out->terminated && out->raw.len > 0 && out->raw.data[out->raw.len - 1] == '\r';
    out->text = slice_make(out->raw.data, out->raw.len - (cr ? 1 : 0));
    return ERR_OK;
}
