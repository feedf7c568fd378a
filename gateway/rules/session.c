/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/rules/session.h"

bool
session_live(const struct session *session, int64_t now)
{
    if (session->made_at <= 0 || session->seen_at < session->made_at ||
        now < session->seen_at - SESSION_SKEW_SECONDS)
        return false;
    return now - session->seen_at < SESSION_IDLE_SECONDS &&
           now - session->made_at < SESSION_ABSOLUTE_SECONDS;
}

bool
session_stale(const struct session *session, int64_t now)
{
    return session_live(session, now) && now - session->seen_at >= SESSION_TOUCH_SECONDS;
}
