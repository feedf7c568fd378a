/* SPDX-License-Identifier: Apache-2.0 */
/* label: pictures of labels, from a URL or from what `issue` wrote. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/cli/cli.h"
#include "gateway/cli/label_press.h"
#include "gateway/cli/labels_source.h"
#include "gateway/cli/measures.h"
#include "gateway/cli/pictures.h"
#include "gateway/cli/scope.h"

enum {
    PICTURE_MAX = 16 * 1024 * 1024,
    ANSWER_MAX = 8192,
    PATH_TEXT_MAX = 4096,
    DIRECTORY_MODE = 0755,
    CAPTION_MAX = 5 + GS1_VALUE_MAX + 1,
    DPI_DEFAULT = 300
};

#define MODULE_DEFAULT_MM 0.40
#define SAME_MM 0.00005

struct job;

/* A format is a row of the table below. */
struct format {
    const char *name;
    const char *suffix;
    enum err (*draw)(struct job *job, const struct label_row *row, struct fault *fault);
};

struct job {
    const struct invocation *in;
    const struct format *format;
    struct label_geometry geometry;
    struct row_range range;
    const char *output; /* file or directory; NULL or "-" is stdout */
    bool directory;     /* a file a label */
    bool plain;         /* no escape sequences in a terminal */
    double printed_mm;  /* a module, as drawn */
    unsigned modules;   /* a side, of the largest label drawn */
    uint64_t written, unchanged;
    struct qr qr;
    struct text picture;
};

static enum err
draw_svg(struct job *job, const struct label_row *row, struct fault *fault)
{
    char gtin[CAPTION_MAX];
    char serial[CAPTION_MAX];
    (void)fault;
    (void)snprintf(gtin, sizeof gtin, "(01) %s", row->id.gtin);
    (void)snprintf(serial, sizeof serial, "(21) %s", row->id.serial);
    const struct label_caption caption = {.gtin = gtin, .serial = serial};
    bool bare = cli_flag(job->in, "no-caption");
    label_svg(&job->picture, &job->qr, &job->geometry, bare ? NULL : &caption);
    job->printed_mm = job->geometry.module_mm;
    return ERR_OK;
}

static enum err
draw_png(struct job *job, const struct label_row *row, struct fault *fault)
{
    (void)row;
    return label_png(&job->picture, &job->qr, &job->geometry, &job->printed_mm, fault);
}

static enum err
draw_terminal(struct job *job, const struct label_row *row, struct fault *fault)
{
    (void)fault;
    if (job->plain)
        label_terminal_plain(&job->picture, &job->qr, cli_flag(job->in, "dark-text"));
    else
        label_terminal(&job->picture, &job->qr);
    text_printf(&job->picture, "(01) %s (21) %s\n", row->id.gtin, row->id.serial);
    return ERR_OK;
}

static const struct format formats[] = {
    {"svg", ".svg", draw_svg},
    {"png", ".png", draw_png},
    {"terminal", ".txt", draw_terminal},
    {NULL, NULL, NULL},
};

static enum err
find_format(const struct format **out, const char *name, struct fault *fault)
{
    *out = formats;
    while ((*out)->name != NULL && name != NULL && strcmp((*out)->name, name) != 0)
        (*out)++;
    if ((*out)->name != NULL)
        return ERR_OK;
    return fault_set(fault, ERR_USAGE, "--format \"%.40s\": either svg, png, terminal, pdf or zpl",
                     name);
}

static enum err
take_numbers(struct job *job, struct fault *fault)
{
    uint64_t dpi = DPI_DEFAULT;
    struct fault why = {0};
    job->geometry.module_mm = MODULE_DEFAULT_MM;
    enum err err = measure_mm(job->in, "module-mm", &job->geometry.module_mm, fault);
    if (err == ERR_OK)
        err = cli_number(job->in, "dpi", 1, UINT16_MAX, &dpi, fault);
    job->geometry.dpi = (unsigned)dpi;
    if (err == ERR_OK && label_geometry_check(&job->geometry, &why) != ERR_OK)
        err = fault_set(fault, ERR_USAGE, "%s", why.text);
    return err == ERR_OK ? row_range_read(&job->range, job->in, "labels", fault) : err;
}

/* The standard of no-color.org. */
static bool
colours_off(void)
{
    const char *set = getenv("NO_COLOR"); /* NOLINT(concurrency-mt-unsafe) */
    return set != NULL && set[0] != '\0';
}

static enum err
take_output(struct job *job, bool one, struct fault *fault)
{
    const char *output = cli_value(job->in, "output");
    bool terminal = job->format->draw == draw_terminal;
    bool to_stdout = output == NULL || strcmp(output, "-") == 0;
    job->output = to_stdout ? NULL : output;
    job->directory = !one && !to_stdout;
    job->plain = colours_off();
    if (!one && to_stdout && !terminal)
        return fault_set(fault, ERR_USAGE, "label needs -o DIR, for a file a label");
    if (to_stdout && job->in->json)
        return fault_set(fault, ERR_USAGE, "--json needs -o, as the picture goes to stdout");
    if (to_stdout && job->format->draw == draw_png && isatty(STDOUT_FILENO) == 1)
        return fault_set(fault, ERR_USAGE, "label needs -o FILE: a PNG is not for a terminal");
    return ERR_OK;
}

static enum err
begin(struct job *job, const struct invocation *in, bool one, struct fault *fault)
{
    *job = (struct job){.in = in};
    text_init(&job->picture, PICTURE_MAX);
    enum err err = find_format(&job->format, cli_value(in, "format"), fault);
    if (err == ERR_OK)
        err = take_numbers(job, fault);
    if (err == ERR_OK)
        err = take_output(job, one, fault);
    if (err == ERR_OK && job->directory)
        err = file_make_directory(job->output, DIRECTORY_MODE, fault);
    return err;
}

/* DIR/GTIN_SERIAL.svg: a unit is its GTIN and serial, and a serial may hold a slash. */
static enum err
name_file(struct text *out, const struct job *job, const struct label_row *row, struct fault *fault)
{
    text_put(out, job->output);
    if (job->directory) {
        text_printf(out, "/%s_", row->id.gtin);
        text_percent(out, slice_of(row->id.serial));
        text_put(out, job->format->suffix);
    }
    return text_ok(out) ? ERR_OK
                        : fault_set(fault, ERR_INVALID, "%.200s: path too long", job->output);
}

static enum err
write_picture(struct job *job, const struct label_row *row, struct fault *fault)
{
    AUTO_TEXT path;
    text_init(&path, PATH_TEXT_MAX);
    bool there = false;
    if (job->output == NULL)
        return cli_print(&job->picture, fault);
    if (!text_ok(&job->picture))
        return fault_set(fault, ERR_MEMORY, "no memory for the picture of %s", row->id.serial);
    enum err err = name_file(&path, job, row, fault);
    if (err == ERR_OK)
        err = picture_write(path.data, text_slice(&job->picture), &there, fault);
    job->unchanged += err == ERR_OK && there ? 1 : 0;
    return err;
}

static enum err
print_label(const struct label_row *row, void *context, struct fault *fault)
{
    struct job *job = context;
    text_reset(&job->picture);
    enum err err = qr_encode(&job->qr, row->url, fault);
    if (err == ERR_OK)
        err = job->format->draw(job, row, fault);
    if (err == ERR_OK)
        err = write_picture(job, row, fault);
    if (err != ERR_OK)
        return err;
    job->modules = job->qr.size > job->modules ? job->qr.size : job->modules;
    job->written++;
    return ERR_OK;
}

/* A terminal has no millimetres. */
static const char *
size_warning(const struct job *job)
{
    return job->printed_mm > 0 ? label_size_warning(job->printed_mm) : "";
}

static double
symbol_mm(const struct job *job, unsigned quiet)
{
    return (job->modules + 2 * quiet) * job->printed_mm;
}

static enum err
tell_json(const struct job *job, struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    text_printf(&out, "{\"labels\":%llu,\"unchanged\":%llu,\"format\":\"%s\"",
                (unsigned long long)job->written, (unsigned long long)job->unchanged,
                job->format->name);
    text_printf(&out, ",\"modules\":%u", job->modules);
    if (job->printed_mm > 0)
        text_printf(&out, ",\"module_mm\":%.4f,\"symbol_mm\":%.3f,\"quiet_zone_symbol_mm\":%.3f",
                    job->printed_mm, symbol_mm(job, 0), symbol_mm(job, QR_QUIET));
    text_put(&out, ",\"warning\":");
    text_json(&out, slice_of(size_warning(job)));
    text_put(&out, ",\"output\":");
    text_json(&out, slice_of(job->output));
    text_put(&out, "}\n");
    return cli_print(&out, fault);
}

/* On stderr: stdout may be the picture. */
static void
tell(const struct job *job)
{
    const char *warning = size_warning(job);
    unsigned long long written = job->written;
    unsigned long long unchanged = job->unchanged;
    if (job->directory)
        (void)fprintf(stderr, "%llu labels in %s", written, job->output);
    if (job->directory && unchanged > 0)
        (void)fprintf(stderr, ", %llu of them there already", unchanged);
    (void)fputs(job->directory ? "\n" : "", stderr);
    if (job->printed_mm <= 0)
        return;
    if (fabs(job->printed_mm - job->geometry.module_mm) > SAME_MM)
        (void)fprintf(
            stderr,
            "a module of %.6g mm was asked for; the nearest at %u dots per inch is %.6g mm\n",
            job->geometry.module_mm, job->geometry.dpi, job->printed_mm);
    (void)fprintf(stderr, "%u x %u modules of %.6g mm: %.6g mm wide, %.6g mm with its quiet zone\n",
                  job->modules, job->modules, job->printed_mm, symbol_mm(job, 0),
                  symbol_mm(job, QR_QUIET));
    if (warning[0] != '\0')
        (void)fprintf(stderr, "warning: modules of %.3g mm: %s\n", job->printed_mm, warning);
}

int
cli_label(const struct invocation *in, struct fault *fault)
{
    struct job job;
    bool roll = false;
    if (label_is_pressed(cli_value(in, "format"), &roll))
        return label_press(in, roll, fault);
    if (cli_flag(in, "dry-run"))
        return cli_exit(fault_set(fault, ERR_USAGE, "--dry-run is for --format pdf and zpl"));
    const char *source = in->positionals[0];
    bool one = is_label_url(source);
    enum err err = begin(&job, in, one, fault);
    if (err == ERR_OK)
        err = labels_each(&job.range, source, print_label, &job, fault);
    if (err == ERR_OK && job.output != NULL)
        err = pictures_sync(job.output, fault);
    text_free(&job.picture);
    if (err != ERR_OK)
        return cli_exit(err);
    tell(&job);
    return in->json ? cli_exit(tell_json(&job, fault)) : EXIT_OK;
}
