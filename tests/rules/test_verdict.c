/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict's table by example: each row is a situation that somebody meets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/rules/verdict_case.h"

#define AT(label_, role_, state_)                                                                  \
    .label = LABEL_##label_, .role = ROLE_##role_, .state = UNIT_##state_
#define STOLEN CONDITION_STOLEN
#define LOST CONDITION_LOST
#define HELD CONDITION_HELD
#define COPY CONDITION_COPY_SUSPECTED

struct row {
    const char *label;
    struct verdict_case at;
    const char *answer; /* class, whether the unit is shown, codes of the reasons, worst first */
};

static const struct row genuine_rows[] = {
    {"a customer scans a good label", {AT(GENUINE, PUBLIC, SOLD)}, "ok, shown: genuine"},
    {"just issued, not shipped yet: no reason for doubt",
     {AT(GENUINE, PUBLIC, ISSUED)},
     "ok, shown: genuine"},
    {"on its way", {AT(GENUINE, RETAILER, IN_TRANSIT)}, "ok, shown: genuine"},
    {"on the shelf", {AT(GENUINE, OWNER, IN_STOCK)}, "ok, shown: genuine"},
    {"its key was retired since",
     {AT(GENUINE, PUBLIC, SOLD), .key = CASE_RETIRED},
     "ok, shown: genuine"},
    {"in a country where it is sold",
     {AT(GENUINE, PUBLIC, SOLD), .country = CASE_INSIDE},
     "ok, shown: genuine"},
    {"in another country",
     {AT(GENUINE, PUBLIC, SOLD), .country = CASE_OUTSIDE},
     "caution, shown: not_in_market genuine"},
    {"stolen", {AT(GENUINE, PUBLIC, SOLD), .conditions = STOLEN}, "bad, shown: stolen genuine"},
    {"lost", {AT(GENUINE, PUBLIC, SOLD), .conditions = LOST}, "caution, shown: lost genuine"},
    {"held", {AT(GENUINE, SERVICE, SOLD), .conditions = HELD}, "caution, shown: held genuine"},
    {"many scans from many places",
     {AT(GENUINE, PUBLIC, SOLD), .conditions = COPY},
     "caution, shown: copy_suspected genuine"},
    {"a label on its second life", {AT(GENUINE, PUBLIC, RETIRED)}, "bad, shown: retired genuine"},
    {"came back from a customer",
     {AT(GENUINE, PUBLIC, RETURNED)},
     "caution, shown: returned genuine"},
    {"recalled",
     {AT(GENUINE, PUBLIC, SOLD), .recall = CASE_RECALL},
     "caution, shown: recalled genuine"},
    {"recalled, stop use",
     {AT(GENUINE, PUBLIC, SOLD), .recall = CASE_STOP_USE},
     "bad, shown: recalled genuine"},
    {"its own date is over",
     {AT(GENUINE, PUBLIC, SOLD), .expiry = CASE_UNIT_OVER},
     "caution, shown: expired genuine"},
    {"its lot's date is over",
     {AT(GENUINE, PUBLIC, SOLD), .expiry = CASE_LOT_OVER},
     "caution, shown: expired genuine"},
    {"everything at once, in order",
     {AT(GENUINE, PUBLIC, RETURNED), .conditions = CONDITION_ALL, .recall = CASE_STOP_USE,
      .expiry = CASE_UNIT_OVER, .country = CASE_OUTSIDE},
     "bad, shown: stolen recalled copy_suspected held lost expired not_in_market returned genuine"},
    {"stolen comes before retired",
     {AT(GENUINE, OPERATOR, RETIRED), .conditions = STOLEN},
     "bad, shown: stolen retired genuine"},
};

static const struct row signer_rows[] = {
    {"good signature, never registered: a stolen key or over-production",
     {AT(GENUINE, PUBLIC, NONE)},
     "bad: never_issued"},
    {"the same for staff: there is nothing to show",
     {AT(GENUINE, OPERATOR, NONE)},
     "bad: never_issued"},
    {"key revoked, unit registered before the theft",
     {AT(GENUINE, PUBLIC, SOLD), .key = CASE_REVOKED_LATER},
     "ok, shown: genuine"},
    {"key revoked, unit registered in the second of the theft: not before",
     {AT(GENUINE, PUBLIC, SOLD), .key = CASE_REVOKED_SAME_TIME},
     "bad: issuer_revoked"},
    {"key revoked, unit registered after the theft",
     {AT(GENUINE, PUBLIC, SOLD), .key = CASE_REVOKED_EARLIER, .conditions = STOLEN},
     "bad: issuer_revoked"},
    {"key revoked, never registered: the theft is known, no alarm",
     {AT(GENUINE, PUBLIC, NONE), .key = CASE_REVOKED_LATER},
     "bad: issuer_revoked"},
    {"stolen key signs for a unit that another key registered in time",
     {AT(GENUINE, PUBLIC, SOLD), .key = CASE_REVOKED_LATER, .match = CASE_OTHER_KEY},
     "bad: issuer_revoked"},
    {"stolen key signs another lot for a unit that it registered in time",
     {AT(GENUINE, PUBLIC, SOLD), .key = CASE_REVOKED_LATER, .match = CASE_OTHER_LOT},
     "bad: issuer_revoked"},
    {"staff see the unit of a revoked key, and why else to stop",
     {AT(GENUINE, SERVICE, SOLD), .key = CASE_REVOKED_EARLIER, .conditions = STOLEN},
     "bad, shown: issuer_revoked stolen"},
    {"trusted key, but another one registered this serial",
     {AT(GENUINE, PUBLIC, SOLD), .match = CASE_OTHER_KEY},
     "bad: never_issued"},
    {"the same for staff",
     {AT(GENUINE, AUDITOR, RETURNED), .match = CASE_OTHER_KEY},
     "bad, shown: never_issued returned"},
    {"signed for another lot than the registered one: a twin serial",
     {AT(GENUINE, PUBLIC, SOLD), .match = CASE_OTHER_LOT},
     "caution, shown: lot_mismatch"},
    {"a twin of a stolen unit",
     {AT(GENUINE, PUBLIC, SOLD), .match = CASE_OTHER_LOT, .conditions = STOLEN,
      .country = CASE_OUTSIDE},
     "bad, shown: stolen lot_mismatch not_in_market"},
};

static const struct row failed_rows[] = {
    {"forged: the public learns nothing of the unit",
     {AT(FORGED, PUBLIC, SOLD), .conditions = STOLEN},
     "bad: label_forged"},
    {"forged, no such unit", {AT(FORGED, PUBLIC, NONE)}, "bad: label_forged"},
    {"forged, asked by an owner", {AT(FORGED, OWNER, SOLD)}, "bad: label_forged"},
    {"forged, asked by staff",
     {AT(FORGED, RETAILER, RETURNED)},
     "bad, shown: label_forged returned"},
    {"forged with another lot, asked by staff",
     {AT(FORGED, ISSUER, SOLD), .match = CASE_OTHER_LOT},
     "bad, shown: label_forged lot_mismatch"},
    {"forged, no such unit, asked by staff", {AT(FORGED, OPERATOR, NONE)}, "bad: label_forged"},
    {"a key nobody knows", {AT(ISSUER_UNKNOWN, PUBLIC, SOLD)}, "bad: issuer_unknown"},
    {"a key nobody knows, asked by staff",
     {AT(ISSUER_UNKNOWN, ADMIN, SOLD), .conditions = HELD},
     "bad, shown: issuer_unknown held"},
    {"a key that may not sign for this product",
     {AT(ISSUER_OUT_OF_SCOPE, PUBLIC, SOLD)},
     "bad: issuer_out_of_scope"},
    {"the same, asked by staff",
     {AT(ISSUER_OUT_OF_SCOPE, SERVICE, SOLD)},
     "bad, shown: issuer_out_of_scope"},
    {"malformed", {AT(MALFORMED, PUBLIC, NONE)}, "bad: label_malformed"},
    {"malformed names no unit, for staff neither",
     {AT(MALFORMED, OPERATOR, SOLD), .conditions = STOLEN},
     "bad: label_malformed"},
};

static const struct row without_signature_rows[] = {
    {"typed by the public", {AT(NO_SIGNATURE, PUBLIC, SOLD)}, "unchecked: signature_needed"},
    {"typed by the public, no such unit",
     {AT(NO_SIGNATURE, PUBLIC, NONE)},
     "unchecked: signature_needed"},
    {"typed by the public, stolen and recalled",
     {AT(NO_SIGNATURE, PUBLIC, SOLD), .conditions = STOLEN, .recall = CASE_STOP_USE},
     "unchecked: signature_needed"},
    {"typed by an owner", {AT(NO_SIGNATURE, OWNER, SOLD)}, "unchecked: signature_needed"},
    {"typed by nobody in particular",
     {.label = LABEL_NO_SIGNATURE, .role = (enum role)0, .state = UNIT_SOLD},
     "unchecked: signature_needed"},
    {"typed by somebody with two roles: there is no such credential",
     {.label = LABEL_NO_SIGNATURE,
      .role = (enum role)(ROLE_OPERATOR | ROLE_PUBLIC),
      .state = UNIT_SOLD},
     "unchecked: signature_needed"},
    {"typed by a service center",
     {AT(NO_SIGNATURE, SERVICE, SOLD)},
     "caution, shown: no_signature"},
    {"typed by a retailer, stolen",
     {AT(NO_SIGNATURE, RETAILER, SOLD), .conditions = STOLEN},
     "bad, shown: stolen no_signature"},
    {"typed by a retailer, no such unit: nothing is shown, and no alarm",
     {AT(NO_SIGNATURE, RETAILER, NONE)},
     "caution: no_signature"},
    {"typed by an auditor, another lot",
     {AT(NO_SIGNATURE, AUDITOR, SOLD), .match = CASE_OTHER_LOT},
     "caution, shown: lot_mismatch no_signature"},
    {"the registered key does not matter without a signature",
     {AT(NO_SIGNATURE, AUDITOR, SOLD), .match = CASE_OTHER_KEY},
     "caution, shown: no_signature"},
};

static const struct row unanswered_rows[] = {
    {"registry down, good label",
     {AT(GENUINE, PUBLIC, SOLD), .registry_failed = true},
     "unchecked: registry_unavailable"},
    {"registry down, forged label",
     {AT(FORGED, PUBLIC, NONE), .registry_failed = true},
     "unchecked: registry_unavailable"},
    {"registry down, for an operator too",
     {AT(NO_SIGNATURE, OPERATOR, SOLD), .registry_failed = true},
     "unchecked: registry_unavailable"},
    {"too many questions, good label",
     {AT(GENUINE, PUBLIC, SOLD), .rate_limited = true},
     "unchecked: rate_limited"},
    {"too many questions, malformed",
     {AT(MALFORMED, PUBLIC, NONE), .rate_limited = true},
     "unchecked: rate_limited"},
    {"both",
     {AT(GENUINE, PUBLIC, SOLD), .registry_failed = true, .rate_limited = true},
     "unchecked: registry_unavailable"},
    {"nobody checked the label", {AT(UNCHECKED, OPERATOR, SOLD)}, "unchecked:"},
    {"a label result that does not exist", {AT(RESULT_COUNT, OPERATOR, SOLD)}, "unchecked:"},
};

static void
describe(char *out, size_t size, const struct verdict *v)
{
    size_t len = (size_t)snprintf(out, size, "%s%s:", verdict_class_name(v->class),
                                  v->shows_unit ? ", shown" : "");
    for (size_t i = 0; i < v->reason_count; i++)
        len += (size_t)snprintf(out + len, size - len, " %s", reason_info(v->reasons[i])->code);
}

static void
check_rows(const struct row *rows, size_t count)
{
    static struct verdict_scene scene;
    scene_start(&scene);
    for (size_t i = 0; i < count; i++) {
        struct verdict v;
        char answer[512];
        scene_set(&scene, &rows[i].at);
        verdict_decide(&v, &scene.in);
        describe(answer, sizeof answer, &v);
        if (strcmp(answer, rows[i].answer) != 0)
            fail_msg("%s: %s", rows[i].label, answer);
    }
}

#define TABLE(name)                                                                                \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        check_rows(name##_rows, sizeof name##_rows / sizeof name##_rows[0]);                       \
    }

TABLE(genuine)
TABLE(signer)
TABLE(failed)
TABLE(without_signature)
TABLE(unanswered)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(genuine),           cmocka_unit_test(signer),     cmocka_unit_test(failed),
        cmocka_unit_test(without_signature), cmocka_unit_test(unanswered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
