/* SPDX-License-Identifier: Apache-2.0 */
/* A key file: any bytes, or a good one that was changed. Argon2id is replaced (--wrap) by a quick
 * hash of the same inputs: a file is opened hundreds of times a second. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "keys/keyfile.h"
#include "tests/fuzz/fuzz.h"

enum { FILE_MAX = 1024 };

#define PASSPHRASE slice_of("correct horse battery staple")

/* The names are the linker's. */
int __wrap_crypto_pwhash_argon2id(unsigned char *out, unsigned long long out_len,
                                  const char *passphrase, unsigned long long passphrase_len,
                                  const unsigned char *salt, unsigned long long operations,
                                  size_t memory, int algorithm);

int
__wrap_crypto_pwhash_argon2id(unsigned char *out, unsigned long long out_len,
                              const char *passphrase, unsigned long long passphrase_len,
                              const unsigned char *salt, unsigned long long operations,
                              size_t memory, int algorithm)
{
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, salt, crypto_pwhash_argon2id_SALTBYTES, (size_t)out_len);
    (void)crypto_generichash_update(&state, (const unsigned char *)passphrase, passphrase_len);
    (void)crypto_generichash_update(&state, (const unsigned char *)&operations, sizeof operations);
    (void)crypto_generichash_update(&state, (const unsigned char *)&memory, sizeof memory);
    (void)algorithm;
    return crypto_generichash_final(&state, out, (size_t)out_len);
}

struct file {
    size_t len;
    uint8_t bytes[FILE_MAX];
};

/* A good file. */
static void
make(struct file *out, const char *path)
{
    struct issuing_key *key = NULL;
    struct fault fault = {0};
    struct text text;
    text_init(&text, FILE_MAX);
    (void)unlink(path);
    REQUIRE(keyfile_create(path, "plant-a", PASSPHRASE, &keyfile_cost_default, &key, &fault) ==
            ERR_OK);
    keyfile_free(key);
    REQUIRE(file_read(path, FILE_SECRET, &text, &fault) == ERR_OK);
    out->len = text.len;
    memcpy(out->bytes, text.data, text.len);
    text_free(&text);
}

/* Three bytes each: where (2), and what to change there; last perhaps one: how much to cut off. */
static void
change(struct file *file, struct slice input)
{
    while (input.len >= 3) {
        size_t at = (size_t)fuzz_choice(&input) << 8;
        at |= fuzz_choice(&input);
        file->bytes[at % file->len] ^= fuzz_choice(&input);
    }
    file->len -= fuzz_choice(&input) % (file->len + 1);
}

static void
write_file(const char *path, const struct file *file)
{
    struct fault fault = {0};
    (void)unlink(path);
    REQUIRE(file_create(path, slice_make((const char *)file->bytes, file->len), 0600, &fault) ==
            ERR_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice input = fuzz_slice(data, len);
    char path[64];
    struct file good;
    struct issuing_key *key = NULL;
    struct fault fault = {0};
    REQUIRE(sodium_init() >= 0);
    (void)snprintf(path, sizeof path, "/tmp/assay-fuzz-keyfile.%ld", (long)getpid());
    make(&good, path);
    struct file changed = good;
    if (fuzz_choice(&input) % 2 == 0)
        change(&changed, input);
    else if (input.len <= FILE_MAX) {
        changed.len = input.len;
        if (input.len > 0)
            memcpy(changed.bytes, input.data, input.len);
    }
    write_file(path, &changed);
    bool same = changed.len == good.len && memcmp(changed.bytes, good.bytes, good.len) == 0;
    enum err err = keyfile_open(path, PASSPHRASE, &key, &fault);
    (void)unlink(path);
    REQUIRE((err == ERR_OK) == same && (key != NULL) == same);
    REQUIRE(same || fault.text[0] != '\0');
    keyfile_free(key);
    return 0;
}
