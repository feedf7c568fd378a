/* SPDX-License-Identifier: Apache-2.0 */
/* How often codes may be tried: limits.h has the arithmetic. */
#include <inttypes.h>
#include <string.h>

#include "gateway/api/limits.h"
#include "gateway/api/possession.h"
#include "gateway/api/writes.h"

/* Is the label that was sent the very one that is registered? Its seal is keyed, so that it is
 * compared and nothing else. */
static bool
has_label(const struct deed *deed)
{
    struct worker *worker = deed->worker;
    return !seal_is_none(deed->label) &&
           registry_get(worker->session, &deed->key, &worker->view.unit) == ERR_OK &&
           seal_equal(deed->label, worker->view.unit.seal);
}

static bool
refuse(struct deed *deed, int64_t wait)
{
    response_problem(deed->response, 429, "rate_limited", "Too many tries",
                     "Too many codes were tried; wait a moment and try again", NULL);
    response_header(deed->response, "Retry-After", "%" PRId64, wait);
    return false;
}

bool
deed_try(struct deed *deed, struct deed_try *try)
{
    const struct app *app = deed->worker->app;
    int64_t wait = 0;
    *try = (struct deed_try){.labelled = has_label(deed), .key = deed->key};
    try->ask = (struct shed_ask){
        .kind = SHED_CLAIMS, .client = &deed->request->client, .now = deed->request->now};
    /* Who shares a carrier's address with a stranger still has his own tries of what he holds. */
    if (try->labelled)
        try->ask.of = slice_of(try->key.serial);
    if (!role_is_staff(deed->worker->caller.role) && !shed_take(app->shed, &try->ask))
        return refuse(deed, try->ask.wait);
    if (limits_take(app->limits, &deed->key, try->labelled, deed->request->now, &wait))
        return true;
    shed_give_back(app->shed, &try->ask);
    return refuse(deed, wait);
}

void
deed_tried(const struct deed *deed, const struct deed_try *try)
{
    const struct app *app = deed->worker->app;
    if (deed->wrong_code)
        return;
    shed_give_back(app->shed, &try->ask);
    limits_give_back(app->limits, &deed->key, try->labelled);
}

bool
deed_prove_first(struct deed *deed)
{
    struct worker *worker = deed->worker;
    if (role_is_staff(worker->caller.role))
        return true;
    enum err err = registry_get(worker->session, &deed->key, &worker->view.unit);
    worker->view.has_unit = err == ERR_OK;
    if (err == ERR_OK || err == ERR_NOT_FOUND)
        return deed->act->prove(deed);
    write_problem(deed->response, err, NULL);
    return false;
}
