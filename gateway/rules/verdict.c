/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/verdict.h"

#include <string.h>

static const struct reason_info infos[REASON_COUNT] = {
    [REASON_REGISTRY_UNAVAILABLE] = {"registry_unavailable", VERDICT_UNCHECKED},
    [REASON_RATE_LIMITED] = {"rate_limited", VERDICT_UNCHECKED},
    [REASON_LABEL_MALFORMED] = {"label_malformed", VERDICT_BAD},
    [REASON_LABEL_FORGED] = {"label_forged", VERDICT_BAD},
    [REASON_ISSUER_UNKNOWN] = {"issuer_unknown", VERDICT_BAD},
    [REASON_ISSUER_REVOKED] = {"issuer_revoked", VERDICT_BAD},
    [REASON_ISSUER_OUT_OF_SCOPE] = {"issuer_out_of_scope", VERDICT_BAD},
    [REASON_NEVER_ISSUED] = {"never_issued", VERDICT_BAD},
    [REASON_STOLEN] = {"stolen", VERDICT_BAD},
    [REASON_RETIRED] = {"retired", VERDICT_BAD},
    [REASON_RECALLED_STOP_USE] = {"recalled", VERDICT_BAD},
    [REASON_RECALLED] = {"recalled", VERDICT_CAUTION},
    [REASON_COPY_SUSPECTED] = {"copy_suspected", VERDICT_CAUTION},
    [REASON_HELD] = {"held", VERDICT_CAUTION},
    [REASON_LOST] = {"lost", VERDICT_CAUTION},
    [REASON_EXPIRED] = {"expired", VERDICT_CAUTION},
    [REASON_LOT_MISMATCH] = {"lot_mismatch", VERDICT_CAUTION},
    [REASON_NOT_IN_MARKET] = {"not_in_market", VERDICT_CAUTION},
    [REASON_RETURNED] = {"returned", VERDICT_CAUTION},
    [REASON_SIGNATURE_NEEDED] = {"signature_needed", VERDICT_UNCHECKED},
    [REASON_NO_SIGNATURE] = {"no_signature", VERDICT_CAUTION},
    [REASON_GENUINE] = {"genuine", VERDICT_OK},
};

/* The least of the reasons' classes is the verdict's: the order of the enum is the rule. */
_Static_assert(VERDICT_UNCHECKED < VERDICT_BAD && VERDICT_BAD < VERDICT_CAUTION &&
                   VERDICT_CAUTION < VERDICT_OK,
               "verdict classes rise in trust");

struct reason_set {
    bool has[REASON_COUNT];
};

const struct reason_info *
reason_info(enum reason reason)
{
    return &infos[(unsigned)reason < REASON_COUNT ? reason : REASON_REGISTRY_UNAVAILABLE];
}

const char *verdict_class_name(enum verdict_class class)
{
    static const char *const names[] = {
        [VERDICT_UNCHECKED] = "unchecked",
        [VERDICT_BAD] = "bad",
        [VERDICT_CAUTION] = "caution",
        [VERDICT_OK] = "ok",
    };
    return names[(unsigned)class <= VERDICT_OK ? class : VERDICT_UNCHECKED];
}

bool
verdict_has(const struct verdict *verdict, enum reason reason)
{
    for (size_t i = 0; i < verdict->reason_count; i++)
        if (verdict->reasons[i] == reason)
            return true;
    return false;
}

/* The unit's record, when it is one and is of the unit that the code names. A lookup that went
 * wrong must not turn somebody else's record into "genuine". */
static const struct unit *
named_unit(const struct verdict_input *in)
{
    const struct unit *unit = in->unit;
    const struct reading *reading = in->reading;
    if (unit == NULL || reading == NULL)
        return NULL;
    if (unit->state <= UNIT_NONE || unit->state >= UNIT_STATE_COUNT)
        return NULL;
    if (strcmp(reading->id.serial, unit->id.serial) != 0)
        return NULL;
    if (reading->kind == READING_SERIAL && reading->id.gtin[0] == '\0')
        return unit;
    return strcmp(reading->id.gtin, unit->id.gtin) == 0 ? unit : NULL;
}

static bool
differs(const char *read, const char *registered, bool exact)
{
    return (exact || read[0] != '\0') && strcmp(read, registered) != 0;
}

/* A signature covers variant and lot, and their absence too; any other code may leave them out. */
static bool
lot_mismatch(const struct verdict_input *in, const struct unit *unit)
{
    const struct identity *read = &in->reading->id;
    bool exact = in->label == LABEL_GENUINE;
    return differs(read->variant, unit->id.variant, exact) ||
           differs(read->lot, unit->id.lot, exact);
}

static bool
same_key(const struct verdict_input *in, const struct unit *unit)
{
    return memcmp(in->signer->kid, unit->kid, KID_BYTES) == 0;
}

/* The registration vouches for a label of a revoked key: this very label was known before anybody
 * else could sign. Without the key and lot compared, a stolen key could sign for every unit that
 * any other key registered in time. */
static bool
registered_in_time(const struct verdict_input *in, const struct unit *unit)
{
    return unit != NULL && unit->registered_at > 0 &&
           unit->registered_at < in->signer->compromised_since && same_key(in, unit) &&
           !lot_mismatch(in, unit);
}

static enum reason
signed_label_reason(const struct verdict_input *in, const struct unit *unit)
{
    enum key_status status = in->signer == NULL ? KEY_UNTRUSTED : in->signer->status;
    if (status != KEY_ACTIVE && status != KEY_RETIRED && status != KEY_REVOKED)
        return REASON_ISSUER_UNKNOWN;
    if (status == KEY_REVOKED && !registered_in_time(in, unit))
        return REASON_ISSUER_REVOKED;
    if (unit == NULL || !same_key(in, unit))
        return REASON_NEVER_ISSUED;
    return lot_mismatch(in, unit) ? REASON_LOT_MISMATCH : REASON_GENUINE;
}

/* The one reason that the label itself gives. */
static enum reason
label_reason(const struct verdict_input *in, const struct unit *unit)
{
    static const enum reason failures[LABEL_RESULT_COUNT] = {
        [LABEL_MALFORMED] = REASON_LABEL_MALFORMED,
        [LABEL_ISSUER_UNKNOWN] = REASON_ISSUER_UNKNOWN,
        [LABEL_ISSUER_OUT_OF_SCOPE] = REASON_ISSUER_OUT_OF_SCOPE,
        [LABEL_FORGED] = REASON_LABEL_FORGED,
    };
    if (in->reading == NULL)
        return REASON_LABEL_MALFORMED;
    if (in->label == LABEL_GENUINE)
        return signed_label_reason(in, unit);
    if (in->label == LABEL_NO_SIGNATURE)
        return role_is_staff(in->role) ? REASON_NO_SIGNATURE : REASON_SIGNATURE_NEEDED;
    return failures[in->label];
}

static bool
may_see_unit(enum role role, enum reason label)
{
    if (label == REASON_LABEL_MALFORMED)
        return false;
    return role_is_staff(role) || label == REASON_GENUINE || label == REASON_LOT_MISMATCH;
}

static const struct recall *
worst_recall(const struct verdict_input *in, const struct unit *unit)
{
    const struct recall *worst = NULL;
    for (size_t i = 0; i < in->recall_count; i++) {
        const struct recall *recall = &in->recalls[i];
        if (!recall_covers(recall, unit))
            continue;
        bool equal = worst != NULL && recall->stop_use == worst->stop_use;
        if (worst == NULL || (!equal && recall->stop_use) ||
            (equal && recall->opened_at > worst->opened_at))
            worst = recall;
    }
    return worst;
}

static civil_day
today(const struct verdict_input *in)
{
    return date_of(in->now, in->product == NULL ? 0 : in->product->offset_minutes);
}

static bool
expired(const struct verdict_input *in, const struct unit *unit)
{
    civil_day last = unit->expires_on;
    if (last == CIVIL_NONE && in->lot != NULL)
        last = in->lot->expires_on;
    return last != CIVIL_NONE && today(in) > last;
}

static bool
outside_market(const struct verdict_input *in)
{
    if (in->country == NULL || in->country[0] == '\0' || in->product == NULL)
        return false;
    struct slice markets = slice_trim(slice_of(in->product->markets));
    if (markets.len == 0)
        return false;
    while (markets.len > 0)
        if (slice_equal_nocase(slice_take_until(&markets, ' '), in->country))
            return false;
    return true;
}

static void
add_unit_reasons(struct reason_set *set, const struct verdict_input *in, const struct unit *unit)
{
    static const struct {
        enum unit_condition condition;
        enum reason reason;
    } conditions[] = {
        {CONDITION_STOLEN, REASON_STOLEN},
        {CONDITION_LOST, REASON_LOST},
        {CONDITION_HELD, REASON_HELD},
        {CONDITION_COPY_SUSPECTED, REASON_COPY_SUSPECTED},
    };
    for (size_t i = 0; i < sizeof conditions / sizeof conditions[0]; i++)
        if ((unit->conditions & (unsigned)conditions[i].condition) != 0)
            set->has[conditions[i].reason] = true;
    set->has[REASON_RETIRED] = unit->state == UNIT_RETIRED;
    set->has[REASON_RETURNED] = unit->state == UNIT_RETURNED;
    set->has[REASON_EXPIRED] = expired(in, unit);
    set->has[REASON_LOT_MISMATCH] = lot_mismatch(in, unit);
    set->has[REASON_NOT_IN_MARKET] = outside_market(in);
}

/* What the unit's record says besides its conditions. */
static void
add_notices(struct verdict *out, const struct verdict_input *in, const struct unit *unit)
{
    unsigned worse = (unit->conditions & CONDITION_STOLEN) != 0 ? CONDITION_STOLEN : CONDITION_LOST;
    bool asked_by_its_own = in->role == ROLE_OWNER || role_is_staff(in->role);
    out->provisional = (unit_provisional(unit, in->now) & worse) != 0;
    out->recovery_pending = asked_by_its_own && unit->recovery_at != 0;
}

static void
add_unit(struct verdict *out, struct reason_set *set, const struct verdict_input *in,
         const struct unit *unit)
{
    out->shows_unit = true;
    add_unit_reasons(set, in, unit);
    add_notices(out, in, unit);
    out->recall = worst_recall(in, unit);
    if (out->recall != NULL)
        set->has[out->recall->stop_use ? REASON_RECALLED_STOP_USE : REASON_RECALLED] = true;
    out->has_warranty = in->product != NULL && in->product->entitlement_count > 0;
    if (out->has_warranty)
        warranty_evaluate(&out->warranty, in->product, unit, today(in));
}

static void
conclude(struct verdict *out, const struct reason_set *set)
{
    enum verdict_class class = VERDICT_OK;
    for (unsigned r = 0; r < REASON_COUNT; r++) {
        if (!set->has[r])
            continue;
        out->reasons[out->reason_count++] = (enum reason)r;
        class = infos[r].class < class ? infos[r].class : class;
    }
    out->class = out->reason_count == 0 ? VERDICT_UNCHECKED : class;
}

static void
decide(struct verdict *out, struct reason_set *set, const struct verdict_input *in)
{
    if (in->registry_failed) {
        set->has[REASON_REGISTRY_UNAVAILABLE] = true;
        return;
    }
    if (in->rate_limited) {
        set->has[REASON_RATE_LIMITED] = true;
        return;
    }
    if (in->label <= LABEL_UNCHECKED || in->label >= LABEL_RESULT_COUNT)
        return;
    const struct unit *unit = named_unit(in);
    enum reason label = label_reason(in, unit);
    set->has[label] = true;
    if (unit != NULL && may_see_unit(in->role, label))
        add_unit(out, set, in, unit);
}

void
verdict_decide(struct verdict *out, const struct verdict_input *in)
{
    struct reason_set set = {{false}};
    /* All bytes, padding too: two answers that say the same are the same. */
    memset(out, 0, sizeof *out);
    decide(out, &set, in);
    conclude(out, &set);
}
