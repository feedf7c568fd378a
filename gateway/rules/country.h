/* SPDX-License-Identifier: Apache-2.0 */
/* Where countries are, as coarsely as an address tells: a point and a radius for every code of
 * ISO 3166-1 alpha-2, and XK. Pure. */
#ifndef ASSAY_RULES_COUNTRY_H
#define ASSAY_RULES_COUNTRY_H

#include <stdbool.h>

/* Is it one of these codes, in capitals? What stands for no country (EU, ZZ, XX for unknown, T1 for
 * Tor) is not. */
bool country_known(const char *code);

/* Kilometres between the edges of two countries, each taken as a circle that holds nearly all who
 * live there: 0 when the circles meet, as those of neighbours do. -1: one of the codes is unknown.
 * It errs on the short side. */
int country_gap(const char *a, const char *b);

#endif
