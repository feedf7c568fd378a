/* SPDX-License-Identifier: Apache-2.0 */
/* What machines that run the gateway ask. These routes are in a table of their own, which only the
 * admin listener looks into. */
#include <inttypes.h>
#include <sys/statvfs.h>

#include "gateway/api/meter.h"
#include "gateway/api/shed.h"
#include "gateway/api/sightings.h"
#include "gateway/api/tally_board.h"
#include "gateway/backup/backup.h"
#include "gateway/http/http.h"
#include "gateway/registry/gauge.h"

/* With less than this on the disk the next group of changes may not fit. */
enum { DISK_LEAST = 16 * 1024 * 1024 };

static const char plain_text[] = "text/plain; charset=utf-8";
static const char open_metrics[] = "application/openmetrics-text; version=1.0.0; charset=utf-8";

static void
answer_livez(struct worker *worker, const struct request *request, struct response *response)
{
    (void)worker;
    (void)request;
    response->content_type = plain_text;
    text_put(&response->body, "alive\n");
}

static const char *
what_ails_the_disk(const char *data)
{
    struct statvfs disk;
    if (statvfs(data, &disk) != 0)
        return "the disk cannot be asked";
    return (uint64_t)disk.f_bavail * (uint64_t)disk.f_frsize < DISK_LEAST ? "the disk is full"
                                                                          : NULL;
}

/* NULL: it is ready. */
static const char *
why_not_ready(struct worker *worker)
{
    struct registry_health health;
    if (meter_stopping(worker->app->meter))
        return "it is stopping";
    if (worker->session == NULL || registry_health(worker->session, &health) != ERR_OK)
        return "the registry cannot be read";
    if (registry_writable(worker->session) != ERR_OK)
        return "the registry cannot be written to";
    return what_ails_the_disk(worker->app->config->data);
}

static void
answer_readyz(struct worker *worker, const struct request *request, struct response *response)
{
    (void)request;
    const char *reason = why_not_ready(worker);
    response->status = reason == NULL ? 200 : 503;
    response->content_type = plain_text;
    if (reason == NULL)
        text_put(&response->body, "ready\n");
    else
        text_printf(&response->body, "not ready: %s\n", reason);
}

/* ---- /metrics ---- */

static void
begin_family(struct text *out, const char *name, const char *type, const char *help)
{
    text_printf(out, "# TYPE %s %s\n# HELP %s %s\n", name, type, name, help);
}

static void
put_gauge(struct text *out, const char *name, uint64_t value, const char *help)
{
    begin_family(out, name, "gauge", help);
    text_printf(out, "%s %" PRIu64 "\n", name, value);
}

static void
put_methods(struct text *out, unsigned methods)
{
    static const struct {
        enum method method;
        const char *name;
    } names[] = {
        {METHOD_GET, "GET"}, {METHOD_POST, "POST"}, {METHOD_PUT, "PUT"}, {METHOD_DELETE, "DELETE"}};
    const char *between = "";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((methods & names[i].method) == 0)
            continue;
        text_printf(out, "%s%s", between, names[i].name);
        between = ",";
    }
}

static void
put_route(struct text *out, const struct meter *meter, size_t i)
{
    const struct route *route = &http_routes[i];
    bool none = route->pattern == NULL;
    for (size_t class = 0; class < METER_CLASSES; class ++) {
        uint64_t count = meter_requests(meter, i, class);
        if (count == 0)
            continue;
        text_printf(out, "assay_requests_total{route=\"%s\",method=\"",
                    none ? "none" : route->pattern);
        put_methods(out, none ? 0 : route->methods);
        text_printf(out, "\",status=\"%zuxx\"} %" PRIu64 "\n", class + 1, count);
    }
}

static void
put_requests(struct text *out, const struct app *app)
{
    begin_family(out, "assay_requests", "counter",
                 "Requests on the public port, by route and class of status.");
    size_t count = http_route_count();
    for (size_t i = 0; i <= count; i++)
        put_route(out, app->meter, i);
    put_gauge(out, "assay_workers", app->config->workers,
              "Connections that can be served at once.");
    put_gauge(out, "assay_workers_busy", meter_busy(app->meter),
              "Requests that are being answered at this moment.");
}

static void
put_verdicts(struct text *out, struct tally_board *board)
{
    uint64_t totals[VERDICT_OK + 1];
    tally_totals(board, totals);
    begin_family(out, "assay_verdicts", "counter", "Verdicts that were answered, by class.");
    for (size_t i = 0; i <= VERDICT_OK; i++)
        text_printf(out, "assay_verdicts_total{class=\"%s\"} %" PRIu64 "\n",
                    verdict_class_name((enum verdict_class)i), totals[i]);
}

static void
put_counter(struct text *out, const char *name, uint64_t value, const char *help)
{
    begin_family(out, name, "counter", help);
    text_printf(out, "%s_total %" PRIu64 "\n", name, value);
}

static void
put_sightings(struct text *out, struct sightings *board, int64_t now)
{
    struct sightings_figures figures;
    if (board == NULL)
        return;
    sightings_figures(board, &figures);
    int64_t age = figures.flushed_at == 0 ? 0 : now - figures.flushed_at;
    put_counter(out, "assay_sightings", figures.taken,
                "Sessions in which somebody looked at a unit.");
    put_counter(out, "assay_sightings_repeated", figures.repeated,
                "Looks within a session, which do not count again.");
    put_counter(out, "assay_sightings_dropped", figures.dropped,
                "Sessions that were lost because they could not be written down in time.");
    put_counter(out, "assay_sightings_written", figures.written,
                "Sessions that were written down.");
    put_counter(out, "assay_sightings_batches", figures.batches, "Transactions that took them.");
    put_gauge(out, "assay_sightings_waiting", figures.waiting, "Sessions not written down yet.");
    put_gauge(out, "assay_sightings_flush_age_seconds", age < 0 ? 0 : (uint64_t)age,
              "How long ago all of them were written down.");
}

static void
put_shed(struct text *out, const struct shed *shed)
{
    begin_family(out, "assay_shed", "counter", "What was refused so that others are served.");
    for (size_t i = 0; i < SHED_KINDS; i++)
        text_printf(out, "assay_shed_total{kind=\"%s\"} %" PRIu64 "\n",
                    shed_name((enum shed_kind)i), shed_count(shed, (enum shed_kind)i));
}

static void
put_commits(struct text *out, const struct registry_gauge *gauge, uint64_t writes)
{
    begin_family(out, "assay_commit_seconds", "summary",
                 "Time of the commits of this process, disk included.");
    text_printf(
        out, "assay_commit_seconds_count %" PRIu64 "\nassay_commit_seconds_sum %" PRIu64 ".%06u\n",
        gauge->commits, gauge->commit_microseconds / 1000000,
        (unsigned)(gauge->commit_microseconds % 1000000));
    begin_family(out, "assay_writes", "counter", "Changes that those commits carried.");
    text_printf(out, "assay_writes_total %" PRIu64 "\n", writes);
}

static void
put_registry(struct text *out, struct registry_session *session)
{
    struct registry_health health;
    struct registry_gauge gauge;
    bool up = session != NULL && registry_health(session, &health) == ERR_OK &&
              registry_gauge(session, &gauge) == ERR_OK;
    put_gauge(out, "assay_registry_up", up, "1 when the registry can be read.");
    if (!up)
        return;
    put_gauge(out, "assay_registry_bytes", health.bytes_used, "Size of the registry.");
    put_gauge(out, "assay_registry_max_bytes", health.bytes_max, "Size that it can have.");
    put_gauge(out, "assay_registry_units", health.units, "Units that are registered.");
    put_gauge(out, "assay_registry_events", health.events, "Events of all units.");
    put_gauge(out, "assay_registry_scans", health.scans, "Units that somebody looked at.");
    put_gauge(out, "assay_registry_operations", health.operations, "Operations since it was made.");
    put_commits(out, &gauge, health.commit_calls);
}

static void
put_backup(struct text *out, const struct app *app, int64_t now)
{
    struct backup_last last;
    if (backup_last(app->config->data, &last, NULL) != ERR_OK)
        return;
    int64_t age = now - last.made_at;
    put_gauge(out, "assay_backup_timestamp_seconds", (uint64_t)last.made_at,
              "When the last backup was made; absent when none was.");
    put_gauge(out, "assay_backup_age_seconds", age < 0 ? 0 : (uint64_t)age,
              "How long ago that was.");
    put_gauge(out, "assay_backup_operations", last.operations,
              "Operations that the last backup holds.");
}

static void
put_program(struct text *out, const struct app *app, int64_t now)
{
    const struct keyset *keyset = keyring_acquire(app->keyring);
    put_gauge(out, "assay_keyset_version", keyset->version, "Version of the keyset in use.");
    keyring_release(app->keyring, keyset);
    begin_family(out, "assay_build", "info", "The program.");
    text_printf(out, "assay_build_info{version=\"%s\"} 1\n", app->version);
    put_gauge(out, "assay_start_time_seconds", (uint64_t)app->started_at, "When it was started.");
    put_gauge(out, "assay_uptime_seconds",
              now > app->started_at ? (uint64_t)(now - app->started_at) : 0, "How long ago.");
}

static void
answer_metrics(struct worker *worker, const struct request *request, struct response *response)
{
    struct text *out = &response->body;
    response->content_type = open_metrics;
    put_requests(out, worker->app);
    put_verdicts(out, worker->app->tallies);
    put_shed(out, worker->app->shed);
    put_sightings(out, worker->app->sightings, request->now);
    put_registry(out, worker->session);
    put_backup(out, worker->app, request->now);
    put_program(out, worker->app, request->now);
    text_put(out, "# EOF\n");
}

const struct route http_admin_routes[] = {
    {METHOD_GET, "/livez", ROLES_ANYBODY, 0, NULL, answer_livez},
    {METHOD_GET, "/readyz", ROLES_ANYBODY, 0, NULL, answer_readyz},
    {METHOD_GET, "/metrics", ROLES_ANYBODY, 0, NULL, answer_metrics},
    {0, NULL, 0, 0, NULL, NULL},
};
