/* SPDX-License-Identifier: Apache-2.0 */
/* GET /openapi.json: what this gateway takes and answers, as OpenAPI 3.1, for programs and for who
 * writes them. It is web/openapi.json, compiled in, so that it describes the program that serves
 * it; tests hold it against the route table and against real answers. */
#ifndef ASSAY_API_OPENAPI_H
#define ASSAY_API_OPENAPI_H

#include "gateway/api/app.h"
#include "gateway/pages/embedded.h"

/* 200 application/json with an ETag that changes with the text; may be kept for an hour. */
handler api_openapi;

/* The document alone; a NULL path ends. */
extern const struct embedded openapi_files[];

#endif
