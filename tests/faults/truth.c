/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/faults/truth.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/registry/scans.h"
#include "tests/faults/work.h"

enum { ROWS = 200, EVENTS = 16, UNITS_A_BATCH = 3 };

struct asking {
    struct registry_session *session;
    struct truth *learned; /* NULL: compare with */
    const struct truth *truth;
    size_t at;
    enum truth_answer worst;
};

static uint64_t
hash_of(const void *bytes, size_t len)
{
    uint64_t hash = 0;
    (void)crypto_generichash((unsigned char *)&hash, sizeof hash, bytes, len, NULL, 0);
    return hash;
}

static enum truth_answer
judge(const struct truth_item *was, enum err err, uint64_t hash)
{
    if (err == was->err && hash == was->hash)
        return TRUTH_WHOLE;
    if (err == ERR_NOT_FOUND)
        return TRUTH_MISSING;
    return err == ERR_OK ? TRUTH_WRONG : TRUTH_REFUSED;
}

static void
take(struct asking *asking, enum err err, const void *answer, size_t len)
{
    uint64_t hash = err == ERR_OK ? hash_of(answer, len) : 0;
    if (asking->at == TRUTH_MAX)
        abort();
    size_t at = asking->at++;
    if (asking->learned != NULL) {
        asking->learned->items[at] = (struct truth_item){err, hash};
        asking->learned->count = asking->at;
        return;
    }
    enum truth_answer now = judge(&asking->truth->items[at], err, hash);
    asking->worst = now > asking->worst ? now : asking->worst;
}

static bool
is_row(const struct truth *truth, uint64_t hash)
{
    for (size_t i = 0; i < truth->row_count; i++)
        if (truth->rows[i] == hash)
            return true;
    return false;
}

/* Of a list that is not the whole one each row is true, or it is wrong. */
static void
take_rows(struct asking *asking, enum err err, const void *rows, size_t size, size_t count)
{
    bool known = true;
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        uint64_t hash = hash_of((const char *)rows + i * size, size);
        if (asking->learned == NULL)
            known = known && is_row(asking->truth, hash);
        else if (asking->learned->row_count < TRUTH_MAX)
            asking->learned->rows[asking->learned->row_count++] = hash;
        else
            abort();
    }
    enum truth_answer before = asking->worst;
    take(asking, err, rows, count * size);
    if (known && asking->worst == TRUTH_WRONG && before != TRUTH_WRONG)
        asking->worst = before > TRUTH_SHORT ? before : TRUTH_SHORT;
}

static void
ask_unit(struct asking *asking, const struct unit_key *key)
{
    struct unit unit;
    struct scans scans;
    struct unit_view view;
    struct event events[EVENTS];
    size_t count = 0;
    memset(&unit, 0, sizeof unit);
    memset(&scans, 0, sizeof scans);
    memset(&view, 0, sizeof view);
    memset(events, 0, sizeof events);
    take(asking, registry_get(asking->session, key, &unit), &unit, sizeof unit);
    take(asking, registry_get_scans(asking->session, key, &scans), &scans, sizeof scans);
    enum err err = registry_view(asking->session, key, &view);
    /* The answer to a verdict: of what was found only the first recalls are written. */
    take(asking, err == ERR_OK && !view.has_unit ? ERR_NOT_FOUND : err, &view.unit,
         sizeof view.unit);
    size_t found[] = {view.has_product, view.has_lot, view.recall_count};
    take(asking, err, found, sizeof found);
    err = registry_events(asking->session, key, 0, events, EVENTS, &count);
    take_rows(asking, err, events, sizeof events[0], count);
}

static void
ask_list(struct asking *asking, const struct unit_filter *filter)
{
    static struct unit rows[ROWS];
    struct cursor cursor = {""};
    size_t count = 0;
    memset(rows, 0, sizeof rows);
    enum err err = registry_list(asking->session, filter, &cursor, rows, ROWS, &count);
    take_rows(asking, err, rows, sizeof rows[0], count);
}

static void
ask_lists(struct asking *asking)
{
    static struct product products[ROWS / 10];
    static struct recall recalls[ROWS / 2];
    static struct credential credentials[ROWS / 10];
    static struct notice notices[ROWS / 2];
    static struct tally tallies[ROWS / 2];
    const struct unit_filter filters[] = {{.gtin = ""},
                                          {.lot = "L24A0917"},
                                          {.location = "Berlin 1"},
                                          {.purchase_order = "PO Berlin 1"},
                                          {.sales_order = "SO Berlin 1"},
                                          {.state = UNIT_RETIRED},
                                          {.conditions = CONDITION_HELD}};
    const struct notice_filter open = {.open = true};
    size_t count = 0;
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++)
        ask_list(asking, &filters[i]);
    struct cursor cursor = {""};
    enum err err = registry_list_products(asking->session, &cursor, products, ROWS / 10, &count);
    take_rows(asking, err, products, sizeof products[0], count);
    cursor.text[0] = '\0';
    err = registry_list_recalls(asking->session, &cursor, recalls, ROWS / 2, &count);
    take_rows(asking, err, recalls, sizeof recalls[0], count);
    cursor.text[0] = '\0';
    err = registry_list_credentials(asking->session, &cursor, credentials, ROWS / 10, &count);
    take_rows(asking, err, credentials, sizeof credentials[0], count);
    cursor.text[0] = '\0';
    err = registry_list_notices(asking->session, &open, &cursor, notices, ROWS / 2, &count);
    take_rows(asking, err, notices, sizeof notices[0], count);
    err = registry_tallies(asking->session, 0, 40000, tallies, ROWS / 2, &count);
    take_rows(asking, err, tallies, sizeof tallies[0], count);
}

static void
ask_all(struct asking *asking, unsigned workers, unsigned steps)
{
    for (unsigned worker = 0; worker < workers; worker++)
        for (unsigned step = 0; step < steps; step++) {
            struct operation operation;
            struct operation found;
            work_operation(&operation, worker, step);
            enum err err = registry_find_operation(asking->session, operation.id, &found);
            take(asking, err, &found, sizeof found);
        }
    for (unsigned worker = 0; worker < workers; worker++)
        for (unsigned step = 0; step < steps; step += WORK_KINDS)
            for (unsigned i = 0; i < UNITS_A_BATCH; i++) {
                struct unit_key key = work_unit(worker, step, i);
                ask_unit(asking, &key);
            }
    ask_lists(asking);
}

void
truth_learn(struct registry_session *session, unsigned workers, unsigned steps, struct truth *out)
{
    struct asking asking = {.session = session, .learned = out};
    *out = (struct truth){.workers = workers, .steps = steps};
    ask_all(&asking, workers, steps);
}

enum truth_answer
truth_compare(struct registry_session *session, const struct truth *truth)
{
    struct asking asking = {.session = session, .truth = truth};
    ask_all(&asking, truth->workers, truth->steps);
    return asking.worst;
}
