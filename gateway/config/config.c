/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/config/config.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/ini.h"
#include "gateway/base/suggest.h"
#include "gateway/config/values.h"

/* A text when it has a `check`, else a number from `min` to `max`. */
struct key {
    const char *name;
    const char *value; /* what --help calls it */
    const char *fallback;
    const char *help;
    size_t offset;
    config_value *check;
    uint64_t min, max;
};

#define AT(member) offsetof(struct config, member)

static const struct key keys[] = {
    {"data", "DIR", "/var/lib/assay", "where the registry, its secrets and the keyset are",
     AT(data), config_value_data, 0, 0},
    {"address", "IPV4", "127.0.0.1", "address to listen on", AT(address), config_value_address, 0,
     0},
    {"port", "NUMBER", "8080", "TCP port to listen on", AT(port), NULL, 1, 65535},
    {"base_url", "URL", "", "what the links of labels begin with; http://localhost:PORT when empty",
     AT(base_url), config_value_base_url, 0, 0},
    {"workers", "NUMBER", "128", "connections that are served at once", AT(workers), NULL, 1, 4096},
    {"request_timeout_ms", "NUMBER", "5000", "time for a request's headers, and again for its body",
     AT(request_timeout_ms), NULL, 100, 60000},
    {"keep_alive_ms", "NUMBER", "75000",
     "how long an idle connection is kept: longer than a proxy in front does; 500 without one",
     AT(keep_alive_ms), NULL, 0, 600000},
    {"admin_address", "IPV4", "127.0.0.1",
     "address of the admin listener: for this machine, never for the public", AT(admin_address),
     config_value_address, 0, 0},
    {"admin_port", "NUMBER", "0", "where /livez, /readyz and /metrics are answered; 0: nowhere",
     AT(admin_port), NULL, 0, 65535},
    {"log", "LEVEL", "info", "error, info or debug, as JSON lines on standard error", AT(log),
     config_value_log, 0, 0},
    {"document_hosts", "HOSTS", "",
     "where documents may be: hosts of the inventory system, blanks between; none when empty",
     AT(document_hosts), config_value_document_hosts, 0, 0},
    {"signer", "SOCKET", "",
     "where `assay signer` answers, so that serials can be issued from the console; none when "
     "empty",
     AT(signer), config_value_signer, 0, 0},
    {"trusted_proxies", "ADDRESSES", "",
     "addresses or prefixes of proxies in front, blanks between: whom they name in X-Forwarded-For "
     "is the client",
     AT(trusted_proxies), config_value_trusted_proxies, 0, 0},
    {"country_header", "NAME", "",
     "header in which a trusted proxy says the client's country, as two letters; none when empty",
     AT(country_header), config_value_country_header, 0, 0},
    {"country_file", "FILE", "",
     "MaxMind DB that tells the country of a client's address where no proxy says it; none when "
     "empty",
     AT(country_file), config_value_country_file, 0, 0},
    {"client_requests", "NUMBER", "50",
     "requests a second of one address, and 20 times as many at once; 0: any number",
     AT(client_requests), NULL, 0, 100000},
    {"client_connections", "NUMBER", "32", "connections of one address at once; 0: any number",
     AT(client_connections), NULL, 0, 100000},
    {"client_forged", "NUMBER", "60",
     "false signatures a minute that are checked for one address; 0: any number", AT(client_forged),
     NULL, 0, 100000},
    {"client_claims", "NUMBER", "60", "wrong claim codes an hour of one address; 0: any number",
     AT(client_claims), NULL, 0, 100000},
    {"credential_requests", "NUMBER", "5000",
     "requests a second with one API key, and 20 times as many at once; 0: any number",
     AT(credential_requests), NULL, 0, 1000000},
    {"verifications", "NUMBER", "4000",
     "signatures a second that are checked in full for the public as a whole; 0: any number",
     AT(verifications), NULL, 0, 1000000},
};
_Static_assert(sizeof keys / sizeof keys[0] == CONFIG_KEYS, "config.h holds a source for each key");

static const char tls_advice[] =
    "TLS is not served here; put a proxy that speaks TLS in front (nginx, HAProxy, Caddy) and let "
    "it forward to this address and port over http";

static char *
text_at(struct config *config, const struct key *key)
{
    return (char *)config + key->offset;
}

static void
keep_source(struct config *config, size_t index, const char *source)
{
    char *out = config->sources[index];
    (void)snprintf(out, CONFIG_SOURCE_MAX + 1, "%s", source);
    for (; *out != '\0'; out++) /* it becomes a comment in an INI file */
        if (*out < ' ' || *out > '~')
            *out = '?';
}

static const char *
nearest_key(const char *key)
{
    struct suggestion nearest;
    suggest_begin(&nearest, key);
    for (size_t i = 0; i < CONFIG_KEYS; i++)
        suggest_offer(&nearest, keys[i].name);
    return nearest.best;
}

static bool
is_tls(const char *key)
{
    static const char *const begin[] = {"tls", "ssl", "https"};
    for (size_t i = 0; i < sizeof begin / sizeof begin[0]; i++)
        if (slice_starts(slice_of(key), begin[i]))
            return true;
    return false;
}

bool
config_concerns(const char *key)
{
    return is_tls(key) || nearest_key(key) != NULL;
}

static enum err
unknown_key(const char *key, const char *source, struct fault *fault)
{
    const char *nearest = nearest_key(key);
    if (is_tls(key))
        return fault_set(fault, ERR_INVALID, "%s: %s: %s", source, key, tls_advice);
    if (nearest == NULL)
        return fault_set(fault, ERR_INVALID, "%s: unknown key %s", source, key);
    return fault_set(fault, ERR_INVALID, "%s: unknown key %s; did you mean %s?", source, key,
                     nearest);
}

static enum err
set_text(struct config *config, const struct key *key, const char *value, const char *source,
         struct fault *fault)
{
    struct slice text = slice_of(value);
    /* Empty is the default where the default is empty. */
    const char *problem = text.len == 0 && key->fallback[0] == '\0' ? NULL : key->check(text);
    if (problem == NULL && !ini_value_ok(text))
        problem = "holds what a configuration file cannot hold";
    if (problem == NULL && !slice_copy(text_at(config, key), CONFIG_TEXT_MAX + 1, text))
        problem = "longer than 160 bytes";
    if (problem == NULL)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "%s: %s: %s", source, key->name, problem);
}

static enum err
set_number(struct config *config, const struct key *key, const char *value, const char *source,
           struct fault *fault)
{
    uint64_t number = 0;
    if (!slice_number(&number, slice_of(value), key->min, key->max)) {
        size_t digits = strspn(value, "0123456789");
        if (key->offset == AT(port) && digits > 0 && strcmp(value + digits, "s") == 0)
            return fault_set(fault, ERR_INVALID, "%s: port: %s", source, tls_advice);
        return fault_set(fault, ERR_INVALID, "%s: %s: expected a number from %llu to %llu", source,
                         key->name, (unsigned long long)key->min, (unsigned long long)key->max);
    }
    memcpy(text_at(config, key), &number, sizeof number);
    return ERR_OK;
}

enum err
config_set(struct config *config, const char *key, const char *value, const char *source,
           struct fault *fault)
{
    for (size_t i = 0; i < CONFIG_KEYS; i++) {
        if (strcmp(keys[i].name, key) != 0)
            continue;
        enum err err = keys[i].check != NULL ? set_text(config, &keys[i], value, source, fault)
                                             : set_number(config, &keys[i], value, source, fault);
        if (err == ERR_OK)
            keep_source(config, i, source);
        return err;
    }
    return unknown_key(key, source, fault);
}

void
config_defaults(struct config *config)
{
    memset(config, 0, sizeof *config);
    for (size_t i = 0; i < CONFIG_KEYS; i++) {
        enum err err = config_set(config, keys[i].name, keys[i].fallback, "default", NULL);
        (void)err; /* the table's own values: a test reads each of them back */
    }
}

enum err
config_check(struct config *config, struct fault *fault)
{
    struct config_url url;
    if (config->base_url[0] == '\0')
        (void)snprintf(config->base_url, sizeof config->base_url, "http://localhost:%llu",
                       (unsigned long long)config->port);
    if (!config_url_read(&url, slice_of(config->base_url)))
        return fault_set(fault, ERR_INVALID, "base_url: not set");
    if (config->admin_port == config->port)
        return fault_set(fault, ERR_INVALID,
                         "admin_port: is the port of the public; choose another one");
    if (config->country_header[0] != '\0' && config->trusted_proxies[0] == '\0')
        return fault_set(fault, ERR_INVALID,
                         "country_header: nobody may say it while trusted_proxies is empty");
    bool here = slice_equal_nocase(url.host, "localhost") || slice_equal(url.host, "127.0.0.1");
    if (here && !url.https && url.port != config->port)
        return fault_set(fault, ERR_INVALID, "base_url: %s does not lead to port %llu",
                         config->base_url, (unsigned long long)config->port);
    return ERR_OK;
}

enum err
config_check_document(const struct config *config, const char *link, struct fault *fault)
{
    if (config_hosts_have(slice_of(config->document_hosts), slice_of(link)))
        return ERR_OK;
    if (config->document_hosts[0] == '\0')
        return fault_set(fault, ERR_INVALID,
                         "document: no host is configured that documents may be on; name those of "
                         "the inventory system in assayd.ini: document_hosts = erp.example.com");
    return fault_set(fault, ERR_INVALID, "document: not an https link to one of: %s",
                     config->document_hosts);
}

static void
print_value(struct text *out, const struct config *config, const struct key *key)
{
    const char *at = (const char *)config + key->offset;
    uint64_t number = 0;
    if (key->check != NULL) {
        text_put(out, at);
        return;
    }
    memcpy(&number, at, sizeof number);
    text_printf(out, "%llu", (unsigned long long)number);
}

void
config_print(struct text *out, const struct config *config)
{
    for (size_t i = 0; i < CONFIG_KEYS; i++) {
        text_printf(out, "%s# %s\n# from: %s\n%s = ", i == 0 ? "" : "\n", keys[i].help,
                    config->sources[i], keys[i].name);
        print_value(out, config, &keys[i]);
        text_char(out, '\n');
    }
}

void
config_usage(struct text *out)
{
    for (size_t i = 0; i < CONFIG_KEYS; i++) {
        char flag[INI_NAME_MAX];
        (void)snprintf(flag, sizeof flag, "--%s %s", keys[i].name, keys[i].value);
        for (char *c = flag; *c != '\0'; c++)
            if (*c == '_')
                *c = '-';
        text_printf(out, "  %-28s %s", flag, keys[i].help);
        if (keys[i].fallback[0] != '\0')
            text_printf(out, " (%s)", keys[i].fallback);
        text_char(out, '\n');
    }
}

void
config_path(char out[static CONFIG_PATH_MAX], const char *data, const char *name)
{
    (void)snprintf(out, CONFIG_PATH_MAX, "%s/%s", data, name);
}
