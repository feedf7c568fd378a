/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/options.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/suggest.h"

const struct cli_option cli_common_options[] = {
    {"json", NULL, "the answer as JSON on stdout", false},
    {"data", "DIR", "where keys and registry are (default $ASSAY_DATA, else /var/lib/assay)",
     false},
    {"help", NULL, "this text", false},
    {NULL, NULL, NULL, false},
};

struct reading_words {
    const struct cli_words *words;
    size_t next;
    bool only_positionals; /* after "--" */
    struct invocation *out;
    struct fault *fault;
};

static const char *
peek(const struct reading_words *r)
{
    return r->next < r->words->count ? r->words->words[r->next] : NULL;
}

static bool
looks_like_option(const char *word)
{
    return word != NULL && word[0] == '-' && word[1] != '\0';
}

static const struct cli_option no_options[] = {{NULL, NULL, NULL, false}};

static const struct cli_option *
own_options(const struct invocation *in)
{
    bool has = in->command != NULL && in->command->options != NULL;
    return has ? in->command->options : no_options;
}

static const struct cli_option *
find_option(const struct cli_option *options, struct slice name)
{
    while (options->name != NULL && !slice_equal(name, options->name))
        options++;
    return options->name == NULL ? NULL : options;
}

static enum err
unknown_option(const struct reading_words *r, struct slice name)
{
    char word[64] = "";
    if (!slice_copy(word, sizeof word, name))
        return fault_set(r->fault, ERR_USAGE, "unknown option %.60s", peek(r));
    struct suggestion near;
    char hint[FAULT_TEXT_MAX];
    suggest_begin(&near, word);
    for (const struct cli_option *o = own_options(r->out); o->name != NULL; o++)
        suggest_offer(&near, o->name);
    for (const struct cli_option *o = cli_common_options; o->name != NULL; o++)
        suggest_offer(&near, o->name);
    suggest_text(hint, &near, "--");
    return fault_set(r->fault, ERR_USAGE, "unknown option --%s%s", word, hint);
}

/* The value that belongs to an option: after its '=', or the next word. */
static enum err
take_value(struct reading_words *r, const struct cli_option *option, const char *attached,
           const char **value)
{
    *value = "";
    if (option->value == NULL && attached != NULL)
        return fault_set(r->fault, ERR_USAGE, "--%s takes no value", option->name);
    if (option->value == NULL)
        return ERR_OK;
    *value = attached;
    if (attached != NULL)
        return ERR_OK;
    if (peek(r) == NULL || looks_like_option(peek(r)))
        return fault_set(r->fault, ERR_USAGE, "--%s needs a value: --%s %s%s", option->name,
                         option->name, option->value,
                         peek(r) == NULL ? "" : " (one that begins with - is written with =)");
    *value = peek(r);
    r->next++;
    return ERR_OK;
}

static void
set_common(struct invocation *out, const struct cli_option *option, const char *value)
{
    if (strcmp(option->name, "json") == 0)
        out->json = true;
    if (strcmp(option->name, "help") == 0)
        out->help = true;
    if (strcmp(option->name, "data") == 0)
        out->data = value;
}

static bool
may_repeat(const struct cli_option *option)
{
    static const char sign[] = "...";
    size_t len = option->value == NULL ? 0 : strlen(option->value);
    return len >= sizeof sign - 1 && strcmp(option->value + len - (sizeof sign - 1), sign) == 0;
}

static enum err
add_repeat(struct reading_words *r, const struct cli_option *option, const char *value)
{
    struct invocation *out = r->out;
    if (out->repeat_count == CLI_REPEATS_MAX)
        return fault_set(r->fault, ERR_USAGE, "--%s: given more than %d times", option->name,
                         CLI_REPEATS_MAX);
    out->repeats[out->repeat_count].option = (size_t)(option - own_options(out));
    out->repeats[out->repeat_count++].value = value;
    return ERR_OK;
}

static enum err
set_option(struct reading_words *r, struct slice name, const char *attached)
{
    const struct cli_option *own = find_option(own_options(r->out), name);
    const struct cli_option *common = find_option(cli_common_options, name);
    const struct cli_option *option = own != NULL ? own : common;
    if (option == NULL)
        return unknown_option(r, name);
    r->next++;
    const char *value = NULL;
    enum err err = take_value(r, option, attached, &value);
    if (err != ERR_OK)
        return err;
    if (own == NULL) {
        set_common(r->out, option, value);
        return ERR_OK;
    }
    const char **slot = &r->out->values[own - own_options(r->out)];
    bool first = *slot == NULL;
    if (!first && !may_repeat(option))
        return fault_set(r->fault, ERR_USAGE, "--%s is given twice", option->name);
    if (first)
        *slot = value;
    return may_repeat(option) ? add_repeat(r, option, value) : ERR_OK;
}

static const struct {
    const char *brief, *name;
} briefs[] = {{"-o", "output"}, {"-h", "help"}};

static enum err
take_option(struct reading_words *r)
{
    const char *text = r->words->words[r->next];
    struct slice word = slice_of(text);
    if (slice_equal(word, "--")) {
        r->next++;
        r->only_positionals = true;
        return ERR_OK;
    }
    if (slice_equal(word, "--version")) {
        r->next++;
        r->out->version = true;
        return ERR_OK;
    }
    for (size_t i = 0; i < sizeof briefs / sizeof briefs[0]; i++)
        if (slice_equal(word, briefs[i].brief))
            return set_option(r, slice_of(briefs[i].name), NULL);
    if (!slice_take(&word, "--"))
        return fault_set(r->fault, ERR_USAGE,
                         "unknown option %.60s; words that begin with - come after --", text);
    const char *equals = strchr(text, '=');
    return set_option(r, slice_take_until(&word, '='), equals == NULL ? NULL : equals + 1);
}

static enum err
take_positional(struct reading_words *r)
{
    struct invocation *out = r->out;
    if (out->positional_count >= out->command->positionals_max)
        return fault_set(r->fault, ERR_USAGE, "%s: \"%.80s\" is one word too many",
                         out->command->name, peek(r));
    out->positionals[out->positional_count++] = peek(r);
    r->next++;
    return ERR_OK;
}

/* Is `name` these words ("" for no verb), or with `verb` NULL any that begins with the noun? */
static bool
names(const char *name, const char *noun, const char *verb)
{
    struct slice rest = slice_of(name);
    struct slice first = slice_take_until(&rest, ' ');
    return slice_equal(first, noun) && (verb == NULL || slice_equal(rest, verb));
}

static const struct cli_command *
find_command(const struct cli_command *commands, const char *noun, const char *verb)
{
    while (commands->name != NULL && !names(commands->name, noun, verb))
        commands++;
    return commands->name == NULL ? NULL : commands;
}

static enum err
unknown_noun(const struct cli_command *commands, const char *noun, struct fault *fault)
{
    struct suggestion near;
    char hint[FAULT_TEXT_MAX];
    char candidate[32];
    char best[32] = "";
    suggest_begin(&near, noun);
    for (; commands->name != NULL; commands++) {
        struct slice name = slice_of(commands->name);
        if (!slice_copy(candidate, sizeof candidate, slice_take_until(&name, ' ')))
            continue;
        suggest_offer(&near, candidate);
        if (near.best != candidate)
            continue;
        memcpy(best, candidate, sizeof best);
        near.best = best;
    }
    suggest_text(hint, &near, "");
    return fault_set(fault, ERR_USAGE, "there is no command \"%.40s\"%s", noun, hint);
}

/* The verbs of a noun, and the one that is nearest to what was typed. */
static enum err
unknown_verb(const struct cli_command *commands, const char *noun, const char *verb,
             struct fault *fault)
{
    struct suggestion near;
    char hint[FAULT_TEXT_MAX];
    char verbs[100] = "";
    size_t len = 0;
    suggest_begin(&near, verb);
    for (; commands->name != NULL; commands++) {
        const char *space = strchr(commands->name, ' ');
        if (space == NULL || !names(commands->name, noun, NULL) || len >= sizeof verbs)
            continue;
        len += (size_t)snprintf(verbs + len, sizeof verbs - len, "%s%s", len == 0 ? "" : ", ",
                                space + 1);
        suggest_offer(&near, space + 1);
    }
    if (verb[0] == '\0')
        return fault_set(fault, ERR_USAGE, "%s needs one of: %s", noun, verbs);
    suggest_text(hint, &near, "");
    return fault_set(fault, ERR_USAGE, "%s has no \"%.40s\"%s%s%s", noun, verb, hint,
                     near.best == NULL ? "; it has: " : "", near.best == NULL ? verbs : "");
}

/* A command of one word, or the noun of one of two. */
static enum err
take_noun(struct reading_words *r, const struct cli_command *commands)
{
    const char *noun = peek(r);
    r->next++;
    r->out->command = find_command(commands, noun, "");
    if (r->out->command != NULL)
        return ERR_OK;
    if (find_command(commands, noun, NULL) == NULL)
        return unknown_noun(commands, noun, r->fault);
    r->out->noun = noun;
    return ERR_OK;
}

static enum err
take_verb(struct reading_words *r, const struct cli_command *commands)
{
    const char *verb = peek(r);
    r->next++;
    r->out->command = find_command(commands, r->out->noun, verb);
    return r->out->command != NULL ? ERR_OK : unknown_verb(commands, r->out->noun, verb, r->fault);
}

/* Options, and once the command is known its positionals. */
static enum err
take_words(struct reading_words *r)
{
    enum err err = ERR_OK;
    while (err == ERR_OK && peek(r) != NULL) {
        bool option = !r->only_positionals && looks_like_option(peek(r));
        if (!option && r->out->command == NULL)
            return ERR_OK;
        err = option ? take_option(r) : take_positional(r);
    }
    return err;
}

/* "assay help keys new" is "assay keys new --help". */
static void
take_help_word(struct reading_words *r)
{
    if (peek(r) == NULL || strcmp(peek(r), "help") != 0)
        return;
    r->out->help = true;
    r->next++;
}

static enum err
take_all(struct reading_words *r, const struct cli_command *commands)
{
    enum err err = take_words(r);
    if (err != ERR_OK)
        return err;
    take_help_word(r);
    if (peek(r) == NULL)
        return ERR_OK;
    err = take_noun(r, commands);
    if (err == ERR_OK)
        err = take_words(r);
    if (err == ERR_OK && peek(r) != NULL)
        err = take_verb(r, commands);
    return err == ERR_OK ? take_words(r) : err;
}

static enum err
check_complete(const struct invocation *in, struct fault *fault)
{
    const struct cli_command *command = in->command;
    if (in->positional_count < command->positionals_min)
        return fault_set(fault, ERR_USAGE, "%s needs %s", command->name, command->positionals);
    const struct cli_option *own = own_options(in);
    for (size_t i = 0; own[i].name != NULL; i++)
        if (own[i].required && in->values[i] == NULL)
            return fault_set(fault, ERR_USAGE, "%s needs --%s %s", command->name, own[i].name,
                             own[i].value);
    return ERR_OK;
}

enum err
cli_parse(struct invocation *out, const struct cli_command *commands, const struct cli_words *words,
          struct fault *fault)
{
    *out = (struct invocation){.data = out->data};
    struct reading_words r = {.words = words, .out = out, .fault = fault};
    enum err err = take_all(&r, commands);
    if (err != ERR_OK || out->help || out->version)
        return err;
    if (out->command != NULL)
        return check_complete(out, fault);
    if (out->noun != NULL)
        return unknown_verb(commands, out->noun, "", fault);
    return fault_set(fault, ERR_USAGE, "a command is missing");
}

const char *
cli_value(const struct invocation *in, const char *name)
{
    const struct cli_option *own = own_options(in);
    const struct cli_option *option = find_option(own, slice_of(name));
    return option == NULL ? NULL : in->values[option - own];
}

const char *
cli_repeated(const struct invocation *in, const char *name, size_t n)
{
    const struct cli_option *own = own_options(in);
    const struct cli_option *option = find_option(own, slice_of(name));
    for (size_t i = 0; option != NULL && i < in->repeat_count; i++)
        if (in->repeats[i].option == (size_t)(option - own) && n-- == 0)
            return in->repeats[i].value;
    return NULL;
}

bool
cli_flag(const struct invocation *in, const char *name)
{
    return cli_value(in, name) != NULL;
}

enum err
cli_number(const struct invocation *in, const char *name, uint64_t min, uint64_t max,
           uint64_t *value, struct fault *fault)
{
    const char *given = cli_value(in, name);
    if (given == NULL || slice_number(value, slice_of(given), min, max))
        return ERR_OK;
    return fault_set(fault, ERR_USAGE, "--%s \"%.40s\": not a number from %llu to %llu", name,
                     given, (unsigned long long)min, (unsigned long long)max);
}

int
cli_exit(enum err err)
{
    return err_info(err)->exit_code;
}
