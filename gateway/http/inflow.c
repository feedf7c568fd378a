/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/inflow.h"

enum {
    STAFF_PIECE = 64,
    SLOWEST_STAFF = 16 * 1024,  /* bytes a second */
    SLOWEST_STREAM = 64 * 1024, /* of up to a gigabyte: five hours at the most */
    STREAM_GRACE = 6            /* timeouts: a line that stalls once is no reason to begin anew */
};

struct inflow_terms
inflow_terms(bool staff, bool streams, uint64_t timeout_ms)
{
    return (struct inflow_terms){
        .piece = staff ? STAFF_PIECE : 1,
        .grace_ms = (int64_t)timeout_ms * (streams ? STREAM_GRACE : 1),
        .rate = streams ? SLOWEST_STREAM
                : staff ? SLOWEST_STAFF
                        : 0,
        .steady = streams,
    };
}

void
inflow_begin(struct inflow *inflow, const struct inflow_source *source,
             const struct inflow_terms *terms, uint64_t length)
{
    *inflow = (struct inflow){
        .source = *source,
        .terms = *terms,
        .length = length,
        .left = length,
        .started_ms = source->now_ms(),
    };
}

static bool
in_time(const struct inflow *inflow)
{
    const struct inflow_terms *terms = &inflow->terms;
    uint64_t earns = terms->steady ? inflow->length - inflow->left : inflow->length;
    int64_t allowed = terms->grace_ms;
    if (terms->rate > 0)
        allowed += (int64_t)(earns / terms->rate * 1000 + earns % terms->rate * 1000 / terms->rate);
    return inflow->source.now_ms() - inflow->started_ms <= allowed;
}

enum err
inflow_pull(struct inflow *inflow, char *out, size_t max, size_t *got)
{
    *got = 0;
    while (!inflow->broken && inflow->left > 0 && *got < max) {
        size_t room = max - *got < inflow->terms.piece ? max - *got : inflow->terms.piece;
        size_t wanted = inflow->left < room ? (size_t)inflow->left : room;
        int read = inflow->source.read(inflow->source.connection, out + *got, wanted);
        inflow->left -= read > 0 ? (uint64_t)read : 0;
        inflow->broken = read != (int)wanted || !in_time(inflow);
        *got += wanted;
    }
    if (!inflow->broken)
        return ERR_OK;
    *got = 0;
    return ERR_UNAVAILABLE;
}
