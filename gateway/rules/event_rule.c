/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/event_rule.h"

#include <string.h>

#define IN(state) (1U << UNIT_##state)
#define TAKES(field) (1U << FIELD_##field)

enum {
    LIVE = IN(ISSUED) | IN(IN_TRANSIT) | IN(IN_STOCK) | IN(SOLD) | IN(RETURNED),
    ANY = LIVE | IN(RETIRED),
    UNSOLD = IN(ISSUED) | IN(IN_TRANSIT) | IN(IN_STOCK),
    AT_RETAILER = IN(IN_STOCK) | IN(RETURNED),
    /* Such a unit may be received and moved, for it is somewhere; it may not leave for a buyer. */
    STAYS_PUT = CONDITION_STOLEN | CONDITION_LOST | CONDITION_HELD,
    CLAIM_FIELDS =
        TAKES(FAULT) | TAKES(COVERED) | TAKES(ENTITLEMENT) | TAKES(REASON) | TAKES(REFERENCE)
};

/* The table of design section 5. */
static const struct rule rules[EVENT_TYPE_COUNT] = {
    [EVENT_RECEIVE] = {.grants = {{ROLE_OPERATOR | ROLE_RETAILER, IN(ISSUED) | IN(IN_TRANSIT)}},
                       .to = UNIT_IN_STOCK,
                       .required = TAKES(LOCATION),
                       .optional = TAKES(PURCHASE_ORDER) | TAKES(DOCUMENT),
                       .keeps = TAKES(LOCATION) | TAKES(PURCHASE_ORDER) | TAKES(DOCUMENT)},
    [EVENT_SHIP] = {.grants = {{ROLE_OPERATOR, IN(ISSUED) | IN(IN_STOCK)}},
                    .to = UNIT_IN_TRANSIT,
                    .lacks = STAYS_PUT,
                    .required = TAKES(LOCATION),
                    .optional = TAKES(SALES_ORDER) | TAKES(DOCUMENT) | TAKES(ON) | TAKES(TO),
                    .keeps = TAKES(LOCATION) | TAKES(SALES_ORDER) | TAKES(DOCUMENT),
                    .effect = EFFECT_SHIP},
    [EVENT_MOVE] = {.grants = {{ROLE_OPERATOR | ROLE_RETAILER, IN(IN_STOCK)}},
                    .required = TAKES(LOCATION),
                    .keeps = TAKES(LOCATION)},
    [EVENT_SELL] = {.grants = {{ROLE_OPERATOR | ROLE_RETAILER, UNSOLD}},
                    .to = UNIT_SOLD,
                    .lacks = STAYS_PUT,
                    .optional = TAKES(ON) | TAKES(SALES_ORDER) | TAKES(DOCUMENT) | TAKES(PRICE),
                    .keeps = TAKES(SALES_ORDER) | TAKES(DOCUMENT),
                    .effect = EFFECT_SELL},
    [EVENT_RETURN] = {.grants = {{ROLE_RETAILER, IN(SOLD)}},
                      .to = UNIT_RETURNED,
                      .lacks = STAYS_PUT,
                      .optional = TAKES(REFERENCE) | TAKES(REASON),
                      .only_seller = ROLE_RETAILER},
    [EVENT_RESTOCK] = {.grants = {{ROLE_OPERATOR | ROLE_RETAILER, IN(RETURNED)}},
                       .to = UNIT_IN_STOCK,
                       .lacks = STAYS_PUT,
                       .optional = TAKES(LOCATION) | TAKES(REASON),
                       .keeps = TAKES(LOCATION),
                       .only_seller = ROLE_RETAILER,
                       .seal = SEAL_OPTIONAL,
                       .effect = EFFECT_RESTOCK},
    [EVENT_RETIRE] = {.grants = {{ROLE_OPERATOR | ROLE_SERVICE, LIVE}},
                      .to = UNIT_RETIRED,
                      .required = TAKES(REASON),
                      .optional = TAKES(REFERENCE)},
    [EVENT_REPORT_STOLEN] =
        {.grants = {{ROLE_OWNER, IN(SOLD)}, {ROLE_RETAILER, AT_RETAILER}, {ROLE_OPERATOR, LIVE}},
         .lacks = CONDITION_STOLEN,
         .sets = CONDITION_STOLEN,
         .effect = EFFECT_REPORT,
         .optional = TAKES(LOCATION) | TAKES(ON) | TAKES(REFERENCE) | TAKES(REASON)},
    [EVENT_REPORT_LOST] =
        {.grants = {{ROLE_OWNER, IN(SOLD)}, {ROLE_RETAILER, AT_RETAILER}, {ROLE_OPERATOR, LIVE}},
         .lacks = CONDITION_LOST,
         .sets = CONDITION_LOST,
         .effect = EFFECT_REPORT,
         .optional = TAKES(LOCATION) | TAKES(ON) | TAKES(REFERENCE) | TAKES(REASON)},
    [EVENT_RECOVER] = {.grants = {{ROLE_OWNER, IN(SOLD)},
                                  {ROLE_RETAILER, AT_RETAILER},
                                  {ROLE_OPERATOR, ANY}},
                       .has = CONDITION_STOLEN | CONDITION_LOST,
                       .clears = CONDITION_STOLEN | CONDITION_LOST,
                       .optional = TAKES(REASON) | TAKES(REFERENCE),
                       .only_own = ROLE_OWNER | ROLE_RETAILER,
                       .effect = EFFECT_RECOVER},
    [EVENT_HOLD] = {.grants = {{ROLE_SERVICE | ROLE_RETAILER | ROLE_OPERATOR, ANY}},
                    .lacks = CONDITION_HELD,
                    .sets = CONDITION_HELD,
                    .required = TAKES(REASON),
                    .optional = TAKES(REFERENCE)},
    [EVENT_RELEASE] = {.grants = {{ROLE_SERVICE | ROLE_RETAILER | ROLE_OPERATOR, ANY}},
                       .has = CONDITION_HELD,
                       .clears = CONDITION_HELD,
                       .optional = TAKES(REASON) | TAKES(REFERENCE),
                       .only_own = ROLE_SERVICE | ROLE_RETAILER},
    /* The gateway itself acts as operator. */
    [EVENT_SUSPECT] = {.grants = {{ROLE_OPERATOR, ANY}},
                       .lacks = CONDITION_COPY_SUSPECTED,
                       .sets = CONDITION_COPY_SUSPECTED,
                       .required = TAKES(REASON),
                       .optional = TAKES(REFERENCE)},
    [EVENT_CLEAR] = {.grants = {{ROLE_OPERATOR, ANY}},
                     .has = CONDITION_COPY_SUSPECTED,
                     .clears = CONDITION_COPY_SUSPECTED,
                     .required = TAKES(REASON),
                     .optional = TAKES(REFERENCE)},
    [EVENT_ACTIVATE] = {.grants = {{ROLE_PUBLIC | ROLE_SERVICE | ROLE_RETAILER, UNSOLD | IN(SOLD)}},
                        .to = UNIT_SOLD,
                        .lacks = STAYS_PUT,
                        .optional = TAKES(ON),
                        .if_allowed = UNSOLD,
                        .seal = SEAL_REQUIRED,
                        .effect = EFFECT_ACTIVATE},
    [EVENT_OFFER] = {.grants = {{ROLE_OWNER, IN(SOLD)}},
                     .lacks = STAYS_PUT,
                     .seal = SEAL_REQUIRED,
                     .effect = EFFECT_OFFER},
    [EVENT_TRANSFER] = {.grants = {{ROLE_PUBLIC, IN(SOLD)}},
                        .lacks = STAYS_PUT,
                        .seal = SEAL_REQUIRED,
                        .effect = EFFECT_TRANSFER},
    [EVENT_LOSE_SECRET] = {.grants = {{ROLE_PUBLIC | ROLE_SERVICE | ROLE_RETAILER | ROLE_OPERATOR,
                                       IN(SOLD)}},
                           .lacks = STAYS_PUT,
                           .optional = TAKES(REASON) | TAKES(REFERENCE),
                           .only_seller = ROLE_RETAILER,
                           .effect = EFFECT_LOSE_SECRET},
    [EVENT_SERVICE] = {.grants = {{ROLE_SERVICE, IN(SOLD) | IN(RETURNED)}},
                       .lacks = CONDITION_STOLEN,
                       .required = TAKES(FAULT) | TAKES(COVERED),
                       .optional = TAKES(WORK) | TAKES(PARTS) | TAKES(ENTITLEMENT) | TAKES(ON) |
                                   TAKES(REFERENCE)},
    [EVENT_REPLACE] = {.grants = {{ROLE_SERVICE, IN(SOLD)}},
                       .to = UNIT_RETIRED,
                       .lacks = STAYS_PUT,
                       .required = TAKES(OTHER_GTIN) | TAKES(OTHER_SERIAL),
                       .optional = CLAIM_FIELDS,
                       .effect = EFFECT_GIVE_WAY},
    [EVENT_CONFIRM] = {.grants = {{ROLE_OPERATOR, ANY}},
                       .has = CONDITION_STOLEN | CONDITION_LOST,
                       .optional = TAKES(REASON) | TAKES(REFERENCE),
                       .effect = EFFECT_CONFIRM},
    [EVENT_DISMISS] = {.grants = {{ROLE_OWNER, IN(SOLD)}, {ROLE_OPERATOR, ANY}},
                       .optional = TAKES(REASON) | TAKES(REFERENCE),
                       .effect = EFFECT_DISMISS},
    [EVENT_ADJUST] = {.grants = {{ROLE_OPERATOR, IN(SOLD) | IN(RETURNED)}},
                      .required = TAKES(REASON),
                      .optional =
                          TAKES(ENTITLEMENT) | TAKES(MONTHS) | TAKES(EXCLUDED) | TAKES(REFERENCE),
                      .effect = EFFECT_ADJUST},
    [EVENT_UNDO] = {.grants = {{ROLE_SERVICE | ROLE_RETAILER | ROLE_OPERATOR, LIVE}},
                    .lacks = CONDITION_STOLEN,
                    .required = TAKES(UNDOES),
                    .optional = TAKES(REASON)},
    [EVENT_END_OWNERSHIP] = {.grants = {{ROLE_OPERATOR, IN(SOLD) | IN(RETURNED)}},
                             .required = TAKES(REASON),
                             .optional = TAKES(REFERENCE) | TAKES(ENDS_CLAIM),
                             .seal = SEAL_OPTIONAL,
                             .effect = EFFECT_END_OWNERSHIP},
};

/* The other side of EVENT_REPLACE. */
static const struct rule substitute = {.grants = {{ROLE_SERVICE, UNSOLD}},
                                       .to = UNIT_SOLD,
                                       .lacks = STAYS_PUT,
                                       .required = TAKES(OTHER_GTIN) | TAKES(OTHER_SERIAL),
                                       .optional = CLAIM_FIELDS,
                                       .seal = SEAL_OPTIONAL,
                                       .effect = EFFECT_INHERIT};

const struct rule *
rule_of(const struct event *event)
{
    if (event->type == EVENT_REPLACE && event->inherits)
        return &substitute;
    return &rules[(unsigned)event->type < EVENT_TYPE_COUNT ? event->type : EVENT_NONE];
}

unsigned
rule_states_for(const struct rule *rule, enum role role)
{
    if (strcmp(role_name(role), "none") == 0)
        return 0;
    for (size_t i = 0; i < GRANTS_MAX; i++)
        if ((rule->grants[i].roles & (unsigned)role) != 0)
            return rule->grants[i].from;
    return 0;
}
