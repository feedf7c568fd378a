/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of `assay`: one table of commands drives dispatch, --help and "did you mean". */
#ifndef ASSAY_CLI_CLI_H
#define ASSAY_CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"

/* Exit codes (README, "Exit codes"). Those of errors come from err_info(). */
enum { EXIT_OK = 0, EXIT_NEGATIVE = 4, EXIT_PARTIAL = 8 };

enum { CLI_OPTIONS_MAX = 24, CLI_POSITIONALS_MAX = 64 };

struct cli_option {
    const char *name;  /* without dashes: "lot" */
    const char *value; /* name of its value for --help: "LOT"; NULL for a flag */
    const char *help;
};

/* What the command line said. Values are the arguments themselves. */
struct invocation {
    const struct cli_command *command;
    size_t positional_count;
    const char *positionals[CLI_POSITIONALS_MAX];
    const char *values[CLI_OPTIONS_MAX]; /* by index in command->options; a flag's value is "" */
    bool json;                           /* --json: the answer as JSON on stdout */
    bool help;
    const char *data; /* --data, else $ASSAY_DATA, else /var/lib/assay */
};

/* Returns an exit code. On an error it fills the fault and returns cli_exit(fault.err): main prints
 * "assay: <text>" on stderr (or {"error":{"code","text"}} on stdout with --json). */
typedef int cli_run(const struct invocation *in, struct fault *fault);

struct cli_command {
    const char *name;        /* "keys new": noun, maybe a verb */
    const char *positionals; /* for usage: "CODE|-" */
    const char *summary;     /* one line */
    const char *help;        /* paragraphs with an example, for `assay NAME --help` */
    const struct cli_option
        *options; /* ends with a NULL name; --json, --data, --help are everywhere */
    size_t positionals_min, positionals_max;
    cli_run *run;
};

extern const struct cli_command cli_commands[]; /* ends with a NULL name; in commands.c */

/* The value of an option, NULL when it was not given. `name` is one of the command's options. */
const char *cli_value(const struct invocation *in, const char *name);
bool cli_flag(const struct invocation *in, const char *name);
/* A number option: `fallback` when absent; ERR_USAGE names option and range. */
enum err cli_number(const struct invocation *in, const char *name, uint64_t min, uint64_t max,
                    uint64_t *out, uint64_t fallback, struct fault *fault) MUST_CHECK;
int cli_exit(enum err err);

/* Progress on stderr: rate and time left, redrawn in place on a terminal, one line every 10 s
 * otherwise, nothing for work under a second. */
struct progress {
    const char *what; /* "registering" */
    uint64_t total;   /* 0 unknown */
    int64_t started_ms, shown_ms;
    bool terminal, drawn;
};
void progress_begin(struct progress *p, const char *what, uint64_t total);
void progress_update(struct progress *p, uint64_t done);
void progress_end(struct progress *p, uint64_t done);

/* Data directory, opened as a command needs it. */
enum err cli_data_path(char *out, size_t size, const struct invocation *in, const char *name,
                       struct fault *fault) MUST_CHECK;
int64_t cli_now(void);

/* One entry point a file of commands. */
cli_run cli_keys_new, cli_keys_list, cli_keys_retire, cli_keys_revoke, cli_keys_export,
    cli_keys_add;
cli_run cli_inspect, cli_verify, cli_label;
cli_run cli_issue, cli_import, cli_check;
cli_run cli_product_put, cli_product_get, cli_product_list;
cli_run cli_event, cli_history, cli_recall_open, cli_recall_lift, cli_recall_list;

#endif
