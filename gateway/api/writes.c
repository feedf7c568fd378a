/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/writes.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/etag.h"
#include "gateway/api/in_flight.h"

enum { IDEMPOTENCY_KEY_MAX = 64 };

/* Each part with its length, so that no two lists of parts run together. */
static void
add(crypto_generichash_state *state, struct slice part)
{
    uint8_t length[8];
    for (size_t i = 0; i < sizeof length; i++)
        length[i] = (uint8_t)((uint64_t)part.len >> (56 - 8 * i));
    (void)crypto_generichash_update(state, length, sizeof length);
    if (part.len > 0)
        (void)crypto_generichash_update(state, (const uint8_t *)part.data, part.len);
}

static bool
is_key(struct slice key)
{
    for (size_t i = 0; i < key.len; i++)
        if (key.data[i] < 0x21 || key.data[i] > 0x7E)
            return false;
    return key.len <= IDEMPOTENCY_KEY_MAX;
}

/* A staff key may be rotated between an attempt and its repeat; an owner is nothing but the secret.
 */
static void
make_id(uint8_t out[static OPERATION_ID_BYTES], const struct worker *worker,
        const struct request *request, uint64_t row)
{
    crypto_generichash_state state;
    char number[24];
    (void)snprintf(number, sizeof number, "%" PRIu64, row);
    (void)crypto_generichash_init(&state, NULL, 0, OPERATION_ID_BYTES);
    add(&state, slice_of("assay/operation/v1"));
    add(&state, slice_of(worker->caller.id));
    add(&state, worker->caller.id[0] == '\0' ? request->authorization : slice_of(""));
    add(&state, request->idempotency_key);
    add(&state, slice_of(number));
    (void)crypto_generichash_final(&state, out, OPERATION_ID_BYTES);
}

static void
make_digest(uint8_t out[static SEAL_BYTES], const struct request *request, struct slice body)
{
    crypto_generichash_state state;
    char method[24];
    (void)snprintf(method, sizeof method, "%d", (int)request->method);
    (void)crypto_generichash_init(&state, NULL, 0, SEAL_BYTES);
    add(&state, slice_of(method));
    add(&state, request->path);
    add(&state, request->query);
    add(&state, body);
    (void)crypto_generichash_final(&state, out, SEAL_BYTES);
}

bool
operation_of(struct operation *out, const struct worker *worker, const struct request *request,
             uint64_t row, struct slice row_body, struct response *response)
{
    memset(out, 0, sizeof *out);
    if (!is_key(request->idempotency_key)) {
        response_problem(response, 400, "invalid", "The input is not valid",
                         "Idempotency-Key has to be 1 to 64 visible ASCII characters", NULL);
        return false;
    }
    if (request->idempotency_key.len > 0)
        make_id(out->id, worker, request, row);
    else
        randombytes_buf(out->id, sizeof out->id);
    make_digest(out->digest, request, row_body);
    out->at = request->now;
    out->role = worker->caller.role;
    memcpy(out->actor, worker->caller.organisation, sizeof out->actor);
    struct slice note = request->path;
    if (note.len > OPERATION_NOTE_MAX || !slice_copy(out->note, sizeof out->note, note))
        out->note[0] = '\0';
    return true;
}

bool
operation_begin(const struct worker *worker, const struct operation *operation,
                const struct request *request, struct response *response)
{
    if (request->idempotency_key.len == 0 || in_flight_enter(worker->app->in_flight, operation->id))
        return true;
    response_problem(response, 409, "in_progress", "Still under way",
                     "A request with this Idempotency-Key has not ended yet; ask again", NULL);
    response_header(response, "Retry-After", "1");
    return false;
}

void
operation_end(const struct worker *worker, const struct operation *operation,
              const struct request *request)
{
    if (request->idempotency_key.len > 0)
        in_flight_leave(worker->app->in_flight, operation->id);
}

enum err
operation_settle(struct registry_session *session, const struct operation *operation,
                 enum err result)
{
    struct operation found;
    if (result != ERR_UNKNOWN)
        return result;
    enum err err = registry_find_operation(session, operation->id, &found);
    if (err == ERR_OK)
        return seal_equal(found.digest, operation->digest) ? ERR_OK : ERR_EXISTS;
    return err == ERR_NOT_FOUND ? ERR_UNAVAILABLE : ERR_UNKNOWN;
}

enum err
operation_repeated(const struct worker *worker, const struct operation *operation,
                   const struct request *request, bool *repeated)
{
    struct operation found;
    *repeated = false;
    if (request->idempotency_key.len == 0)
        return ERR_OK;
    enum err err = registry_find_operation(worker->session, operation->id, &found);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    if (err != ERR_OK)
        return err;
    *repeated = seal_equal(found.digest, operation->digest);
    return *repeated ? ERR_OK : ERR_EXISTS;
}

static const struct {
    enum err err;
    int status;
    const char *code, *title, *detail;
} problems[] = {
    {ERR_EXISTS, 422, "idempotency_key_reused", "The key was used for something else",
     "This Idempotency-Key came with another request before; use a new one for each request"},
    {ERR_CONFLICT, 409, "conflict", "It changed in the meantime",
     "Somebody else changed it; look at it again and state the version you see"},
    {ERR_NOT_FOUND, 404, "not_found", "Not found", "There is no such record"},
    {ERR_UNKNOWN, 503, "outcome_unknown", "The outcome is not known",
     "It may be written or not; repeat the request with the same Idempotency-Key"},
    {ERR_DENIED, 503, "read_only", "Cannot write now", "The registry takes no changes now"},
    {ERR_INVALID, 400, "invalid", "The input is not valid", "A value breaks its limits"},
};

void
write_problem(struct response *response, enum err err, const struct unit *current)
{
    const struct err_info *info = err_info(err);
    size_t i = 0;
    while (i < sizeof problems / sizeof problems[0] && problems[i].err != err)
        i++;
    if (i < sizeof problems / sizeof problems[0])
        response_problem(response, problems[i].status, problems[i].code, problems[i].title,
                         problems[i].detail, NULL);
    else
        response_problem(response, info->http_status, info->code, info->title, info->title, NULL);
    if (err == ERR_CONFLICT && current != NULL)
        etag_version(response, current->version);
}

bool
if_match(const struct request *request, bool *given, uint64_t *version, struct response *response)
{
    struct slice tag = request->if_match;
    *given = tag.len > 0;
    *version = 0;
    if (!*given)
        return true;
    if (slice_take(&tag, "\"") && tag.len > 1 && tag.data[tag.len - 1] == '"') {
        tag.len--;
        if (slice_number(version, slice_take_until(&tag, '-'), 1, INT64_MAX))
            return true;
    }
    response_problem(response, 400, "invalid", "The input is not valid",
                     "If-Match has to be the ETag of the record: \"VERSION\", in double quotes",
                     NULL);
    return false;
}
