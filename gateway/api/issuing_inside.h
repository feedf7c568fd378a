/* SPDX-License-Identifier: Apache-2.0 */
/* What the handlers of issuing share. */
#ifndef ASSAY_API_ISSUING_INSIDE_H
#define ASSAY_API_ISSUING_INSIDE_H

#include "gateway/api/app.h"
#include "gateway/api/issued.h"
#include "gateway/signer/signer.h"

/* The issue of the path's second segment. False: the response holds the problem. */
bool issue_of_path(const struct worker *worker, const struct request *request, struct issued *out,
                   struct response *response) MUST_CHECK;

/* The issue as JSON. `detail` says why it is not registered, or is "". */
void issue_put(struct text *out, const struct issued *issued, const char *detail);
void issue_answer(struct response *response, int status, const struct issued *issued,
                  const char *detail);

/* Registers the run that is on disk, says so in its record, and removes the manifest, whose work is
 * done. False: `fault` says why not, and it may be tried again. */
bool issue_register(struct worker *worker, const struct request *request, struct issued *issued,
                    struct fault *fault) MUST_CHECK;

/* Members of {"signer": …} of a status that was asked for. */
void signer_put_status(struct text *out, const struct json_node *status);
/* What is left for today and in all; INT64_MAX when there is no limit. */
int64_t signer_left(const struct json_node *status);
/* A refusal, or that nobody answered, as a problem. */
void signer_problem(struct response *response, const struct signer_reply *reply,
                    const struct fault *fault);

#endif
