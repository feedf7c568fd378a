/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/card.h"
#include "gateway/label/label.h"

#include <stdio.h>
#include <string.h>

#define CANONICAL_HOST "https://id.gs1.org"

static void
lower(char *c)
{
    if (*c >= 'A' && *c <= 'Z')
        *c = (char)(*c - 'A' + 'a');
}

static void
upper(char *c)
{
    if (*c >= 'a' && *c <= 'z')
        *c = (char)(*c - 'a' + 'A');
}

/* Index behind "scheme://" and behind the host; `url` is a link that was read. */
static size_t
scheme_end(struct slice url)
{
    return slice_find(url, '/') + 2;
}

static size_t
host_end(struct slice url)
{
    size_t from = scheme_end(url);
    return from + slice_find(slice_make(url.data + from, url.len - from), '/');
}

static void
spell_host(char *url, size_t end)
{
    size_t scheme = scheme_end(slice_of(url));
    for (size_t i = 0; i < end; i++)
        (i < scheme ? lower : upper)(&url[i]);
}

enum err
label_url_printed(char out[static LABEL_URL_MAX + 1], struct slice url, struct reading *reading,
                  struct fault *fault)
{
    if (digital_link_read(reading, url) != READ_OK)
        return fault_set(fault, ERR_INVALID, "not the URL of a label: %s",
                         reading_error_info(reading->error)->sentence);
    if (!reading->has_token)
        return fault_set(fault, ERR_INVALID,
                         "the URL carries no signature (S=…): a label without one proves nothing");
    if (!slice_copy(out, LABEL_URL_MAX + 1, url))
        return fault_set(fault, ERR_INVALID, "the URL is longer than %d characters", LABEL_URL_MAX);
    /* A host is the same in capitals, which are denser in a QR code; several phones do not open
     * "HTTPS://". */
    spell_host(out, host_end(url));
    return ERR_OK;
}

static enum err
bad_base(const char *base_url, struct fault *fault)
{
    return fault_set(fault, ERR_INVALID,
                     "base URL \"%.80s\": it has to be http:// or https://, a host and maybe a "
                     "port, and no path: https://id.example.com",
                     base_url);
}

static bool
base_has_path(const char *base_url)
{
    struct slice rest = slice_of(base_url);
    return !(slice_take(&rest, "https://") || slice_take(&rest, "http://")) ||
           slice_find(rest, '/') < rest.len || slice_find(rest, '?') < rest.len;
}

enum err
label_url(char out[static LABEL_URL_MAX + 1], const char *base_url, const struct identity *id,
          const struct token *token, struct fault *fault)
{
    char canonical[CANONICAL_MAX + 1];
    char signature[TOKEN_CHARS + 1];
    char url[LABEL_URL_MAX + 1];
    struct reading reading;
    if (base_has_path(base_url))
        return bad_base(base_url, fault);
    (void)canonical_link(canonical, id);
    token_format(signature, token);
    int len = snprintf(url, sizeof url, "%s%s?S=%s", base_url, canonical + strlen(CANONICAL_HOST),
                       signature);
    if (len < 0 || (size_t)len >= sizeof url)
        return fault_set(fault, ERR_INVALID, "the URL of serial %s is longer than %d characters",
                         id->serial, LABEL_URL_MAX);
    /* What is printed is read first, by the reader that will read it again. */
    enum err err = label_url_printed(out, slice_of(url), &reading, fault);
    if (reading.error == READ_BAD_HOST || reading.error == READ_BAD_CHARACTER ||
        reading.error == READ_BAD_FRAGMENT || reading.error == READ_BAD_PERCENT)
        return bad_base(base_url, fault);
    if (err == ERR_OK && strcmp(reading.canonical, canonical) != 0)
        return fault_set(fault, ERR_INVALID, "serial %s does not survive printing", id->serial);
    return err;
}

enum err
card_register_url(char out[static LABEL_URL_MAX + 1], const char *base_url, struct fault *fault)
{
    char probe[LABEL_URL_MAX + 1];
    struct reading reading;
    if (base_has_path(base_url))
        return bad_base(base_url, fault);
    /* The reader of labels knows what a host is. */
    int len = snprintf(probe, sizeof probe, "%s/01/09506000134352/21/1", base_url);
    if (len < 0 || (size_t)len >= sizeof probe ||
        digital_link_read(&reading, slice_of(probe)) != READ_OK)
        return bad_base(base_url, fault);
    (void)snprintf(out, LABEL_URL_MAX + 1, "%s/register", base_url);
    spell_host(out, slice_of(base_url).len);
    return ERR_OK;
}
