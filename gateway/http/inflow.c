/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/inflow.h"

enum {
    STAFF_PIECE = 64,
    STREAM_PIECE = 1024, /* 85 minutes, at a timeout of 5 s */
    QUICK_MS = 100,
    SLOWEST_STAFF = 16 * 1024,  /* bytes a second */
    SLOWEST_STREAM = 64 * 1024, /* of up to a gigabyte: five hours at the most */
    STREAM_GRACE = 6            /* timeouts: a line that stalls once is no reason to begin anew */
};

struct inflow_terms
inflow_terms(bool staff, bool streams, uint64_t timeout_ms)
{
    return (struct inflow_terms){
        .piece = staff ? STAFF_PIECE : 1,
        .piece_max = streams ? STREAM_PIECE
                     : staff ? STAFF_PIECE
                             : 1,
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
    int64_t now = source->now_ms();
    *inflow = (struct inflow){
        .source = *source,
        .terms = *terms,
        .length = length,
        .left = length,
        .piece = terms->piece,
        .started_ms = now,
        .read_ms = now,
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
    return inflow->read_ms - inflow->started_ms <= allowed;
}

static size_t
least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* `wanted` bytes, or it is broken. */
static void
read_piece(struct inflow *inflow, char *out, size_t wanted)
{
    int read = inflow->source.read(inflow->source.connection, out, wanted);
    int64_t now = inflow->source.now_ms();
    bool quick = now - inflow->read_ms <= QUICK_MS;
    inflow->piece = quick ? least(2 * inflow->piece, inflow->terms.piece_max) : inflow->terms.piece;
    inflow->read_ms = now;
    inflow->left -= read > 0 ? (uint64_t)read : 0;
    inflow->broken = read != (int)wanted || !in_time(inflow);
}

enum err
inflow_pull(struct inflow *inflow, char *out, size_t max, size_t *got)
{
    *got = 0;
    while (!inflow->broken && inflow->left > 0 && *got < max) {
        size_t room = least(max - *got, inflow->piece);
        size_t wanted = inflow->left < room ? (size_t)inflow->left : room;
        read_piece(inflow, out + *got, wanted);
        *got += wanted;
    }
    if (!inflow->broken)
        return ERR_OK;
    *got = 0;
    return ERR_UNAVAILABLE;
}

enum err
inflow_read(struct inflow *inflow, struct text *out)
{
    char bytes[1024];
    size_t got = 1;
    while (got > 0) {
        enum err err = inflow_pull(inflow, bytes, sizeof bytes, &got);
        if (err != ERR_OK)
            return err;
        text_slice_put(out, slice_make(bytes, got));
    }
    return text_ok(out) ? ERR_OK : ERR_TOO_LARGE;
}

static enum err
pull(void *context, char *out, size_t max, size_t *got)
{
    return inflow_pull(context, out, max, got);
}

struct body_stream
inflow_stream(struct inflow *inflow)
{
    return (struct body_stream){pull, inflow, inflow->length};
}
