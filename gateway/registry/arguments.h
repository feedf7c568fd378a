/* SPDX-License-Identifier: Apache-2.0 */
/* The limits of registry.h, checked once for every engine. Pure. Whether a value makes sense is for
 * the rules above; that it can be stored and found again is for here. */
#ifndef ASSAY_REGISTRY_ARGUMENTS_H
#define ASSAY_REGISTRY_ARGUMENTS_H

#include "gateway/registry/scans.h"

bool gtin_argument(const char gtin[static GTIN_DIGITS + 1]) MUST_CHECK;
/* A lot or serial; `may_be_absent` allows "". */
bool value_argument(const char value[static GS1_VALUE_MAX + 1], bool may_be_absent) MUST_CHECK;
bool unit_key_argument(const struct unit_key *key) MUST_CHECK;
bool recall_id_argument(const char id[static ITEM_MAX + 1]) MUST_CHECK;
bool credential_id_argument(const char *id) MUST_CHECK;
bool notice_reference_argument(const char *reference) MUST_CHECK;
bool filter_argument(const struct unit_filter *filter) MUST_CHECK;

bool unit_argument(const struct unit *unit) MUST_CHECK;
/* As commission takes it: nothing has happened to it yet. */
bool fresh_unit_argument(const struct unit *unit) MUST_CHECK;
bool event_argument(const struct event *event, const struct operation *operation) MUST_CHECK;
bool operation_argument(const struct operation *operation) MUST_CHECK;
bool product_argument(const struct product *product) MUST_CHECK;
bool lot_argument(const struct lot *lot) MUST_CHECK;
bool recall_argument(const struct recall *recall) MUST_CHECK;
bool credential_argument(const struct credential *credential) MUST_CHECK;
/* Live at `now`: what is over is not kept. */
bool session_argument(const struct session *session, int64_t now) MUST_CHECK;
bool notice_argument(const struct notice *notice) MUST_CHECK;
bool sighting_argument(const struct sighting *sighting) MUST_CHECK;

#endif
