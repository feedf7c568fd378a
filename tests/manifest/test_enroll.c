/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/manifest/enroll.h"
#include "gateway/manifest/store.h"
#include "tests/base/scratch.h"
#include "tests/manifest/run.h"

enum { RESULTS_MAX = 12000 };

struct result {
    uint64_t line;
    enum enroll_outcome outcome;
    char code[32];
    struct unit_key key;
};

/* A registry with one product, a trusted key, and what the last import said. */
struct bench {
    const char *path; /* of what is imported; NULL: a/run.csv */
    struct scratch scratch;
    struct store *store;
    struct run_key key;
    struct enroll_summary summary;
    struct fault fault;
    size_t result_count;
    struct result results[RESULTS_MAX];
    uint64_t progress_done, progress_total;
    unsigned threads;
    bool dry_run;
    int64_t now;
};

static int
set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct product product = {.gtin = RUN_GTIN, .name = "Drill"};
    const struct operation operation = {.id = {1}, .at = 1, .role = ROLE_OPERATOR, .actor = "t"};
    *state = bench;
    assert_non_null(bench);
    scratch_make(&bench->scratch);
    assert_int_equal(
        store_open(scratch_path(&bench->scratch, "data"), 0, 0, &bench->store, &bench->fault),
        ERR_OK);
    assert_int_equal(registry_put_product(bench->store->session, &product, &operation, NULL),
                     ERR_OK);
    run_key(&bench->key, "plant-a", 7);
    run_trust(bench->store->keyset, &bench->key);
    bench->threads = 3;
    bench->now = RUN_NOW;
    return 0;
}

static int
tear_down(void **state)
{
    struct bench *bench = *state;
    store_close(bench->store);
    scratch_remove(&bench->scratch);
    free(bench);
    return 0;
}

static void
keep_result(const struct enroll_row *row, void *context)
{
    struct bench *bench = context;
    assert_true(bench->result_count < RESULTS_MAX);
    struct result *result = &bench->results[bench->result_count++];
    *result = (struct result){row->line, row->outcome, "", row->key};
    if (row->outcome == ENROLL_REFUSED) {
        assert_true(row->reason[0] != '\0');
        (void)snprintf(result->code, sizeof result->code, "%s", row->code);
    }
}

static void
keep_progress(uint64_t done, uint64_t total, void *context)
{
    struct bench *bench = context;
    assert_true(done >= bench->progress_done && done <= total);
    bench->progress_done = done;
    bench->progress_total = total;
}

static enum err
import(struct bench *bench, const struct text *manifest)
{
    const struct enroll_target target = {bench->store->session, bench->store->keyset,
                                         bench->store->secrets};
    const struct enroll_options options = {.dry_run = bench->dry_run,
                                           .threads = bench->threads,
                                           .now = bench->now,
                                           .role = ROLE_OPERATOR,
                                           .actor = "tester",
                                           .row = keep_result,
                                           .progress = keep_progress,
                                           .context = bench};
    FILE *file = run_file(manifest->data, manifest->len);
    bench->result_count = 0;
    bench->progress_done = 0;
    const char *path = bench->path == NULL ? "a/run.csv" : bench->path;
    enum err err = enroll_manifest(file, path, &target, &options, &bench->summary, &bench->fault);
    (void)fclose(file);
    return err;
}

static uint64_t
units_stored(struct bench *bench)
{
    struct registry_health health;
    assert_int_equal(registry_health(bench->store->session, &health), ERR_OK);
    return health.units;
}

static void
assert_summary(const struct bench *bench, uint64_t registered, uint64_t already, uint64_t refused)
{
    assert_int_equal(bench->summary.registered, registered);
    assert_int_equal(bench->summary.already, already);
    assert_int_equal(bench->summary.refused, refused);
    assert_int_equal(bench->summary.rows, registered + already + refused);
    assert_int_equal(bench->result_count, bench->summary.rows);
}

/* `count` rows with serials 0, 1, 2, …, signed as a whole or not. */
static void
make_run(struct text *out, const struct run_key *key, unsigned count, bool sealed)
{
    char serial[GS1_VALUE_MAX + 1];
    run_begin(out);
    for (unsigned i = 0; i < count; i++) {
        (void)snprintf(serial, sizeof serial, "%u", i);
        struct manifest_row row = run_row(key, serial);
        manifest_row_format(out, &row);
    }
    if (sealed)
        run_seal(out, key, count);
}

static void
a_run_is_registered_once(void **state)
{
    struct bench *bench = *state;
    for (int sealed = 0; sealed < 2; sealed++) {
        struct text run;
        make_run(&run, &bench->key, 50, sealed == 1);
        bench->dry_run = true;
        assert_int_equal(import(bench, &run), ERR_OK);
        assert_summary(bench, sealed == 0 ? 50 : 0, sealed == 0 ? 0 : 50, 0);
        assert_int_equal(units_stored(bench), sealed == 0 ? 0 : 50);
        bench->dry_run = false;
        assert_int_equal(import(bench, &run), ERR_OK);
        assert_summary(bench, sealed == 0 ? 50 : 0, sealed == 0 ? 0 : 50, 0);
        assert_int_equal(bench->summary.vouched, sealed);
        assert_int_equal(import(bench, &run), ERR_OK);
        assert_summary(bench, 0, 50, 0);
        assert_int_equal(units_stored(bench), 50);
        text_free(&run);
    }
}

/* What is stored is what the label says, and its seals are those of crypto/seal.h. */
static void
the_record_is_complete(void **state)
{
    struct bench *bench = *state;
    struct text run;
    struct unit unit;
    uint8_t seal[SEAL_BYTES];
    uint8_t claim[SEAL_BYTES];
    char link[CANONICAL_MAX + 1];
    const struct unit_key key = {RUN_GTIN, "00001"};
    struct manifest_row row = run_row(&bench->key, "00001");
    row.made_on = 20000;
    row.expires_on = 21000;
    run_begin(&run);
    manifest_row_format(&run, &row);
    run_seal(&run, &bench->key, 1);
    assert_int_equal(import(bench, &run), ERR_OK);
    assert_int_equal(registry_get(bench->store->session, &key, &unit), ERR_OK);
    size_t len = canonical_link(link, &row.id);
    label_seal(seal, bench->store->secrets->label_key, link, len, &row.token);
    claim_seal(claim, bench->store->secrets->claim_key, RUN_GTIN, "00001", "G24HN2TXSQ");
    assert_memory_equal(unit.seal, seal, SEAL_BYTES);
    assert_memory_equal(unit.claim, claim, SEAL_BYTES);
    assert_memory_equal(unit.kid, bench->key.entry.kid, KID_BYTES);
    assert_string_equal(unit.id.lot, "L1");
    assert_int_equal(unit.state, UNIT_ISSUED);
    assert_int_equal(unit.version, 1);
    assert_int_equal(unit.made_on, 20000);
    assert_int_equal(unit.expires_on, 21000);
    assert_int_equal(unit.sold_on, CIVIL_NONE);
    assert_int_equal(unit.registered_at, RUN_NOW);
    text_free(&run);
}

/* One bad row among good ones: how it is spoiled, and the code of its refusal. */
static void
forge(struct manifest_row *row)
{
    row->token.signature[7] ^= 1;
}
static void
take_other_lot(struct manifest_row *row)
{
    row->id.lot[0] = 'M'; /* the signature stays that of L1 */
}
static void
take_other_serial(struct manifest_row *row)
{
    row->id.serial[0] = '9';
}
static void
take_unknown_key(struct manifest_row *row)
{
    struct run_key other;
    run_key(&other, "pirate", 66);
    run_sign(row, &other);
}
static void
claim_a_trusted_kid(struct manifest_row *row)
{
    uint8_t kid[KID_BYTES];
    memcpy(kid, row->token.kid, KID_BYTES);
    take_unknown_key(row);
    memcpy(row->token.kid, kid, KID_BYTES);
}
static void
take_unknown_product(struct manifest_row *row)
{
    struct run_key key;
    memcpy(row->id.gtin, RUN_OTHER_GTIN, sizeof row->id.gtin);
    run_key(&key, "plant-a", 7);
    run_sign(row, &key);
}
static void
take_foreign_gtin(struct manifest_row *row)
{
    struct run_key key;
    memcpy(row->id.gtin, "04012345678901", sizeof row->id.gtin);
    run_key(&key, "plant-a", 7);
    run_sign(row, &key);
}
static void
repeat_serial(struct manifest_row *row)
{
    struct run_key key;
    memcpy(row->id.serial, "a", 2);
    run_key(&key, "plant-a", 7);
    run_sign(row, &key);
}

static const struct {
    const char *label;
    void (*spoil)(struct manifest_row *row);
    const char *code, *code_when_vouched; /* NULL: registered */
} spoilt[] = {
    {"forged signature", forge, "label_forged", NULL},
    {"signature of another lot", take_other_lot, "label_forged", NULL},
    {"signature of another serial", take_other_serial, "label_forged", NULL},
    {"key that is not trusted", take_unknown_key, "issuer_unknown", "issuer_mismatch"},
    {"trusted kid, other key", claim_a_trusted_kid, "label_forged", NULL},
    {"product not in the catalogue", take_unknown_product, "product_unknown", "product_unknown"},
    {"GTIN outside of the scope", take_foreign_gtin, "issuer_out_of_scope", "issuer_out_of_scope"},
    {"serial of an earlier row", repeat_serial, "duplicate_row", "duplicate_row"},
};

/* Vouched rows are believed by design: the one who signs the manifest signs the labels. Everything
 * else is looked at also there. */
static void
one_bad_row_is_refused_among_good_ones(void **state)
{
    for (size_t i = 0; i < 2 * (sizeof spoilt / sizeof spoilt[0]); i++) {
        size_t s = i / 2;
        bool sealed = i % 2 == 1;
        const char *code = sealed ? spoilt[s].code_when_vouched : spoilt[s].code;
        struct bench *bench = *state;
        struct text run;
        static const char *const serials[] = {"a", "b", "c"};
        run_begin(&run);
        for (size_t r = 0; r < 3; r++) {
            struct manifest_row row = run_row(&bench->key, serials[r]);
            if (r == 1)
                spoilt[s].spoil(&row);
            manifest_row_format(&run, &row);
        }
        if (sealed)
            run_seal(&run, &bench->key, 3);
        assert_int_equal(import(bench, &run), ERR_OK);
        if (bench->summary.registered != (code == NULL ? 3 : 2) ||
            strcmp(bench->results[1].code, code == NULL ? "" : code) != 0)
            fail_msg("%s%s: %u registered, %s", spoilt[s].label, sealed ? ", vouched" : "",
                     (unsigned)bench->summary.registered, bench->results[1].code);
        assert_int_equal(bench->results[1].line, 3);
        text_free(&run);
        (void)tear_down(state);
        (void)set_up(state);
    }
}

/* The key is not what it was, or it is another time. */
static const struct {
    const char *label;
    enum key_status status;
    int64_t now;
    const char *code;   /* of each row, when the list is not signed; NULL: registered */
    bool sealed_denied; /* a manifest signed as a whole is refused as a whole */
} key_rows[] = {
    {"active", KEY_ACTIVE, RUN_NOW, NULL, false},
    {"retired", KEY_RETIRED, RUN_NOW, "issuer_retired", true},
    {"revoked", KEY_REVOKED, RUN_NOW, "issuer_revoked", true},
    {"zeroed status", KEY_UNTRUSTED, RUN_NOW, NULL, true},
    {"before its window", KEY_ACTIVE, 1767225599, "issuer_outside_window", false},
    {"first second of its window", KEY_ACTIVE, 1767225600, NULL, false},
    {"last second of its window", KEY_ACTIVE, 1924991999, NULL, false},
    {"after its window", KEY_ACTIVE, 1924992000, "issuer_outside_window", false},
};

static void
the_key_has_to_be_good_now(void **state)
{
    for (size_t i = 0; i < 2 * (sizeof key_rows / sizeof key_rows[0]); i++) {
        struct bench *bench = *state;
        size_t k = i / 2;
        bool sealed = i % 2 == 1;
        struct text run;
        make_run(&run, &bench->key, 3, sealed);
        bench->store->keyset->entries[0].status = key_rows[k].status;
        bench->now = key_rows[k].now;
        enum err err = import(bench, &run);
        if (sealed && key_rows[k].sealed_denied) {
            if (err != ERR_DENIED)
                fail_msg("%s, sealed: %d", key_rows[k].label, err);
            assert_int_equal(units_stored(bench), 0);
        } else if (key_rows[k].status == KEY_UNTRUSTED) {
            assert_int_equal(err, ERR_OK);
            assert_summary(bench, 0, 0, 3);
        } else {
            assert_int_equal(err, ERR_OK);
            const char *code = key_rows[k].code == NULL ? "" : key_rows[k].code;
            for (size_t r = 0; r < 3; r++)
                if (strcmp(bench->results[r].code, code) != 0)
                    fail_msg("%s%s: %s", key_rows[k].label, sealed ? ", sealed" : "",
                             bench->results[r].code);
        }
        text_free(&run);
        (void)tear_down(state);
        (void)set_up(state);
    }
}

static void
a_manifest_by_another_key_is_refused(void **state)
{
    struct bench *bench = *state;
    struct run_key pirate;
    struct text run;
    run_key(&pirate, "pirate", 66);
    make_run(&run, &bench->key, 3, false);
    run_seal(&run, &pirate, 3);
    assert_int_equal(import(bench, &run), ERR_DENIED);
    assert_int_equal(bench->result_count, 0);
    assert_int_equal(units_stored(bench), 0);
    text_free(&run);
}

/* A serial that is registered belongs to its label for ever. */
static void
a_serial_is_never_registered_twice(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *label;
        const char *lot, *claim;
        bool other_key;
        enum enroll_outcome outcome;
        const char *code;
    } again[] = {
        {"the same", "L1", "G24HN2TXSQ", false, ENROLL_ALREADY, ""},
        {"without the claim code", "L1", "", false, ENROLL_ALREADY, ""},
        {"another lot", "L2", "G24HN2TXSQ", false, ENROLL_REFUSED, "serial_exists"},
        {"no lot", "", "G24HN2TXSQ", false, ENROLL_REFUSED, "serial_exists"},
        {"another claim code", "L1", "G24HN2TXSR", false, ENROLL_REFUSED, "claim_differs"},
        {"another key", "L1", "G24HN2TXSQ", true, ENROLL_REFUSED, "serial_exists"},
    };
    struct run_key other;
    struct text run;
    run_key(&other, "plant-b", 8);
    run_trust(bench->store->keyset, &other);
    make_run(&run, &bench->key, 1, true);
    assert_int_equal(import(bench, &run), ERR_OK);
    text_free(&run);
    for (size_t i = 0; i < sizeof again / sizeof again[0]; i++) {
        struct manifest_row row = run_row(&bench->key, "0");
        (void)snprintf(row.id.lot, sizeof row.id.lot, "%s", again[i].lot);
        (void)snprintf(row.claim_code, sizeof row.claim_code, "%s", again[i].claim);
        run_sign(&row, again[i].other_key ? &other : &bench->key);
        run_begin(&run);
        manifest_row_format(&run, &row);
        for (int dry = 0; dry < 2; dry++) {
            bench->dry_run = dry == 1;
            assert_int_equal(import(bench, &run), ERR_OK);
            if (bench->results[0].outcome != again[i].outcome ||
                strcmp(bench->results[0].code, again[i].code) != 0)
                fail_msg("%s: %d %s", again[i].label, (int)bench->results[0].outcome,
                         bench->results[0].code);
        }
        text_free(&run);
    }
    assert_int_equal(units_stored(bench), 1);
}

/* More rows than fit in one group, with a broken row here and there: every row is reported once, in
 * the order of the file. */
static void
groups_keep_the_order_of_the_file(void **state)
{
    struct bench *bench = *state;
    enum { ROWS = 10000, EVERY = 997 };
    struct text run;
    char serial[GS1_VALUE_MAX + 1];
    struct manifest_row row = run_row(&bench->key, "1");
    run_begin(&run);
    for (unsigned i = 0; i < ROWS; i++) {
        (void)snprintf(serial, sizeof serial, "%u", (i * 7919U) % ROWS); /* all, not in order */
        memcpy(row.id.serial, serial, sizeof serial);
        manifest_row_format(&run, &row);
        if (i % EVERY == 0)
            text_put(&run, "broken\n");
    }
    const unsigned broken = (ROWS + EVERY - 1) / EVERY;
    run_seal(&run, &bench->key, ROWS + broken);
    static const unsigned threads[] = {1, 2, 0};
    for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++) {
        bench->threads = threads[t];
        bench->dry_run = t == 0;
        assert_int_equal(import(bench, &run), ERR_OK);
        assert_summary(bench, t < 2 ? ROWS : 0, t < 2 ? 0 : ROWS, broken);
        for (size_t i = 0; i < bench->result_count; i++)
            assert_int_equal(bench->results[i].line, i + 2);
        assert_int_equal(bench->progress_done, ROWS + broken);
        assert_int_equal(bench->progress_total, ROWS + broken);
    }
    assert_int_equal(units_stored(bench), ROWS);
    const struct registry_checker quiet = {NULL, NULL, NULL};
    assert_int_equal(registry_check(bench->store->session, &quiet), ERR_OK);
    text_free(&run);
}

static void
count_in_order(const struct enroll_row *row, void *context)
{
    struct bench *bench = context;
    assert_int_equal(row->line, ++bench->result_count + 1);
    if (row->outcome == ENROLL_REFUSED)
        bench->results[0] = (struct result){row->line, row->outcome, "", row->key};
}

/* More rows than a window holds: the order stays, and a serial is remembered across windows. The
 * rows are vouched for, so one token serves them all. */
static void
windows_keep_the_order_of_the_file(void **state)
{
    struct bench *bench = *state;
    enum { ROWS = 270000 };
    struct text run;
    struct manifest_row row = run_row(&bench->key, "0");
    const struct enroll_target target = {bench->store->session, bench->store->keyset,
                                         bench->store->secrets};
    const struct enroll_options options = {.dry_run = true,
                                           .now = RUN_NOW,
                                           .role = ROLE_OPERATOR,
                                           .row = count_in_order,
                                           .context = bench};
    run_begin(&run);
    for (unsigned i = 0; i < ROWS; i++) {
        (void)snprintf(row.id.serial, sizeof row.id.serial, "%u", i == ROWS - 1 ? 7 : i);
        manifest_row_format(&run, &row);
    }
    run_seal(&run, &bench->key, ROWS);
    assert_true(text_ok(&run));
    FILE *file = run_file(run.data, run.len);
    assert_int_equal(
        enroll_manifest(file, "run.csv", &target, &options, &bench->summary, &bench->fault),
        ERR_OK);
    assert_int_equal(bench->result_count, ROWS);
    assert_int_equal(bench->summary.registered, ROWS - 1);
    assert_int_equal(bench->summary.refused, 1);
    assert_int_equal(bench->results[0].line, ROWS + 1);
    assert_string_equal(bench->results[0].key.serial, "7");
    (void)fclose(file);
    text_free(&run);
}

/* A run that ended half-way, and another one that holds half of the same units. */
static void
what_is_there_already_is_left_alone(void **state)
{
    struct bench *bench = *state;
    struct text run;
    make_run(&run, &bench->key, 40, false);
    assert_int_equal(import(bench, &run), ERR_OK);
    text_free(&run);
    make_run(&run, &bench->key, 100, false);
    assert_int_equal(import(bench, &run), ERR_OK);
    assert_summary(bench, 60, 40, 0);
    assert_int_equal(units_stored(bench), 100);
    text_free(&run);
}

#define TEN(s) s s s s s s s s s s

/* What was imported is noted, as far as a note can hold it: 100 bytes of UTF-8. */
static void
a_file_may_have_any_name(void **state)
{
    static const struct {
        const char *path, *note;
    } rows[] = {
        {"a/run.csv", "import run.csv"},
        {"a/" TEN(TEN("x")), "import " TEN(TEN("x"))},
        {"a/" TEN(TEN("x")) "y", "import " TEN(TEN("x"))},
        {"a/" TEN(TEN("\u3042")), "import " TEN("\u3042\u3042\u3042") "\u3042\u3042\u3042"},
        {"a/M\xE4rz.csv", "import"}, /* ISO 8859-1 */
        {"a/", "import"},
    };
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text run;
        struct event event;
        struct operation operation;
        struct unit_key key = {RUN_GTIN, ""};
        size_t count = 0;
        (void)snprintf(key.serial, sizeof key.serial, "%zu", i);
        make_run(&run, &bench->key, (unsigned)i + 1, false);
        bench->path = rows[i].path;
        if (import(bench, &run) != ERR_OK)
            fail_msg("%s: %s", rows[i].path, bench->fault.text);
        assert_summary(bench, 1, i, 0);
        assert_int_equal(registry_events(bench->store->session, &key, 0, &event, 1, &count),
                         ERR_OK);
        assert_int_equal(
            registry_find_operation(bench->store->session, event.operation, &operation), ERR_OK);
        assert_string_equal(operation.note, rows[i].note);
        text_free(&run);
    }
}

static void
an_empty_run_is_no_error(void **state)
{
    struct bench *bench = *state;
    struct text run;
    make_run(&run, &bench->key, 0, true);
    assert_int_equal(import(bench, &run), ERR_OK);
    assert_summary(bench, 0, 0, 0);
    text_free(&run);
}

static int
start(void **state)
{
    (void)state;
    return sodium_init() < 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_is_registered_once),
        TEST(the_record_is_complete),
        TEST(one_bad_row_is_refused_among_good_ones),
        TEST(the_key_has_to_be_good_now),
        TEST(a_manifest_by_another_key_is_refused),
        TEST(a_serial_is_never_registered_twice),
        TEST(groups_keep_the_order_of_the_file),
        TEST(windows_keep_the_order_of_the_file),
        TEST(what_is_there_already_is_left_alone),
        TEST(a_file_may_have_any_name),
        TEST(an_empty_run_is_no_error),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
