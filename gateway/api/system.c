/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/system.h"

#include "gateway/api/writes.h"
#include "gateway/backup/backup.h"
#include "gateway/json/write.h"

enum { DAY = 86400 };

static void
put_registry(struct text *out, const struct registry_health *health)
{
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"units", health->units},
        {"products", health->products},
        {"lots", health->lots},
        {"recalls", health->recalls},
        {"events", health->events},
        {"operations", health->operations},
        {"notices", health->notices},
        {"sessions", health->sessions},
        {"bytes_used", health->bytes_used},
        {"bytes_max", health->bytes_max},
        {"commits", health->commits},
        {"writes", health->commit_calls},
    };
    json_put(out, "registry", "{");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        json_put_number(out, rows[i].name, (int64_t)rows[i].value);
    text_char(out, '}');
}

/* Whole days since it began, and while it issues, until it ends. */
static void
put_age(struct text *out, const struct keyset_entry *key, int64_t now)
{
    int64_t left = key->not_after > now ? (key->not_after - now) / DAY : 0;
    if (key->not_before <= now)
        json_put_number(out, "age_days", (now - key->not_before) / DAY);
    if (key->status == KEY_ACTIVE)
        json_put_number(out, "days_left", left);
}

static void
put_key(struct text *out, const struct keyset_entry *key, int64_t now)
{
    json_put(out, NULL, "{");
    json_put_text(out, "name", key->name);
    json_put_hex(out, "kid", key->kid, sizeof key->kid);
    json_put_text(out, "organisation", key->organisation);
    json_put(out, "gtin_prefixes", "[");
    for (size_t i = 0; i < key->prefix_count; i++)
        json_put_text(out, NULL, key->prefixes[i]);
    text_char(out, ']');
    json_put_text(out, "status", key_status_name(key->status));
    json_put_time(out, "not_before", key->not_before);
    json_put_time(out, "not_after", key->not_after);
    put_age(out, key, now);
    json_put_time(out, "compromised_since", key->compromised_since);
    json_put_text(out, "reason", key->reason);
    text_char(out, '}');
}

static void
put_keyset(struct text *out, struct keyring *ring, int64_t now)
{
    const struct keyset *keyset = keyring_acquire(ring);
    json_put(out, "keyset", "{");
    json_put_number(out, "version", (int64_t)keyset->version);
    json_put_time(out, "changed_at", keyring_changed_at(ring));
    json_put(out, "keys", "[");
    for (size_t i = 0; i < keyset->count; i++)
        put_key(out, &keyset->entries[i], now);
    text_put(out, "]}");
    keyring_release(ring, keyset);
}

/* What tells who looks from a browser whether it is the gateway that they mean. */
static void
put_configuration(struct text *out, const struct config *config)
{
    json_put(out, "configuration", "{");
    json_put_text(out, "base_url", config->base_url);
    json_put_words(out, "document_hosts", config->document_hosts);
    json_put_number(out, "workers", (int64_t)config->workers);
    json_put_text(out, "log", config->log);
    text_char(out, '}');
}

/* Nothing when none was made, or when its note cannot be read. */
static void
put_backup(struct text *out, const struct config *config)
{
    struct backup_last last;
    if (backup_last(config->data, &last, NULL) != ERR_OK)
        return;
    json_put(out, "backup", "{");
    json_put_time(out, "made_at", last.made_at);
    json_put_number(out, "bytes", (int64_t)last.bytes);
    json_put_number(out, "operations", (int64_t)last.operations);
    text_char(out, '}');
}

void
api_system(struct worker *worker, const struct request *request, struct response *response)
{
    const struct app *app = worker->app;
    struct text *out = &response->body;
    struct registry_health health;
    enum err err = registry_health(worker->session, &health);
    if (err != ERR_OK) {
        write_problem(response, err, NULL);
        return;
    }
    response->content_type = "application/json";
    text_char(out, '{');
    json_put_text(out, "version", app->version);
    json_put_time(out, "started_at", app->started_at);
    json_put_time(out, "now", request->now);
    put_registry(out, &health);
    put_keyset(out, app->keyring, request->now);
    put_configuration(out, app->config);
    put_backup(out, app->config);
    text_put(out, "}\n");
}
