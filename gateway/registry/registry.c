/* SPDX-License-Identifier: Apache-2.0 */
/* The interface of registry.h: chooses the engine, checks what every engine may rely on. */
#include "gateway/registry/registry.h"

#include <string.h>

#include "gateway/registry/arguments.h"
#include "gateway/registry/calls.h"

static const struct engine *const engines[] = {&lmdb_engine};

static const struct engine *
find_engine(struct slice scheme)
{
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++)
        if (slice_equal(scheme, engines[i]->scheme))
            return engines[i];
    return NULL;
}

enum err
registry_open(const char *url, const struct registry_options *options, struct registry **out,
              struct fault *fault)
{
    *out = NULL;
    struct place place;
    struct slice rest = slice_of(url);
    struct slice scheme = slice_take_until(&rest, ':');
    const struct engine *engine = find_engine(scheme);
    if (engine == NULL)
        return fault_set(fault, ERR_INVALID,
                         "%s: not the address of a registry; it looks like lmdb:/var/lib/assay/"
                         "registry",
                         url);
    struct slice path = slice_take_until(&rest, '?');
    if (path.len == 0 || !slice_copy(place.path, sizeof place.path, path) ||
        !slice_copy(place.parameters, sizeof place.parameters, rest))
        return fault_set(fault, ERR_INVALID, "%s: the path is missing or too long", url);
    if (options->record_key == NULL)
        return fault_set(fault, ERR_INVALID, "%s: the record key is missing", url);
    /* What was wrong on the way to success is nobody's business. */
    struct fault wrong = {ERR_OK, ""};
    enum err err = engine->open(&place, options, out, &wrong);
    if (err != ERR_OK && fault != NULL)
        *fault = wrong;
    if (err != ERR_OK)
        return err;
    (*out)->engine = engine;
    (*out)->read_only = options->read_only;
    return ERR_OK;
}

void
registry_close(struct registry *registry)
{
    if (registry != NULL)
        registry->engine->close(registry);
}

enum err
registry_session_open(struct registry *registry, struct registry_session **out, struct fault *fault)
{
    *out = NULL;
    enum err err = registry->engine->session_open(registry, out, fault);
    if (err == ERR_OK)
        (*out)->of = registry;
    return err;
}

void
registry_session_close(struct registry_session *session)
{
    if (session != NULL)
        session->of->engine->session_close(session);
}

enum err
registry_get(struct registry_session *session, const struct unit_key *key, struct unit *out)
{
    enum err err =
        unit_key_argument(key) ? engine_of(session)->get(session, key, out) : ERR_INVALID;
    return answer(err, out, sizeof *out);
}

enum err
registry_get_many(struct registry_session *session, const struct unit_key *keys, size_t count,
                  struct unit *out, enum err *results)
{
    if (count > COMMISSION_MAX)
        return ERR_INVALID;
    enum err err = ERR_OK;
    for (size_t i = 0; i < count && err == ERR_OK; i++)
        err = unit_key_argument(&keys[i]) ? ERR_OK : ERR_INVALID;
    if (err == ERR_OK)
        err = engine_of(session)->get_many(session, keys, count, out, results);
    for (size_t i = 0; i < count; i++) {
        results[i] = err == ERR_OK ? results[i] : err;
        (void)answer(results[i], &out[i], sizeof out[i]);
    }
    return err;
}

enum err
registry_view(struct registry_session *session, const struct unit_key *key, struct unit_view *out)
{
    enum err err =
        unit_key_argument(key) ? engine_of(session)->view(session, key, out) : ERR_INVALID;
    return answer(err, out, sizeof *out);
}

enum err
registry_get_product(struct registry_session *session, const char *gtin, struct product *out)
{
    enum err err = gtin_valid(slice_of(gtin)) ? engine_of(session)->get_product(session, gtin, out)
                                              : ERR_INVALID;
    return answer(err, out, sizeof *out);
}

enum err
registry_get_lot(struct registry_session *session, const char *gtin, const char *lot,
                 struct lot *out)
{
    bool valid = gtin_valid(slice_of(gtin)) && gs1_value_valid(slice_of(lot));
    enum err err = valid ? engine_of(session)->get_lot(session, gtin, lot, out) : ERR_INVALID;
    return answer(err, out, sizeof *out);
}

enum err
registry_get_recall(struct registry_session *session, const char *id, struct recall *out)
{
    struct slice s = slice_of(id);
    bool valid = s.len > 0 && s.len <= ITEM_MAX && slice_utf8(s);
    enum err err = valid ? engine_of(session)->get_recall(session, id, out) : ERR_INVALID;
    return answer(err, out, sizeof *out);
}

enum err
registry_get_credential(struct registry_session *session, const char *id, struct credential *out)
{
    enum err err = credential_id_argument(id) ? engine_of(session)->get_credential(session, id, out)
                                              : ERR_INVALID;
    return answer(err, out, sizeof *out);
}

enum err
registry_list(struct registry_session *session, const struct unit_filter *filter,
              struct cursor *cursor, struct unit *out, size_t max, size_t *count)
{
    struct page page = {cursor, max, count};
    if (!page_argument(&page) || !filter_argument(filter))
        return ERR_INVALID;
    return answer_page(engine_of(session)->list(session, filter, &page, out), &page);
}

enum err
registry_list_products(struct registry_session *session, struct cursor *cursor, struct product *out,
                       size_t max, size_t *count)
{
    struct page page = {cursor, max, count};
    if (!page_argument(&page))
        return ERR_INVALID;
    return answer_page(engine_of(session)->list_products(session, &page, out), &page);
}

enum err
registry_list_recalls(struct registry_session *session, struct cursor *cursor, struct recall *out,
                      size_t max, size_t *count)
{
    struct page page = {cursor, max, count};
    if (!page_argument(&page))
        return ERR_INVALID;
    return answer_page(engine_of(session)->list_recalls(session, &page, out), &page);
}

enum err
registry_list_credentials(struct registry_session *session, struct cursor *cursor,
                          struct credential *out, size_t max, size_t *count)
{
    struct page page = {cursor, max, count};
    if (!page_argument(&page))
        return ERR_INVALID;
    return answer_page(engine_of(session)->list_credentials(session, &page, out), &page);
}

enum err
registry_events(struct registry_session *session, const struct unit_key *key, uint64_t after,
                struct event *out, size_t max, size_t *count)
{
    struct page page = {NULL, max, count};
    if (!page_argument(&page) || !unit_key_argument(key))
        return ERR_INVALID;
    return answer_page(engine_of(session)->events(session, key, after, out, &page), &page);
}

enum err
registry_find_operation(struct registry_session *session,
                        const uint8_t id[static OPERATION_ID_BYTES], struct operation *out)
{
    return answer(engine_of(session)->find_operation(session, id, out), out, sizeof *out);
}

static bool
same_unit(const struct identity *a, const struct identity *b)
{
    return strcmp(a->gtin, b->gtin) == 0 && strcmp(a->serial, b->serial) == 0;
}

static bool
changes_argument(const struct apply_call *call)
{
    if (call->count == 0 || call->count > APPLY_MAX)
        return false;
    for (size_t i = 0; i < call->count; i++) {
        const struct change *change = &call->changes[i];
        if (!unit_argument(&change->unit) || !event_argument(&change->event, call->operation))
            return false;
        for (size_t j = 0; j < i; j++)
            if (same_unit(&change->unit.id, &call->changes[j].unit.id))
                return false;
    }
    return true;
}

enum err
registry_apply(struct registry_session *session, const struct change *changes, size_t count,
               const struct operation *operation, size_t *failed, struct unit *current)
{
    size_t nowhere = 0;
    struct apply_call call = {changes, count, operation, failed == NULL ? &nowhere : failed,
                              current};
    enum err err = write_argument(session, operation);
    if (err == ERR_OK && !changes_argument(&call))
        err = ERR_INVALID;
    if (err == ERR_OK)
        err = engine_of(session)->apply(session, &call);
    if (current != NULL && err != ERR_CONFLICT)
        memset(current, 0, sizeof *current);
    return err;
}

static bool
units_argument(const struct unit *units, size_t count)
{
    if (count == 0 || count > COMMISSION_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!fresh_unit_argument(&units[i]))
            return false;
    return true;
}

enum err
registry_commission(struct registry_session *session, const struct unit *units, size_t count,
                    const struct operation *operation, enum err *results, bool *same)
{
    const struct commission_call call = {units, count, operation, results, same};
    enum err err = write_argument(session, operation);
    if (err == ERR_OK && !units_argument(units, count))
        err = ERR_INVALID;
    if (err == ERR_OK)
        err = engine_of(session)->commission(session, &call);
    /* Only these say something of each unit. */
    if (err == ERR_OK || err == ERR_EXISTS || err == ERR_CORRUPT)
        return err;
    for (size_t i = 0; i < count; i++) {
        results[i] = err;
        same[i] = false;
    }
    return err;
}

enum err
registry_put_product(struct registry_session *session, const struct product *product,
                     const struct operation *operation, struct product *current)
{
    enum err err = write_argument(session, operation);
    if (err == ERR_OK && !product_argument(product))
        err = ERR_INVALID;
    if (err == ERR_OK)
        err = engine_of(session)->put_product(session, product, operation, current);
    if (current != NULL && err != ERR_CONFLICT)
        memset(current, 0, sizeof *current);
    return err;
}

enum err
registry_put_lot(struct registry_session *session, const struct lot *lot,
                 const struct operation *operation, struct lot *current)
{
    enum err err = write_argument(session, operation);
    if (err == ERR_OK && !lot_argument(lot))
        err = ERR_INVALID;
    if (err == ERR_OK)
        err = engine_of(session)->put_lot(session, lot, operation, current);
    if (current != NULL && err != ERR_CONFLICT)
        memset(current, 0, sizeof *current);
    return err;
}

enum err
registry_put_recall(struct registry_session *session, const struct recall *recall,
                    const struct operation *operation, struct recall *current)
{
    enum err err = write_argument(session, operation);
    if (err == ERR_OK && !recall_argument(recall))
        err = ERR_INVALID;
    if (err == ERR_OK)
        err = engine_of(session)->put_recall(session, recall, operation, current);
    if (current != NULL && err != ERR_CONFLICT)
        memset(current, 0, sizeof *current);
    return err;
}

enum err
registry_put_credential(struct registry_session *session, const struct credential *credential,
                        const struct operation *operation, struct credential *current)
{
    enum err err = write_argument(session, operation);
    if (err == ERR_OK && !credential_argument(credential))
        err = ERR_INVALID;
    if (err == ERR_OK)
        err = engine_of(session)->put_credential(session, credential, operation, current);
    if (current != NULL && err != ERR_CONFLICT)
        memset(current, 0, sizeof *current);
    return err;
}

enum err
registry_health(struct registry_session *session, struct registry_health *out)
{
    return answer(engine_of(session)->health(session, out), out, sizeof *out);
}

enum err
registry_check(struct registry_session *session, const struct registry_checker *checker)
{
    return engine_of(session)->check(session, checker);
}
