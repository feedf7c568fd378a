/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/label.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

static enum err
encoder_fault(struct fault *fault, int reason, size_t len)
{
    if (reason == ENOMEM)
        return fault_set(fault, ERR_MEMORY, "out of memory for a QR code");
    return fault_set(fault, ERR_INVALID, "%zu characters do not make a QR code", len);
}

enum err
qr_encode(struct qr *out, const char *url, struct fault *fault)
{
    /* The byte mode named here is only where the encoder starts: it splits the text into numeric,
     * alphanumeric and byte segments by itself. */
    QRcode *code = QRcode_encodeString(url, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (code == NULL)
        return encoder_fault(fault, errno, strlen(url));
    out->size = (unsigned)code->width;
    out->version = (unsigned)code->version;
    for (size_t i = 0; i < (size_t)out->size * out->size; i++)
        out->dark[i] = code->data[i] & 1U;
    QRcode_free(code);
    return ERR_OK;
}
