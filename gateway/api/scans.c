/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/scans.h"

#include <string.h>

#include "gateway/api/unit_path.h"
#include "gateway/api/units.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"
#include "gateway/records/records.h"
#include "gateway/registry/scans.h"

enum { SEES_SCANS = ROLE_OPERATOR | ROLE_AUDITOR };

static void
key_of(struct unit_key *out, const struct identity *id)
{
    memcpy(out->gtin, id->gtin, sizeof out->gtin);
    memcpy(out->serial, id->serial, sizeof out->serial);
}

/* ---- told ---- */

static const struct copy_limits *
limits_of(const struct worker *worker)
{
    static const struct copy_limits none;
    return worker->view.has_product ? &worker->view.product.copy_limits : &none;
}

void
scans_read(struct assessment *assessment, struct worker *worker)
{
    struct unit_key key;
    assessment->has_scans = false;
    if (!assessment->verdict.shows_unit ||
        !verdict_has(&assessment->verdict, REASON_COPY_SUSPECTED))
        return;
    key_of(&key, &worker->view.unit.id);
    assessment->has_scans = registry_get_scans(worker->session, &key, &assessment->scans) == ERR_OK;
}

static uint32_t
countries_of(const struct scans *scans)
{
    uint32_t count = 0;
    while (count < SCAN_COUNTRIES && scans->countries[count].code[0] != '\0')
        count++;
    return count;
}

struct copy_shown
scans_shown(const struct assessment *assessment, const struct worker *worker)
{
    struct copy_shown shown = {COPY_NONE, 0, 0};
    if (!assessment->has_scans)
        return shown;
    shown.rule = scan_judge(&assessment->scans, limits_of(worker));
    shown.about = scans_about(assessment->scans.evidence[shown.rule]);
    shown.countries = countries_of(&assessment->scans);
    return shown;
}

void
scans_put(struct text *out, const struct assessment *assessment, const struct worker *worker)
{
    struct copy_shown shown = scans_shown(assessment, worker);
    if (shown.rule != COPY_NONE) {
        json_put(out, "copy", "{");
        json_put_text(out, "rule", copy_rule_name(shown.rule));
        json_put_number(out, "about", (int64_t)shown.about);
        json_put_number(out, "countries", (int64_t)shown.countries);
        text_char(out, '}');
    }
    if (assessment->has_scans && ((unsigned)worker->caller.role & SEES_SCANS) != 0) {
        json_put(out, "scans", "");
        scans_json(out, &assessment->scans, limits_of(worker));
    }
}

/* ---- asked for ---- */

void
api_unit_scans(struct worker *worker, const struct request *request, struct response *response)
{
    struct unit_key key;
    struct unit unit;
    struct product product = {.version = 0};
    struct scans scans = {.first_at = 0};
    if (!unit_of_path(worker, request, &key, &unit, response))
        return;
    enum err err = registry_get_scans(worker->session, &key, &scans);
    if (err == ERR_NOT_FOUND)
        err = ERR_OK;
    if (err == ERR_OK)
        err = registry_get_product(worker->session, key.gtin, &product);
    if (err != ERR_OK && err != ERR_NOT_FOUND) {
        write_problem(response, err, NULL);
        return;
    }
    response->content_type = "application/json";
    response_header(response, "Cache-Control", "no-store");
    scans_json(&response->body, &scans, &product.copy_limits);
    text_char(&response->body, '\n');
}
