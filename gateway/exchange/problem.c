/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/exchange/exchange.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
response_reset(struct response *response)
{
    response->status = 200;
    response->content_type = NULL;
    response->header_count = 0;
    response->detail[0] = '\0';
    response->lasting = slice_of(NULL);
    text_reset(&response->body);
}

static bool
has_control(const char *value)
{
    for (; *value != '\0'; value++)
        if ((unsigned char)*value < ' ' || *value == 0x7F)
            return true;
    return false;
}

/* The length, also of what does not fit. Most values are a text as it is, for which printf would
 * cost more than the rest of a field. */
static PRINTF_LIKE(3, 0) size_t
    format_value(char *out, size_t size, const char *format, va_list args)
{
    const char *text = strchr(format, '%') == NULL ? format : NULL;
    if (strcmp(format, "%s") == 0)
        text = va_arg(args, const char *);
    if (text == NULL) {
        int len = vsnprintf(out, size, format, args);
        return len < 0 ? size : (size_t)len;
    }
    size_t len = strlen(text);
    if (len < size)
        memcpy(out, text, len + 1);
    return len;
}

void
response_header(struct response *response, const char *name, const char *format, ...)
{
    if (response->header_count == RESPONSE_HEADERS_MAX) {
        response->status = 500;
        return;
    }
    struct response_header *header = &response->headers[response->header_count];
    va_list args;
    va_start(args, format);
    size_t len = format_value(header->value, sizeof header->value, format, args);
    va_end(args);
    if (len >= sizeof header->value || has_control(header->value)) {
        response->status = 500;
        return;
    }
    header->name = name;
    response->header_count++;
}

static void
put_member(struct text *out, const char *name, const char *value)
{
    text_printf(out, "\"%s\":", name);
    text_json(out, slice_of(value));
}

void
response_problem(struct response *response, int status, const char *code, const char *title,
                 const char *detail, const char *pointer)
{
    struct text *out = &response->body;
    (void)snprintf(response->detail, sizeof response->detail, "%s", detail);
    text_reset(out);
    response->lasting = slice_of(NULL);
    response->status = status;
    response->content_type = "application/problem+json";
    text_put(out, "{\"type\":\"about:blank\",");
    put_member(out, "title", title);
    text_printf(out, ",\"status\":%d,", status);
    put_member(out, "detail", detail);
    text_char(out, ',');
    put_member(out, "code", code);
    if (pointer != NULL) {
        text_put(out, ",\"errors\":[{");
        put_member(out, "pointer", pointer);
        text_char(out, ',');
        put_member(out, "detail", detail);
        text_put(out, "}]");
    }
    text_put(out, "}\n");
}

void
response_fault(struct response *response, const struct fault *fault)
{
    const struct err_info *info = err_info(fault->err);
    char pointer[FAULT_TEXT_MAX];
    struct slice text = slice_of(fault->text);
    struct slice place = slice_take_until(&text, ':');
    /* Faults of json_check_object begin with the place; those of the server itself name files and
     * are nobody's business outside. */
    bool ours = info->http_status >= 500;
    bool has_place = fault->err == ERR_INVALID && slice_starts(place, "/") && text.len > 0 &&
                     slice_copy(pointer, sizeof pointer, place);
    response_problem(response, info->http_status, info->code, info->title,
                     ours ? info->title : fault->text, has_place ? pointer : NULL);
}
