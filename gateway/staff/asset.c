/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/assets.h"
#include "gateway/staff/staff.h"

/* Names of assets need no escapes, so the raw path is compared. */
static struct slice
name_in(struct slice path, bool *current)
{
    (void)slice_take(&path, "/assets/");
    *current = slice_equal(slice_take_until(&path, '/'), assets_version());
    return path;
}

void
staff_asset(struct worker *worker, const struct request *request, struct response *response)
{
    struct asset asset;
    bool current = false;
    (void)worker;
    if (!assets_find(&asset, name_in(request->path, &current))) {
        response_problem(response, 404, "not_found", "Not found",
                         "There is nothing at this address", NULL);
        return;
    }
    response_header(response, "Cache-Control", "%s",
                    current ? "public, max-age=31536000, immutable" : "no-cache");
    response->content_type = asset.type;
    response->lasting = asset.content;
}
