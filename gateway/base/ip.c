/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/base/ip.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum { V4_AT = 12, V4_BITS = 8 * V4_AT, ALL_BITS = 8 * IP_BYTES };

static const uint8_t v4_mapped[V4_AT] = {[10] = 0xff, [11] = 0xff};

bool
ip_is_v4(const uint8_t address[static IP_BYTES])
{
    return memcmp(address, v4_mapped, V4_AT) == 0;
}

bool
ip_read(uint8_t out[static IP_BYTES], struct slice s)
{
    char text[INET6_ADDRSTRLEN];
    struct in_addr v4;
    struct in6_addr v6;
    bool is_v6 = slice_find(s, ':') < s.len;
    if (!slice_copy(text, sizeof text, s) ||
        (is_v6 ? inet_pton(AF_INET6, text, &v6) : inet_pton(AF_INET, text, &v4)) != 1)
        return false;
    if (is_v6) {
        memcpy(out, v6.s6_addr, IP_BYTES);
        return true;
    }
    memcpy(out, v4_mapped, V4_AT);
    memcpy(out + V4_AT, &v4.s_addr, IP_BYTES - V4_AT);
    return true;
}

/* ":port" or nothing. */
static bool
is_port(struct slice s)
{
    uint64_t port = 0;
    return s.len == 0 || (slice_take(&s, ":") && slice_number(&port, s, 0, 65535));
}

static bool
read_bracketed(uint8_t out[static IP_BYTES], struct slice s)
{
    bool closed = slice_find(s, ']') < s.len;
    struct slice inside = slice_take_until(&s, ']');
    return closed && slice_find(inside, ':') < inside.len && ip_read(out, inside) && is_port(s);
}

static bool
read_with_port(uint8_t out[static IP_BYTES], struct slice s)
{
    uint64_t port = 0;
    struct slice address = slice_take_until(&s, ':');
    return slice_number(&port, s, 0, 65535) && ip_read(out, address);
}

bool
ip_read_node(uint8_t out[static IP_BYTES], struct slice s)
{
    if (slice_take(&s, "["))
        return read_bracketed(out, s);
    return ip_read(out, s) || read_with_port(out, s);
}

void
ip_cut(uint8_t address[static IP_BYTES], unsigned bits)
{
    for (unsigned i = 0; i < IP_BYTES; i++) {
        unsigned kept = bits > 8 * i ? bits - 8 * i : 0;
        if (kept < 8)
            address[i] &= (uint8_t)(0xff00U >> kept);
    }
}

bool
ip_prefix_read(struct ip_prefix *out, struct slice s)
{
    bool whole = slice_find(s, '/') == s.len;
    uint8_t cut[IP_BYTES];
    uint64_t bits = 0;
    if (!ip_read(out->address, slice_take_until(&s, '/')))
        return false;
    bool v4 = ip_is_v4(out->address);
    uint64_t first = v4 ? V4_BITS : 0;
    if (!whole && !slice_number(&bits, s, 1, ALL_BITS - first))
        return false;
    out->bits = (unsigned)(whole ? ALL_BITS : first + bits);
    memcpy(cut, out->address, sizeof cut);
    ip_cut(cut, out->bits);
    return memcmp(cut, out->address, sizeof cut) == 0;
}

bool
ip_prefix_has(const struct ip_prefix *prefix, const uint8_t address[static IP_BYTES])
{
    uint8_t cut[IP_BYTES];
    memcpy(cut, address, sizeof cut);
    ip_cut(cut, prefix->bits);
    return memcmp(cut, prefix->address, sizeof cut) == 0;
}
