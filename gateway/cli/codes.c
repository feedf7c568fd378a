/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/codes.h"

#include <string.h>
#include <unistd.h>

#include "gateway/cli/scope.h"

enum { ANSWER_MAX = 64 * 1024 };

struct run {
    const struct invocation *in;
    const struct keyset *keyset;
    codes_answer *answer;
    struct text out;
    uint64_t codes, negative;
    bool shows_progress; /* nobody watches the answers */
    struct progress progress;
};

static bool
confirm(const struct reading *candidate, void *context)
{
    const struct run *run = context;
    return label_trust(run->keyset, candidate).result == LABEL_GENUINE;
}

static void
scan(struct scanned *out, struct run *run, struct slice text)
{
    static const struct keyset nobody;
    bool known = run->keyset != NULL;
    out->text = text;
    (void)!reading_identify(&out->reading, text, known ? confirm : NULL, run);
    out->trust = label_trust(known ? run->keyset : &nobody, &out->reading);
    if (!known && out->trust.result == LABEL_ISSUER_UNKNOWN)
        out->trust.result = LABEL_UNCHECKED;
}

static enum err
answer_one(struct run *run, struct slice code, bool one_of_many, struct fault *fault)
{
    struct scanned scanned = {.one_of_many = one_of_many};
    scan(&scanned, run, code);
    text_reset(&run->out);
    run->codes++;
    run->negative += run->answer(&run->out, run->in, &scanned) ? 0 : 1;
    enum err err = cli_print(&run->out, fault);
    (void)fflush(stdout); /* somebody may be scanning one after the other */
    return err;
}

static enum err
answer_line(struct slice line, uint64_t number, void *context, struct fault *fault)
{
    struct run *run = context;
    enum err err = answer_one(run, line, true, fault);
    if (run->shows_progress)
        progress_update(&run->progress, number);
    return err;
}

static enum err
answer_all(struct run *run, struct fault *fault)
{
    const char *code = run->in->positionals[0];
    if (strcmp(code, "-") != 0)
        return answer_one(run, slice_of(code), false, fault);
    run->shows_progress = isatty(STDIN_FILENO) != 1 && isatty(STDOUT_FILENO) != 1;
    progress_begin(&run->progress, "codes", 0);
    enum err err = cli_each_line(stdin, SCAN_TEXT_MAX, answer_line, run, fault);
    progress_end(&run->progress, run->codes);
    if (err == ERR_OK && run->codes == 0)
        return fault_set(fault, ERR_INVALID, "standard input: there is no code");
    return err;
}

int
codes_run(const struct invocation *in, const struct keyset *keyset, codes_answer *answer,
          struct fault *fault)
{
    struct run run = {.in = in, .keyset = keyset, .answer = answer};
    text_init(&run.out, ANSWER_MAX);
    enum err err = answer_all(&run, fault);
    text_free(&run.out);
    if (err != ERR_OK)
        return cli_exit(err);
    return run.negative > 0 ? EXIT_NEGATIVE : EXIT_OK;
}

void
codes_member(struct text *out, const char *name, const char *value)
{
    text_printf(out, ",\"%s\":", name);
    if (value == NULL || value[0] == '\0')
        text_put(out, "null");
    else
        text_json(out, slice_of(value));
}

void
codes_members(struct text *out, const struct scanned *scanned)
{
    const struct reading *reading = &scanned->reading;
    codes_member(out, "gtin", reading->id.gtin);
    codes_member(out, "variant", reading->id.variant);
    codes_member(out, "lot", reading->id.lot);
    codes_member(out, "serial", reading->id.serial);
    codes_member(out, "canonical", reading->canonical);
    codes_member(out, "repaired",
                 reading->repair == REPAIR_NONE ? NULL : repair_name(reading->repair));
    codes_member(out, "label", label_result_name(scanned->trust.result));
    text_put(out, ",\"kid\":");
    text_put(out, reading->has_token ? "\"" : "null");
    if (!reading->has_token)
        return;
    text_hex(out, reading->token.kid, KID_BYTES);
    text_char(out, '"');
}
