/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/cli/options.h"

enum { SUMMARY_COLUMN = 22, OPTION_COLUMN = 30, LINE_WIDTH = 90, INDENT = 8 };

static bool
shares_noun(const char *name, const char *noun)
{
    size_t len = strlen(noun);
    return strncmp(name, noun, len) == 0 && (name[len] == ' ' || name[len] == '\0');
}

static void
put_commands(struct text *out, const struct cli_command *commands, const char *noun)
{
    for (; commands->name != NULL; commands++)
        if (noun == NULL || shares_noun(commands->name, noun))
            text_printf(out, "  %-*s %s\n", SUMMARY_COLUMN, commands->name, commands->summary);
}

static void
put_overview(struct text *out, const struct cli_command *commands, const char *noun)
{
    if (noun == NULL)
        text_put(out, "Assay issues signed serial numbers, prints them as QR labels and says "
                      "whether a label is genuine.\n\n");
    text_printf(out, "Usage: assay %s%sCOMMAND [OPTIONS]\n\n", noun == NULL ? "" : noun,
                noun == NULL ? "" : " ");
    put_commands(out, commands, noun);
    text_put(out, "\nEvery command takes --json, --data DIR and --help.\n");
    if (noun == NULL)
        text_put(out, "\nExit codes: 0 ok, 1 failure, 2 usage, 3 not found, 4 not genuine or not "
                      "a code,\n5 conflict, 6 not allowed, 7 unavailable, 8 some rows refused.\n");
}

/* "--gtin G", in brackets when it may be left out; on a new line when this one is full. */
static void
put_synopsis(struct text *out, size_t *line_start, const struct cli_option *option)
{
    size_t value = option->value == NULL ? 0 : strlen(option->value) + 1;
    if (out->len - *line_start + strlen(option->name) + value + 5 > LINE_WIDTH) {
        *line_start = out->len + 1;
        text_printf(out, "\n%*s", INDENT - 1, "");
    }
    text_printf(out, option->required ? " --%s" : " [--%s", option->name);
    if (option->value != NULL)
        text_printf(out, " %s", option->value);
    text_put(out, option->required ? "" : "]");
}

static void
put_option(struct text *out, const struct cli_option *option)
{
    size_t before = out->len;
    text_put(out, strcmp(option->name, "output") == 0 ? "  -o, --" : "  --");
    text_put(out, option->name);
    text_printf(out, "%s%s", option->value == NULL ? "" : " ",
                option->value == NULL ? "" : option->value);
    int used = (int)(out->len - before);
    text_printf(out, "%*s%s\n", used < OPTION_COLUMN ? OPTION_COLUMN - used : 1, "", option->help);
}

static void
put_options(struct text *out, const struct cli_option *options)
{
    for (; options != NULL && options->name != NULL; options++)
        put_option(out, options);
}

static void
put_command(struct text *out, const struct cli_command *command)
{
    text_printf(out, "assay %s: %s\n\n", command->name, command->summary);
    size_t line_start = out->len;
    text_printf(out, "Usage: assay %s", command->name);
    if (command->positionals != NULL)
        text_printf(out, " %s", command->positionals);
    for (const struct cli_option *o = command->options; o != NULL && o->name != NULL; o++)
        put_synopsis(out, &line_start, o);
    text_printf(out, "\n\n%s\nOptions:\n", command->help);
    put_options(out, command->options);
    put_options(out, cli_common_options);
}

void
cli_usage(struct text *out, const struct cli_command *commands, const struct invocation *in)
{
    if (in->command != NULL)
        put_command(out, in->command);
    else
        put_overview(out, commands, in->noun);
}
