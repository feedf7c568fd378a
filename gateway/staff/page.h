/* SPDX-License-Identifier: Apache-2.0 */
/* One page for staff under way. A page is a client of the API: it asks the routes that everybody
 * asks, as the person who is signed in, puts the answers into one JSON document, and renders a
 * template over it (gateway/pages/tree.h). It can show and do nothing that the API would not.
 *
 *   {"title": key of the page's title, "path": "/console/units", "query": {"lot": "A1"},
 *    "me": {"role", "name", "organisation", "locations": [], "areas": {"console": true}},
 *    "csrf", "once": for the forms of the page, …what was asked for…, "problem": of the last answer
 *    that was none} */
#ifndef ASSAY_STAFF_PAGE_H
#define ASSAY_STAFF_PAGE_H

#include "gateway/api/app.h"
#include "gateway/json/json.h"

enum { PAGE_DOCUMENT_MAX = 8 * 1024 * 1024, PAGE_PATH_MAX = 400, PAGE_POINTER_MAX = 80 };

struct page {
    struct worker *worker;
    const struct request *request;
    struct response *response;
    const char *language;
    struct text document;             /* an object that is still open: json_put_… adds to it */
    int status;                       /* of the page; 200 unless set */
    bool camera;                      /* may use the camera and run the code reader */
    bool has_problem;                 /* the document holds one already */
    char wrong[PAGE_POINTER_MAX + 1]; /* JSON pointer of what the problem is about; "" */
};

/* `title` is a word: "staff title.units". */
void page_begin(struct page *page, struct worker *worker, const struct request *request,
                struct response *response, const char *title);
/* Renders "staff/TEMPLATE.html" and ends the page. */
void page_show(struct page *page, const char *template);
/* 303 to a path of this gateway instead, and ends the page. */
void page_go(struct page *page, const char *path);

/* What a page asks the API. */
struct question {
    enum method method;
    const char *path;  /* percent-encoded; page_path writes one */
    const char *query; /* likewise; NULL: none */
    const char *body;  /* JSON; NULL: none */
    const char *type;  /* of the body; NULL: application/json */
    bool has_version;  /* sends If-Match */
    uint64_t version;
    bool optional; /* the page does without: a refusal is no problem of it */
};

/* The status of the answer. Of 200 to 299 it becomes the member `name`, unless that is NULL; of
 * anything else the member "problem", once. A question that changes something carries the form's
 * `once` as its Idempotency-Key, so that a form sent twice does it once. */
int page_ask(struct page *page, const char *name, const struct question *question);
/* Likewise for an answer that the page reads itself. Of 200 to 299 *out is what it said, to be
 * freed with json_free; else NULL. Status 500 also when it is no JSON, or too much. */
int page_read(struct page *page, const struct question *question, struct json_doc **out);
/* Both. *out may be there although nothing else is: of status 200 to 299 alone. */
int page_look(struct page *page, const char *name, const struct question *question,
              struct json_doc **out);
/* A GET: `path` and `query` as above. */
int page_get(struct page *page, const char *name, const char *path, const char *query);

/* The page's own problem, 400: `word` says what to correct. */
void page_refuse(struct page *page, const char *word);

/* Of "{}" each stands for the next of `values`, percent-encoded: page_path(out, "/v1/units/{}/{}",
 * (const char *[]){gtin, serial}). False when it does not fit. */
bool page_path(char out[static PAGE_PATH_MAX + 1], const char *pattern,
               const char *const *values) MUST_CHECK;

/* A field of the form that was sent, trimmed; "" when it is absent. False: too long, broken or
 * there twice. */
bool page_field(const struct page *page, const char *name, char *out, size_t size) MUST_CHECK;
/* A parameter of the page's address, in the same way. */
bool page_query(const struct page *page, const char *name, char *out, size_t size) MUST_CHECK;

#endif
