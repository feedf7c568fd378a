/* SPDX-License-Identifier: Apache-2.0 */
/* "assay salt of the day\n", the day, the salt and a check sum, each in a line. */
#include "gateway/api/day_salt.h"

#include <sodium.h>
#include <string.h>

#include "gateway/base/file.h"

_Static_assert((int)DAY_SALT_BYTES == (int)crypto_shorthash_KEYBYTES, "the salt is a SipHash key");

static const char title[] = "assay salt of the day";

enum { FILE_BYTES_MAX = 128, SUM_BYTES = crypto_shorthash_BYTES };

/* Keyed with the salt, so that a salt that was half overwritten is known. */
static void
sum_of(uint8_t out[static SUM_BYTES], struct slice day, const uint8_t salt[static DAY_SALT_BYTES])
{
    (void)crypto_shorthash(out, (const unsigned char *)day.data, day.len, salt);
}

static bool
parse(struct slice rest, civil_day day, uint8_t out[static DAY_SALT_BYTES])
{
    uint8_t sum[SUM_BYTES];
    uint8_t expected[SUM_BYTES];
    civil_day written = CIVIL_NONE;
    struct slice first = slice_take_until(&rest, '\n');
    struct slice date = slice_take_until(&rest, '\n');
    struct slice salt = slice_take_until(&rest, '\n');
    struct slice check = slice_take_until(&rest, '\n');
    if (!slice_equal(first, title) || !date_parse(&written, date) ||
        !slice_hex(out, DAY_SALT_BYTES, salt) || !slice_hex(sum, SUM_BYTES, check) || rest.len > 0)
        return false;
    sum_of(expected, date, out);
    return written == day && sodium_memcmp(sum, expected, SUM_BYTES) == 0;
}

enum err
day_salt_read(const char *path, civil_day day, uint8_t out[static DAY_SALT_BYTES],
              struct fault *fault)
{
    struct text content;
    text_init(&content, FILE_BYTES_MAX);
    enum err err = file_read(path, FILE_SECRET, &content, fault);
    if (err == ERR_TOO_LARGE || (err == ERR_OK && !parse(text_slice(&content), day, out)))
        err = ERR_NOT_FOUND;
    if (err != ERR_OK)
        sodium_memzero(out, DAY_SALT_BYTES);
    file_wipe(&content);
    return err;
}

enum err
day_salt_write(const char *path, civil_day day, const uint8_t salt[static DAY_SALT_BYTES],
               struct fault *fault)
{
    struct text content;
    char date[DATE_TEXT_MAX];
    uint8_t sum[SUM_BYTES];
    date_format(date, day);
    sum_of(sum, slice_of(date), salt);
    text_init(&content, FILE_BYTES_MAX);
    text_printf(&content, "%s\n%s\n", title, date);
    text_hex(&content, salt, DAY_SALT_BYTES);
    text_char(&content, '\n');
    text_hex(&content, sum, SUM_BYTES);
    text_char(&content, '\n');
    enum err err = text_ok(&content) ? file_overwrite(path, text_slice(&content), fault)
                                     : fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
    file_wipe(&content);
    return err;
}
