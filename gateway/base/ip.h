/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of the Internet as 16 bytes: IPv6, or IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2), so
 * that both spellings of an IPv4 address are one. Pure. */
#ifndef ASSAY_BASE_IP_H
#define ASSAY_BASE_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/slice.h"

enum { IP_BYTES = 16 };

/* The whole slice is one address: four decimal numbers without leading zeros, or IPv6 (RFC 4291
 * §2.2), without brackets, zone or port. */
bool ip_read(uint8_t out[static IP_BYTES], struct slice s) MUST_CHECK;
/* The same, also as proxies write it: "a.b.c.d:port", "[IPv6]", "[IPv6]:port". */
bool ip_read_node(uint8_t out[static IP_BYTES], struct slice s) MUST_CHECK;
bool ip_is_v4(const uint8_t address[static IP_BYTES]);

/* The addresses whose first `bits` are those of `address`; an IPv4 prefix has 96 bits more. */
struct ip_prefix {
    uint8_t address[IP_BYTES];
    unsigned bits;
};

/* An address, or ADDRESS/BITS with nothing but zeros behind the prefix. At least one bit: all
 * addresses are nobody's. */
bool ip_prefix_read(struct ip_prefix *out, struct slice s) MUST_CHECK;
bool ip_prefix_has(const struct ip_prefix *prefix, const uint8_t address[static IP_BYTES]);
/* Zeroes what is behind the first `bits`, 0 to 128. */
void ip_cut(uint8_t address[static IP_BYTES], unsigned bits);

#endif
