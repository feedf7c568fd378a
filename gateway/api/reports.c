/* SPDX-License-Identifier: Apache-2.0 */
/* "This looks fake": told by anybody, kept for the operator. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crypto/claim.h"
#include "gateway/api/assess.h"
#include "gateway/api/inbox.h"
#include "gateway/api/notices.h"
#include "gateway/api/record.h"
#include "gateway/api/writes.h"
#include "gateway/json/json.h"
#include "gateway/json/write.h"

enum { REPORT_JSON_MAX = 8 * 1024 };

/* One report under way. */
struct report {
    struct record_write write;
    struct notice notice;
    char code[SCAN_TEXT_MAX + 1]; /* "": none was sent */
};

/* ---- the body ---- */

static enum err
read_text(char *out, size_t size, const struct json_node *root, const char *name,
          struct fault *fault)
{
    struct slice value = json_string(json_member_of(root, name));
    if (slice_copy(out, size, value))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "/%s: has to be up to %zu bytes", name, size - 1);
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What a person typed: without blanks and empty lines at both ends, and with line feeds where a
 * form sends CR LF (HTML §4.10.21.8). */
static void
tidy(char *text)
{
    size_t begin = 0;
    size_t len = 0;
    size_t end = strlen(text);
    while (end > 0 && is_blank(text[end - 1]))
        end--;
    while (begin < end && is_blank(text[begin]))
        begin++;
    for (size_t i = begin; i < end; i++)
        if (text[i] != '\r' || text[i + 1] != '\n')
            text[len++] = text[i];
    memset(text + len, 0, strlen(text + len));
}

static enum err
read_members(struct report *report, const struct json_node *root, struct fault *fault)
{
    struct notice *notice = &report->notice;
    enum err err = read_text(report->code, sizeof report->code, root, "code", fault);
    if (err == ERR_OK)
        err = read_text(notice->gtin, sizeof notice->gtin, root, "gtin", fault);
    if (err == ERR_OK)
        err = read_text(notice->serial, sizeof notice->serial, root, "serial", fault);
    if (err == ERR_OK)
        err = read_text(notice->place, sizeof notice->place, root, "place", fault);
    if (err == ERR_OK)
        err = read_text(notice->text, sizeof notice->text, root, "text", fault);
    if (err != ERR_OK)
        return err;
    tidy(notice->place);
    tidy(notice->text);
    bool typed = notice->gtin[0] != '\0' || notice->serial[0] != '\0';
    if (report->code[0] != '\0' && typed)
        return fault_set(fault, ERR_INVALID, "/code: either the code or gtin and serial");
    if (report->code[0] == '\0' && notice->serial[0] == '\0' && notice->text[0] == '\0')
        return fault_set(fault, ERR_INVALID,
                         "/text: say what it is about: a code, a serial or a "
                         "text");
    return ERR_OK;
}

/* In the order in which a report is checked when it is stored, so that the fault of a stored field
 * is told by its name here. */
static enum err
check_members(struct report *report, struct fault *fault)
{
    struct notice *notice = &report->notice;
    int64_t now = report->write.request->now;
    notice->kind = NOTICE_LOOKS_FAKE;
    notice->first_at = now;
    notice->last_at = now;
    notice->count = 1;
    notice->role = report->write.worker->caller.role;
    memcpy(notice->organisation, report->write.worker->caller.organisation,
           sizeof notice->organisation);
    memset(notice->reference, '0', NOTICE_REFERENCE_CHARS); /* until the operation has its id */
    return notice_check(notice, fault);
}

static enum err
read_report(struct report *report, struct slice body, struct fault *fault)
{
    static const struct json_member members[] = {
        {"code", JSON_STRING, false},  {"gtin", JSON_STRING, false}, {"serial", JSON_STRING, false},
        {"place", JSON_STRING, false}, {"text", JSON_STRING, false}, {NULL, 0, false}};
    struct json_doc *doc = NULL;
    enum err err = json_parse(body, REPORT_JSON_MAX, &doc, fault);
    if (err == ERR_OK)
        err = json_check_object(json_root(doc), "", members, fault);
    if (err == ERR_OK)
        err = read_members(report, json_root(doc), fault);
    json_free(doc);
    return err == ERR_OK ? check_members(report, fault) : err;
}

/* ---- what is known about it ---- */

/* What names no unit is evidence as it is: the address that a false label leads to. Beside a text
 * that leaves no room it is left out. */
static void
keep_code(struct notice *notice, const char *code)
{
    char text[NOTICE_TEXT_MAX + 1];
    struct notice with = *notice;
    const char *line = notice->text[0] == '\0' ? "" : "\n";
    int len = snprintf(text, sizeof text, "%s%sscanned: %s", notice->text, line, code);
    if (len < 0 || (size_t)len >= sizeof text)
        return;
    memset(with.text, 0, sizeof with.text);
    memcpy(with.text, text, (size_t)len);
    if (notice_check(&with, NULL) == ERR_OK)
        *notice = with;
}

/* A serial with its product, as a link that carries no signature. */
static void
link_of(char out[static CANONICAL_MAX + 1], const struct notice *notice)
{
    struct identity id = {.gtin = ""};
    memcpy(id.gtin, notice->gtin, sizeof id.gtin);
    memcpy(id.serial, notice->serial, sizeof id.serial);
    (void)canonical_link(out, &id);
}

/* A link whose path names a unit, with something else wrong behind it, is a malformed label; what
 * else cannot be read is no code, and nothing was answered. */
static void
keep_broken(struct report *report)
{
    struct notice *notice = &report->notice;
    struct reading bare;
    struct slice text = slice_of(report->code);
    keep_code(notice, report->code);
    if (slice_find(text, '?') == text.len ||
        reading_identify(&bare, slice_take_until(&text, '?'), NULL, NULL) != READ_OK ||
        bare.kind != READING_DIGITAL_LINK) {
        notice->answer[0] = '\0';
        return;
    }
    memcpy(notice->gtin, bare.id.gtin, sizeof notice->gtin);
    memcpy(notice->serial, bare.id.serial, sizeof notice->serial);
}

static void
keep_answer(struct report *report, const struct assessment *assessed)
{
    struct notice *notice = &report->notice;
    const struct verdict *verdict = &assessed->verdict;
    if (verdict->reason_count > 0)
        (void)snprintf(notice->answer, sizeof notice->answer, "%s",
                       reason_info(verdict->reasons[0])->code);
    if (assessed->reading.error != READ_OK) {
        keep_broken(report);
        return;
    }
    memcpy(notice->gtin, assessed->reading.id.gtin, sizeof notice->gtin);
    memcpy(notice->serial, assessed->reading.id.serial, sizeof notice->serial);
}

/* What the code, or the serial, is answered now to who sends it. */
static void
look_at(struct report *report)
{
    struct worker *worker = report->write.worker;
    char link[CANONICAL_MAX + 1];
    struct assessment assessed = {.role = worker->caller.role,
                                  .client = &report->write.request->client,
                                  .now = report->notice.first_at};
    bool named = report->notice.gtin[0] != '\0' && report->notice.serial[0] != '\0';
    if (report->code[0] == '\0' && !named)
        return;
    if (named)
        link_of(link, &report->notice);
    const struct keyset *keyset = keyring_acquire(worker->app->keyring);
    assess_code(&assessed, worker, keyset, slice_of(named ? link : report->code));
    keep_answer(report, &assessed);
    keyring_release(worker->app->keyring, keyset);
}

/* ---- writing ---- */

static bool
may_report(struct report *report)
{
    const struct worker *worker = report->write.worker;
    struct response *response = report->write.response;
    int64_t wait = 0;
    if (role_is_staff(worker->caller.role) ||
        inbox_take_report(worker->app->inbox, report->write.request->now, &wait))
        return true;
    response_problem(response, 429, "rate_limited", "Too many at once",
                     "More reports came than can be taken now; try again in a moment", NULL);
    response_header(response, "Retry-After", "%" PRId64, wait);
    return false;
}

/* The same request again has the same operation, and so the same reference. */
static void
name_report(struct report *report)
{
    crockford_format(report->notice.reference, NOTICE_REFERENCE_CHARS, report->write.operation.id);
}

static void
answer_report(const struct report *report)
{
    struct response *response = report->write.response;
    response->status = 201;
    response->content_type = "application/json";
    text_char(&response->body, '{');
    json_put_text(&response->body, "reference", report->notice.reference);
    json_put_time(&response->body, "received_at", report->notice.first_at);
    text_put(&response->body, "}\n");
}

/* False: the response holds the problem, and nothing was looked at. */
static bool
write_report(struct report *report, bool repeated)
{
    struct registry_session *session = report->write.worker->session;
    const struct operation *operation = &report->write.operation;
    char reference[NOTICE_REFERENCE_CHARS + 1];
    memcpy(reference, report->notice.reference, sizeof reference);
    if (!repeated)
        look_at(report);
    enum err err =
        repeated ? ERR_OK : registry_put_notice(session, &report->notice, operation, NULL);
    err = operation_settle(session, operation, err);
    if (err == ERR_OK)
        err = registry_get_notice(session, reference, &report->notice);
    return record_end(&report->write, err, 0);
}

void
api_report_fake(struct worker *worker, const struct request *request, struct response *response)
{
    struct report report = {.write = {.worker = worker, .request = request, .response = response}};
    struct fault fault = {ERR_OK, ""};
    bool repeated = false;
    if (read_report(&report, request->body, &fault) != ERR_OK) {
        response_fault(response, &fault);
        return;
    }
    if (worker->session == NULL) {
        write_problem(response, ERR_UNAVAILABLE, NULL);
        return;
    }
    if (!record_begin(&report.write))
        return;
    name_report(&report);
    enum err err = operation_repeated(worker, &report.write.operation, request, &repeated);
    if (err != ERR_OK || (!repeated && !may_report(&report))) {
        operation_end(worker, &report.write.operation, request);
        if (err != ERR_OK)
            write_problem(response, err, NULL);
        return;
    }
    if (write_report(&report, repeated))
        answer_report(&report);
}
