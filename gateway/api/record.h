/* SPDX-License-Identifier: Apache-2.0 */
/* What the handlers of products, lots, recalls and manifests share. */
#ifndef ASSAY_API_RECORD_H
#define ASSAY_API_RECORD_H

#include "gateway/api/app.h"

/* A query that is nothing but switches: `name`=`on` or `name`=`off`, each at most once. A NULL name
 * ends them. Anything else is refused, so that a mistyped dry_run is no real run. False: the
 * response holds the problem. */
struct query_switch {
    const char *name, *off, *on;
    bool *value; /* unchanged when the query does not name it */
};
bool query_switches(const struct request *request, const struct query_switch *switches,
                    struct response *response) MUST_CHECK;

/* The query of a list: nothing, or `cursor`. False: the response holds the problem. */
bool list_cursor(const struct request *request, struct cursor *out,
                 struct response *response) MUST_CHECK;

/* {"NAME":[ … ],"next":"…"}: the frame around the rows of a page. */
void list_begin(struct response *response, const char *name);
void list_end(struct response *response, const struct cursor *cursor);

/* The version that a PUT states, by If-Match or in its body; 0 without either: a new record. False:
 * the response holds the problem: the header is broken, or the two disagree. */
bool put_version(const struct request *request, bool in_body, uint64_t *version,
                 struct response *response) MUST_CHECK;

/* One write of one record. */
struct record_write {
    struct worker *worker;
    const struct request *request;
    struct response *response;
    struct operation operation;
};
/* False: the response holds the problem. */
bool record_begin(struct record_write *write) MUST_CHECK;
/* What the registry said, settled. False: the response holds the problem, which tells the version
 * that is stored, `current`, when that is the conflict. */
bool record_end(struct record_write *write, enum err err, uint64_t current) MUST_CHECK;

/* Status, Location and ETag of a record that was written: 201 when it is new. `path` is that of the
 * request or, when `id` is not NULL, of the collection. */
void record_written(struct response *response, uint64_t version, struct slice path, const char *id);
/* JSON with the ETag of this version. */
void record_headers(struct response *response, uint64_t version);

/* 404 for what is not there, else the problem of a registry that did not answer. */
void record_missing(struct response *response, enum err err, const char *detail);

#endif
