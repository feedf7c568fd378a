/* SPDX-License-Identifier: Apache-2.0 */
/* One page for a customer under way: it reads a form, asks the API as anybody could from outside,
 * writes what the page is to show into one JSON document, and renders web/visitor/NAME.html over it
 * (gateway/pages/tree.h). Every word comes from web/lang.
 *
 *   {"page": NAME, "title": name of a word, "form": {what was sent},
 *    "bad": {"claim_code": true}, "error": key of a word, "reason": of the error,
 *    "wait": seconds, "once", "lang": "?lang=de" or "", "more": "&lang=de" or "", "here",
 *    "languages": [{"tag", "native"}], "item": {"code", "gtin", "serial", "brand", "name", …}, …}
 */
#ifndef ASSAY_VISITOR_VISIT_H
#define ASSAY_VISITOR_VISIT_H

#include "gateway/api/app.h"
#include "gateway/json/json.h"
#include "gateway/json/write.h"

enum { VISIT_DOCUMENT_MAX = 512 * 1024, VISIT_ONCE_MAX = 32, VISIT_WAIT_MAX = 10 };

/* What the page is about. */
struct item {
    char code[SCAN_TEXT_MAX + 1]; /* as it was scanned or typed; "" when it was named otherwise */
    bool as_it_is;                /* no fault of a scanner had to be mended to read the code */
    char gtin[GTIN_DIGITS + 1];   /* "" when the code could not be read, or there is none */
    char serial[GS1_VALUE_MAX + 1];
    char reason[32]; /* the worst of the verdict on the code, or "" */
};

struct visit {
    struct worker *worker;
    const struct request *request;
    struct response *response;
    const char *name;  /* of the page, may change: its template and its words */
    const char *title; /* another than the name's, or NULL */
    const char *language;
    struct slice sent;    /* the form: a body, or a query */
    struct text document; /* an object that is still open: json_put_… adds to it */
    struct item item;
    char once[VISIT_ONCE_MAX + 1]; /* as it was sent, or "" */
    int status;
    bool asked;  /* for the language, by ?lang= */
    bool failed; /* an error is in the document */
};

void visit_begin(struct visit *visit, struct worker *worker, const struct request *request,
                 struct response *response, const char *name);
/* Renders the page and frees what the visit holds, wiped. */
void visit_show(struct visit *visit);

/* ---- the form ---- */

/* A field and where it goes, trimmed; "" when it is absent. */
struct input {
    const char *name;
    char *out;
    size_t size;
};
/* Reads them all, up to the first without a name, and puts them into the document as `member` too.
 * One that is too long, broken or there twice is an error, and false. */
bool visit_read(struct visit *visit, const char *member, const struct input *inputs) MUST_CHECK;

/* Reads which unit is meant and has the API look at a code. False: there is none, or one that
 * cannot be read; then it is an error when `needed`, or when the API could not be asked. */
bool visit_item(struct visit *visit, bool needed) MUST_CHECK;

/* ---- errors: the first one is shown ---- */

/* `code` names a word of "visitor problem NAME" or "visitor problem"; `field` is the field that it
 * is about, or NULL. */
void visit_error(struct visit *visit, int status, const char *code, const char *field);

/* ---- asking the API ---- */

struct question {
    enum method method;
    const char *path;   /* percent-encoded */
    const char *body;   /* JSON; NULL: none */
    const char *bearer; /* an owner's secret; NULL: the public asks */
};

struct reply {
    int status;
    struct text body;
    struct json_doc *doc;
    const struct json_node *root;  /* NULL when it is no JSON */
    char wait[VISIT_WAIT_MAX + 1]; /* Retry-After */
};

/* What changes something goes with the form's `once` as Idempotency-Key. */
void visit_ask(struct visit *visit, const struct question *question, struct reply *reply);
bool reply_good(const struct reply *reply) MUST_CHECK; /* 200 to 299, and JSON */
void reply_close(struct reply *reply);                 /* wipes it */
/* Makes its problem the page's error. */
void visit_problem(struct visit *visit, const struct reply *reply);

/* ---- what pages share ---- */

/* A member that is a text of the reply; absent when it is none. */
void visit_put_text(struct visit *visit, const char *name, const struct json_node *node);
/* The same of a day or a time, in words. */
void visit_put_day(struct visit *visit, const char *name, const struct json_node *node);
/* {"brand", "name", "model", "picture", "support"}: links only when they are what they should be.
 */
void visit_put_product(struct visit *visit, const struct json_node *product);
/* "link", the unit's page of this kind with the secret behind a #, and "qr": {"side", "dark"}, a
 * drawing of it in modules. */
enum visit_link { VISIT_OWNER, VISIT_REDEEM };
void visit_put_link(struct visit *visit, enum visit_link kind, const char *secret);

#endif
