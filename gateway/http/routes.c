/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/api.h"
#include "gateway/http/http.h"

/* A code of SCAN_TEXT_MAX bytes, each written as \uXXXX, and the object around it. */
enum { VERIFY_BODY_MAX = 8 * 1024 };

static const char json[] = "application/json";

const struct route http_routes[] = {
    {METHOD_GET, "/", 0, NULL, api_home},
    {METHOD_GET, "/check", 0, NULL, api_check_form},
    {METHOD_GET, "/01/{*}", 0, NULL, api_digital_link},
    {METHOD_POST, "/v1/verify", VERIFY_BODY_MAX, json, api_verify},
    {METHOD_GET, "/v1/keys", 0, NULL, api_keys},
    {METHOD_GET, "/.well-known/jwks.json", 0, NULL, api_keys},
    {0, NULL, 0, NULL, NULL},
};
