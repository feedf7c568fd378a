/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/serials.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/claim.h"
#include "gateway/base/file.h"
#include "gateway/cli/cli.h"

/* Ten rounds, as in NIST SP 800-38G for the same construction. */
enum {
    ROUNDS = 10,
    HALF_BITS = 30,
    HALF_MASK = (1 << HALF_BITS) - 1,
    CHAR_BITS = 5,
    CHAR_MASK = 31
};

struct own_serial {
    char text[GS1_VALUE_MAX + 1];
};

struct serials {
    uint8_t key[crypto_shorthash_KEYBYTES];
    struct own_serial *own; /* NULL: made up */
};

static uint32_t
round_value(const struct serials *serials, unsigned round, uint32_t half)
{
    uint8_t hash[crypto_shorthash_BYTES];
    const uint8_t in[5] = {(uint8_t)round, (uint8_t)(half >> 24), (uint8_t)(half >> 16),
                           (uint8_t)(half >> 8), (uint8_t)half};
    (void)crypto_shorthash(hash, in, sizeof in, serials->key);
    return ((uint32_t)hash[0] << 24 | (uint32_t)hash[1] << 16 | (uint32_t)hash[2] << 8 | hash[3]) &
           HALF_MASK;
}

/* A Feistel network is a permutation whatever its round function: equal results would mean equal
 * indexes. */
static uint64_t
permute(const struct serials *serials, uint64_t index)
{
    uint32_t left = (uint32_t)(index >> HALF_BITS) & HALF_MASK;
    uint32_t right = (uint32_t)index & HALF_MASK;
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint32_t next = left ^ round_value(serials, round, right);
        left = right;
        right = next;
    }
    return (uint64_t)left << HALF_BITS | right;
}

void
serial_at(const struct serials *serials, uint64_t index, char out[static GS1_VALUE_MAX + 1])
{
    uint8_t characters[MADE_UP_CHARS];
    if (serials->own != NULL) {
        memcpy(out, serials->own[index].text, GS1_VALUE_MAX + 1);
        return;
    }
    uint64_t value = permute(serials, index);
    for (unsigned i = 0; i < MADE_UP_CHARS; i++)
        characters[i] = (uint8_t)(value >> (CHAR_BITS * i) & CHAR_MASK);
    crockford_format(out, MADE_UP_CHARS, characters);
}

enum err
serials_made_up(struct serials **out, struct fault *fault)
{
    struct serials *serials = calloc(1, sizeof *serials);
    *out = serials;
    if (serials == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    randombytes_buf(serials->key, sizeof serials->key);
    return ERR_OK;
}

void
serials_close(struct serials *serials)
{
    if (serials == NULL)
        return;
    free(serials->own);
    free(serials);
}

/* Reading a file: once to count its lines, once to keep them. */
struct load {
    const char *path;
    struct serials *serials;
    uint64_t count, kept;
    uint32_t *slots; /* open addressing: index + 1 of a serial */
    uint64_t mask;
};

static enum err
count_line(struct slice line, uint64_t number, void *context, struct fault *fault)
{
    struct load *load = context;
    (void)line;
    load->count = number;
    if (number > SERIALS_MAX)
        return fault_set(fault, ERR_TOO_LARGE, "%s: more than %d lines; split it", load->path,
                         SERIALS_MAX);
    return ERR_OK;
}

/* 7.00E+11 is what a spreadsheet makes of a long number: its characters are allowed in a serial,
 * its digits are lost. */
static bool
from_spreadsheet(struct slice s)
{
    struct slice head = slice_take_until(&s, 'E');
    if (head.len == 0 || slice_find(head, '.') == head.len || s.len < 2 || s.data[0] != '+')
        return false;
    for (size_t i = 0; i < head.len; i++)
        if ((head.data[i] < '0' || head.data[i] > '9') && head.data[i] != '.')
            return false;
    return true;
}

/* The line that has this serial already, or 0; else remembers it. */
static uint64_t
remember(struct load *load, const struct own_serial *serial)
{
    uint8_t hash[crypto_shorthash_BYTES];
    uint64_t at = 0;
    (void)crypto_shorthash(hash, (const uint8_t *)serial->text, sizeof serial->text,
                           load->serials->key);
    memcpy(&at, hash, sizeof at);
    for (at &= load->mask; load->slots[at] != 0; at = (at + 1) & load->mask)
        if (memcmp(&load->serials->own[load->slots[at] - 1], serial, sizeof *serial) == 0)
            return load->slots[at];
    load->slots[at] = (uint32_t)load->kept + 1;
    return 0;
}

static enum err
keep_line(struct slice line, uint64_t number, void *context, struct fault *fault)
{
    struct load *load = context;
    struct own_serial serial = {""};
    if (load->kept == load->count)
        return fault_set(fault, ERR_CONFLICT, "%s: the file changed while it was read", load->path);
    if (line.len == 0)
        return fault_set(fault, ERR_INVALID, "%s:%" PRIu64 ": empty line", load->path, number);
    if (from_spreadsheet(line))
        return fault_set(fault, ERR_INVALID,
                         "%s:%" PRIu64 ": a spreadsheet shortened this number; format the column "
                         "as text and export again from the source",
                         load->path, number);
    if (!gs1_value_valid(line) || !slice_copy(serial.text, sizeof serial.text, line))
        return fault_set(fault, ERR_INVALID,
                         "%s:%" PRIu64
                         ": not 1 to %d characters of the GS1 character set (letters, "
                         "digits and !\"%%&'()*+,-./:;<=>?_; no blanks)",
                         load->path, number, GS1_VALUE_MAX);
    uint64_t before = remember(load, &serial);
    if (before != 0)
        return fault_set(fault, ERR_INVALID,
                         "%s:%" PRIu64 ": serial %s is on line %" PRIu64 " already", load->path,
                         number, serial.text, before);
    load->serials->own[load->kept++] = serial;
    return ERR_OK;
}

static enum err
make_room(struct load *load, struct fault *fault)
{
    uint64_t slots = 64;
    while (slots < load->count + load->count / 2)
        slots *= 2;
    load->mask = slots - 1;
    load->slots = calloc(slots, sizeof *load->slots);
    load->serials->own = calloc(load->count + 1, sizeof *load->serials->own);
    return load->slots != NULL && load->serials->own != NULL
               ? ERR_OK
               : fault_set(fault, ERR_MEMORY, "%s: out of memory for %" PRIu64 " serials",
                           load->path, load->count);
}

static enum err
load_file(struct load *load, FILE *file, struct fault *fault)
{
    enum err err = cli_each_line(file, GS1_VALUE_MAX, count_line, load, fault);
    if (err == ERR_OK && load->count == 0)
        return fault_set(fault, ERR_INVALID, "%s: the file is empty", load->path);
    if (err == ERR_OK)
        err = make_room(load, fault);
    if (err == ERR_OK && fseeko(file, 0, SEEK_SET) != 0)
        return file_fault(fault, load->path, errno);
    if (err == ERR_OK)
        err = cli_each_line(file, GS1_VALUE_MAX, keep_line, load, fault);
    if (err == ERR_OK && load->kept != load->count)
        return fault_set(fault, ERR_CONFLICT, "%s: the file changed while it was read", load->path);
    return err;
}

enum err
serials_from_file(const char *path, struct serials **out, uint64_t *count, struct fault *fault)
{
    struct load load = {.path = path};
    *out = NULL;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return file_fault(fault, path, errno);
    enum err err = serials_made_up(&load.serials, fault);
    if (err == ERR_OK)
        err = load_file(&load, file, fault);
    (void)fclose(file);
    free(load.slots);
    if (err != ERR_OK) {
        serials_close(load.serials);
        return err;
    }
    *out = load.serials;
    *count = load.count;
    return ERR_OK;
}
