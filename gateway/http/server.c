/* SPDX-License-Identifier: Apache-2.0 */
/* CivetWeb does sockets, threads and the cutting up of request heads. It is trusted with nothing
 * else: begin_request answers everything, so its files, CGI, authentication and uploads are never
 * reached, and every head is checked again in framing.c. */
#include <civetweb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/api/meter.h"
#include "gateway/base/clock.h"
#include "gateway/http/address.h"
#include "gateway/http/client.h"
#include "gateway/http/connection.h"
#include "gateway/http/country_file.h"
#include "gateway/http/head.h"
#include "gateway/http/http.h"
#include "gateway/http/inflow.h"
#include "gateway/http/options.h"
#include "gateway/log/log.h"

enum {
    ANSWER_MAX = 32 * 1024 * 1024, /* 10,000 verdicts */
    KEPT_MAX = 64 * 1024,          /* a thread gives back what a request needed beyond this */
    EDGE_ROOM = 256 * 1024,        /* is mapped: what nobody touches takes no memory, 40 KB of it */
    MESSAGE_MAX = 200
};

/* A place to listen, and what is answered there. */
struct listener {
    const char *address;
    uint64_t port, workers;
    const struct route *routes;
    struct meter *meter; /* NULL: requests are not counted */
    struct client_trust trust;
};

struct http_server {
    struct mg_context *context;
    const struct app *app;
    struct listener listener;
    atomic_bool starting, listening;
    char message[MESSAGE_MAX]; /* CivetWeb's, while it is starting */
};

/* One worker thread's; a stack of CivetWeb's has 100 KB. */
struct edge {
    struct worker worker;
    const struct listener *listener;
    const struct route *route; /* that the request leads to, admitted or not; NULL: none */
    struct request request;
    struct response response;
    struct inflow inflow;
    struct body_stream stream; /* of what flows in */
    struct header_field fields[HEADER_FIELDS_MAX];
    struct text body, out;
};
_Static_assert(sizeof(struct edge) <= EDGE_ROOM, "it fits");

static void *
init_thread(const struct mg_context *context, int type)
{
    struct http_server *server = mg_get_user_data(context);
    struct fault fault = {0};
    if (type == 0) /* that accepts */
        atomic_store(&server->listening, true);
    struct edge *edge = type == 1 ? calloc(1, EDGE_ROOM) : NULL; /* 1: a worker */
    if (edge == NULL)
        return NULL;
    edge->worker.app = server->app;
    edge->listener = &server->listener;
    text_init(&edge->body, BODY_MAX);
    text_init(&edge->out, ANSWER_MAX + 4096);
    text_init(&edge->response.body, ANSWER_MAX);
    if (registry_session_open(server->app->registry, &edge->worker.session, &fault) != ERR_OK)
        log_event(server->app->config, LOG_ERROR, "registry_session", "%s", fault.text);
    return edge;
}

static void
exit_thread(const struct mg_context *context, int type, void *thread)
{
    (void)context;
    (void)type;
    struct edge *edge = thread;
    if (edge == NULL)
        return;
    registry_session_close(edge->worker.session);
    text_free(&edge->body);
    text_free(&edge->out);
    text_free(&edge->response.body);
    free(edge);
}

static OFF_THE_STACK struct head
read_head(struct edge *edge, const struct mg_request_info *info)
{
    struct head head = {.fields = edge->fields, .count = (size_t)info->num_headers};
    for (size_t i = 0; i < head.count; i++) {
        edge->fields[i].name = info->http_headers[i].name;
        edge->fields[i].value = info->http_headers[i].value;
    }
    head.http_1_1 = strcmp(info->http_version, "1.1") == 0;
    head.start = (struct start_line){info->request_method, info->request_uri, info->query_string,
                                     info->http_version};
    memset(&edge->request, 0, sizeof edge->request); /* not from a copy on the stack */
    edge->request.method = http_method(info->request_method);
    edge->request.path = slice_of(info->local_uri_raw);
    edge->request.query = slice_of(info->query_string);
    edge->request.now = edge->worker.app->now();
    head_copy(&edge->request, &head);
    client_find(&edge->request.client, &edge->listener->trust, info->remote_addr, &head);
    country_file_ask(edge->worker.app->countries, &edge->request.client);
    request_split(&edge->request);
    edge->route = NULL;
    response_reset(&edge->response);
    memset(&edge->inflow, 0, sizeof edge->inflow);
    memset(&edge->worker.caller, 0, sizeof edge->worker.caller);
    memset(&edge->worker.signed_in, 0, sizeof edge->worker.signed_in);
    return head;
}

static int
read_bytes(void *connection, char *out, size_t max)
{
    return mg_read(connection, out, max);
}

static void
begin_body(struct edge *edge, struct mg_connection *conn, uint64_t length)
{
    const struct inflow_source source = {read_bytes, conn, clock_monotonic_ms};
    const struct inflow_terms terms =
        inflow_terms(role_is_staff(edge->worker.caller.role), http_streams(edge->route),
                     edge->worker.app->config->request_timeout_ms);
    inflow_begin(&edge->inflow, &source, &terms, length);
    edge->stream = inflow_stream(&edge->inflow);
}

static bool
read_body(struct edge *edge)
{
    text_reset(&edge->body);
    enum err err = inflow_read(&edge->inflow, &edge->body);
    edge->request.body = text_slice(&edge->body);
    return err == ERR_OK;
}

/* Counted from its first request on: before, CivetWeb does not tell whose it is. */
static struct connection *
connection_of(const struct edge *edge, struct mg_connection *conn)
{
    struct connection *connection = mg_get_user_connection_data(conn);
    if (connection == NULL)
        connection = connection_open(edge->worker.app->shed, &edge->listener->trust,
                                     mg_get_request_info(conn)->remote_addr);
    mg_set_user_connection_data(conn, connection);
    return connection;
}

/* Was the request admitted, and its body, if any, read to its end or handed over as a stream?
 * False: the response holds the problem; *unread says that some of the request is still to come. */
static OFF_THE_STACK bool
receive(struct edge *edge, struct mg_connection *conn, const struct head *head, bool *unread)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    uint64_t length = 0;
    *unread = true;
    if (!connection_admit(connection_of(edge, conn), &edge->response))
        return false;
    if (!head_body_length(head, &length, &edge->response))
        return false;
    *unread = length > 0;
    edge->route = http_find(edge->listener->routes, &edge->request, &edge->response);
    if (!http_admit(&edge->worker, edge->route, &edge->request, length, &edge->response))
        return false;
    if (length > 0 && head_expects_continue(head))
        (void)mg_write(conn, go_on, sizeof go_on - 1);
    *unread = false; /* but for what begins to flow in */
    begin_body(edge, conn, length);
    if (http_streams(edge->route))
        edge->request.stream = &edge->stream;
    return edge->request.stream != NULL || length == 0 || read_body(edge);
}

static void
transmit(struct edge *edge, struct mg_connection *conn, bool close)
{
    struct wire wire = {.now = edge->worker.app->now(),
                        .page_csp = pages_csp(edge->worker.app->pages),
                        .head_only = edge->request.method == METHOD_HEAD,
                        .close = close};
    if (close)
        mg_disable_connection_keep_alive(conn);
    text_reset(&edge->out);
    struct slice rest = head_write(&edge->out, &edge->response, &wire);
    /* One write, but for what is large. A client that is gone is no concern of ours, and one that
     * reads slowly holds no copy of what it reads. */
    if (text_ok(&edge->out) && mg_write(conn, edge->out.data, edge->out.len) > 0 && rest.len > 0)
        (void)mg_write(conn, rest.data, rest.len);
}

/* A batch must not cost a thread its megabytes for ever. */
static void
give_back(struct edge *edge)
{
    struct text *const texts[] = {&edge->body, &edge->out, &edge->response.body};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i]->capacity > KEPT_MAX)
            text_free(texts[i]);
}

static void
log_request(const struct edge *edge)
{
    const struct route *route = edge->route;
    const struct config *config = edge->worker.app->config;
    const char *pattern = route != NULL ? route->pattern : "-"; /* an address may hold a serial */
    size_t number = route != NULL ? (size_t)(route - edge->listener->routes) : http_route_count();
    meter_count(edge->listener->meter, number, edge->response.status);
    if (edge->response.status >= 500)
        log_event(config, LOG_ERROR, "answer_failed", "%s %d", pattern, edge->response.status);
    log_event(config, LOG_DEBUG, "request", "%s %d", pattern, edge->response.status);
}

/* Without memory for a worker there is still an answer. */
static int
answer_without_worker(struct mg_connection *conn)
{
    static const char answer[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
                                 "Cache-Control: no-store\r\nConnection: close\r\n\r\n";
    mg_disable_connection_keep_alive(conn);
    (void)mg_write(conn, answer, sizeof answer - 1);
    return 503;
}

/* Must the connection be closed because of the body? */
static bool
end_body(struct edge *edge)
{
    if (edge->inflow.broken) {
        response_reset(&edge->response);
        response_problem(&edge->response, 408, "request_timeout", "Request timeout",
                         "The body did not arrive in time", NULL);
    }
    /* CivetWeb takes empty lines before the request line for the end of a head, and what follows
     * for the body: one that makes no sense ends the connection. */
    bool nonsense = edge->inflow.length > 0 && edge->response.status == 400;
    return edge->inflow.left > 0 || edge->inflow.broken || nonsense;
}

static int
begin_request(struct mg_connection *conn)
{
    struct edge *edge = mg_get_thread_pointer(conn);
    if (edge == NULL)
        return answer_without_worker(conn);
    bool unread = false;
    meter_begin(edge->listener->meter);
    struct head head = read_head(edge, mg_get_request_info(conn));
    if (receive(edge, conn, &head, &unread))
        http_answer(&edge->worker, edge->route, &edge->request, &edge->response);
    unread = end_body(edge) || unread;
    http_finish(&edge->worker, &edge->request, &edge->response);
    bool kept = edge->worker.app->config->keep_alive_ms > 0 && !head_wants_close(&head) &&
                !meter_stopping(edge->worker.app->meter);
    transmit(edge, conn, unread || !kept);
    log_request(edge);
    meter_end(edge->listener->meter);
    give_back(edge);
    return edge->response.status; /* above 0: CivetWeb does nothing more */
}

/* What CivetWeb cannot read. Its message repeats the request and is not used. */
static int
http_error(struct mg_connection *conn, int status, const char *message)
{
    (void)message;
    struct edge *edge = mg_get_thread_pointer(conn);
    if (edge == NULL) {
        (void)answer_without_worker(conn);
        return 0;
    }
    const char *method = mg_get_request_info(conn)->request_method; /* NULL or cut nowhere yet */
    bool head = method != NULL && strncmp(method, "HEAD", 4) == 0;
    edge->request = (struct request){.method = head ? METHOD_HEAD : METHOD_GET};
    edge->route = NULL;
    response_reset(&edge->response);
    head_unreadable(status, &edge->response);
    transmit(edge, conn, true);
    log_request(edge);
    return 0;
}

/* At a start that fails the message says why. Later ones may repeat what a client sent. */
static int
log_message(const struct mg_connection *conn, const char *message)
{
    struct http_server *server = mg_get_user_data(mg_get_context(conn));
    if (server != NULL && atomic_load(&server->starting))
        (void)snprintf(server->message, sizeof server->message, "%s", message);
    return 1;
}

static void
close_connection(const struct mg_connection *conn)
{
    connection_close(mg_get_user_connection_data(conn));
}

static struct mg_context *
start(struct http_server *server)
{
    static const struct mg_callbacks callbacks = {
        .begin_request = begin_request,
        .http_error = http_error,
        .log_message = log_message,
        .init_thread = init_thread,
        .exit_thread = exit_thread,
        .connection_close = close_connection,
    };
    const struct listener *listener = &server->listener;
    struct options options;
    options_make(&options, server->app->config, listener->address, listener->port,
                 listener->workers);
    return mg_start(&callbacks, server, options.list);
}

/* CivetWeb does not look whether its accepting thread was made. Ten seconds are enough for one. */
static bool
listens(struct http_server *server)
{
    const struct timespec turn = {0, 1000000};
    for (int i = 0; i < 10000 && !atomic_load(&server->listening); i++)
        (void)nanosleep(&turn, NULL);
    return atomic_load(&server->listening);
}

static enum err
listen_at(const struct app *app, const struct listener *listener, struct http_server **out,
          struct fault *fault)
{
    *out = NULL;
    enum err err = http_check_address(listener->address, listener->port, fault);
    if (err != ERR_OK)
        return err;
    struct http_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    server->app = app;
    server->listener = *listener;
    client_trust_read(&server->listener.trust, app->config);
    (void)mg_init_library(0); /* no TLS: it crashes with OpenSSL 3 */
    atomic_store(&server->starting, true);
    server->context = start(server);
    atomic_store(&server->starting, false);
    if (server->context != NULL) {
        http_bound_unsent(listener->port);
        *out = listens(server) ? server : NULL; /* which could not be stopped either */
        return *out != NULL ? ERR_OK
                            : fault_set(fault, ERR_UNAVAILABLE, "no thread to listen with");
    }
    err = fault_set(fault, ERR_UNAVAILABLE, "the server did not start: %s", server->message);
    (void)mg_exit_library();
    free(server);
    return err;
}

enum err
http_start(const struct app *app, struct http_server **out, struct fault *fault)
{
    const struct config *config = app->config;
    const struct listener listener = {config->address, config->port, config->workers,
                                      http_routes,     app->meter,   {0}};
    return listen_at(app, &listener, out, fault);
}

enum err
http_start_admin(const struct app *app, struct http_server **out, struct fault *fault)
{
    const struct config *config = app->config;
    const struct listener listener = {
        config->admin_address, config->admin_port, ADMIN_WORKERS, http_admin_routes, NULL, {0}};
    *out = NULL;
    return config->admin_port == 0 ? ERR_OK : listen_at(app, &listener, out, fault);
}

void
http_stop(struct http_server *server)
{
    if (server == NULL)
        return;
    mg_stop(server->context);
    (void)mg_exit_library();
    free(server);
}
