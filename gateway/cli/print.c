/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/file.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/scope.h"

enum err
cli_print(const struct text *text, struct fault *fault)
{
    if (!text_ok(text))
        return fault_set(fault, ERR_MEMORY, "the answer does not fit in memory");
    struct slice s = text_slice(text);
    /* A failure shows in ferror(stdout), which main looks at in the end. */
    if (s.len > 0)
        (void)fwrite(s.data, 1, s.len, stdout);
    return ERR_OK;
}

void
cli_clean(struct text *out, struct slice s)
{
    bool utf8 = slice_utf8(s);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.data[i];
        unsigned char next = i + 1 < s.len ? (unsigned char)s.data[i + 1] : 0;
        bool c1 = utf8 && c == 0xC2 && next < 0xA0; /* U+0080 to U+009F are controls, too */
        bool unsafe = c < 0x20 || c == 0x7F || c1 || (c >= 0x80 && !utf8);
        text_slice_put(out, unsafe ? slice_of("?") : slice_make(&s.data[i], 1));
        i += c1 ? 1 : 0;
    }
}

/* Does the file hold exactly this? */
static enum err
compare(const char *path, struct slice content, bool *same, struct fault *fault)
{
    AUTO_TEXT there;
    text_init(&there, content.len);
    enum err err = file_read(path, FILE_ANY, &there, fault);
    *same = err == ERR_OK && there.len == content.len && content.len > 0 &&
            memcmp(there.data, content.data, content.len) == 0;
    return err == ERR_TOO_LARGE ? ERR_OK : err;
}

enum err
cli_write_file(const char *path, struct slice content, mode_t mode, bool *there,
               struct fault *fault)
{
    *there = false;
    enum err err = file_create(path, content, mode, fault);
    if (err != ERR_EXISTS)
        return err;
    err = compare(path, content, there, fault);
    if (err != ERR_OK || *there)
        return err;
    return fault_set(fault, ERR_EXISTS,
                     "%s: already there with other content; it is not overwritten", path);
}
