/* SPDX-License-Identifier: Apache-2.0 */
/* Inputs that are empty or do not belong together, and what the public must not learn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/rules/verdict_case.h"

static void
words_are_those_of_the_design(void **state)
{
    static const struct {
        const char *code;
        const char *class;
    } words[REASON_COUNT] = {
        {"registry_unavailable", "unchecked"},
        {"rate_limited", "unchecked"},
        {"label_malformed", "bad"},
        {"label_forged", "bad"},
        {"issuer_unknown", "bad"},
        {"issuer_revoked", "bad"},
        {"issuer_out_of_scope", "bad"},
        {"never_issued", "bad"},
        {"stolen", "bad"},
        {"retired", "bad"},
        {"recalled", "bad"},
        {"recalled", "caution"},
        {"copy_suspected", "caution"},
        {"held", "caution"},
        {"lost", "caution"},
        {"expired", "caution"},
        {"lot_mismatch", "caution"},
        {"not_in_market", "caution"},
        {"returned", "caution"},
        {"signature_needed", "unchecked"},
        {"no_signature", "caution"},
        {"genuine", "ok"},
    };
    (void)state;
    for (unsigned r = 0; r < REASON_COUNT; r++) {
        assert_string_equal(reason_info((enum reason)r)->code, words[r].code);
        assert_string_equal(verdict_class_name(reason_info((enum reason)r)->class), words[r].class);
    }
    assert_string_equal(reason_info(REASON_COUNT)->code, "registry_unavailable");
    assert_string_equal(reason_info((enum reason)4000)->code, "registry_unavailable");
    assert_string_equal(verdict_class_name((enum verdict_class)4), "unchecked");
}

static void
zeroed_input_is_unchecked(void **state)
{
    static const struct verdict zero;
    static const struct verdict_input nothing;
    struct verdict v;
    (void)state;
    memset(&v, 0xA5, sizeof v);
    verdict_decide(&v, &nothing);
    assert_memory_equal(&v, &zero, sizeof v);
    assert_int_equal(v.class, VERDICT_UNCHECKED);
    assert_false(verdict_has(&v, REASON_REGISTRY_UNAVAILABLE));
}

/* The public must not learn from any byte of the answer whether a serial exists. */
static void
public_answer_does_not_depend_on_the_registry(void **state)
{
    static const enum label_result labels[] = {LABEL_NO_SIGNATURE, LABEL_FORGED, LABEL_MALFORMED,
                                               LABEL_ISSUER_UNKNOWN, LABEL_ISSUER_OUT_OF_SCOPE};
    static const enum role roles[] = {ROLE_PUBLIC, ROLE_OWNER, (enum role)0};
    (void)state;
    for (size_t i = 0; i < sizeof labels / sizeof labels[0] * 3; i++) {
        const struct verdict_case nobody = {.label = labels[i / 3], .role = roles[i % 3]};
        struct verdict absent;
        verdict_decide(&absent, &scene_of(&nobody)->in);
        for (unsigned unit = 0; unit < 6 * 16; unit++) {
            const struct verdict_case somebody = {
                .label = nobody.label,
                .role = nobody.role,
                .state = (enum unit_state)(UNIT_ISSUED + unit / 16),
                .conditions = unit % 16,
                .recall = (enum case_recall)(unit % CASE_RECALL_COUNT),
                .expiry = (enum case_expiry)(unit / 4 % CASE_EXPIRY_COUNT),
                .match = (enum case_match)(unit / 8 % CASE_MATCH_COUNT)};
            struct verdict present;
            memset(&present, 0xA5, sizeof present);
            verdict_decide(&present, &scene_of(&somebody)->in);
            assert_memory_equal(&present, &absent, sizeof present);
        }
    }
}

/* Each of these would be a mistake of the caller; none may end in "genuine". */
static void
break_nothing(struct verdict_scene *s)
{
    (void)s;
}
static void
other_serial(struct verdict_scene *s)
{
    s->unit.id.serial[0] = '8';
}
static void
serial_prefix(struct verdict_scene *s)
{
    s->unit.id.serial[4] = '\0';
}
static void
serial_case(struct verdict_scene *s)
{
    s->unit.id.serial[2] = 'm';
}
static void
other_gtin(struct verdict_scene *s)
{
    s->unit.id.gtin[13] = '9';
}
static void
reading_without_gtin(struct verdict_scene *s)
{
    s->reading.id.gtin[0] = '\0';
}
static void
zeroed_state(struct verdict_scene *s)
{
    s->unit.state = UNIT_NONE;
}
static void
unknown_state(struct verdict_scene *s)
{
    s->unit.state = UNIT_STATE_COUNT;
}
static void
no_signer(struct verdict_scene *s)
{
    s->in.signer = NULL;
}
static void
untrusted_signer(struct verdict_scene *s)
{
    s->signer.status = KEY_UNTRUSTED;
}
static void
unknown_signer_status(struct verdict_scene *s)
{
    s->signer.status = (enum key_status)9;
}
static void
no_reading(struct verdict_scene *s)
{
    s->in.reading = NULL;
}
static void
lot_left_out(struct verdict_scene *s)
{
    s->reading.id.lot[0] = '\0';
}
static void
lot_added(struct verdict_scene *s)
{
    s->unit.id.lot[0] = '\0';
}
static void
variant_added(struct verdict_scene *s)
{
    s->reading.id.variant[0] = 'V';
}
static void
variant_left_out(struct verdict_scene *s)
{
    s->unit.id.variant[0] = 'V';
}
static void
last_kid_byte(struct verdict_scene *s)
{
    s->unit.kid[KID_BYTES - 1] ^= 1;
}
static void
revoked_without_date(struct verdict_scene *s)
{
    s->signer.status = KEY_REVOKED;
    s->signer.compromised_since = 0;
}
static void
revoked_and_never_committed(struct verdict_scene *s)
{
    s->signer.status = KEY_REVOKED;
    s->signer.compromised_since = SCENE_NOW;
    s->unit.registered_at = 0;
}

static void
inputs_that_do_not_belong_together(void **state)
{
    static const struct {
        const char *label;
        void (*break_it)(struct verdict_scene *);
        enum reason reason;
        bool shows_unit;
    } rows[] = {
        {"nothing broken", break_nothing, REASON_GENUINE, true},
        {"record of another serial", other_serial, REASON_NEVER_ISSUED, false},
        {"record of a shorter serial", serial_prefix, REASON_NEVER_ISSUED, false},
        {"serials differ in case", serial_case, REASON_NEVER_ISSUED, false},
        {"record of another product", other_gtin, REASON_NEVER_ISSUED, false},
        {"a signed link without a product", reading_without_gtin, REASON_NEVER_ISSUED, false},
        {"zeroed record", zeroed_state, REASON_NEVER_ISSUED, false},
        {"state out of range", unknown_state, REASON_NEVER_ISSUED, false},
        {"no signer", no_signer, REASON_ISSUER_UNKNOWN, false},
        {"zeroed key", untrusted_signer, REASON_ISSUER_UNKNOWN, false},
        {"key status out of range", unknown_signer_status, REASON_ISSUER_UNKNOWN, false},
        {"no reading", no_reading, REASON_LABEL_MALFORMED, false},
        {"signed without the lot", lot_left_out, REASON_LOT_MISMATCH, true},
        {"signed with a lot, registered without", lot_added, REASON_LOT_MISMATCH, true},
        {"signed with a variant", variant_added, REASON_LOT_MISMATCH, true},
        {"signed without the variant", variant_left_out, REASON_LOT_MISMATCH, true},
        {"kids differ in one bit", last_kid_byte, REASON_NEVER_ISSUED, false},
        {"revoked without a date", revoked_without_date, REASON_ISSUER_REVOKED, false},
        {"revoked, no time of commit", revoked_and_never_committed, REASON_ISSUER_REVOKED, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct verdict_scene *scene = scene_of(&case_good);
        rows[i].break_it(scene);
        struct verdict v = scene_decide(scene);
        if (v.reason_count != 1 || v.reasons[0] != rows[i].reason ||
            v.shows_unit != rows[i].shows_unit)
            fail_msg("%s: %s", rows[i].label, reason_info(v.reasons[0])->code);
    }
}

/* A bare serial or a short element string leaves out what it does not know. */
static void
unsigned_codes_may_leave_out(void **state)
{
    const struct verdict_case typed = {
        .label = LABEL_NO_SIGNATURE, .role = ROLE_SERVICE, .state = UNIT_SOLD};
    (void)state;
    struct verdict_scene *scene = scene_of(&typed);
    scene->reading.id.lot[0] = '\0';
    struct verdict v = scene_decide(scene);
    assert_true(v.shows_unit);
    assert_false(verdict_has(&v, REASON_LOT_MISMATCH));

    scene->reading.id.gtin[0] = '\0';
    v = scene_decide(scene);
    assert_false(v.shows_unit);

    scene->reading.kind = READING_SERIAL;
    v = scene_decide(scene);
    assert_true(v.shows_unit);

    scene->reading.id.variant[0] = 'V';
    v = scene_decide(scene);
    assert_true(verdict_has(&v, REASON_LOT_MISMATCH));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_those_of_the_design),
        cmocka_unit_test(zeroed_input_is_unchecked),
        cmocka_unit_test(public_answer_does_not_depend_on_the_registry),
        cmocka_unit_test(inputs_that_do_not_belong_together),
        cmocka_unit_test(unsigned_codes_may_leave_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
