/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/catalogue.h"
#include "gateway/manifest/manifest.h"
#include "tests/api/call.h"

enum { MANIFEST_MAX = 64 * 1024 };

/* ---- manifests ---- */

static void
put_row(struct text *out, const struct gateway *g, enum signer signer, const struct identity *id)
{
    struct manifest_row row = {.id = *id, .made_on = CIVIL_NONE, .expires_on = CIVIL_NONE};
    const struct label label = label_of(g, signer, id);
    assert_true(token_parse(&row.token, label.token, strlen(label.token)));
    manifest_row_format(out, &row);
}

/* One row for each serial, in a lot of their own. */
static void
make_list(struct text *out, const struct gateway *g, enum signer signer, const char *const *serials)
{
    text_init(out, MANIFEST_MAX);
    manifest_header(out);
    for (; *serials != NULL; serials++) {
        const struct identity id = identity_of("L9", *serials);
        put_row(out, g, signer, &id);
    }
    assert_true(text_ok(out));
}

/* Vouches for the whole, with the manifest key that gateway.c gave this signer. */
static void
seal_list(struct text *out, const struct gateway *g, enum signer signer, uint64_t rows)
{
    struct manifest_seal seal = {.present = true, .rows = rows};
    uint8_t seed[SEED_BYTES];
    uint8_t public_key[PUBLIC_KEY_BYTES];
    uint8_t secret_key[SECRET_KEY_BYTES];
    memset(seed, (int)signer + 101, sizeof seed);
    sign_key_pair(public_key, secret_key, seed);
    memcpy(seal.kid, g->kids[signer], KID_BYTES);
    (void)crypto_generichash(seal.digest, sizeof seal.digest, (const uint8_t *)out->data, out->len,
                             NULL, 0);
    assert_true(signature_make(seal.signature, secret_key, CONTEXT_MANIFEST, seal.digest,
                               sizeof seal.digest));
    manifest_seal_format(out, &seal);
    assert_true(text_ok(out));
}

static struct call
sending(const struct text *list)
{
    return (struct call){.handle = api_manifests,
                         .method = METHOD_POST,
                         .path = "/v1/manifests",
                         .body = list->data,
                         .role = ROLE_ISSUER};
}

static void
assert_summary(const struct gateway *g, const char *summary)
{
    if (!answer_holds(g, summary))
        fail_msg("%s: %s", summary, g->response.body.data);
}

static void
assert_verdict(struct gateway *g, const char *serial, const char *reason)
{
    const struct identity id = identity_of("L9", serial);
    const struct label label = label_of(g, PLANT_A, &id);
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "reasons/0/code"), reason);
}

/* ---- tests ---- */

#define COUNTS(rows, registered, already, refused)                                                 \
    "\"summary\":{\"rows\":" rows ",\"registered\":" registered ",\"already\":" already            \
    ",\"refused\":" refused

static const char *const two[] = {"A1", "A2", NULL};

static void
a_signed_manifest_registers_its_units(void **state)
{
    struct gateway *g = *state;
    struct text list;
    make_list(&list, g, PLANT_A, two);
    seal_list(&list, g, PLANT_A, 2);
    struct call send = sending(&list);
    assert_verdict(g, "A1", "never_issued");

    send.query = "dry_run=true";
    call_expecting(g, &send, &(struct expected){"a dry run", 200, NULL});
    assert_summary(g, COUNTS("2", "2", "0", "0") ",\"vouched\":true,\"dry_run\":true}");
    assert_verdict(g, "A1", "never_issued");

    send.query = "rows=all";
    call_expecting(g, &send, &(struct expected){"sent", 200, NULL});
    assert_string_equal(g->response.body.data,
                        "{\"rows\":[{\"line\":2,\"outcome\":\"registered\",\"gtin\":\"" GTIN
                        "\",\"serial\":\"A1\"},{\"line\":3,\"outcome\":\"registered\",\"gtin\":"
                        "\"" GTIN "\",\"serial\":\"A2\"}],\"left_out\":0," COUNTS(
                            "2", "2", "0", "0") ",\"vouched\":true,\"dry_run\":false}}\n");
    assert_verdict(g, "A1", "genuine");
    assert_verdict(g, "A2", "genuine");

    send.query = NULL;
    call_expecting(g, &send, &(struct expected){"sent again", 200, NULL});
    assert_summary(g, "{\"rows\":[],\"left_out\":0," COUNTS("2", "0", "2", "0"));
    text_free(&list);
}

static void
an_unsigned_list_is_verified_label_by_label(void **state)
{
    struct gateway *g = *state;
    struct text list;
    make_list(&list, g, PLANT_A, two);
    struct call send = sending(&list);
    send.role = ROLE_OPERATOR;
    call_expecting(g, &send, &(struct expected){"sent", 200, NULL});
    assert_summary(g, COUNTS("2", "2", "0", "0") ",\"vouched\":false");
    assert_verdict(g, "A2", "genuine");
    text_free(&list);
}

/* What compromised_since is held to: whoever begins to send before a key is stolen, and goes on
 * after, has registered nothing in time. */
static void
what_takes_long_to_arrive_is_registered_when_it_is_there(void **state)
{
    struct gateway *g = *state;
    struct text list;
    struct unit unit;
    const struct unit_key key = {GTIN, "A1"};
    make_list(&list, g, PLANT_A, two);
    seal_list(&list, g, PLANT_A, 2);
    struct call send = sending(&list);
    send.now = NOW - 5 * 3600; /* it began to arrive */
    call_expecting(g, &send, &(struct expected){"sent", 200, NULL});
    assert_int_equal(registry_get(g->worker.session, &key, &unit), ERR_OK);
    assert_int_equal(unit.registered_at, NOW);
    text_free(&list);
}

static const struct {
    const char *label;
    enum signer signer;
    const char *code; /* of every row */
} lists[] = {
    {"a key that is not trusted", PIRATE, "issuer_unknown"},
    {"a key of other products", PLANT_C, "issuer_out_of_scope"},
    {"a key that was stolen", PLANT_B, "issuer_revoked"},
    {"a key that is retired", OLD, "issuer_retired"},
};

static void
labels_of_other_keys_are_refused_row_by_row(void **state)
{
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct text list;
        make_list(&list, g, lists[i].signer, two);
        struct call send = sending(&list);
        call_expecting(g, &send, &(struct expected){lists[i].label, 200, NULL});
        assert_summary(g, COUNTS("2", "0", "0", "2"));
        assert_string_equal(answer_text(g, "rows/0/outcome"), "refused");
        assert_string_equal(answer_text(g, "rows/1/code"), lists[i].code);
        assert_string_not_equal(answer_text(g, "rows/1/reason"), "");
        text_free(&list);
    }
    assert_verdict(g, "A1", "never_issued");
}

static void
good_rows_are_registered_beside_bad_ones(void **state)
{
    struct gateway *g = *state;
    const struct identity taken = identity_of("L9", "A1");
    const struct identity other_lot = identity_of("L8", "A1");
    struct text list;
    (void)registered(g, PLANT_A, &taken, 10);
    make_list(&list, g, PLANT_A, (const char *const[]){"A2", "A2", NULL});
    put_row(&list, g, PLANT_A, &other_lot);
    text_put(&list, "nonsense\n");
    struct call send = sending(&list);
    call_expecting(g, &send, &(struct expected){"sent", 200, NULL});
    assert_summary(g, COUNTS("4", "1", "0", "3"));
    assert_string_equal(answer_text(g, "rows/0/code"), "duplicate_row");
    assert_string_equal(answer_text(g, "rows/1/code"), "serial_exists");
    assert_string_not_equal(answer_text(g, "rows/2/code"), "");
    assert_string_equal(answer_text(g, "rows/3/code"), "");
    assert_verdict(g, "A1", "genuine");
    assert_verdict(g, "A2", "genuine");
    text_free(&list);
}

/* A whole that cannot be believed: nothing of it is registered. */
static void
a_manifest_that_is_not_vouched_for_is_refused(void **state)
{
    struct gateway *g = *state;
    static const enum signer signers[] = {PIRATE, PLANT_B, OLD};
    for (size_t i = 0; i < sizeof signers / sizeof signers[0]; i++) {
        struct text list;
        make_list(&list, g, PLANT_A, two);
        seal_list(&list, g, signers[i], 2);
        struct call send = sending(&list);
        call_expecting(g, &send, &(struct expected){"another signer", 422, "manifest_untrusted"});
        text_free(&list);
    }
    struct text list;
    make_list(&list, g, PLANT_A, two);
    seal_list(&list, g, PLANT_A, 2);
    list.data[strlen(MANIFEST_HEADER) + 30] ^= 1;
    struct call send = sending(&list);
    call_expecting(g, &send, &(struct expected){"one bit changed", 422, "manifest_untrusted"});
    text_free(&list);
    assert_verdict(g, "A1", "never_issued");
}

static const struct {
    const char *label, *query, *key, *body;
} bad[] = {
    {"nothing", NULL, NULL, NULL},
    {"another header", NULL, NULL, "serial,token\n"},
    {"the file for the printer", NULL, NULL, LABELS_HEADER "\n"},
    {"a last line that is cut", NULL, NULL, MANIFEST_HEADER "\n#manifest,1,00\n"},
    {"a switch that is not known", "dryrun=true", NULL, MANIFEST_HEADER "\n"},
    {"rows of a kind that is not known", "rows=bad", NULL, MANIFEST_HEADER "\n"},
    {"dry_run twice", "dry_run=true&dry_run=true", NULL, MANIFEST_HEADER "\n"},
    {"a key with a blank", NULL, "a b", MANIFEST_HEADER "\n"},
};

static void
what_is_no_manifest_is_refused(void **state)
{
    struct gateway *g = *state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct call send = {.handle = api_manifests,
                                  .method = METHOD_POST,
                                  .path = "/v1/manifests",
                                  .query = bad[i].query,
                                  .idempotency_key = bad[i].key,
                                  .body = bad[i].body};
        call_expecting(g, &send, &(struct expected){bad[i].label, 400, "invalid"});
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_signed_manifest_registers_its_units, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(an_unsigned_list_is_verified_label_by_label, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(labels_of_other_keys_are_refused_row_by_row, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(good_rows_are_registered_beside_bad_ones, gateway_set_up,
                                        gateway_tear_down),
        cmocka_unit_test_setup_teardown(what_takes_long_to_arrive_is_registered_when_it_is_there,
                                        gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(a_manifest_that_is_not_vouched_for_is_refused,
                                        gateway_set_up, gateway_tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_manifest_is_refused, gateway_set_up,
                                        gateway_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
