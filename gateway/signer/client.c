/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* SOCK_NONBLOCK, SOCK_CLOEXEC */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/json/write.h"
#include "gateway/signer/signer.h"
#include "gateway/signer/wire.h"

enum { STATUS_MS = 5000 };

static const struct json_member status_members[] = {
    {"key", JSON_STRING, true},          {"kid", JSON_STRING, true},
    {"organisation", JSON_STRING, true}, {"status", JSON_STRING, true},
    {"gtin_prefixes", JSON_ARRAY, true}, {"max_batch", JSON_INTEGER, true},
    {"quota", JSON_INTEGER, false},      {"used", JSON_INTEGER, true},
    {"per_day", JSON_INTEGER, false},    {"used_today", JSON_INTEGER, true},
    {NULL, JSON_STRING, false},
};

static const struct json_member issue_members[] = {
    {"kid", JSON_STRING, true},   {"count", JSON_INTEGER, true},   {"labels", JSON_STRING, true},
    {"cards", JSON_STRING, true}, {"manifest", JSON_STRING, true}, {NULL, JSON_STRING, false},
};

static enum err
unavailable(struct signer_reply *reply, struct fault *fault, const char *path, const char *why)
{
    memcpy(reply->code, SIGNER_UNAVAILABLE, sizeof SIGNER_UNAVAILABLE);
    return fault_set(fault, ERR_UNAVAILABLE, "the signer at %s %s", path, why);
}

/* The descriptor, or -1. */
static int
call(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0)
        return fd;
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static enum err
exchange(int fd, const struct text *request, struct text *answer, int64_t milliseconds)
{
    int64_t deadline = wire_now_ms() + milliseconds;
    enum err err = wire_write(fd, text_slice(request), deadline);
    /* A signer that refuses at the door has answered already. */
    return err == ERR_BUSY ? err : wire_read_line(fd, answer, deadline);
}

/* {"error":{"code","text"}} */
static enum err
take_refusal(struct signer_reply *reply, const struct json_node *error, const char *path,
             struct fault *fault)
{
    struct slice code = json_string(json_member_of(error, "code"));
    struct slice text = json_string(json_member_of(error, "text"));
    if (code.len == 0 || text.len == 0 || text.len > INT16_MAX ||
        !slice_copy(reply->code, sizeof reply->code, code))
        return unavailable(reply, fault, path, "gave an answer that is none");
    return fault_set(fault, ERR_DENIED, "%.*s", (int)text.len, text.data);
}

static enum err
read_answer(struct signer_reply *reply, const struct json_member *members, const char *path,
            struct fault *fault)
{
    struct fault why = {ERR_OK, ""};
    if (json_parse(text_slice(&reply->bytes), SIGNER_ANSWER_MAX, &reply->doc, &why) != ERR_OK)
        return unavailable(reply, fault, path, "gave an answer that is none");
    const struct json_node *root = json_root(reply->doc);
    const struct json_node *error = json_member_of(root, "error");
    if (error != NULL)
        return take_refusal(reply, error, path, fault);
    if (json_check_object(root, "", members, &why) != ERR_OK)
        return unavailable(reply, fault, path, "gave an answer that is none");
    return ERR_OK;
}

struct asking {
    const char *path;
    const struct text *request;
    int64_t milliseconds;
    const struct json_member *members;
};

static enum err
ask(const struct asking *asking, struct signer_reply *reply, struct fault *fault)
{
    struct sockaddr_un address;
    if (!text_ok(asking->request))
        return fault_set(fault, ERR_MEMORY, "out of memory");
    if (wire_address(&address, asking->path, fault) != ERR_OK)
        return unavailable(reply, fault, asking->path, "has no path of a socket");
    int fd = call(&address);
    if (fd < 0)
        return unavailable(reply, fault, asking->path,
                           errno == EACCES
                               ? "does not let this program in: look at its --allow-user"
                               : "does not run");
    enum err err = exchange(fd, asking->request, &reply->bytes, asking->milliseconds);
    (void)close(fd);
    if (err != ERR_OK)
        return unavailable(reply, fault, asking->path, "went away before it had answered");
    return read_answer(reply, asking->members, asking->path, fault);
}

static void
begin(struct signer_reply *reply)
{
    memset(reply, 0, sizeof *reply);
    text_init(&reply->bytes, SIGNER_ANSWER_MAX);
}

enum err
signer_ask_status(const char *path, struct signer_reply *reply, struct fault *fault)
{
    struct text request;
    begin(reply);
    text_init(&request, SIGNER_REQUEST_MAX);
    text_put(&request, "{\"request\":\"status\"}\n");
    const struct asking asking = {path, &request, STATUS_MS, status_members};
    enum err err = ask(&asking, reply, fault);
    text_free(&request);
    return err;
}

static void
put_order(struct text *out, const struct signer_order *order)
{
    text_char(out, '{');
    json_put_text(out, "request", "issue");
    json_put_text(out, "gtin", order->gtin);
    json_put_number(out, "count", (int64_t)order->count);
    json_put_text(out, "lot", order->lot);
    json_put_day(out, "made_on", order->made_on);
    json_put_day(out, "expires_on", order->expires_on);
    json_put_text(out, "base_url", order->base_url);
    text_put(out, "}\n");
}

enum err
signer_ask_issue(const char *path, const struct signer_order *order, struct signer_reply *reply,
                 struct fault *fault)
{
    struct text request;
    int64_t count = 0;
    begin(reply);
    text_init(&request, SIGNER_REQUEST_MAX);
    put_order(&request, order);
    const struct asking asking = {path, &request, SIGNER_ANSWER_MS, issue_members};
    enum err err = ask(&asking, reply, fault);
    text_free(&request);
    if (err == ERR_OK && (!json_integer(&count, json_member_of(json_root(reply->doc), "count"), 1,
                                        SIGNER_BATCH_MAX) ||
                          (uint64_t)count != order->count))
        return unavailable(reply, fault, path, "answered another order");
    return err;
}

void
signer_reply_free(struct signer_reply *reply)
{
    json_free(reply->doc);
    file_wipe(&reply->bytes);
    reply->doc = NULL;
}
