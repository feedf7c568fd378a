/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/config/values.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include "gateway/base/ip.h"
#include "gateway/config/config.h"

enum { HOST_MAX = 128 };

const char *
config_value_data(struct slice value)
{
    return value.len > 0 ? NULL : "expected a directory";
}

const char *
config_value_address(struct slice value)
{
    char text[INET_ADDRSTRLEN];
    struct in_addr address;
    if (slice_find(value, ':') != value.len)
        return "only IPv4 is served here; for IPv6 put a proxy in front";
    if (!slice_copy(text, sizeof text, value) || inet_pton(AF_INET, text, &address) != 1)
        return "expected an IPv4 address like 127.0.0.1, or 0.0.0.0 for all";
    return NULL;
}

const char *
config_value_log(struct slice value)
{
    static const char *const levels[] = {"error", "info", "debug"};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (slice_equal(value, levels[i]))
            return NULL;
    return "expected error, info or debug";
}

const char *
config_value_signer(struct slice value)
{
    return value.len < sizeof((struct sockaddr_un *)NULL)->sun_path
               ? NULL
               : "expected the path of a socket, at most 107 bytes";
}

const char *
config_value_trusted_proxies(struct slice value)
{
    for (unsigned i = 0; value.len > 0; i++) {
        struct ip_prefix prefix;
        bool blank_last = slice_find(value, ' ') + 1 == value.len;
        if (i == CONFIG_PROXIES_MAX)
            return "more than 16 addresses and prefixes";
        if (!ip_prefix_read(&prefix, slice_take_until(&value, ' ')) || blank_last)
            return "expected addresses like 127.0.0.1 or ::1, or prefixes like 10.0.0.0/8 with "
                   "nothing but zeros behind them, with single blanks between";
    }
    return NULL;
}

/* A token (RFC 9110 §5.6.2) of the characters that names of headers are made of. */
const char *
config_value_country_header(struct slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-')
            return "expected the name of a header, like X-Country";
    }
    return value.len <= 64 ? NULL : "expected the name of a header, at most 64 bytes";
}

const char *
config_value_country_file(struct slice value)
{
    return value.data[value.len - 1] != '/' ? NULL : "expected a file, not a directory";
}

static bool
is_host(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '.')
            return false;
    }
    return s.len > 0 && s.len <= HOST_MAX;
}

bool
config_url_read(struct config_url *out, struct slice url)
{
    *out = (struct config_url){.port = 80};
    if (!slice_take(&url, "http://")) {
        if (!slice_take(&url, "https://"))
            return false;
        *out = (struct config_url){.https = true, .port = 443};
    }
    bool has_port = slice_find(url, ':') != url.len;
    out->host = slice_take_until(&url, ':');
    return is_host(out->host) && (!has_port || slice_number(&out->port, url, 1, 65535));
}

const char *
config_value_base_url(struct slice value)
{
    struct config_url url;
    if (config_url_read(&url, value))
        return NULL;
    return "expected http://HOST[:PORT] or https://HOST[:PORT], without a path or a final '/'";
}

/* HOST[:PORT], as in a link after https:// */
static bool
read_authority(struct config_url *out, struct slice s)
{
    bool has_port = slice_find(s, ':') != s.len;
    *out = (struct config_url){.https = true, .port = 443};
    out->host = slice_take_until(&s, ':');
    return is_host(out->host) && (!has_port || slice_number(&out->port, s, 1, 65535));
}

const char *
config_value_document_hosts(struct slice value)
{
    while (value.len > 0) {
        struct config_url host;
        bool blank_last = slice_find(value, ' ') + 1 == value.len;
        if (!read_authority(&host, slice_take_until(&value, ' ')) || blank_last)
            return "expected names of hosts, HOST[:PORT], with single blanks between: no https:// "
                   "and no path";
    }
    return NULL;
}

static bool
same_host(struct slice a, struct slice b)
{
    char text[HOST_MAX + 1];
    return slice_copy(text, sizeof text, a) && slice_equal_nocase(b, text);
}

bool
config_hosts_have(struct slice hosts, struct slice link)
{
    struct config_url wanted, host;
    if (!slice_take(&link, "https://"))
        return false;
    size_t end = 0;
    while (end < link.len && link.data[end] != '/' && link.data[end] != '?' &&
           link.data[end] != '#')
        end++;
    if (!read_authority(&wanted, slice_make(link.data, end)))
        return false;
    while (hosts.len > 0)
        if (read_authority(&host, slice_take_until(&hosts, ' ')) && host.port == wanted.port &&
            same_host(host.host, wanted.host))
            return true;
    return false;
}
