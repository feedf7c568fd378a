/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of JSON as a program: texts on standard input, each as "LENGTH\n" and so many bytes.
 * For each it prints a line: "refused CODE", or "accepted" and the bytes of every string that is
 * the text or an item of it, in hex. tests/node/corpora.test.mjs compares that with another reader.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/json/json.h"

enum { TEXT_MAX = 1024 * 1024 };

static void
print_string(const struct json_node *node)
{
    struct slice string = json_string(node);
    if (!json_is(node, JSON_STRING))
        return;
    (void)putchar(' ');
    for (size_t i = 0; i < string.len; i++)
        (void)printf("%02x", (unsigned)(unsigned char)string.data[i]);
}

static void
judge(struct slice text)
{
    struct json_doc *doc = NULL;
    struct fault fault = {ERR_OK, ""};
    enum err err = json_parse(text, TEXT_MAX, &doc, &fault);
    if (err != ERR_OK) {
        (void)printf("refused %s\n", err_info(err)->code);
        return;
    }
    const struct json_node *root = json_root(doc);
    (void)printf("accepted");
    print_string(root);
    if (json_is(root, JSON_ARRAY))
        for (const struct json_node *at = json_first(root); at != NULL; at = json_next(at))
            print_string(at);
    (void)putchar('\n');
    json_free(doc);
}

/* Exactly as long as it is, so that a byte too many that is read is seen. */
static bool
judge_one(size_t length)
{
    char *text = malloc(length == 0 ? 1 : length);
    bool good = text != NULL && fread(text, 1, length, stdin) == length;
    if (good)
        judge(slice_make(text, length));
    free(text);
    return good;
}

int
main(void)
{
    char line[32];
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *end = NULL;
        unsigned long length = strtoul(line, &end, 10);
        if (*end != '\n' || length > TEXT_MAX || !judge_one(length))
            return 2;
    }
    return 0;
}
