/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "gateway/json/write.h"
#include "gateway/rules/credential.h"
#include "gateway/staff/form.h"
#include "gateway/staff/running.h"

enum { BODY_JSON_MAX = 8 * 1024, ROLE_CHARS = 16, DAY_CHARS = 10 };

static const struct form_field fields[] = {
    {"name", FORM_TEXT, true, true, CREDENTIAL_NAME_MAX},
    {"organisation", FORM_TEXT, true, true, ORGANISATION_MAX},
    {"locations", FORM_WORDS, false, true, 0},
    {NULL, FORM_TEXT, false, false, 0},
};
/* A day here, the end of it for the API. */
static const struct form_field ending[] = {
    {"expires_at", FORM_DATE, false, true, 0},
    {NULL, FORM_TEXT, false, false, 0},
};

/* ---- reading ---- */

void
staff_credentials(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    page_begin(&page, worker, request, response, "staff title.credentials");
    int status = form_list(&page, "list", "/v1/credentials", NULL);
    if (status != 200)
        page.status = status;
    page_show(&page, "credentials");
}

static void
read_id(const struct request *request, char id[static APIKEY_ID_CHARS + 1])
{
    if (!segment_value(id, APIKEY_ID_CHARS + 1, request->segments[2]))
        memcpy(id, "-", 2);
}

static void
show(struct page *page, const char *id)
{
    char path[PAGE_PATH_MAX + 1] = "";
    int status = 404;
    if (page_path(path, "/v1/credentials/{}", (const char *[]){id}))
        status = page_get(page, "credential", path, NULL);
    if (status != 200 && page->status == 200)
        page->status = status;
    page_show(page, "credential");
}

void
staff_credential(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    char id[APIKEY_ID_CHARS + 1];
    page_begin(&page, worker, request, response, "staff title.credential");
    read_id(request, id);
    show(&page, id);
}

/* ---- making ---- */

static void
put_form(struct page *page)
{
    char role[ROLE_CHARS + 1];
    struct form form = {page, fields, NULL, NULL, "", FORM_NO_ROW, FORM_NO_ROW, NULL};
    if (page_field(page, "role", role, sizeof role))
        json_put_text(&page->document, "chosen", role);
    if (strcmp(page->wrong, "/role") == 0)
        json_put_bool(&page->document, "wrong_role", true);
    form_put(&form, "form");
    form.fields = ending;
    form_put(&form, "ending");
}

void
staff_credential_new(struct worker *worker, const struct request *request,
                     struct response *response)
{
    struct page page;
    page_begin(&page, worker, request, response, "staff title.credential_new");
    put_form(&page);
    page_show(&page, "credential_new");
}

static bool
put_body(struct page *page, struct text *body)
{
    char role[ROLE_CHARS + 1];
    char day[DAY_CHARS + 1];
    char end[TIME_TEXT_MAX] = "";
    const struct form form = {page, fields, NULL, NULL, "", FORM_NO_ROW, FORM_NO_ROW, NULL};
    if (!page_field(page, "role", role, sizeof role) ||
        !page_field(page, "expires_at", day, sizeof day))
        return false;
    if (day[0] != '\0')
        (void)snprintf(end, sizeof end, "%sT23:59:59Z", day);
    text_char(body, '{');
    json_put_text(body, "role", role);
    bool good = form_json(&form, body);
    json_put_text(body, "expires_at", end);
    text_char(body, '}');
    return good && text_ok(body);
}

/* The key is in the page that answers, and nowhere else: a page that is asked for again would not
 * have it. */
static int
ask_key(struct page *page, const char *path, const struct text *body)
{
    const struct question question = {.method = METHOD_POST, .path = path, .body = body->data};
    int status = page_ask(page, "made", &question);
    page->status = status;
    return status;
}

void
staff_credential_make(struct worker *worker, const struct request *request,
                      struct response *response)
{
    struct page page;
    struct text body;
    int status = 400;
    page_begin(&page, worker, request, response, "staff title.credential_new");
    text_init(&body, BODY_JSON_MAX);
    if (put_body(&page, &body))
        status = ask_key(&page, "/v1/credentials", &body);
    else
        page_refuse(&page, "staff form.broken");
    text_free(&body);
    if (status != 201)
        put_form(&page);
    page_show(&page, "credential_new");
}

/* ---- changing ---- */

static void
go_back(struct page *page, const char *id, const char *done)
{
    char path[PAGE_PATH_MAX + 1] = "";
    if (!page_path(path, "/console/credentials/{}?done={}", (const char *[]){id, done}))
        path[0] = '\0';
    page_go(page, path);
}

static void
rotate(struct page *page, const char *id)
{
    static const struct form_field grace[] = {{"grace_seconds", FORM_NUMBER, true, false, 8},
                                              {NULL, FORM_TEXT, false, false, 0}};
    const struct form form = {page, grace, NULL, NULL, "", FORM_NO_ROW, FORM_NO_ROW, NULL};
    char path[PAGE_PATH_MAX + 1] = "";
    struct text body;
    text_init(&body, BODY_JSON_MAX);
    text_char(&body, '{');
    bool good = form_json(&form, &body);
    text_char(&body, '}');
    if (!good || !text_ok(&body) ||
        !page_path(path, "/v1/credentials/{}/rotate", (const char *[]){id}))
        page_refuse(page, "staff form.broken");
    else
        (void)ask_key(page, path, &body);
    text_free(&body);
    show(page, id);
}

static void
ask_to_delete(struct page *page, const char *id, const char *pattern, const char *done)
{
    char path[PAGE_PATH_MAX + 1] = "";
    const struct question question = {.method = METHOD_DELETE, .path = path};
    int status =
        page_path(path, pattern, (const char *[]){id}) ? page_ask(page, NULL, &question) : 404;
    if (status == 200 || status == 204) {
        go_back(page, id, done);
        return;
    }
    page->status = status;
    show(page, id);
}

static void
revoke(struct page *page, const char *id)
{
    if (form_says(page, "confirm", id)) {
        ask_to_delete(page, id, "/v1/credentials/{}", "revoked");
        return;
    }
    page_refuse(page, "staff credential.wrong_id");
    show(page, id);
}

void
staff_credential_act(struct worker *worker, const struct request *request,
                     struct response *response)
{
    struct page page;
    char id[APIKEY_ID_CHARS + 1];
    page_begin(&page, worker, request, response, "staff title.credential");
    read_id(request, id);
    if (form_says(&page, "do", "rotate"))
        rotate(&page, id);
    else if (form_says(&page, "do", "revoke"))
        revoke(&page, id);
    else if (form_says(&page, "do", "sign_out"))
        ask_to_delete(&page, id, "/v1/credentials/{}/sessions", "signed_out");
    else {
        page_refuse(&page, "staff form.broken");
        show(&page, id);
    }
}
