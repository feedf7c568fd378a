/* SPDX-License-Identifier: Apache-2.0 */
/* The labels and cards of an issue, as they go to a printer. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/claim.h"
#include "gateway/api/issuing.h"
#include "gateway/api/issuing_inside.h"
#include "gateway/api/record.h"
#include "gateway/base/file.h"
#include "gateway/label/sheet.h"
#include "gateway/label/zpl.h"
#include "gateway/pages/card_words.h"

enum {
    CSV_MAX = 8 * 1024 * 1024,
    ITEMS_MAX = 1000, /* of one PDF or ZPL: 10 MB */
    WORD_MAX = 40,
    PDF_STACK_BYTES = 1024 * 1024
};

#define MODULE_MM 0.40
#define ROLL_WIDTH_MM 50.0
#define ROLL_HEIGHT_MM 30.0
#define CARD_WIDTH_MM 100.0
#define CARD_HEIGHT_MM 70.0
#define MILLI 1000.0

/* One download. */
struct print {
    const struct request *request;
    struct response *response;
    struct issued issued;
    bool cards;
    struct text csv; /* the file */
    char title[NAME_MAX_BYTES + 1];
    struct card_words words;
    char url[LABEL_URL_MAX + 1]; /* on cards: where the claim code is typed */
    uint64_t from, copies;
    struct sheet_pdf *pdf;
    struct zpl *zpl;
    bool good; /* the PDF is made */
    struct fault fault;
};

static bool
broken(struct print *print, const char *name)
{
    (void)fault_set(&print->fault, ERR_INVALID, "%s: not what this address takes", name);
    return false;
}

/* *out stays when the query does not name it. */
static bool
take_number(struct print *print, const char *name, uint64_t max, uint64_t *out)
{
    char word[WORD_MAX];
    if (!query_value(word, sizeof word, print->request->query, name) || word[0] == '\0')
        return true;
    return slice_number(out, slice_of(word), 1, max) || broken(print, name);
}

/* Millimetres with at most three decimals. */
static bool
take_mm(struct print *print, const char *name, double *out)
{
    char word[WORD_MAX];
    uint64_t whole = 0;
    uint64_t part = 0;
    if (!query_value(word, sizeof word, print->request->query, name) || word[0] == '\0')
        return true;
    struct slice rest = slice_of(word);
    struct slice before = slice_take_until(&rest, '.');
    char decimals[4] = "000";
    if (!slice_number(&whole, before, 0, 10000) || rest.len > 3)
        return broken(print, name);
    memcpy(decimals, rest.data, rest.len);
    for (size_t i = 0; i < 3; i++) {
        if (decimals[i] < '0' || decimals[i] > '9')
            return broken(print, name);
        part = part * 10 + (uint64_t)(decimals[i] - '0');
    }
    *out = (double)whole + (double)part / MILLI;
    return true;
}

static bool
open_pdf(struct print *print)
{
    char name[WORD_MAX];
    struct sheet_print sheet = {.module_mm = MODULE_MM, .caption = !print->cards};
    uint64_t start_at = 1;
    if (!query_value(name, sizeof name, print->request->query, "sheet") || name[0] == '\0')
        (void)snprintf(name, sizeof name, "%s", print->cards ? "cards-a4" : "avery-l7163");
    const struct sheet *found = sheet_find(name);
    if (found == NULL)
        return broken(print, "sheet");
    sheet.sheet = *found;
    if (!take_number(print, "start_at", UINT16_MAX, &start_at) ||
        !take_mm(print, "module_mm", &sheet.module_mm))
        return false;
    sheet.start_at = (unsigned)start_at;
    sheet.copies = (unsigned)print->copies;
    return sheet_print_check(&sheet, &print->fault) == ERR_OK &&
           sheet_pdf_begin(&print->pdf, &sheet, &print->fault) == ERR_OK;
}

static bool
open_zpl(struct print *print)
{
    struct zpl_print roll = {.dpi = 300,
                             .label_width = print->cards ? CARD_WIDTH_MM : ROLL_WIDTH_MM,
                             .label_height = print->cards ? CARD_HEIGHT_MM : ROLL_HEIGHT_MM,
                             .gap = 2,
                             .module_mm = MODULE_MM,
                             .copies = (unsigned)print->copies,
                             .caption = !print->cards};
    uint64_t dpi = 300;
    uint64_t across = 1;
    if (!take_number(print, "dpi", UINT16_MAX, &dpi) ||
        !take_number(print, "across", ZPL_ACROSS_MAX, &across) ||
        !take_mm(print, "width", &roll.label_width) ||
        !take_mm(print, "height", &roll.label_height) ||
        !take_mm(print, "module_mm", &roll.module_mm))
        return false;
    roll.dpi = (unsigned)dpi;
    roll.across = (unsigned)across;
    return zpl_print_check(&roll, &print->fault) == ERR_OK &&
           zpl_begin(&print->zpl, &roll, &print->fault) == ERR_OK;
}

static bool
damaged(struct print *print)
{
    (void)fault_set(&print->fault, ERR_CORRUPT, "the files of this issue are damaged");
    return false;
}

/* "url,gtin,lot,serial": the URL has no comma and says the rest. */
static bool
print_label(struct print *print, struct slice line)
{
    char url[LABEL_URL_MAX + 1];
    struct reading reading;
    if (label_url_printed(url, slice_take_until(&line, ','), &reading, NULL) != ERR_OK)
        return damaged(print);
    enum err err = print->pdf != NULL ? sheet_pdf_label(print->pdf, url, &reading.id, &print->fault)
                                      : zpl_label(print->zpl, &print->response->body, url,
                                                  &reading.id, &print->fault);
    return err == ERR_OK;
}

/* "gtin,serial,claim_code": a signer's serials are Crockford's digits and capitals. */
static bool
print_card(struct print *print, struct slice line)
{
    char serial[GS1_VALUE_MAX + 1];
    char code[CLAIM_CHARS + 1];
    (void)slice_take_until(&line, ',');
    if (!slice_copy(serial, sizeof serial, slice_take_until(&line, ',')) ||
        !gs1_value_valid(slice_of(serial)) || !crockford_valid(line.data, line.len) ||
        !slice_copy(code, sizeof code, line))
        return damaged(print);
    const struct card card = {.title = print->title,
                              .serial = serial,
                              .claim_code = code,
                              .heading = print->words.heading,
                              .sentence = print->words.sentence,
                              .url = print->url};
    enum err err = print->pdf != NULL
                       ? sheet_pdf_card(print->pdf, &card, &print->fault)
                       : zpl_card(print->zpl, &print->response->body, &card, &print->fault);
    return err == ERR_OK;
}

static bool
print_rows(struct print *print)
{
    struct slice rest = text_slice(&print->csv);
    uint64_t most = ITEMS_MAX / print->copies;
    bool good = true;
    (void)slice_take_until(&rest, '\n');
    for (uint64_t number = 1; good && rest.len > 0; number++) {
        struct slice line = slice_take_until(&rest, '\n');
        if (number < print->from || number - print->from >= most)
            continue;
        good = print->cards ? print_card(print, line) : print_label(print, line);
    }
    return good;
}

/* ---- the formats ---- */

static bool
write_csv(struct print *print)
{
    text_slice_put(&print->response->body, text_slice(&print->csv));
    return true;
}

static void *
make_pdf(void *context)
{
    struct print *print = context;
    print->good = open_pdf(print) && print_rows(print) &&
                  sheet_pdf_end(print->pdf, &print->response->body, &print->fault) == ERR_OK;
    return NULL;
}

/* libhpdf has buffers of 64 KB on its stack, and a worker's is little more than that. */
static bool
write_pdf(struct print *print)
{
    pthread_t thread;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) {
        (void)fault_set(&print->fault, ERR_MEMORY, "out of memory");
        return false;
    }
    bool began = pthread_attr_setstacksize(&attributes, PDF_STACK_BYTES) == 0 &&
                 pthread_create(&thread, &attributes, make_pdf, print) == 0;
    (void)pthread_attr_destroy(&attributes);
    if (!began || pthread_join(thread, NULL) != 0) {
        (void)fault_set(&print->fault, ERR_UNAVAILABLE, "no thread to print with");
        return false;
    }
    return print->good;
}

static bool
write_zpl(struct print *print)
{
    if (!open_zpl(print) || !print_rows(print))
        return false;
    zpl_end(print->zpl, &print->response->body);
    return true;
}

static const struct format {
    const char *name, *type;
    bool (*write)(struct print *print);
} formats[] = {
    {"csv", "text/csv; charset=utf-8", write_csv},
    {"pdf", "application/pdf", write_pdf},
    {"zpl", "application/vnd.zebra-zpl", write_zpl},
    {NULL, NULL, NULL},
};

static const struct format *
find_format(const struct request *request)
{
    char name[WORD_MAX];
    if (!query_value(name, sizeof name, request->query, "format") || name[0] == '\0')
        return formats;
    const struct format *format = formats;
    while (format->name != NULL && strcmp(format->name, name) != 0)
        format++;
    return format;
}

/* A parameter that is not known would be a print that was not meant. */
static bool
check_names(struct print *print)
{
    static const char *const names[] = {"format", "sheet", "start_at", "copies", "module_mm", "dpi",
                                        "across", "width", "height",   "from",   "lang"};
    char word[WORD_MAX];
    struct slice rest = print->request->query;
    while (rest.len > 0) {
        struct slice pair = slice_take_until(&rest, '&');
        struct slice name = slice_take_until(&pair, '=');
        size_t i = 0;
        while (i < sizeof names / sizeof names[0] && !slice_equal(name, names[i]))
            i++;
        if (i == sizeof names / sizeof names[0]) {
            (void)fault_set(&print->fault, ERR_INVALID, "%.*s: no such parameter",
                            name.len > WORD_MAX ? WORD_MAX : (int)name.len, name.data);
            return false;
        }
        if (!query_value(word, sizeof word, print->request->query, names[i]))
            return broken(print, names[i]);
    }
    return take_number(print, "from", SIGNER_BATCH_MAX, &print->from) &&
           take_number(print, "copies", ITEMS_MAX, &print->copies);
}

static bool
read_file(struct print *print, const char *data)
{
    char path[ISSUED_PATH_MAX];
    const char *file = print->cards ? issued_cards : issued_labels;
    return issued_path(path, data, print->issued.id, file) &&
           file_read(path, FILE_SECRET, &print->csv, &print->fault) == ERR_OK;
}

/* What a card says besides its code. */
static bool
read_words(struct print *print, struct worker *worker)
{
    struct product product;
    struct fault why;
    char language[CARD_TAG_MAX + 1];
    if (!print->cards)
        return true;
    if (!query_value(language, sizeof language, print->request->query, "lang") ||
        language[0] == '\0')
        memcpy(language, "en", sizeof "en");
    if (card_words_read(&print->words, language, &why) != ERR_OK) {
        (void)fault_set(&print->fault, ERR_INVALID, "lang: %s", why.text);
        return false;
    }
    if (registry_get_product(worker->session, print->issued.gtin, &product) == ERR_OK)
        memcpy(print->title, product.name, sizeof print->title);
    return card_register_url(print->url, worker->app->config->base_url, &print->fault) == ERR_OK;
}

static bool
write_print(struct print *print, struct worker *worker, const struct format *format)
{
    if (format->name == NULL)
        return broken(print, "format");
    return check_names(print) && read_words(print, worker) &&
           read_file(print, worker->app->config->data) && format->write(print);
}

static void
download(struct worker *worker, const struct request *request, struct response *response,
         bool cards)
{
    struct print print = {
        .request = request, .response = response, .cards = cards, .from = 1, .copies = 1};
    const struct format *format = find_format(request);
    if (!issue_of_path(worker, request, &print.issued, response))
        return;
    if (print.issued.removed_at != 0) {
        record_missing(response, ERR_NOT_FOUND, "The files of this issue are removed");
        return;
    }
    text_init(&print.csv, CSV_MAX);
    bool good = write_print(&print, worker, format);
    file_wipe(&print.csv);
    sheet_pdf_free(print.pdf);
    zpl_free(print.zpl);
    if (!good) {
        response_fault(response, &print.fault);
        return;
    }
    response->content_type = format->type;
    response_header(response, "Content-Disposition", "attachment; filename=\"%s-%s-%.8s.%s\"",
                    cards ? "cards" : "labels", print.issued.gtin, print.issued.id, format->name);
}

void
api_issue_labels(struct worker *worker, const struct request *request, struct response *response)
{
    download(worker, request, response, false);
}

void
api_issue_cards(struct worker *worker, const struct request *request, struct response *response)
{
    download(worker, request, response, true);
}
