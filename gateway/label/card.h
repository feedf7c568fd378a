/* SPDX-License-Identifier: Apache-2.0 */
/* The card inside the box: what proves that its reader opened it. It carries no label's QR code, so
 * that a photograph of one never gives away the other. */
#ifndef ASSAY_LABEL_CARD_H
#define ASSAY_LABEL_CARD_H

#include "gateway/base/err.h"
#include "gateway/label/label.h"

/* The strings belong to the caller. */
struct card {
    const char *title; /* the product's name, UTF-8; "" when it is not known */
    const char *serial;
    const char *claim_code; /* CLAIM_CHARS characters; printed in two groups */
    const char *heading;    /* above the claim code: "Claim code" */
    const char *sentence;   /* UTF-8: what to do with it */
    const char *url;        /* of the page where it is typed, as a QR code; "" for none */
};

/* The address of the page that takes claim codes, "https://HOST/register", host in capitals, which
 * are denser in a QR code. It says nothing of the unit. ERR_INVALID for a base that label_url
 * refuses. */
enum err card_register_url(char out[static LABEL_URL_MAX + 1], const char *base_url,
                           struct fault *fault) MUST_CHECK;

#endif
