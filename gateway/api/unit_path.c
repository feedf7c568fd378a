/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/unit_path.h"

#include <string.h>

#include "gateway/api/writes.h"

bool
unit_of_path(struct worker *worker, const struct request *request, struct unit_key *key,
             struct unit *unit, struct response *response)
{
    enum err err = ERR_NOT_FOUND;
    memset(key, 0, sizeof *key);
    if (segment_value(key->gtin, sizeof key->gtin, request->segments[2]) &&
        segment_value(key->serial, sizeof key->serial, request->segments[3]) &&
        gtin_valid(slice_of(key->gtin)) && gs1_value_valid(slice_of(key->serial)))
        err = registry_get(worker->session, key, unit);
    if (err == ERR_OK)
        return true;
    if (err == ERR_NOT_FOUND)
        response_problem(response, 404, "not_found", "Not found",
                         "This serial of this product is not registered", NULL);
    else
        write_problem(response, err, NULL);
    return false;
}
