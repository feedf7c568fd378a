/* SPDX-License-Identifier: Apache-2.0 */
/* From a link to something that is printed: the URL of a label, its QR code, pictures of it. Pure
 * but for the allocation of texts. libqrencode and libpng are included in this room only. */
#ifndef ASSAY_LABEL_LABEL_H
#define ASSAY_LABEL_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/err.h"
#include "gateway/base/text.h"
#include "gateway/identify/reading.h"

enum { LABEL_URL_MAX = 512, QR_SIZE_MAX = 177, QR_QUIET = 4 };

/* "https://HOST/01/…/21/…?S=…": scheme lower case, host upper case (denser in a QR code), GS1 path
 * order. `base_url` is http or https, a host and maybe a port, no path. */
enum err label_url(char out[static LABEL_URL_MAX + 1], const char *base_url,
                   const struct identity *id, const struct token *token,
                   struct fault *fault) MUST_CHECK;

/* A link as it is printed: scheme in small letters, host in capitals, the rest as it is. *reading
 * is what it names. ERR_INVALID unless digital_link_read takes it and it carries a token. */
enum err label_url_printed(char out[static LABEL_URL_MAX + 1], struct slice url,
                           struct reading *reading, struct fault *fault) MUST_CHECK;

/* A QR code without its quiet zone. */
struct qr {
    unsigned size;                           /* modules a side */
    unsigned version;                        /* 1-40 */
    uint8_t dark[QR_SIZE_MAX * QR_SIZE_MAX]; /* row by row, 1 is dark */
};

/* Error correction M, the smallest mix of segment modes. ERR_INVALID when it does not fit. */
enum err qr_encode(struct qr *out, const char *url, struct fault *fault) MUST_CHECK;

/* What is printed beside the code. Lines may be NULL. */
struct label_caption {
    const char *gtin;   /* "(01) 09506000134352" */
    const char *serial; /* "(21) 7K3M9Q2XBT4H" */
};

struct label_geometry {
    double module_mm; /* 0.10 to 5, taken to the nearest 0.1 micrometre */
    unsigned dpi;     /* PNG only: 72 to 2400; each module is a whole number of dots */
};

/* ERR_INVALID names the value that is out of range. The writers below expect one that is not. */
enum err label_geometry_check(const struct label_geometry *geometry,
                              struct fault *fault) MUST_CHECK;

enum { CAPTION_LINE_MODULES = 6, PNG_SIDE_MAX = 16384 };

/* SVG in millimetres: width = (size + 2 * QR_QUIET) * module_mm exactly, as height; each line of
 * the caption adds CAPTION_LINE_MODULES modules below the quiet zone. `caption` may be NULL. */
void label_svg(struct text *out, const struct qr *qr, const struct label_geometry *geometry,
               const struct label_caption *caption);

/* 8-bit grey PNG whose pHYs says the dots per metre. The module is the nearest whole number of dots
 * to module_mm; *printed_mm is what it will be. ERR_INVALID when that is under one dot or the
 * picture is over PNG_SIDE_MAX dots a side. */
enum err label_png(struct text *out, const struct qr *qr, const struct label_geometry *geometry,
                   double *printed_mm, struct fault *fault) MUST_CHECK;

/* Two modules a character cell, half blocks, dark on light whatever the terminal's colours. */
void label_terminal(struct text *out, const struct qr *qr);

/* The same without escape sequences. The terminal's own colours decide what is dark: light text on
 * a dark background is assumed, unless `dark_text` says that it is the other way round. */
void label_terminal_plain(struct text *out, const struct qr *qr, bool dark_text);

#define LABEL_PHONE_MM 0.33

/* "" or a warning: under 0.33 mm phones struggle; under 0.396 mm is below GS1's minimum at
 * checkout. */
const char *label_size_warning(double module_mm);

#endif
