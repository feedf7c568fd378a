/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/records/noticing.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { WRITE_TRIES = 4 };

static void
begin_operation(struct operation *out, const struct noticed *noticed,
                const struct notice_cause *cause)
{
    memset(out, 0, sizeof *out);
    randombytes_buf(out->id, sizeof out->id);
    out->at = cause->now;
    out->role = cause->role;
    (void)snprintf(out->actor, sizeof out->actor, "%s", cause->organisation);
    (void)snprintf(out->note, sizeof out->note, "notice %s", notice_kind_name(noticed->kind));
}

static enum err
fill_in(struct notice *notice, const struct noticed *noticed, const struct notice_cause *cause)
{
    bool fits = slice_copy(notice->gtin, sizeof notice->gtin, slice_of(noticed->gtin)) &&
                slice_copy(notice->serial, sizeof notice->serial, slice_of(noticed->serial)) &&
                slice_copy(notice->answer, sizeof notice->answer, slice_of(noticed->answer)) &&
                slice_copy(notice->text, sizeof notice->text, slice_of(noticed->text)) &&
                slice_copy(notice->organisation, sizeof notice->organisation,
                           slice_of(cause->organisation));
    notice->kind = noticed->kind;
    if (notice->version == 0)
        notice->first_at = cause->now;
    if (notice->last_at < cause->now)
        notice->last_at = cause->now;
    notice->count += notice->count < UINT32_MAX;
    notice->role = cause->role;
    notice->closed_at = 0;
    return fits ? ERR_OK : ERR_INVALID;
}

/* ERR_CONFLICT: somebody else was faster. */
static enum err
write_once(struct registry_session *session, const char *reference, const struct noticed *noticed,
           const struct notice_cause *cause)
{
    struct notice notice;
    struct operation operation;
    enum err err = registry_get_notice(session, reference, &notice);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    if (!slice_copy(notice.reference, sizeof notice.reference, slice_of(reference)))
        return ERR_INVALID;
    err = fill_in(&notice, noticed, cause);
    begin_operation(&operation, noticed, cause);
    return err == ERR_OK ? registry_put_notice(session, &notice, &operation, NULL) : err;
}

enum err
notice_write(struct registry_session *session, const char *reference, const struct noticed *noticed,
             const struct notice_cause *cause)
{
    enum err err = ERR_CONFLICT;
    for (int tries = 0; err == ERR_CONFLICT && tries < WRITE_TRIES; tries++)
        err = write_once(session, reference, noticed, cause);
    return err;
}
