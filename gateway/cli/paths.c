/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <time.h>

#include "gateway/base/file.h"
#include "gateway/cli/cli.h"

enum { PATH_TEXT_MAX = 4096 };

enum err
cli_data_path(char *out, size_t size, const struct invocation *in, const char *name,
              struct fault *fault)
{
    int len = snprintf(out, size, "%s/%s", in->data, name);
    if (len > 0 && (size_t)len < size)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "%.200s/%s: path too long", in->data, name);
}

enum err
cli_keyset(const struct invocation *in, struct keyset **out, struct fault *fault)
{
    *out = NULL;
    const char *named = cli_value(in, "keyset");
    if (named != NULL)
        return keyset_load(named, out, fault);
    char path[PATH_TEXT_MAX];
    enum err err = cli_data_path(path, sizeof path, in, "keyset.ini", fault);
    if (err == ERR_OK)
        err = keyset_load(path, out, fault);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "%s: no keyset there; name its directory with --data", path);
    return err;
}

int64_t
cli_now(void)
{
    return (int64_t)time(NULL);
}
