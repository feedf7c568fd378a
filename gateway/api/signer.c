/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/api/issuing.h"
#include "gateway/api/issuing_inside.h"
#include "gateway/json/write.h"

static int64_t
number_of(const struct json_node *status, const char *name, int64_t otherwise)
{
    int64_t number = 0;
    return json_integer(&number, json_member_of(status, name), 0, JSON_INTEGER_MAX) ? number
                                                                                    : otherwise;
}

static int64_t
left_of(const struct json_node *status, const char *most_name, const char *used_name)
{
    int64_t most = number_of(status, most_name, INT64_MAX);
    int64_t used = number_of(status, used_name, 0);
    if (most == INT64_MAX)
        return most;
    return used < most ? most - used : 0;
}

int64_t
signer_left(const struct json_node *status)
{
    int64_t all = left_of(status, "quota", "used");
    int64_t today = left_of(status, "per_day", "used_today");
    return all < today ? all : today;
}

static void
put_string(struct text *out, const struct json_node *status, const char *name)
{
    json_put(out, name, "");
    text_json(out, json_string(json_member_of(status, name)));
}

static void
put_limit(struct text *out, const char *name, int64_t value)
{
    if (value != INT64_MAX)
        json_put_number(out, name, value);
}

void
signer_put_status(struct text *out, const struct json_node *status)
{
    static const char *const strings[] = {"key", "kid", "organisation", "status"};
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        put_string(out, status, strings[i]);
    json_put(out, "gtin_prefixes", "[");
    const struct json_node *prefix = json_first(json_member_of(status, "gtin_prefixes"));
    for (; prefix != NULL; prefix = json_next(prefix)) {
        json_put(out, NULL, "");
        text_json(out, json_string(prefix));
    }
    text_char(out, ']');
    json_put_number(out, "max_batch", number_of(status, "max_batch", 0));
    json_put_number(out, "used", number_of(status, "used", 0));
    json_put_number(out, "used_today", number_of(status, "used_today", 0));
    put_limit(out, "quota", number_of(status, "quota", INT64_MAX));
    put_limit(out, "left", left_of(status, "quota", "used"));
    put_limit(out, "per_day", number_of(status, "per_day", INT64_MAX));
    put_limit(out, "left_today", left_of(status, "per_day", "used_today"));
}

void
signer_problem(struct response *response, const struct signer_reply *reply,
               const struct fault *fault)
{
    if (fault->err == ERR_DENIED) {
        response_problem(response, 409, reply->code, "The signer refused", fault->text, NULL);
        return;
    }
    response_problem(response, 503, SIGNER_UNAVAILABLE, "The signer does not answer", fault->text,
                     NULL);
}

void
api_signer(struct worker *worker, const struct request *request, struct response *response)
{
    struct text *out = &response->body;
    struct signer_reply reply = {.doc = NULL};
    struct fault fault = {ERR_OK, ""};
    const char *path = worker->app->config->signer;
    (void)request;
    bool attached = path[0] != '\0' && signer_ask_status(path, &reply, &fault) == ERR_OK;
    response->content_type = "application/json";
    text_put(out, "{");
    json_put_bool(out, "configured", path[0] != '\0');
    json_put_bool(out, "attached", attached);
    json_put_text(out, "detail", fault.text);
    if (attached) {
        json_put(out, "signer", "{");
        signer_put_status(out, json_root(reply.doc));
        text_char(out, '}');
    }
    text_put(out, "}\n");
    if (path[0] != '\0')
        signer_reply_free(&reply);
}
