/* SPDX-License-Identifier: Apache-2.0 */
/* "This looks fake", and "this is the one that somebody misses": both are told to the maker. */
#include "gateway/visitor/visitor.h"

#include "gateway/rules/notice.h"
#include "gateway/visitor/visit.h"

enum { REPORT_BODY_MAX = 16 * 1024 };

/* Browsers end the lines of a form with CR LF (HTML §4.10.5.4); the API takes LF. */
static void
drop_returns(char *text)
{
    char *out = text;
    for (; *text != '\0'; text++)
        if (*text != '\r')
            *out++ = *text;
    *out = '\0';
}

/* The label goes along as it was scanned; what names no unit is told in the text alone. */
static void
put_unit(struct text *out, const struct visit *visit)
{
    if (visit->item.code[0] != '\0') {
        json_put_text(out, "code", visit->item.code);
        return;
    }
    json_put_text(out, "gtin", visit->item.gtin);
    json_put_text(out, "serial", visit->item.serial);
}

/* Of an item that somebody misses there is other news. */
static bool
begin(struct visit *visit)
{
    bool known = visit_item(visit, false);
    bool missed = slice_equal(slice_of(visit->item.reason), "stolen") ||
                  slice_equal(slice_of(visit->item.reason), "lost");
    json_put_bool(&visit->document, "known", known);
    json_put_bool(&visit->document, "missed", missed);
    if (missed)
        visit->title = "missed";
    return known;
}

static void
send(struct visit *visit, const char *place, const char *text)
{
    struct text body;
    struct reply reply;
    text_init(&body, REPORT_BODY_MAX);
    text_char(&body, '{');
    put_unit(&body, visit);
    json_put_text(&body, "place", place);
    json_put_text(&body, "text", text);
    text_char(&body, '}');
    visit_ask(visit, &(struct question){METHOD_POST, "/v1/reports", body.data, NULL}, &reply);
    text_free(&body);
    if (reply_good(&reply)) {
        visit->name = "reported";
        visit->title = NULL;
        visit_put_text(visit, "reference", json_member_of(reply.root, "reference"));
        visit_put_day(visit, "received_on", json_member_of(reply.root, "received_at"));
    } else {
        visit_problem(visit, &reply);
    }
    reply_close(&reply);
}

void
visitor_report_form(struct worker *worker, const struct request *request, struct response *response)
{
    struct visit visit;
    visit_begin(&visit, worker, request, response, "report");
    (void)begin(&visit);
    visit_show(&visit);
}

void
visitor_report(struct worker *worker, const struct request *request, struct response *response)
{
    struct visit visit;
    char place[NOTICE_PLACE_MAX + 1];
    char text[2 * NOTICE_TEXT_MAX + 1]; /* a line end may be two bytes here and one there */
    const struct input inputs[] = {
        {"place", place, sizeof place}, {"text", text, sizeof text}, {NULL, NULL, 0}};
    visit_begin(&visit, worker, request, response, "report");
    bool read = visit_read(&visit, "form", inputs);
    bool known = begin(&visit);
    drop_returns(text);
    if (read && !known && visit.item.code[0] == '\0' && place[0] == '\0' && text[0] == '\0')
        visit_error(&visit, 400, "empty_report", "text");
    if (read && !visit.failed)
        send(&visit, place, text);
    visit_show(&visit);
}
