/* SPDX-License-Identifier: Apache-2.0 */
/* A directory with databases of countries, made by MaxMind's own writer (mmdb). What fails, fails
 * the test. */
#ifndef ASSAY_TESTS_HTTP_COUNTRY_PLACE_H
#define ASSAY_TESTS_HTTP_COUNTRY_PLACE_H

#include "gateway/base/slice.h"

/* For a group of tests. */
int country_place_make(void **state);
int country_place_remove(void **state);

/* The path of a file there, until the next call. */
const char *country_place_file(const char *name);

/* Runs a command of the shell there. */
void country_place_run(const char *command);

void country_place_put(const char *name, struct slice content);

/* A database: options and lines as mmdb takes them. */
void country_place_write(const char *name, const char *options, const char *networks);

#endif
