/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/assets.h"

#include <string.h>

#include "gateway/pages/asset_files.h"

static const struct {
    const char *ending, *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".svg", "image/svg+xml"},
    {".wav", "audio/wav"},
};

/* NULL: a browser would have to guess. */
static const char *
type_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot != NULL && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(dot, types[i].ending) == 0)
            return types[i].type;
    return NULL;
}

bool
assets_find(struct asset *out, struct slice name)
{
    for (const struct embedded *file = asset_files; file->path != NULL; file++) {
        if (!slice_equal(name, file->path))
            continue;
        *out = (struct asset){file->path, type_of(file->path),
                              slice_make((const char *)file->data, file->len)};
        return out->type != NULL;
    }
    return false;
}

const char *
assets_version(void)
{
    return asset_version;
}
