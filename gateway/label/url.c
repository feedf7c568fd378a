/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/label/label.h"

#include <string.h>

enum { HOST_MAX = 253, HOST_LABEL_MAX = 63, PORT_MAX = 65535 };

#define CANONICAL_HOST "https://id.gs1.org"

static char
upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool
is_alnum(char c)
{
    char u = upper(c);
    return (u >= 'A' && u <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 1123 §2.1: letters, digits and inner hyphens. */
static bool
host_label_ok(struct slice label)
{
    if (label.len == 0 || label.len > HOST_LABEL_MAX)
        return false;
    if (!is_alnum(label.data[0]) || !is_alnum(label.data[label.len - 1]))
        return false;
    for (size_t i = 0; i < label.len; i++)
        if (!is_alnum(label.data[i]) && label.data[i] != '-')
            return false;
    return true;
}

static bool
host_ok(struct slice host)
{
    if (host.len == 0 || host.len > HOST_MAX || host.data[host.len - 1] == '.')
        return false;
    while (host.len > 0)
        if (!host_label_ok(slice_take_until(&host, '.')))
            return false;
    return true;
}

static bool
port_ok(struct slice port)
{
    uint64_t number = 0;
    return slice_number(&number, port, 1, PORT_MAX);
}

static bool
base_url_ok(struct slice rest)
{
    if (!slice_take(&rest, "https://") && !slice_take(&rest, "http://"))
        return false;
    bool has_port = slice_find(rest, ':') < rest.len;
    struct slice host = slice_take_until(&rest, ':');
    return host_ok(host) && (!has_port || port_ok(rest));
}

/* Capitals are denser in a QR code than small letters, and a host is the same in both. */
static void
put_base(struct text *out, struct slice base)
{
    size_t scheme = slice_starts(base, "https://") ? 8 : 7;
    text_slice_put(out, slice_make(base.data, scheme));
    for (size_t i = scheme; i < base.len; i++)
        text_char(out, upper(base.data[i]));
}

enum err
label_url(char out[static LABEL_URL_MAX + 1], const char *base_url, const struct identity *id,
          const struct token *token, struct fault *fault)
{
    struct slice base = slice_of(base_url);
    if (!base_url_ok(base))
        return fault_set(fault, ERR_INVALID,
                         "base URL \"%.80s\": has to be http:// or https://, a host and maybe "
                         "a port, without a path, as https://id.example.com",
                         base_url);
    char canonical[CANONICAL_MAX + 1];
    char signature[TOKEN_CHARS + 1];
    (void)canonical_link(canonical, id);
    token_format(signature, token);
    struct text url;
    text_init(&url, LABEL_URL_MAX);
    put_base(&url, base);
    text_put(&url, canonical + strlen(CANONICAL_HOST));
    text_put(&url, "?S=");
    text_put(&url, signature);
    bool fits = text_ok(&url) && slice_copy(out, LABEL_URL_MAX + 1, text_slice(&url));
    text_free(&url);
    if (!fits)
        return fault_set(fault, ERR_INVALID, "the URL of serial %s is longer than %d characters",
                         id->serial, LABEL_URL_MAX);
    return ERR_OK;
}
