/* SPDX-License-Identifier: Apache-2.0 */
/* cards: what goes inside the box, from what `issue` wrote. */
#include <errno.h>
#include <string.h>

#include "gateway/base/file.h"
#include "gateway/cli/cards_csv.h"
#include "gateway/cli/labels_source.h"
#include "gateway/cli/operate.h"
#include "gateway/cli/press.h"
#include "gateway/cli/scope.h"
#include "gateway/pages/card_words.h"
#include "gateway/records/records.h"

enum { SECRET_MODE = 0600 };

struct job {
    const struct invocation *in;
    struct press press;
    struct row_range range;
    struct store *store; /* NULL: there is no registry here, or nothing is looked up */
    char url[LABEL_URL_MAX + 1];
    char gtin[GTIN_DIGITS + 1]; /* of the name below */
    char name[NAME_MAX_BYTES + 1];
    struct card_words words;
    const char *heading, *sentence;
};

static const char *
value_or(const struct invocation *in, const char *name, const char *otherwise)
{
    const char *value = cli_value(in, name);
    return value == NULL ? otherwise : value;
}

/* The name on the card: --title, else what the catalogue says where there is one. */
static enum err
open_catalogue(struct job *job, struct fault *fault)
{
    if (cli_value(job->in, "title") != NULL)
        return ERR_OK;
    enum err err = operate_open(job->in, STORE_READ_ONLY | STORE_NO_KEYSET, &job->store, fault);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
find_title(struct job *job, const char *gtin, const char **title, struct fault *fault)
{
    struct product product;
    *title = value_or(job->in, "title", job->name);
    if (job->store == NULL || strcmp(job->gtin, gtin) == 0)
        return ERR_OK;
    enum err err = registry_get_product(job->store->session, gtin, &product);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return store_fault(fault, err, gtin);
    bool known = err == ERR_OK && slice_copy(job->name, sizeof job->name, slice_of(product.name));
    if (!known)
        job->name[0] = '\0';
    return slice_copy(job->gtin, sizeof job->gtin, slice_of(gtin))
               ? ERR_OK
               : fault_set(fault, ERR_INVALID, "%.20s: not a GTIN", gtin);
}

static enum err
print_card(const struct card_row *row, void *context, struct fault *fault)
{
    struct job *job = context;
    struct fault why = {0};
    struct card card = {.serial = row->serial,
                        .claim_code = row->claim_code,
                        .heading = job->heading,
                        .sentence = job->sentence,
                        .url = job->url};
    if (!row_range_has(&job->range, row->number))
        return ERR_OK;
    enum err err = find_title(job, row->gtin, &card.title, fault);
    if (err != ERR_OK)
        return err;
    err = press_card(&job->press, &card, &why);
    if (err != ERR_OK)
        return fault_set(fault, err, "serial %s: %s", row->serial, why.text);
    row_range_done(&job->range);
    return ERR_OK;
}

static enum err
begin(struct job *job, struct fault *fault)
{
    const struct invocation *in = job->in;
    const char *format = value_or(in, "format", "pdf");
    const char *base_url = cli_value(in, "base-url");
    const struct press_kind kind = {.what = "cards",
                                    .roll = strcmp(format, "zpl") == 0,
                                    .mode = SECRET_MODE,
                                    .sheet = "cards-a4"};
    if (!kind.roll && strcmp(format, "pdf") != 0)
        return fault_set(fault, ERR_USAGE, "--format \"%.40s\": either pdf or zpl", format);
    struct fault why = {0};
    if (card_words_read(&job->words, value_or(in, "lang", "en"), &why) != ERR_OK)
        return fault_set(fault, ERR_USAGE, "--lang: %s", why.text);
    job->heading = value_or(in, "heading", job->words.heading);
    job->sentence = value_or(in, "sentence", job->words.sentence);
    if (base_url != NULL && card_register_url(job->url, base_url, &why) != ERR_OK)
        return fault_set(fault, ERR_USAGE, "%s", why.text);
    enum err err = row_range_read(&job->range, in, "cards", fault);
    if (err == ERR_OK)
        err = press_begin(&job->press, in, &kind, fault);
    return err == ERR_OK ? open_catalogue(job, fault) : err;
}

static enum err
print_all(struct job *job, struct fault *fault)
{
    const char *path = job->in->positionals[0];
    bool from_stdin = strcmp(path, "-") == 0;
    AUTO_FILE *file = from_stdin ? stdin : fopen(path, "rb");
    if (file == NULL)
        return file_fault(fault, path, errno);
    if (!from_stdin)
        row_range_measure(&job->range, file);
    enum err err =
        cards_csv_read(file, from_stdin ? "standard input" : path, print_card, job, fault);
    if (err == ERR_OK)
        err = row_range_end(&job->range, path, fault);
    return err == ERR_OK ? press_end(&job->press, fault) : err;
}

int
cli_cards(const struct invocation *in, struct fault *fault)
{
    struct job job = {.in = in};
    enum err err = begin(&job, fault);
    if (err == ERR_OK)
        err = print_all(&job, fault);
    if (err == ERR_OK)
        err = press_tell(&job.press, fault);
    press_free(&job.press);
    store_close(job.store);
    return cli_exit(err);
}
