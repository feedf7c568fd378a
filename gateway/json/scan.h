/* SPDX-License-Identifier: Apache-2.0 */
/* The strict scan in front of cJSON: what passes here, cJSON reads in exactly one way. */
#ifndef ASSAY_JSON_SCAN_H
#define ASSAY_JSON_SCAN_H

#include "gateway/json/json.h"

/* The grammar of json.h except the repeated keys, which json.c looks for. ERR_OK gives the value
 * without the white space around it. */
enum err json_scan(struct slice text, struct slice *value, struct fault *fault) MUST_CHECK;

/* "line L column C: PROBLEM" for the n-th key (from 1) of a text that passed. */
enum err json_scan_key(struct slice text, size_t key, const char *problem,
                       struct fault *fault) MUST_CHECK;

#endif
