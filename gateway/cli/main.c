/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/options.h"
#include "gateway/cli/scope.h"

#define DATA_DEFAULT "/var/lib/assay"

enum { PAGE_MAX = 64 * 1024 };

static const char *
data_directory(void)
{
    const char *set = getenv("ASSAY_DATA"); /* NOLINT(concurrency-mt-unsafe) */
    return set != NULL && set[0] != '\0' ? set : DATA_DEFAULT;
}

/* A command line that cannot be read may still say how it wants to be answered. */
static bool
wants_json(const struct cli_words *words)
{
    for (size_t i = 0; i < words->count && strcmp(words->words[i], "--") != 0; i++)
        if (strcmp(words->words[i], "--json") == 0)
            return true;
    return false;
}

static void
report(const struct fault *fault, bool json)
{
    AUTO_TEXT clean;
    AUTO_TEXT out;
    text_init(&clean, PAGE_MAX);
    text_init(&out, PAGE_MAX);
    cli_clean(&clean, slice_of(fault->text));
    if (json) {
        text_printf(&out, "{\"error\":{\"code\":\"%s\",\"text\":", err_info(fault->err)->code);
        text_json(&out, text_slice(&clean));
        text_put(&out, "}}\n");
    } else {
        text_put(&out, "assay: ");
        text_slice_put(&out, text_slice(&clean));
        text_char(&out, '\n');
    }
    if (text_ok(&out))
        (void)fputs(out.data, json ? stdout : stderr);
}

static void
hint(const struct invocation *in)
{
    const char *what = in->command != NULL ? in->command->name : in->noun;
    (void)fprintf(stderr, "See: assay %s%s--help\n", what == NULL ? "" : what,
                  what == NULL ? "" : " ");
}

/* --help and --version, which need no command to run. */
static enum err
inform(const struct invocation *in, struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, PAGE_MAX);
    if (in->version)
        text_put(&out, "assay " ASSAY_VERSION "\n");
    else
        cli_usage(&out, cli_commands, in);
    return cli_print(&out, fault);
}

static int
run(struct invocation *in, const struct cli_words *words, struct fault *fault)
{
    enum err err = cli_parse(in, cli_commands, words, fault);
    if (err != ERR_OK)
        return cli_exit(err);
    if (in->help || in->version)
        return cli_exit(inform(in, fault));
    return in->command->run(in, fault);
}

/* An answer that nobody received is no answer: a full disk must not look like success. */
static int
finish(int code)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return code;
    char reason[100] = "unknown error";
    (void)strerror_r(errno, reason, sizeof reason);
    (void)fprintf(stderr, "assay: the answer could not be written: %s\n", reason);
    return code == EXIT_OK ? cli_exit(ERR_UNAVAILABLE) : code;
}

int
main(int argc, char **argv)
{
    if (sodium_init() < 0) {
        (void)fputs("assay: libsodium does not start\n", stderr);
        return cli_exit(ERR_UNAVAILABLE);
    }
    struct fault fault = {.err = ERR_OK};
    struct invocation in = {.data = data_directory()};
    const struct cli_words words = {
        .count = argc > 1 ? (size_t)argc - 1 : 0,
        .words = (const char *const *)argv + 1,
    };
    int code = run(&in, &words, &fault);
    /* A fault that a command got over, or the answer "no", is no error. */
    if (fault.err != ERR_OK && code == cli_exit(fault.err)) {
        report(&fault, wants_json(&words));
        if (fault.err == ERR_USAGE && !wants_json(&words))
            hint(&in);
    }
    return finish(code);
}
