/* SPDX-License-Identifier: Apache-2.0 */
/* The cookie of a session (session.h): its name, its attributes, and where a request comes from. */
#ifndef ASSAY_API_SESSION_COOKIE_H
#define ASSAY_API_SESSION_COOKIE_H

#include "gateway/api/app.h"

/* Did the browser send one, good or not? */
bool session_cookie_sent(const struct config *config, const struct request *request);
/* The token in it and the credential that the token names. False: there is none, or more than one,
 * or it is no token. */
bool session_cookie_read(char token[static SESSION_TOKEN_CHARS + 1],
                         char id[static APIKEY_ID_CHARS + 1], const struct config *config,
                         const struct request *request) MUST_CHECK;

/* What the response tells the browser to keep. A later call takes the place of an earlier one. */
void session_cookie_put(struct response *response, const struct config *config, const char *token);
void session_cookie_clear(struct response *response, const struct config *config);

/* Does the browser say that a page of ours made this request? Sec-Fetch-Site decides where it is
 * sent, else Origin (W3C Fetch Metadata; RFC 6454). */
bool request_is_ours(const struct config *config, const struct request *request) OFF_THE_STACK;
/* Does the browser say that a page of somebody else made it? A program says neither. */
bool request_is_foreign(const struct config *config, const struct request *request);

#endif
