/* SPDX-License-Identifier: Apache-2.0 */
/* From the words of a command line to an invocation, and the texts of --help. */
#ifndef ASSAY_CLI_OPTIONS_H
#define ASSAY_CLI_OPTIONS_H

#include "gateway/cli/cli.h"

/* The options that every command has; ends with a NULL name. */
extern const struct cli_option cli_common_options[];

struct cli_words {
    size_t count;
    const char *const *words; /* without the name of the program; outlive the invocation */
};

/* `commands` ends with a NULL name. Words are: options of cli_common_options, a command of one or
 * two words, then options and positionals in any order. "--name value" and "--name=value" are the
 * same, "-o" is "--output", "-h" is "--help", "--" ends the options, "-" is a positional or a
 * value. ERR_USAGE says what is wrong and which word may have been meant. *out is filled as far as
 * was read, with out->data left as it is unless --data is given. */
enum err cli_parse(struct invocation *out, const struct cli_command *commands,
                   const struct cli_words *words, struct fault *fault) MUST_CHECK;

/* For --help: of the command, of the commands that share the noun, or of everything. */
void cli_usage(struct text *out, const struct cli_command *commands, const struct invocation *in);

#endif
