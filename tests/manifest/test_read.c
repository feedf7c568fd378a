/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "tests/manifest/run.h"
#include "tests/vectors/manifest.h"
#include "tests/vectors/unhex.h"

#define HEAD MANIFEST_HEADER "\n"

struct seen_rows {
    size_t rows, refused;
    struct manifest_row first, last;
};

static enum err
keep_row(const struct manifest_row *row, void *context, struct fault *fault)
{
    struct seen_rows *seen = context;
    (void)fault;
    if (seen->rows++ == 0)
        seen->first = *row;
    seen->last = *row;
    return ERR_OK;
}

static enum err
keep_refusal(const struct manifest_refusal *refusal, void *context, struct fault *fault)
{
    struct seen_rows *seen = context;
    (void)refusal;
    (void)fault;
    seen->refused++;
    return ERR_OK;
}

static enum err
open_bytes(const char *bytes, size_t len, FILE **file, struct manifest **out, struct fault *fault)
{
    *file = run_file(bytes, len);
    return manifest_open(*file, "run.csv", out, fault);
}

static enum err
read_rows(struct manifest *manifest, struct seen_rows *seen, struct fault *fault)
{
    const struct manifest_visitor visitor = {keep_row, keep_refusal, seen};
    memset(seen, 0, sizeof *seen);
    return manifest_rows(manifest, &visitor, fault);
}

/* What another implementation wrote and signed. */
static void
a_foreign_manifest_is_read(void **state)
{
    (void)state;
    struct run_key key;
    struct keyset *keyset = calloc(1, sizeof *keyset);
    struct manifest *manifest = NULL;
    const struct keyset_entry *signer = NULL;
    struct seen_rows seen;
    uint8_t digest[MANIFEST_DIGEST_BYTES];
    FILE *file = NULL;
    struct fault fault;
    assert_non_null(keyset);
    run_key_rfc8032(&key);
    run_trust(keyset, &key);
    assert_int_equal(open_bytes(manifest_vector, strlen(manifest_vector), &file, &manifest, &fault),
                     ERR_OK);
    const struct manifest_seal *seal = manifest_seal(manifest);
    assert_true(seal->present);
    assert_int_equal(seal->rows, 3);
    assert_int_equal(unhex(digest, sizeof digest, manifest_vector_digest), sizeof digest);
    assert_memory_equal(seal->digest, digest, sizeof digest);
    assert_int_equal(manifest_verify(seal, keyset, &signer, &fault), ERR_OK);
    assert_string_equal(signer->name, "plant-a");
    assert_int_equal(read_rows(manifest, &seen, &fault), ERR_OK);
    assert_int_equal(seen.rows, 3);
    assert_int_equal(seen.refused, 0);
    assert_int_equal(seen.first.line, 2);
    assert_string_equal(seen.first.id.lot, "L24A0917");
    assert_string_equal(seen.first.claim_code, "G24HN2TXSQ");
    assert_string_equal(seen.last.id.serial, "A\"1,2");
    manifest_close(manifest);
    (void)fclose(file);
    free(keyset);
}

static const struct {
    const char *label, *text, *says;
} bad_files[] = {
    {"empty", "", "empty"},
    {"a line end", "\n", "first line"},
    {"no header", "09506000134352,,,1,,,,X\n", "first line"},
    {"header in capitals", "GTIN,VARIANT,LOT,SERIAL,MADE_ON,EXPIRES_ON,CLAIM_CODE,TOKEN\n",
     "first line"},
    {"a column missing", "gtin,variant,lot,serial,made_on,expires_on,token\n", "first line"},
    {"semicolons", "gtin;variant;lot;serial;made_on;expires_on;claim_code;token\n", "commas"},
    {"tabs", "gtin\tvariant\tlot\n", "commas"},
    {"labels", LABELS_HEADER "\n", "printer"},
    {"cards", CARDS_HEADER "\n", "cards"},
    {"UTF-16", "\xFF\xFEg", "UTF-16"},
    {"UTF-16, the other way", "\xFE\xFFg", "UTF-16"},
    {"two byte order marks", "\xEF\xBB\xBF\xEF\xBB\xBF" HEAD, "first line"},
    {"seal without fields", HEAD "#manifest,\n", "damaged"},
    {"seal of another version",
     HEAD "#manifest,2,866eefbd67,0,1a0d9fdc047a1d74637e171c45081ee55cbc5e1431676174c0b3c7f"
          "0dce4b958e9786a4903be3a25391d09f6fa58bac477584dadc4c8a05da8c6e16b5d026b0a\n",
     "damaged"},
    {"seal in capitals",
     HEAD "#manifest,1,866EEFBD67,0,1a0d9fdc047a1d74637e171c45081ee55cbc5e1431676174c0b3c7f"
          "0dce4b958e9786a4903be3a25391d09f6fa58bac477584dadc4c8a05da8c6e16b5d026b0a\n",
     "damaged"},
    {"seal without line end",
     HEAD "#manifest,1,866eefbd67,0,1a0d9fdc047a1d74637e171c45081ee55cbc5e1431676174c0b3c7f"
          "0dce4b958e9786a4903be3a25391d09f6fa58bac477584dadc4c8a05da8c6e16b5d026b0a",
     "damaged"},
    {"seal with CR LF",
     HEAD "#manifest,1,866eefbd67,0,1a0d9fdc047a1d74637e171c45081ee55cbc5e1431676174c0b3c7f"
          "0dce4b958e9786a4903be3a25391d09f6fa58bac477584dadc4c8a05da8c6e16b5d026b0a\r\n",
     "damaged"},
    {"rows counted wrong",
     HEAD "#manifest,1,866eefbd67,1,1a0d9fdc047a1d74637e171c45081ee55cbc5e1431676174c0b3c7f"
          "0dce4b958e9786a4903be3a25391d09f6fa58bac477584dadc4c8a05da8c6e16b5d026b0a\n",
     "1 rows, but there are 0"},
    {"rows with a leading zero",
     HEAD "#manifest,1,866eefbd67,00,1a0d9fdc047a1d74637e171c45081ee55cbc5e1431676174c0b3c7f"
          "0dce4b958e9786a4903be3a25391d09f6fa58bac477584dadc4c8a05da8c6e16b5d026b0a\n",
     "damaged"},
    {"a row after the seal",
     HEAD "#manifest,1,866eefbd67,0,1a0d9fdc047a1d74637e171c45081ee55cbc5e1431676174c0b3c7f"
          "0dce4b958e9786a4903be3a25391d09f6fa58bac477584dadc4c8a05da8c6e16b5d026b0a\nx\n",
     "follows"},
    {"an empty line after the seal",
     HEAD "#manifest,1,866eefbd67,0,1a0d9fdc047a1d74637e171c45081ee55cbc5e1431676174c0b3c7f"
          "0dce4b958e9786a4903be3a25391d09f6fa58bac477584dadc4c8a05da8c6e16b5d026b0a\n\n",
     "follows"},
};

static void
files_of_another_form_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_files / sizeof bad_files[0]; i++) {
        struct manifest *manifest = NULL;
        FILE *file = NULL;
        struct fault fault = {ERR_OK, ""};
        enum err err =
            open_bytes(bad_files[i].text, strlen(bad_files[i].text), &file, &manifest, &fault);
        if (err != ERR_INVALID || strstr(fault.text, bad_files[i].says) == NULL)
            fail_msg("%s: %d %s", bad_files[i].label, err, fault.text);
        assert_null(manifest);
        (void)fclose(file);
    }
}

static void
a_nul_or_a_huge_line_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        size_t line; /* bytes */
        bool nul;
        const char *says; /* NULL: accepted as a file, refused as a row */
    } rows[] = {
        {"512 bytes", 512, false, NULL},
        {"513 bytes", 513, false, "run.csv:2: longer"},
        {"a megabyte without line end", 1024 * 1024, false, "run.csv:2: longer"},
        {"a NUL", 40, true, "run.csv:2: holds a NUL"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t head = strlen(HEAD);
        char *bytes = malloc(head + rows[i].line);
        struct manifest *manifest = NULL;
        FILE *file = NULL;
        struct fault fault = {ERR_OK, ""};
        assert_non_null(bytes);
        memcpy(bytes, HEAD, head);
        memset(bytes + head, 'x', rows[i].line);
        if (rows[i].nul)
            bytes[head + 7] = '\0';
        enum err err = open_bytes(bytes, head + rows[i].line, &file, &manifest, &fault);
        if (err != (rows[i].says == NULL ? ERR_OK : ERR_INVALID) ||
            (rows[i].says != NULL && strstr(fault.text, rows[i].says) == NULL))
            fail_msg("%s: %d %s", rows[i].label, err, fault.text);
        manifest_close(manifest);
        (void)fclose(file);
        free(bytes);
    }
}

/* The signed sample as CR LF, with a byte order mark, without last line end: what editors make of
 * it. Unsigned, it is as good as before; signed, its bytes are not what was signed. */
static void
line_ends_and_byte_order_marks(void **state)
{
    (void)state;
    static const struct {
        const char *label, *text;
        size_t rows, refused;
    } rows[] = {
        {"header only", HEAD, 0, 0},
        {"header without line end", MANIFEST_HEADER, 0, 0},
        {"byte order mark", "\xEF\xBB\xBF" HEAD, 0, 0},
        {"CR LF", MANIFEST_HEADER "\r\n\r\n", 0, 1},
        {"blank last line", HEAD "\n", 0, 1},
        {"comment", HEAD "# a note\n", 0, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct manifest *manifest = NULL;
        struct seen_rows seen;
        FILE *file = NULL;
        struct fault fault = {ERR_OK, ""};
        if (open_bytes(rows[i].text, strlen(rows[i].text), &file, &manifest, &fault) != ERR_OK)
            fail_msg("%s: %s", rows[i].label, fault.text);
        assert_false(manifest_seal(manifest)->present);
        assert_int_equal(read_rows(manifest, &seen, &fault), ERR_OK);
        if (seen.rows != rows[i].rows || seen.refused != rows[i].refused)
            fail_msg("%s: %zu rows, %zu refused", rows[i].label, seen.rows, seen.refused);
        manifest_close(manifest);
        (void)fclose(file);
    }
}

static void
an_unsigned_list_may_have_cr_lf(void **state)
{
    (void)state;
    struct text text;
    struct run_key key;
    struct manifest *manifest = NULL;
    struct seen_rows seen;
    FILE *file = NULL;
    struct fault fault;
    run_key_rfc8032(&key);
    struct manifest_row row = run_row(&key, "00001");
    text_init(&text, 4096);
    text_put(&text, "\xEF\xBB\xBF" MANIFEST_HEADER "\r\n");
    manifest_row_format(&text, &row);
    text.data[text.len - 1] = '\r';
    text_char(&text, '\n');
    assert_int_equal(open_bytes(text.data, text.len, &file, &manifest, &fault), ERR_OK);
    assert_int_equal(read_rows(manifest, &seen, &fault), ERR_OK);
    assert_int_equal(seen.rows, 1);
    assert_string_equal(seen.first.id.serial, "00001");
    assert_memory_equal(&seen.first.token, &row.token, sizeof row.token);
    manifest_close(manifest);
    (void)fclose(file);
    text_free(&text);
}

/* Would these bytes be taken as vouched for? */
static bool
vouched(const char *bytes, size_t len, const struct keyset *keyset)
{
    struct manifest *manifest = NULL;
    const struct keyset_entry *signer = NULL;
    FILE *file = NULL;
    struct fault fault;
    bool result = open_bytes(bytes, len, &file, &manifest, &fault) == ERR_OK &&
                  manifest_seal(manifest)->present &&
                  manifest_verify(manifest_seal(manifest), keyset, &signer, &fault) == ERR_OK;
    manifest_close(manifest);
    (void)fclose(file);
    return result;
}

static struct keyset *
rfc8032_keyset(void)
{
    struct run_key key;
    struct keyset *keyset = calloc(1, sizeof *keyset);
    assert_non_null(keyset);
    run_key_rfc8032(&key);
    run_trust(keyset, &key);
    return keyset;
}

static void
no_changed_byte_is_vouched_for(void **state)
{
    (void)state;
    struct keyset *keyset = rfc8032_keyset();
    size_t len = strlen(manifest_vector);
    char *bytes = malloc(len + 1);
    assert_non_null(bytes);
    memcpy(bytes, manifest_vector, len + 1);
    assert_true(vouched(bytes, len, keyset));
    static const char changes[] = {0x01, 0x02, 0x10, 0x20, 0x40, (char)0x80};
    for (size_t i = 0; i < len; i++)
        for (size_t c = 0; c < sizeof changes; c++) {
            bytes[i] = (char)(bytes[i] ^ changes[c]);
            if (vouched(bytes, len, keyset))
                fail_msg("byte %zu changed by %02x", i, (unsigned char)changes[c]);
            bytes[i] = (char)(bytes[i] ^ changes[c]);
        }
    free(bytes);
    free(keyset);
}

static void
no_cut_manifest_is_vouched_for(void **state)
{
    (void)state;
    struct keyset *keyset = rfc8032_keyset();
    for (size_t len = 0; len < strlen(manifest_vector); len++)
        if (vouched(manifest_vector, len, keyset))
            fail_msg("cut to %zu bytes", len);
    free(keyset);
}

/* Each line left out, doubled or moved behind the next one. */
static void
no_line_can_be_moved(void **state)
{
    (void)state;
    struct keyset *keyset = rfc8032_keyset();
    struct slice lines[5];
    struct slice rest = slice_of(manifest_vector);
    static const struct {
        const char *label;
        int order[7];
    } rows[] = {
        {"row left out", {0, 1, 3, 4, -1}},         {"last row left out", {0, 1, 2, 4, -1}},
        {"row twice", {0, 1, 1, 2, 3, 4, -1}},      {"rows swapped", {0, 2, 1, 3, 4, -1}},
        {"seal before a row", {0, 1, 2, 4, 3, -1}}, {"seal twice", {0, 1, 2, 3, 4, 4, -1}},
        {"header twice", {0, 0, 1, 2, 3, 4, -1}},
    };
    for (size_t i = 0; i < 5; i++)
        lines[i] = slice_take_until(&rest, '\n');
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text text;
        text_init(&text, 4096);
        for (size_t at = 0; rows[i].order[at] >= 0; at++) {
            text_slice_put(&text, lines[rows[i].order[at]]);
            text_char(&text, '\n');
        }
        if (vouched(text.data, text.len, keyset))
            fail_msg("%s", rows[i].label);
        text_free(&text);
    }
    free(keyset);
}

static void
only_a_trusted_active_key_vouches(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        bool known;
        enum key_status status;
        bool other_manifest_key;
        const char *says; /* NULL: vouches */
    } rows[] = {
        {"active", true, KEY_ACTIVE, false, NULL},
        {"unknown", false, KEY_ACTIVE, false, "not trusted"},
        {"retired", true, KEY_RETIRED, false, "retired"},
        {"revoked", true, KEY_REVOKED, false, "revoked"},
        {"zeroed status", true, KEY_UNTRUSTED, false, "untrusted"},
        {"another manifest key", true, KEY_ACTIVE, true, "does not fit"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct keyset *keyset = rfc8032_keyset();
        struct manifest *manifest = NULL;
        const struct keyset_entry *signer = NULL;
        FILE *file = NULL;
        struct fault fault = {ERR_OK, ""};
        keyset->count = rows[i].known ? 1 : 0;
        keyset->entries[0].status = rows[i].status;
        if (rows[i].other_manifest_key)
            memcpy(keyset->entries[0].manifest_key, keyset->entries[0].public_key,
                   PUBLIC_KEY_BYTES);
        assert_int_equal(
            open_bytes(manifest_vector, strlen(manifest_vector), &file, &manifest, &fault), ERR_OK);
        enum err err = manifest_verify(manifest_seal(manifest), keyset, &signer, &fault);
        if (err != (rows[i].says == NULL ? ERR_OK : ERR_DENIED) ||
            (rows[i].says != NULL && strstr(fault.text, rows[i].says) == NULL))
            fail_msg("%s: %d %s", rows[i].label, err, fault.text);
        assert_true((signer != NULL) == (rows[i].says == NULL));
        manifest_close(manifest);
        (void)fclose(file);
        free(keyset);
    }
}

/* Between the two readings somebody else writes into the file. */
static void
a_file_that_changes_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        long at; /* from the end */
        const char *bytes;
    } rows[] = {
        {"a byte in the last row", -200, "Z"},
        {"appended", 0, "x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct manifest *manifest = NULL;
        struct seen_rows seen;
        FILE *file = NULL;
        struct fault fault;
        assert_int_equal(
            open_bytes(manifest_vector, strlen(manifest_vector), &file, &manifest, &fault), ERR_OK);
        assert_int_equal(fseek(file, rows[i].at, SEEK_END), 0);
        assert_int_equal(fputs(rows[i].bytes, file) < 0, 0);
        if (read_rows(manifest, &seen, &fault) != ERR_CONFLICT)
            fail_msg("%s: %zu rows", rows[i].label, seen.rows);
        assert_int_equal(seen.rows, 0);
        manifest_close(manifest);
        (void)fclose(file);
    }
}

static int
start(void **state)
{
    (void)state;
    return sodium_init() < 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_foreign_manifest_is_read),
        cmocka_unit_test(files_of_another_form_are_refused),
        cmocka_unit_test(a_nul_or_a_huge_line_is_refused),
        cmocka_unit_test(line_ends_and_byte_order_marks),
        cmocka_unit_test(an_unsigned_list_may_have_cr_lf),
        cmocka_unit_test(no_changed_byte_is_vouched_for),
        cmocka_unit_test(no_cut_manifest_is_vouched_for),
        cmocka_unit_test(no_line_can_be_moved),
        cmocka_unit_test(only_a_trusted_active_key_vouches),
        cmocka_unit_test(a_file_that_changes_is_refused),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
