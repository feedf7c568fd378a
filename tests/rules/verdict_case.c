/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/rules/verdict_case.h"

#include <string.h>

static const struct identity named = {.gtin = "09506000134352", .lot = "L1", .serial = "7K3M9Q2X"};

static void
start_unit(struct unit *unit)
{
    *unit = (struct unit){.id = named,
                          .version = 3,
                          .kid = {1, 2, 3, 4, 5},
                          .registered_at = SCENE_REGISTERED,
                          .made_on = CIVIL_NONE,
                          .expires_on = CIVIL_NONE,
                          .shipped_on = CIVIL_NONE,
                          .sold_on = SCENE_SOLD,
                          .activated_on = CIVIL_NONE};
}

static void
start_product(struct product *product)
{
    *product = (struct product){
        .gtin = "09506000134352",
        .name = "Kettle",
        .markets = "DE FR",
        .entitlement_count = 1,
        .entitlements = {
            {.id = "std", .title = "Two years", .starts = {START_SALE}, .months = 24}}};
}

static void
start_recalls(struct recall recalls[static 3])
{
    const struct recall open = {.gtin = "09506000134352",
                                .made_from = CIVIL_NONE,
                                .made_to = CIVIL_NONE,
                                .opened_at = SCENE_REGISTERED};
    recalls[0] = recalls[1] = recalls[2] = open;
    memcpy(recalls[0].lot, "OTHER", sizeof "OTHER");
    recalls[0].stop_use = true;
    recalls[2].stop_use = true;
}

void
scene_start(struct verdict_scene *scene)
{
    memset(scene, 0, sizeof *scene);
    start_unit(&scene->unit);
    start_product(&scene->product);
    start_recalls(scene->recalls);
    scene->lot = (struct lot){.gtin = "09506000134352", .lot = "L1", .made_on = CIVIL_NONE};
    scene->signer = (struct keyset_entry){.kid = {1, 2, 3, 4, 5}, .name = "plant-a"};
    scene->reading = (struct reading){.kind = READING_DIGITAL_LINK, .id = named};
    scene->in = (struct verdict_input){.product = &scene->product,
                                       .lot = &scene->lot,
                                       .recalls = scene->recalls,
                                       .now = SCENE_NOW};
}

static void
set_key(struct keyset_entry *signer, enum case_key key)
{
    static const struct {
        enum key_status status;
        int64_t compromised_since;
    } keys[CASE_KEY_COUNT] = {
        [CASE_ACTIVE] = {KEY_ACTIVE, 0},
        [CASE_RETIRED] = {KEY_RETIRED, 0},
        [CASE_REVOKED_LATER] = {KEY_REVOKED, (int64_t)SCENE_REGISTERED + 1},
        [CASE_REVOKED_SAME_TIME] = {KEY_REVOKED, SCENE_REGISTERED},
        [CASE_REVOKED_EARLIER] = {KEY_REVOKED, (int64_t)SCENE_REGISTERED - 86400},
    };
    signer->status = keys[key].status;
    signer->compromised_since = keys[key].compromised_since;
}

static void
set_expiry(struct verdict_scene *scene, enum case_expiry expiry)
{
    static const struct {
        civil_day unit, lot;
    } days[CASE_EXPIRY_COUNT] = {
        [CASE_FRESH] = {SCENE_TODAY, SCENE_TODAY - 400},
        [CASE_UNIT_OVER] = {SCENE_TODAY - 1, SCENE_TODAY + 400},
        [CASE_LOT_OVER] = {CIVIL_NONE, SCENE_TODAY - 1},
    };
    scene->unit.expires_on = days[expiry].unit;
    scene->lot.expires_on = days[expiry].lot;
}

void
scene_set(struct verdict_scene *scene, const struct verdict_case *c)
{
    static const char *const countries[CASE_COUNTRY_COUNT] = {"", "FR", "US"};
    struct verdict_input *in = &scene->in;
    bool has_token = c->label != LABEL_NO_SIGNATURE && c->label != LABEL_MALFORMED;
    set_key(&scene->signer, c->key);
    set_expiry(scene, c->expiry);
    scene->unit.state = c->state;
    scene->unit.conditions = (uint8_t)c->conditions;
    scene->unit.kid[0] = c->match == CASE_OTHER_KEY ? 9 : 1;
    scene->unit.id.lot[1] = c->match == CASE_OTHER_LOT ? '2' : '1';
    /* The recalls name no lot but the decoy's, so they cover a unit of either lot. */
    in->recall_count = 1 + (size_t)c->recall;
    scene->reading.has_token = has_token;
    in->label = c->label;
    in->role = c->role;
    in->reading = &scene->reading;
    in->signer = c->label == LABEL_GENUINE ? &scene->signer : NULL;
    in->unit = c->state == UNIT_NONE ? NULL : &scene->unit;
    in->country = countries[c->country];
    in->registry_failed = c->registry_failed;
    in->rate_limited = c->rate_limited;
}

const struct verdict_case case_good = {
    .label = LABEL_GENUINE, .role = ROLE_PUBLIC, .state = UNIT_SOLD};

struct verdict
scene_decide(const struct verdict_scene *scene)
{
    struct verdict v;
    memset(&v, 0xA5, sizeof v);
    verdict_decide(&v, &scene->in);
    return v;
}

struct verdict_scene *
scene_of(const struct verdict_case *c)
{
    static struct verdict_scene scene;
    scene_start(&scene);
    scene_set(&scene, c);
    return &scene;
}
