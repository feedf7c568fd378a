/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in and out with a browser. */
#include <sodium.h>
#include <string.h>

#include "gateway/api/session.h"
#include "gateway/api/session_cookie.h"
#include "gateway/api/writes.h"
#include "gateway/json/write.h"
#include "gateway/staff/page.h"
#include "gateway/staff/staff.h"

enum { NEXT_MAX = 600, NEXT_ENCODED_MAX = 3 * NEXT_MAX, TYPED_MAX = 200 };

/* ---- where to ---- */

static const char *
home_of(enum role role)
{
    if (role == ROLE_SERVICE)
        return "/service";
    if (role == ROLE_ISSUER)
        return "/console/issue";
    if (role == ROLE_ADMIN)
        return "/console/credentials";
    return role == ROLE_RETAILER ? "/retail" : "/console";
}

/* A path of this gateway, and nothing that a browser would take for the address of another one:
 * "//host", "/\host", and what becomes one of these when it drops tabs and line ends (WHATWG URL,
 * basic URL parser). A raw path has nothing else than visible ASCII. */
static bool
is_local(const char *next)
{
    if (next[0] != '/' || next[1] == '/')
        return false;
    for (const char *c = next; *c != '\0'; c++)
        if (*c <= ' ' || *c > '~' || *c == '\\')
            return false;
    return strncmp(next, "/sign-", 6) != 0;
}

/* "": the person's own page. */
static void
read_next(char out[static NEXT_MAX + 1], bool read)
{
    if (!read || !is_local(out))
        out[0] = '\0';
}

static void
go_on(struct page *page, const char *next)
{
    page_go(page, next[0] != '\0' ? next : home_of(page->worker->caller.role));
}

/* ---- the form ---- */

/* `said` is a word of "staff sign_in", or NULL. */
static void
show(struct page *page, const char *next, const char *said)
{
    json_put_text(&page->document, "next", next);
    json_put_text(&page->document, "said", said == NULL ? "" : said);
    page_show(page, "sign_in");
}

/* A link from another site brings no cookie (SameSite=Strict), also when there is one: asked again
 * by a page of ours, the browser sends it. */
static void
ask_again(struct page *page, const char *next)
{
    char once[4];
    struct text path;
    bool foreign = slice_equal(page->request->fetch_site, "cross-site");
    if (!foreign || page->worker->signed_in.over || !page_query(page, "again", once, sizeof once) ||
        once[0] != '\0')
        return;
    text_init(&path, NEXT_ENCODED_MAX);
    text_percent(&path, slice_of(next));
    if (text_ok(&path))
        response_header(page->response, "Refresh", "0; url=/sign-in?again=1&next=%s",
                        path.data == NULL ? "" : path.data);
    text_free(&path);
}

void
staff_sign_in(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    char next[NEXT_MAX + 1] = "";
    page_begin(&page, worker, request, response, "staff title.sign_in");
    read_next(next, page_query(&page, "next", next, sizeof next));
    if (worker->signed_in.is) {
        go_on(&page, next);
        return;
    }
    ask_again(&page, next);
    show(&page, next, worker->signed_in.over ? "over" : NULL);
}

/* ---- what was sent ---- */

static const struct {
    enum err err;
    const char *said;
} refusals[] = {
    {ERR_DENIED, "wrong"},
    {ERR_BUSY, "wait"},
    {ERR_FULL, "full"},
};

static const char *
refusal_of(enum err err)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (refusals[i].err == err)
            return refusals[i].said;
    return "unavailable";
}

/* The problem says status and challenge; the page has words of its own for it. */
static void
refuse(struct page *page, const char *next, enum err err)
{
    session_problem(page->response, err);
    page->status = page->response->status;
    show(page, next, refusal_of(err));
}

static void
try_key(struct page *page, const char *key, const char *next)
{
    enum err err = session_open(page->worker, page->request, key, page->response);
    if (err == ERR_OK)
        go_on(page, next);
    else
        refuse(page, next, err);
}

void
staff_sign_in_sent(struct worker *worker, const struct request *request, struct response *response)
{
    struct page page;
    char next[NEXT_MAX + 1] = "";
    char key[TYPED_MAX + 1];
    if (request_is_foreign(worker->app->config, request)) {
        session_forged(response);
        return;
    }
    page_begin(&page, worker, request, response, "staff title.sign_in");
    read_next(next, page_field(&page, "next", next, sizeof next));
    page.status = 400;
    if (!page_field(&page, "key", key,
                    sizeof key)) /* what is too long, or there twice, is no key */
        refuse(&page, next, ERR_DENIED);
    else if (key[0] == '\0')
        show(&page, next, "missing");
    else
        try_key(&page, key, next);
    sodium_memzero(key, sizeof key);
}

void
staff_sign_out(struct worker *worker, const struct request *request, struct response *response)
{
    char everywhere[4];
    if (!worker->signed_in.is) {
        response_problem(response, 400, "invalid", "The input is not valid",
                         "This is for a browser that signed in; a key uses DELETE /v1/session",
                         NULL);
        return;
    }
    bool all = query_value(everywhere, sizeof everywhere, request->body, "everywhere") &&
               strcmp(everywhere, "1") == 0;
    enum err err = session_end(worker, all, response);
    if (err != ERR_OK) {
        write_problem(response, err, NULL);
        return;
    }
    response->status = 303;
    response->content_type = "text/plain; charset=utf-8";
    response_header(response, "Location", "/sign-in");
}
