/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of characters, whatever the locale. */
#ifndef ASSAY_BASE_ASCII_H
#define ASSAY_BASE_ASCII_H

#include <stdbool.h>

bool ascii_alphanumeric(char c); /* A-Z a-z 0-9 */

#endif
