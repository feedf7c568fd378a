/* SPDX-License-Identifier: Apache-2.0 */
/* The country_file of the configuration: the database in use, swapped in memory when its file is
 * read again. Thread-safe. */
#ifndef ASSAY_HTTP_COUNTRY_FILE_H
#define ASSAY_HTTP_COUNTRY_FILE_H

#include "gateway/exchange/exchange.h"
#include "gateway/http/country_db.h"

struct country_file; /* opaque */

/* Errors of country_db_open. *out is NULL when `path` is "": there is none. */
enum err country_file_open(const char *path, struct country_file **out,
                           struct fault *fault) MUST_CHECK;
void country_file_close(struct country_file *file); /* NULL is allowed; nobody asks any more */

/* Reads the file again, changed or not. On failure the database in use stays. `name` is that of the
 * new one. */
enum err country_file_reload(struct country_file *file, char name[static COUNTRY_DB_NAME_MAX],
                             struct fault *fault) MUST_CHECK;

/* Says where a client is whose country is not known yet, by the address, if that is known. `file`
 * may be NULL. */
void country_file_ask(struct country_file *file, struct client *client);

#endif
