/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/client.h"

#include <string.h>

#include "gateway/rules/country.h"

void
client_trust_read(struct client_trust *out, const struct config *config)
{
    struct slice rest = slice_of(config->trusted_proxies);
    *out = (struct client_trust){.country_header = config->country_header};
    while (rest.len > 0 && out->count < CONFIG_PROXIES_MAX)
        out->count += ip_prefix_read(&out->proxies[out->count], slice_take_until(&rest, ' '));
}

static bool
is_trusted(const struct client_trust *trust, const uint8_t address[static IP_BYTES])
{
    for (size_t i = 0; i < trust->count; i++)
        if (ip_prefix_has(&trust->proxies[i], address))
            return true;
    return false;
}

/* Takes what follows the last comma. */
static struct slice
take_last(struct slice *list)
{
    size_t at = list->len;
    while (at > 0 && list->data[at - 1] != ',')
        at--;
    struct slice last = slice_trim(slice_make(list->data + at, list->len - at));
    list->len = at > 0 ? at - 1 : 0;
    return last;
}

enum found { FOUND_CLIENT, FOUND_NOBODY, FOUND_PROXIES };

/* Right to left through one field; *hops are those still allowed. */
static enum found
find_in(uint8_t out[static IP_BYTES], struct slice list, const struct client_trust *trust,
        unsigned *hops)
{
    bool more = true;
    while (more) {
        more = slice_find(list, ',') < list.len;
        if ((*hops)-- == 0 || !ip_read_node(out, take_last(&list)))
            return FOUND_NOBODY;
        if (!is_trusted(trust, out))
            return FOUND_CLIENT;
    }
    return FOUND_PROXIES;
}

/* Fields of one name are one list, in the order they came (RFC 9110 §5.3). */
static bool
find_forwarded(uint8_t out[static IP_BYTES], const struct client_trust *trust,
               const struct head *head)
{
    unsigned hops = CLIENT_HOPS_MAX;
    enum found found = FOUND_PROXIES;
    for (size_t i = head->count; i-- > 0 && found == FOUND_PROXIES;)
        if (slice_equal_nocase(slice_of(head->fields[i].name), "X-Forwarded-For"))
            found = find_in(out, slice_of(head->fields[i].value), trust, &hops);
    return found == FOUND_CLIENT;
}

static void
find_country(char out[static 3], const struct client_trust *trust, const struct head *head)
{
    if (trust->country_header[0] == '\0')
        return;
    char code[3];
    if (slice_copy(code, sizeof code, head_only_value(head, trust->country_header)) &&
        country_known(code))
        memcpy(out, code, sizeof code);
}

void
client_find(struct client *out, const struct client_trust *trust, const char *peer,
            const struct head *head)
{
    *out = (struct client){{0}, ""};
    if (!ip_read(out->address, slice_of(peer)))
        return;
    if (!is_trusted(trust, out->address))
        return;
    find_country(out->country, trust, head);
    if (!find_forwarded(out->address, trust, head))
        memset(out->address, 0, sizeof out->address);
}
