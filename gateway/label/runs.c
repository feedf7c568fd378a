/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/runs.h"

static bool
dark_at(const struct qr *qr, unsigned x, unsigned y)
{
    return x < qr->size && y < qr->size && qr->dark[y * qr->size + x] != 0;
}

static unsigned
run_length(const struct qr *qr, unsigned x, unsigned y)
{
    unsigned len = 0;
    while (dark_at(qr, x + len, y))
        len++;
    return len;
}

/* Does exactly this run of dark modules stand in row y? */
static bool
is_run(const struct qr *qr, unsigned x, unsigned y, unsigned len)
{
    bool begins = x == 0 || !dark_at(qr, x - 1, y);
    return begins && run_length(qr, x, y) == len;
}

/* Equal runs on top of each other are one rectangle, given where it begins. */
static void
give_run(const struct qr *qr, struct qr_run run, qr_run_take *take, void *context)
{
    if (run.y > 0 && is_run(qr, run.x, run.y - 1, run.width))
        return;
    while (is_run(qr, run.x, run.y + run.height, run.width))
        run.height++;
    take(context, &run);
}

static void
give_row(const struct qr *qr, unsigned y, qr_run_take *take, void *context)
{
    unsigned x = 0;
    while (x < qr->size) {
        unsigned len = run_length(qr, x, y);
        if (len > 0)
            give_run(qr, (struct qr_run){x, y, len, 1}, take, context);
        x += len + 1;
    }
}

void
qr_runs(const struct qr *qr, qr_run_take *take, void *context)
{
    for (unsigned y = 0; y < qr->size; y++)
        give_row(qr, y, take, context);
}
