/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of products: files that the brand puts into a directory of its own. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/file.h"
#include "gateway/visitor/visitor.h"

enum { PICTURE_BYTES_MAX = 512 * 1024, PICTURE_NAME_MAX = 80, PICTURE_PATH_MAX = 4200 };

static const struct {
    const char *ending, *type;
} kinds[] = {
    {"avif", "image/avif"}, {"jpeg", "image/jpeg"},   {"jpg", "image/jpeg"},
    {"png", "image/png"},   {"svg", "image/svg+xml"}, {"webp", "image/webp"},
};

static const char *
type_of(const char *ending)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(ending, kinds[i].ending) == 0)
            return kinds[i].type;
    return NULL;
}

/* One file in the directory and nothing hidden: letters, digits, - and _, one dot, an ending. NULL
 * when it is no such name. It needs no escapes, so the raw path is compared. */
static const char *
read_name(char name[static PICTURE_NAME_MAX + 1], struct slice path)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    if (!slice_take(&path, "/pictures/") || !slice_copy(name, PICTURE_NAME_MAX + 1, path))
        return NULL;
    size_t stem = strspn(name, allowed);
    return stem > 0 && name[stem] == '.' ? type_of(name + stem + 1) : NULL;
}

static enum err
read_picture(const struct worker *worker, const char *name, struct text *out)
{
    char path[PICTURE_PATH_MAX];
    struct fault fault = {ERR_OK, ""};
    int len = snprintf(path, sizeof path, "%s/pictures/%s", worker->app->config->data, name);
    if (len < 0 || (size_t)len >= sizeof path)
        return ERR_NOT_FOUND;
    return file_read(path, FILE_ANY, out, &fault);
}

void
visitor_picture(struct worker *worker, const struct request *request, struct response *response)
{
    char name[PICTURE_NAME_MAX + 1];
    struct text content;
    const char *type = read_name(name, request->path);
    text_init(&content, PICTURE_BYTES_MAX);
    if (type == NULL || read_picture(worker, name, &content) != ERR_OK) {
        response_problem(response, 404, "not_found", "Not found",
                         "There is nothing at this address", NULL);
    } else {
        response_header(response, "Cache-Control", "%s", "public, max-age=3600");
        response->content_type = type;
        text_slice_put(&response->body, text_slice(&content));
    }
    text_free(&content);
}
