/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "gateway/cli/operate.h"
#include "gateway/cli/scope.h"
#include "gateway/records/records.h"
#include "gateway/registry/scans.h"

enum { SCANS_TEXT_MAX = 8192 };

static void
put_times(struct text *out, const struct scans *scans)
{
    char first[TIME_TEXT_MAX], last[TIME_TEXT_MAX];
    time_format(first, scans->first_at);
    time_format(last, scans->last_at);
    text_printf(out,
                "%" PRIu64 " session%s from %s to %s, by about %" PRIu64 " address%s of a day\n",
                scans->sessions, scans->sessions == 1 ? "" : "s", first, last, scan_clients(scans),
                scan_clients(scans) == 1 ? "" : "es");
}

static void
put_countries(struct text *out, const struct scans *scans)
{
    for (size_t i = 0; i < SCAN_COUNTRIES && scans->countries[i].code[0] != '\0'; i++)
        text_printf(out, "%-10s  %10" PRIu32 "\n", scans->countries[i].code,
                    scans->countries[i].sessions);
    if (scans->elsewhere > 0)
        text_printf(out, "%-10s  %10" PRIu32 "\n", "elsewhere", scans->elsewhere);
}

static void
put_evidence(struct text *out, const struct scans *scans, const struct copy_limits *limits)
{
    enum copy_rule fires = scan_judge(scans, limits);
    for (unsigned rule = COPY_NONE + 1; rule < COPY_RULES; rule++) {
        unsigned limit = copy_limit(limits, (enum copy_rule)rule);
        text_printf(out, "%-10s  %10" PRIu32, copy_rule_name((enum copy_rule)rule),
                    scans->evidence[rule]);
        if (limit == COPY_OFF)
            text_put(out, " (not a rule of this product)");
        else
            text_printf(out, " of %u", limit);
        text_put(out, rule == (unsigned)fires ? "  copy suspected\n" : "\n");
    }
}

static enum err
show(const struct invocation *in, const struct scans *scans, const struct copy_limits *limits,
     struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, SCANS_TEXT_MAX);
    if (in->json) {
        scans_json(&out, scans, limits);
        text_char(&out, '\n');
        return cli_print(&out, fault);
    }
    if (scans->first_at == 0)
        text_put(&out, "nobody looked\n");
    else
        put_times(&out, scans);
    put_countries(&out, scans);
    put_evidence(&out, scans, limits);
    return cli_print(&out, fault);
}

int
cli_scans(const struct invocation *in, struct fault *fault)
{
    struct unit_key key;
    struct unit unit;
    struct scans scans = {.first_at = 0};
    struct product product = {.version = 0};
    AUTO_STORE *store = NULL;
    enum err err = operate_unit_key(in->positionals[0], in->positionals[1], &key, fault);
    if (err == ERR_OK)
        err = operate_open(in, STORE_READ_ONLY | STORE_NO_KEYSET, &store, fault);
    if (err == ERR_OK)
        err = operate_get_unit(store, &key, &unit, fault);
    if (err != ERR_OK)
        return cli_exit(err);
    err = registry_get_scans(store->session, &key, &scans);
    if (err == ERR_OK || err == ERR_NOT_FOUND)
        err = registry_get_product(store->session, key.gtin, &product);
    if (err == ERR_OK || err == ERR_NOT_FOUND)
        return cli_exit(show(in, &scans, &product.copy_limits, fault));
    return cli_exit(store_fault(fault, err, key.serial));
}
