/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of copy.h and gauge.h. */
#include "gateway/registry/copy.h"

#include "gateway/registry/calls.h"

enum err
registry_position(struct registry_session *session, struct registry_position *out)
{
    struct registry_health health;
    *out = (struct registry_position){0, 0, 0};
    enum err err = registry_health(session, &health);
    if (err == ERR_OK)
        err = engine_of(session)->sync(session);
    if (err == ERR_OK)
        *out = (struct registry_position){health.operations, health.units, health.events};
    return err;
}

bool
position_behind(const struct registry_position *a, const struct registry_position *b)
{
    return a->operations < b->operations || a->units < b->units || a->events < b->events;
}

enum err
registry_copy(struct registry_session *session, const char *directory, struct fault *fault)
{
    return engine_of(session)->copy(session, directory, fault);
}

enum err
registry_gauge(struct registry_session *session, struct registry_gauge *out)
{
    return answer(engine_of(session)->gauge(session, out), out, sizeof *out);
}

enum err
registry_writable(struct registry_session *session)
{
    return session->of->read_only ? ERR_DENIED : engine_of(session)->writable(session);
}
