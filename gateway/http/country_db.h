/* SPDX-License-Identifier: Apache-2.0 */
/* A MaxMind DB (https://maxmind.github.io/MaxMind-DB/) that says in which country an address is:
 * GeoLite2-Country, DB-IP lite, or the City database of either. Does not change once it is open, so
 * that threads share it. */
#ifndef ASSAY_HTTP_COUNTRY_DB_H
#define ASSAY_HTTP_COUNTRY_DB_H

#include "gateway/base/err.h"
#include "gateway/base/ip.h"

struct country_db; /* opaque */

enum { COUNTRY_DB_MAX = 256 * 1024 * 1024, COUNTRY_DB_NAME_MAX = 80 };

/* Maps a sealed copy of the file into memory, so that whatever happens to the file afterwards can
 * neither change an answer nor end the process, and looks at the whole of it: what a lookup will
 * find is well-formed. The format has no check sum, so that damage can still make one country
 * another. The fault begins with the path. ERR_NOT_FOUND, ERR_DENIED, ERR_UNAVAILABLE of reading;
 * ERR_TOO_LARGE; ERR_MEMORY; ERR_CORRUPT: cut off, damaged, or nothing of the kind; ERR_INVALID: no
 * regular file, or a database that has country.iso_code nowhere. */
enum err country_db_open(const char *path, struct country_db **out, struct fault *fault) MUST_CHECK;
void country_db_close(struct country_db *db); /* NULL is allowed */

/* ISO 3166-1 alpha-2 of the country in which the address is used (country.iso_code, not that of its
 * registration); "" when there is no record of it, or none with a country of country.h. */
void country_db_find(const struct country_db *db, const uint8_t address[static IP_BYTES],
                     char out[static 3]);

/* "GeoLite2-Country of 2026-11-20": its own type and day, for the log. */
void country_db_name(const struct country_db *db, char out[static COUNTRY_DB_NAME_MAX]);

#endif
