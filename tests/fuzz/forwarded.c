/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: the peer on the first line, then an X-Forwarded-For a line. */
#include <arpa/inet.h>
#include <string.h>

#include "gateway/http/client.h"
#include "tests/fuzz/fuzz.h"

enum { PROXIES = 2, TEXT_MAX = 4096 };

static const char *const proxies[PROXIES] = {"10.0.0.0/8", "2001:db8::/32"};

/* Another implementation writes it, and ours reads the same. */
static void
check_address(const uint8_t address[static IP_BYTES])
{
    char text[INET6_ADDRSTRLEN];
    uint8_t again[IP_BYTES];
    REQUIRE(inet_ntop(AF_INET6, address, text, sizeof text) != NULL);
    if (ip_is_v4(address))
        REQUIRE(inet_ntop(AF_INET, address + 12, text, sizeof text) != NULL);
    REQUIRE(ip_read(again, slice_of(text)) && memcmp(again, address, IP_BYTES) == 0);
}

static bool
is_proxy(const struct client_trust *trust, const uint8_t address[static IP_BYTES])
{
    for (size_t i = 0; i < trust->count; i++)
        if (ip_prefix_has(&trust->proxies[i], address))
            return true;
    return false;
}

static void
check_client(const struct client_trust *trust, const char *peer, const struct head *head)
{
    static const uint8_t unknown[IP_BYTES];
    uint8_t own[IP_BYTES];
    struct client client = {.country = ""};
    client_find(&client, trust, peer, head);
    if (memcmp(client.address, unknown, IP_BYTES) == 0)
        return;
    check_address(client.address);
    REQUIRE(ip_read(own, slice_of(peer)));
    if (is_proxy(trust, own))
        REQUIRE(!is_proxy(trust, client.address));
    else
        REQUIRE(memcmp(client.address, own, IP_BYTES) == 0 && client.country[0] == '\0');
}

/* Lines become strings in place. */
static char *
next_line(char **at)
{
    char *line = *at;
    char *end = strchr(line, '\n');
    *at = end == NULL ? line + strlen(line) : end + 1;
    if (end != NULL)
        *end = '\0';
    return line;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char text[TEXT_MAX];
    struct client_trust trust = {.count = PROXIES, .country_header = "CF-IPCountry"};
    struct header_field fields[8];
    struct head head = {.fields = fields, .http_1_1 = true};
    if (!slice_copy(text, sizeof text, fuzz_slice(data, len)))
        return 0;
    for (size_t i = 0; i < PROXIES; i++)
        REQUIRE(ip_prefix_read(&trust.proxies[i], slice_of(proxies[i])));
    char *at = text;
    const char *peer = next_line(&at);
    while (*at != '\0' && head.count < 8)
        fields[head.count++] = (struct header_field){"X-Forwarded-For", next_line(&at)};
    check_client(&trust, peer, &head);
    struct ip_prefix prefix;
    if (ip_prefix_read(&prefix, slice_of(peer)))
        REQUIRE(prefix.bits >= 1 && prefix.bits <= 128 && ip_prefix_has(&prefix, prefix.address));
    return 0;
}
