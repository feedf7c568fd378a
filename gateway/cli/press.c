/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/press.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/cli/scope.h"

enum { ANSWER_MAX = 8192, FLUSH_BYTES = 1 << 18 };

#define SAME_MM 0.001

static const char *
suffix(const struct press *press)
{
    return press->roll ? "zpl" : "pdf";
}

/* "run.pdf" and "run" both make run.pdf; the second file is run-2.pdf. */
static enum err
open_file(struct press *press, struct fault *fault)
{
    char base[OUTPUT_PATH_MAX];
    char number[16] = "";
    size_t len = strlen(press->output);
    size_t end = strlen(suffix(press)) + 1;
    bool named = len > end && press->output[len - end] == '.' &&
                 strcmp(press->output + len - end + 1, suffix(press)) == 0;
    if (press->files > 1)
        (void)snprintf(number, sizeof number, "-%u", press->files);
    int put = snprintf(base, sizeof base, "%.*s%s", (int)(named ? len - end : len), press->output,
                       number);
    if (put < 0 || (size_t)put >= sizeof base)
        return fault_set(fault, ERR_INVALID, "%.200s: path too long", press->output);
    return outputs_add(&press->outputs, base, suffix(press), press->mode, fault);
}

static enum err
begin_file(struct press *press, struct fault *fault)
{
    press->files++;
    if (press->output != NULL && !press->dry_run) {
        enum err err = open_file(press, fault);
        if (err != ERR_OK)
            return err;
    }
    return press->roll ? zpl_begin(&press->printer, &press->zpl, fault)
                       : sheet_pdf_begin(&press->pdf, &press->sheet, fault);
}

/* What was made so far goes to its file, and is forgotten. */
static enum err
flush(struct press *press, struct fault *fault)
{
    enum err err = ERR_OK;
    if (!text_ok(&press->bytes))
        return fault_set(fault, ERR_MEMORY, "out of memory for %s", press->what);
    if (!press->dry_run)
        err = press->output == NULL
                  ? cli_print(&press->bytes, fault)
                  : output_put(&press->outputs.outputs[0], text_slice(&press->bytes), fault);
    text_reset(&press->bytes);
    return err;
}

static void
take_modules(struct press *press, unsigned modules)
{
    if (modules > press->modules)
        press->modules = modules;
}

static enum err
finish(struct press *press, struct fault *fault)
{
    enum err err = ERR_OK;
    if (press->roll) {
        zpl_end(press->printer, &press->bytes);
        take_modules(press, zpl_modules(press->printer));
    } else {
        err = sheet_pdf_end(press->pdf, &press->bytes, fault);
        take_modules(press, sheet_pdf_modules(press->pdf));
        press->sheets += sheet_pdf_pages(press->pdf);
    }
    if (err == ERR_OK)
        err = flush(press, fault);
    if (err == ERR_OK)
        err = outputs_publish(&press->outputs, fault);
    outputs_close(&press->outputs);
    sheet_pdf_free(press->pdf);
    zpl_free(press->printer);
    press->pdf = NULL;
    press->printer = NULL;
    return err;
}

static enum err
take_output(struct press *press, struct fault *fault)
{
    const char *output = cli_value(press->in, "output");
    press->output = output == NULL || strcmp(output, "-") == 0 ? NULL : output;
    if (press->output != NULL || press->dry_run)
        return ERR_OK;
    if (press->in->json)
        return fault_set(fault, ERR_USAGE, "--json needs -o, as the %s go to stdout", press->what);
    if (!press->roll && isatty(STDOUT_FILENO) == 1)
        return fault_set(fault, ERR_USAGE, "%s needs -o FILE: a PDF is not for a terminal",
                         press->in->command->name);
    return ERR_OK;
}

enum err
press_begin(struct press *press, const struct invocation *in, const struct press_kind *kind,
            struct fault *fault)
{
    *press = (struct press){.in = in,
                            .what = kind->what,
                            .roll = kind->roll,
                            .till = kind->till,
                            .mode = kind->mode,
                            .dry_run = cli_flag(in, "dry-run")};
    text_init(&press->bytes, SHEET_PDF_BYTES_MAX);
    enum err err = kind->roll ? measure_roll(in, &press->zpl, fault)
                              : measure_sheet(in, kind->sheet, &press->sheet, fault);
    press->sheet.caption = kind->caption;
    press->zpl.caption = kind->caption;
    if (err == ERR_OK)
        err = take_output(press, fault);
    return err == ERR_OK ? begin_file(press, fault) : err;
}

/* The file is full: it is published, and another one goes on. */
static enum err
next_file(struct press *press, struct fault *fault)
{
    if (press->output == NULL && !press->dry_run)
        return fault_set(fault, ERR_TOO_LARGE,
                         "more than %d labels make several files: name them with -o FILE",
                         SHEET_PDF_CELLS_MAX);
    enum err err = finish(press, fault);
    press->sheet.start_at = 1;
    return err == ERR_OK ? begin_file(press, fault) : err;
}

static enum err
settle(struct press *press, enum err err, struct fault *fault)
{
    if (err == ERR_OK)
        press->printed++;
    if (err == ERR_OK && press->bytes.len >= FLUSH_BYTES)
        return flush(press, fault);
    return err;
}

enum err
press_label(struct press *press, const struct label_row *row, struct fault *fault)
{
    enum err err = press->roll ? zpl_label(press->printer, &press->bytes, row->url, &row->id, fault)
                               : sheet_pdf_label(press->pdf, row->url, &row->id, fault);
    if (err == ERR_FULL && (err = next_file(press, fault)) == ERR_OK)
        err = sheet_pdf_label(press->pdf, row->url, &row->id, fault);
    return settle(press, err, fault);
}

enum err
press_card(struct press *press, const struct card *card, struct fault *fault)
{
    enum err err = press->roll ? zpl_card(press->printer, &press->bytes, card, fault)
                               : sheet_pdf_card(press->pdf, card, fault);
    if (err == ERR_FULL && (err = next_file(press, fault)) == ERR_OK)
        err = sheet_pdf_card(press->pdf, card, fault);
    return settle(press, err, fault);
}

enum err
press_end(struct press *press, struct fault *fault)
{
    return finish(press, fault);
}

static double
asked_mm(const struct press *press)
{
    return press->roll ? press->zpl.module_mm : press->sheet.module_mm;
}

static double
printed_mm(const struct press *press)
{
    return press->roll ? zpl_module_mm(&press->zpl) : press->sheet.module_mm;
}

static const char *
warning(const struct press *press)
{
    double mm = printed_mm(press);
    bool matters = press->modules > 0 && (press->till || mm < LABEL_PHONE_MM);
    return matters ? label_size_warning(mm) : "";
}

static unsigned
copies(const struct press *press)
{
    return press->roll ? press->zpl.copies : press->sheet.copies;
}

static enum err
tell_json(const struct press *press, struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    text_printf(&out, "{\"%s\":%llu,\"format\":\"%s\",\"copies\":%u,\"files\":%u", press->what,
                (unsigned long long)press->printed, suffix(press), copies(press), press->files);
    if (!press->roll)
        text_printf(&out, ",\"sheets\":%llu", (unsigned long long)press->sheets);
    if (press->roll)
        text_printf(&out, ",\"dots\":%u", zpl_module_dots(&press->zpl));
    if (press->modules > 0)
        text_printf(&out, ",\"modules\":%u,\"module_mm\":%.4f,\"symbol_mm\":%.3f", press->modules,
                    printed_mm(press), press->modules * printed_mm(press));
    text_printf(&out, ",\"dry_run\":%s,\"warning\":", press->dry_run ? "true" : "false");
    text_json(&out, slice_of(warning(press)));
    text_put(&out, ",\"output\":");
    text_json(&out, slice_of(press->output));
    text_put(&out, "}\n");
    return cli_print(&out, fault);
}

static void
tell_modules(const struct press *press)
{
    double mm = printed_mm(press);
    if (fabs(mm - asked_mm(press)) > SAME_MM)
        (void)fprintf(stderr,
                      "a module of %.6g mm was asked for; the nearest at %u dots per inch is %u "
                      "dots, %.4g mm\n",
                      asked_mm(press), press->zpl.dpi, zpl_module_dots(&press->zpl), mm);
    (void)fprintf(stderr, "%u x %u modules of %.4g mm: %.4g mm wide, %.4g mm with its quiet zone\n",
                  press->modules, press->modules, mm, press->modules * mm,
                  (press->modules + 2 * QR_QUIET) * mm);
    if (warning(press)[0] != '\0')
        (void)fprintf(stderr, "warning: modules of %.3g mm: %s\n", mm, warning(press));
}

enum err
press_tell(const struct press *press, struct fault *fault)
{
    int letters = (int)strlen(press->what) - (press->printed == 1 ? 1 : 0);
    (void)fprintf(stderr, "%llu %.*s", (unsigned long long)press->printed, letters, press->what);
    if (copies(press) > 1)
        (void)fprintf(stderr, ", %u of each", copies(press));
    if (!press->roll)
        (void)fprintf(stderr, ", on %llu sheet%s", (unsigned long long)press->sheets,
                      press->sheets == 1 ? "" : "s");
    if (press->files > 1)
        (void)fprintf(stderr, ", in %u files", press->files);
    (void)fputs(press->dry_run ? "; nothing was written\n" : "\n", stderr);
    if (press->modules > 0)
        tell_modules(press);
    if (!press->roll && !press->dry_run)
        (void)fputs("print at 100 %, not \"fit to page\"\n", stderr);
    return press->in->json ? tell_json(press, fault) : ERR_OK;
}

void
press_free(struct press *press)
{
    outputs_close(&press->outputs);
    sheet_pdf_free(press->pdf);
    zpl_free(press->printer);
    file_wipe(&press->bytes);
}
