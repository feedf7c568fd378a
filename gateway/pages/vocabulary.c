/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/vocabulary.h"

#include <stdarg.h>
#include <stdio.h>

#include "gateway/pages/words.h"

/* The first of each hundred stands for the rest of it. */
static const int statuses[] = {400, 401, 403, 404, 405, 413, 415, 429, 500, 503};
_Static_assert(sizeof statuses / sizeof statuses[0] <= PAGE_ERRORS_MAX, "the errors fit");

static const char *const action_names[ACTION_COUNT] = {
    [ACTION_CONTACT] = "contact", [ACTION_RECALL] = "recall",     [ACTION_RETRY] = "retry",
    [ACTION_ANOTHER] = "another", [ACTION_REGISTER] = "register", [ACTION_OWN] = "own",
    [ACTION_REPORT] = "report",   [ACTION_FOUND] = "found",
};

struct search {
    const struct template_names *names;
    struct fault *fault;
    enum err err; /* of the first word that is missing */
};

static uint16_t find(struct search *s, const char *format, ...) PRINTF_LIKE(2, 3);

static uint16_t
find(struct search *s, const char *format, ...)
{
    char key[WORD_KEY_MAX + 1];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(key, sizeof key, format, args);
    va_end(args);
    int index = s->names->include(s->names->context, slice_of(key));
    if (index >= 0)
        return (uint16_t)(index + 1);
    if (s->err == ERR_OK)
        s->err = fault_set(s->fault, ERR_CORRUPT, "no language has the word '%s'", key);
    return 0;
}

/* Two reasons share one code; what to do differs. */
static const char *
reason_section(enum reason reason)
{
    return reason == REASON_RECALLED_STOP_USE ? "recalled_stop_use" : reason_info(reason)->code;
}

static void
find_verdict(struct vocabulary *out, struct search *s)
{
    for (unsigned c = 0; c <= VERDICT_OK; c++) {
        const char *name = verdict_class_name((enum verdict_class)c);
        out->class_word[c] = find(s, "verdict.%s", name);
        out->class_icon[c] = find(s, "icons/%s.svg", name);
    }
    for (unsigned r = 0; r < REASON_COUNT; r++) {
        const char *section = reason_section((enum reason)r);
        out->reasons[r].sentence = find(s, "reason %s.sentence", section);
        out->reasons[r].means = find(s, "reason %s.means", section);
        out->reasons[r].next = find(s, "reason %s.next", section);
    }
    for (unsigned c = COPY_NONE + 1; c < COPY_RULES; c++)
        out->copies[c] = find(s, "copy.%s", copy_rule_name((enum copy_rule)c));
    for (unsigned a = 0; a < ACTION_COUNT; a++)
        out->actions[a] = find(s, "action.%s", action_names[a]);
}

static void
find_facts(struct vocabulary *out, struct search *s)
{
    for (unsigned c = 0; c <= COVER_YES; c++)
        out->covers[c] = find(s, "cover.%s", cover_name((enum cover)c));
    for (unsigned l = 0; l < LABEL_RESULT_COUNT; l++)
        out->labels[l] = find(s, "label.%s", label_result_name((enum label_result)l));
    for (unsigned k = 0; k <= KEY_REVOKED; k++)
        out->key_status[k] = find(s, "key.%s", key_status_name((enum key_status)k));
    for (unsigned e = READ_OK + 1; e < READ_ERROR_COUNT; e++)
        out->problems[e] = find(s, "problem.%s", reading_error_info((enum reading_error)e)->code);
    out->recorded = find(s, "check.recorded");
    out->not_recorded = find(s, "check.not_recorded");
    out->day = find(s, "date.day");
    out->month_of_year = find(s, "date.month");
    out->own_name = find(s, "language.name");
    for (unsigned m = 0; m < 12; m++)
        out->months[m] = find(s, "month.%u", m + 1);
}

static void
find_errors(struct vocabulary *out, struct search *s)
{
    out->error_count = sizeof statuses / sizeof statuses[0];
    for (size_t i = 0; i < out->error_count; i++) {
        struct error_words *error = &out->errors[i];
        error->status = statuses[i];
        error->title = find(s, "error %d.title", statuses[i]);
        error->text = find(s, "error %d.text", statuses[i]);
    }
}

enum err
vocabulary_fill(struct vocabulary *out, const struct template_names *names, struct fault *fault)
{
    struct search s = {names, fault, ERR_OK};
    find_verdict(out, &s);
    find_facts(out, &s);
    find_errors(out, &s);
    return s.err;
}

const struct error_words *
vocabulary_error(const struct vocabulary *words, int status)
{
    const struct error_words *near = NULL;
    for (size_t i = 0; i < words->error_count; i++) {
        const struct error_words *error = &words->errors[i];
        if (error->status == status)
            return error;
        if (error->status % 100 == 0 && (near == NULL || error->status <= status))
            near = error;
    }
    return near;
}
