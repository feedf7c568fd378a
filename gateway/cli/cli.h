/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of `assay`: one table of commands drives dispatch, --help and "did you mean". */
#ifndef ASSAY_CLI_CLI_H
#define ASSAY_CLI_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "gateway/base/err.h"
#include "gateway/base/slice.h"
#include "gateway/base/text.h"
#include "keys/keyset.h"

/* Exit codes (README, "Exit codes"). Those of errors come from err_info(). */
enum { EXIT_OK = 0, EXIT_NEGATIVE = 4, EXIT_PARTIAL = 8 };

enum { CLI_OPTIONS_MAX = 32, CLI_POSITIONALS_MAX = 64 };

struct cli_option {
    const char *name;  /* without dashes: "lot" */
    /* Name of its value for --help: "LOT"; NULL for a flag. One that ends with "..." may be given
     * several times. */
    const char *value;
    const char *help;
    bool required;
};

enum { CLI_REPEATS_MAX = 16 };

/* What the command line said. Values are the arguments themselves. */
struct invocation {
    const struct cli_command *command; /* NULL only when help is asked for without one */
    const char *noun; /* help is asked for all commands of this noun, or NULL: for all there are */
    size_t positional_count;
    const char *positionals[CLI_POSITIONALS_MAX];
    /* By index in command->options; a flag's value is "", a repeated option's its first. */
    const char *values[CLI_OPTIONS_MAX];
    size_t repeat_count; /* of the options that may be given several times, all in one list */
    struct {
        size_t option;
        const char *value;
    } repeats[CLI_REPEATS_MAX];
    bool json;                           /* --json: the answer as JSON on stdout */
    bool help;
    bool version;
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
/* The n-th value, from 0, of an option that may be given several times; NULL behind the last. */
const char *cli_repeated(const struct invocation *in, const char *name, size_t n);
/* A number option: *value stays as it is when it was not given; ERR_USAGE names option and range.
 */
enum err cli_number(const struct invocation *in, const char *name, uint64_t min, uint64_t max,
                    uint64_t *value, struct fault *fault) MUST_CHECK;
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

/* "DATA/name" into `out`. */
enum err cli_data_path(char *out, size_t size, const struct invocation *in, const char *name,
                       struct fault *fault) MUST_CHECK;
/* The keyset of --keyset FILE where the command has that option and it was given, else of
 * DATA/keyset.ini. ERR_NOT_FOUND when there is none. The caller frees *out with free(). */
enum err cli_keyset(const struct invocation *in, struct keyset **out,
                    struct fault *fault) MUST_CHECK;
/* file_create, which is also content with a file that holds exactly this already: *there says so.
 * ERR_EXISTS for other content: nothing is overwritten. */
enum err cli_write_file(const char *path, struct slice content, mode_t mode, bool *there,
                        struct fault *fault) MUST_CHECK;
/* Writes an answer to stdout. ERR_MEMORY when the text failed. */
enum err cli_print(const struct text *text, struct fault *fault) MUST_CHECK;
/* Appends a whole input, at most out->max bytes: a file, or stdin for "-". */
enum err cli_read_input(const char *path, struct text *out, struct fault *fault) MUST_CHECK;
/* Calls `take` for each line of an input, without its line end (LF or CRLF), numbered from 1. Of a
 * line longer than `max` only the first max + 1 bytes are given. Ends at the first error. */
typedef enum err cli_line(struct slice line, uint64_t number, void *context, struct fault *fault);
enum err cli_each_line(FILE *file, size_t max, cli_line *take, void *context,
                       struct fault *fault) MUST_CHECK;
/* Appends text from outside so that it cannot steer a terminal and is UTF-8: a control byte, and a
 * byte that is not UTF-8, becomes '?'. */
void cli_clean(struct text *out, struct slice s);
int64_t cli_now(void);

/* One entry point a file of commands. */
cli_run cli_keys_new, cli_keys_list, cli_keys_retire, cli_keys_revoke, cli_keys_export,
    cli_keys_add;
cli_run cli_inspect, cli_verify, cli_label, cli_cards;
cli_run cli_issue, cli_signer, cli_import, cli_check;
cli_run cli_product_put, cli_product_get, cli_product_list;
cli_run cli_event, cli_history, cli_scans;
cli_run cli_recall_open, cli_recall_lift, cli_recall_list, cli_recall_show;
cli_run cli_backup, cli_restore;
cli_run cli_report, cli_inventory;
cli_run cli_credential_new, cli_credential_list, cli_credential_rotate, cli_credential_revoke;

#endif
