/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/file.h"
#include "gateway/cli/scope.h"
#include "gateway/cli/signer.h"
#include "gateway/json/write.h"
#include "gateway/label/label.h"
#include "gateway/signer/signer.h"

enum { PART_MAX = 8 * 1024 * 1024 };

/* One request at the desk. */
struct visit {
    struct signer *signer;
    struct text *out;
    int64_t now;
    struct keyset *keyset;            /* as it is now */
    const struct keyset_entry *entry; /* in it */
};

void
signer_refuse(struct text *out, const char *code, const char *text)
{
    text_put(out, "{");
    json_put(out, "error", "{");
    json_put_text(out, "code", code);
    json_put_text(out, "text", text);
    text_put(out, "}}\n");
}

static bool
refuse(struct visit *visit, const char *code, const struct fault *fault)
{
    signer_refuse(visit->out, code, fault->text);
    return false;
}

/* The key as the keyset of this moment has it: a retired or revoked one signs nothing more. */
static bool
find_entry(struct visit *visit)
{
    struct fault fault = {ERR_OK, ""};
    if (cli_keyset(visit->signer->in, &visit->keyset, &fault) != ERR_OK)
        return refuse(visit, SIGNER_FAILED, &fault);
    if (issuer_entry(&visit->entry, visit->keyset, visit->signer->issuer.key, &fault) != ERR_OK)
        return refuse(visit, SIGNER_KEY_REFUSED, &fault);
    return true;
}

/* ---- status ---- */

static void
put_prefixes(struct visit *visit)
{
    const struct signer *signer = visit->signer;
    json_put(visit->out, "gtin_prefixes", "[");
    for (size_t i = 0; i < signer->prefix_count; i++)
        json_put_text(visit->out, NULL, signer->prefixes[i]);
    for (size_t i = 0; signer->prefix_count == 0 && i < visit->entry->prefix_count; i++)
        json_put_text(visit->out, NULL, visit->entry->prefixes[i]);
    text_char(visit->out, ']');
}

static void
answer_status(struct visit *visit)
{
    struct text *out = visit->out;
    struct quota *quota = &visit->signer->quota;
    uint64_t used = 0;
    uint64_t today = 0;
    if (!find_entry(visit))
        return;
    quota_used(quota, date_of(visit->now, 0), &used, &today);
    text_put(out, "{");
    json_put_text(out, "key", visit->entry->name);
    json_put_hex(out, "kid", visit->entry->kid, KID_BYTES);
    json_put_text(out, "organisation", visit->entry->organisation);
    json_put_text(out, "status", key_status_name(visit->entry->status));
    put_prefixes(visit);
    json_put_number(out, "max_batch", (int64_t)visit->signer->max_batch);
    if (quota->most != QUOTA_NONE)
        json_put_number(out, "quota", (int64_t)quota->most);
    json_put_number(out, "used", (int64_t)used);
    if (quota->most_a_day != QUOTA_NONE)
        json_put_number(out, "per_day", (int64_t)quota->most_a_day);
    json_put_number(out, "used_today", (int64_t)today);
    text_put(out, "}\n");
}

/* ---- issue ---- */

static const struct json_member issue_members[] = {
    {"request", JSON_STRING, true},  {"gtin", JSON_STRING, true},
    {"count", JSON_INTEGER, true},   {"lot", JSON_STRING, false},
    {"made_on", JSON_STRING, false}, {"expires_on", JSON_STRING, false},
    {"base_url", JSON_STRING, true}, {NULL, JSON_STRING, false},
};

static bool
narrowed_allows(const struct signer *signer, const char *gtin)
{
    for (size_t i = 0; i < signer->prefix_count; i++)
        if (slice_starts(slice_of(gtin), signer->prefixes[i]))
            return true;
    return signer->prefix_count == 0;
}

/* Does the address make labels? Asked before anything of the quota is taken. */
static bool
check_base(struct visit *visit, const struct signer_order *order)
{
    char url[LABEL_URL_MAX + 1];
    struct identity id = {.serial = "0"};
    struct token token = {{0}, {0}};
    struct fault fault = {ERR_OK, ""};
    memcpy(id.gtin, order->gtin, sizeof id.gtin);
    return label_url(url, order->base_url, &id, &token, &fault) == ERR_OK ||
           refuse(visit, SIGNER_MALFORMED, &fault);
}

static bool
may_issue(struct visit *visit, const struct signer_order *order)
{
    struct fault fault = {ERR_OK, ""};
    if (!find_entry(visit))
        return false;
    if (!keyset_scope_allows(visit->entry, order->gtin) ||
        !narrowed_allows(visit->signer, order->gtin)) {
        (void)fault_set(&fault, ERR_DENIED, "this signer does not sign for %s", order->gtin);
        return refuse(visit, SIGNER_OUT_OF_SCOPE, &fault);
    }
    if (keyset_may_issue(visit->entry, order->gtin, visit->now, &fault) != ERR_OK)
        return refuse(visit, SIGNER_KEY_REFUSED, &fault);
    if (order->count > visit->signer->max_batch) {
        (void)fault_set(&fault, ERR_TOO_LARGE, "this signer makes at most %llu serials at once",
                        (unsigned long long)visit->signer->max_batch);
        return refuse(visit, SIGNER_BATCH, &fault);
    }
    return check_base(visit, order);
}

static bool
take_quota(struct visit *visit, uint64_t count)
{
    struct fault fault = {ERR_OK, ""};
    enum err err = quota_take(&visit->signer->quota, count, date_of(visit->now, 0), &fault);
    if (err == ERR_OK)
        return true;
    if (err == ERR_FULL)
        return refuse(visit, SIGNER_QUOTA, &fault);
    return refuse(visit, err == ERR_BUSY ? SIGNER_DAY_QUOTA : SIGNER_FAILED, &fault);
}

static enum err
put_part(void *context, enum issue_part part, struct slice content, struct fault *fault)
{
    struct text *parts = context;
    text_slice_put(&parts[part], content);
    return text_ok(&parts[part]) ? ERR_OK : fault_set(fault, ERR_MEMORY, "out of memory");
}

static enum err
make(const struct visit *visit, const struct signer_order *order,
     struct text parts[static ISSUE_PARTS], struct fault *fault)
{
    struct serials *serials = NULL;
    const struct issue_sink sink = {put_part, NULL, parts};
    struct issue_plan plan = {.made_on = order->made_on,
                              .expires_on = order->expires_on,
                              .claim_codes = true,
                              .base_url = order->base_url,
                              .count = order->count,
                              .key = visit->signer->issuer.key};
    memcpy(plan.common.gtin, order->gtin, sizeof plan.common.gtin);
    memcpy(plan.common.lot, order->lot, sizeof plan.common.lot);
    enum err err = serials_made_up(&serials, fault);
    plan.serials = serials;
    if (err == ERR_OK)
        err = issue_make(&plan, &sink, fault);
    serials_close(serials);
    return err;
}

static void
put_run(struct visit *visit, const struct signer_order *order,
        const struct text parts[static ISSUE_PARTS])
{
    struct text *out = visit->out;
    text_put(out, "{");
    json_put_hex(out, "kid", visit->entry->kid, KID_BYTES);
    json_put_number(out, "count", (int64_t)order->count);
    json_put_text(out, "labels", parts[ISSUE_LABELS].data);
    json_put_text(out, "cards", parts[ISSUE_CARDS].data);
    json_put_text(out, "manifest", parts[ISSUE_MANIFEST].data);
    text_put(out, "}\n");
}

static void
answer_issue(struct visit *visit, const struct json_node *request)
{
    struct text parts[ISSUE_PARTS];
    struct signer_order order;
    struct fault fault = {ERR_OK, ""};
    if (json_check_object(request, "", issue_members, &fault) != ERR_OK ||
        signer_order_read(&order, request, &fault) != ERR_OK) {
        (void)refuse(visit, SIGNER_MALFORMED, &fault);
        return;
    }
    if (!may_issue(visit, &order) || !take_quota(visit, order.count))
        return;
    for (size_t i = 0; i < ISSUE_PARTS; i++)
        text_init(&parts[i], PART_MAX);
    if (make(visit, &order, parts, &fault) == ERR_OK)
        put_run(visit, &order, parts);
    else
        (void)refuse(visit, SIGNER_FAILED, &fault);
    for (size_t i = 0; i < ISSUE_PARTS; i++)
        file_wipe(&parts[i]);
}

/* ---- the desk ---- */

static const struct json_member status_members[] = {
    {"request", JSON_STRING, true},
    {NULL, JSON_STRING, false},
};

static void
answer_request(struct visit *visit, const struct json_node *request)
{
    struct fault fault = {ERR_OK, ""};
    struct slice what = json_string(json_member_of(request, "request"));
    if (slice_equal(what, "issue")) {
        answer_issue(visit, request);
        return;
    }
    if (!slice_equal(what, "status"))
        (void)fault_set(&fault, ERR_INVALID, "/request: either status or issue");
    else if (json_check_object(request, "", status_members, &fault) == ERR_OK) {
        answer_status(visit);
        return;
    }
    (void)refuse(visit, SIGNER_MALFORMED, &fault);
}

void
signer_answer(struct signer *signer, struct slice line, struct text *out)
{
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    struct visit visit = {.signer = signer, .out = out, .now = cli_now()};
    if (json_parse(line, SIGNER_REQUEST_MAX, &doc, &fault) == ERR_OK)
        answer_request(&visit, json_root(doc));
    else
        (void)refuse(&visit, SIGNER_MALFORMED, &fault);
    json_free(doc);
    free(visit.keyset);
}
