/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/file.h"
#include "gateway/cli/cli.h"

enum err
cli_read_input(const char *path, struct text *out, struct fault *fault)
{
    if (strcmp(path, "-") != 0)
        return file_read(path, FILE_ANY, out, fault);
    char buffer[4096];
    size_t got = 0;
    while (text_ok(out) && (got = fread(buffer, 1, sizeof buffer, stdin)) > 0)
        text_slice_put(out, slice_make(buffer, got));
    if (ferror(stdin) != 0)
        return file_fault(fault, "standard input", errno);
    if (!text_ok(out))
        return fault_set(fault, ERR_TOO_LARGE, "standard input: larger than %zu bytes", out->max);
    return ERR_OK;
}

/* Reads up to the end of the line and keeps what fits. False at the end of the file. */
static bool
next_line(FILE *file, char *buffer, size_t size, size_t *len)
{
    int c = EOF;
    bool any = false;
    *len = 0;
    while ((c = getc(file)) != EOF) {
        any = true;
        if (c == '\n')
            break;
        if (*len < size)
            buffer[(*len)++] = (char)c;
    }
    return any;
}

enum err
cli_each_line(FILE *file, size_t max, cli_line *take, void *context, struct fault *fault)
{
    size_t len = 0;
    size_t size = max + 2; /* one byte more than allowed, and a CR */
    char *buffer = malloc(size);
    if (buffer == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory for a line");
    enum err err = ERR_OK;
    for (uint64_t number = 1; err == ERR_OK && next_line(file, buffer, size, &len); number++) {
        if (len > 0 && buffer[len - 1] == '\r')
            len--;
        err = take(slice_make(buffer, len > max ? max + 1 : len), number, context, fault);
    }
    if (err == ERR_OK && ferror(file) != 0)
        err = file_fault(fault, "input", errno);
    free(buffer);
    return err;
}
