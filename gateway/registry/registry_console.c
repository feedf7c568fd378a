/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of registry.h about browser sessions, notices, tallies and sightings. */
#include <string.h>

#include "gateway/registry/arguments.h"
#include "gateway/registry/calls.h"

enum err
registry_get_session(struct registry_session *session, const char *credential,
                     const uint8_t seal[static SEAL_BYTES], struct session *out)
{
    enum err err = credential_id_argument(credential)
                       ? engine_of(session)->get_session(session, credential, seal, out)
                       : ERR_INVALID;
    return answer(err, out, sizeof *out);
}

enum err
registry_count_sessions(struct registry_session *session, const char *credential, int64_t now,
                        size_t *count)
{
    *count = 0;
    enum err err = credential_id_argument(credential)
                       ? engine_of(session)->count_sessions(session, credential, now, count)
                       : ERR_INVALID;
    return answer(err, count, sizeof *count);
}

enum err
registry_get_notice(struct registry_session *session, const char *reference, struct notice *out)
{
    enum err err = notice_reference_argument(reference)
                       ? engine_of(session)->get_notice(session, reference, out)
                       : ERR_INVALID;
    return answer(err, out, sizeof *out);
}

enum err
registry_list_notices(struct registry_session *session, const struct notice_filter *filter,
                      struct cursor *cursor, struct notice *out, size_t max, size_t *count)
{
    struct page page = {cursor, max, count};
    if (!page_argument(&page) || (unsigned)filter->kind >= NOTICE_KINDS)
        return ERR_INVALID;
    return answer_page(engine_of(session)->list_notices(session, filter, &page, out), &page);
}

enum err
registry_tallies(struct registry_session *session, civil_day from, civil_day to, struct tally *out,
                 size_t max, size_t *count)
{
    const struct tally_days days = {from, to};
    struct page page = {NULL, max, count};
    if (!page_argument(&page) || from < 0 || to < from)
        return ERR_INVALID;
    return answer_page(engine_of(session)->tallies(session, &days, &page, out), &page);
}

enum err
registry_put_session(struct registry_session *session, const struct session *what, int64_t now)
{
    if (session->of->read_only)
        return ERR_DENIED;
    if (!session_argument(what, now))
        return ERR_INVALID;
    return engine_of(session)->put_session(session, what, now);
}

enum err
registry_end_sessions(struct registry_session *session, const char *credential, const uint8_t *seal)
{
    if (session->of->read_only)
        return ERR_DENIED;
    if (!credential_id_argument(credential))
        return ERR_INVALID;
    return engine_of(session)->end_sessions(session, credential, seal);
}

enum err
registry_put_notice(struct registry_session *session, const struct notice *notice,
                    const struct operation *operation, struct notice *current)
{
    enum err err = write_argument(session, operation);
    if (err == ERR_OK && !notice_argument(notice))
        err = ERR_INVALID;
    if (err == ERR_OK)
        err = engine_of(session)->put_notice(session, notice, operation, current);
    if (current != NULL && err != ERR_CONFLICT)
        memset(current, 0, sizeof *current);
    return err;
}

static bool
counts_nothing(const struct tally *tally)
{
    uint64_t all = 0;
    for (size_t i = 0; i <= VERDICT_OK; i++)
        all |= tally->verdicts[i];
    for (size_t i = 0; i < REASON_COUNT; i++)
        all |= tally->reasons[i];
    return all == 0;
}

enum err
registry_add_tally(struct registry_session *session, const struct tally *tally)
{
    if (session->of->read_only)
        return ERR_DENIED;
    if (tally->day < 0)
        return ERR_INVALID;
    return counts_nothing(tally) ? ERR_OK : engine_of(session)->add_tally(session, tally);
}

enum err
registry_get_scans(struct registry_session *session, const struct unit_key *key, struct scans *out)
{
    enum err err =
        unit_key_argument(key) ? engine_of(session)->get_scans(session, key, out) : ERR_INVALID;
    return answer(err, out, sizeof *out);
}

static bool
flush_argument(const struct scan_flush *flush)
{
    if (flush->run < 1 || flush->batch < 1 || flush->count == 0 || flush->count > SCAN_FLUSH_MAX)
        return false;
    for (size_t i = 0; i < flush->count; i++)
        if (!unit_key_argument(&flush->seen[i].key) || !sighting_argument(&flush->seen[i].sighting))
            return false;
    return true;
}

enum err
registry_scan_flush(struct registry_session *session, const struct scan_flush *flush,
                    enum copy_rule *suspected)
{
    const struct scan_call call = {flush, suspected};
    size_t rows = flush->count <= SCAN_FLUSH_MAX ? flush->count : 0;
    enum err err = flush_argument(flush) ? ERR_OK : ERR_INVALID;
    if (session->of->read_only)
        err = ERR_DENIED;
    if (err == ERR_OK)
        err = engine_of(session)->scan_flush(session, &call);
    return answer(err, suspected, rows * sizeof *suspected);
}
