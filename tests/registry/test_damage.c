/* SPDX-License-Identifier: Apache-2.0 */
/* Damaged files: a record with a wrong bit is never used, and the check finds it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/registry/child.h"

/* ---- the file ---- */

struct image {
    char path[100];
    uint8_t *bytes;
    size_t len;
};

static void
load_image(const struct test_place *place, struct image *image)
{
    struct stat st;
    (void)snprintf(image->path, sizeof image->path, "%s/data.mdb", place->path);
    int fd = open(image->path, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    image->len = (size_t)st.st_size;
    image->bytes = malloc(image->len);
    assert_non_null(image->bytes);
    assert_int_equal(read(fd, image->bytes, image->len), image->len);
    assert_int_equal(close(fd), 0);
}

static void
store_byte(const struct image *image, size_t at)
{
    int fd = open(image->path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, &image->bytes[at], 1, (off_t)at), 1);
    assert_int_equal(close(fd), 0);
}

static void
flip(struct image *image, size_t bit)
{
    image->bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    store_byte(image, bit / 8);
}

static size_t
find(const struct image *image, size_t from, const char *key, size_t len)
{
    for (size_t at = from; at + len < image->len; at++)
        if (memcmp(image->bytes + at, key, len) == 0)
            return at;
    return image->len;
}

/* Flips a bit of the value in every copy of the record: LMDB keeps old pages for a while. In a page
 * the length of the key (2 bytes) comes before the key, and the value, which begins with format
 * number 1, behind it. */
static void
flip_value(struct image *image, const char *key, size_t len, size_t bit)
{
    char pattern[80] = {(char)len, 0};
    size_t found = 0;
    memcpy(pattern + 2, key, len);
    pattern[2 + len] = 1;
    for (size_t at = find(image, 0, pattern, len + 3); at < image->len;
         at = find(image, at + len, pattern, len + 3)) {
        flip(image, (at + 2 + len) * 8 + bit);
        found++;
    }
    assert_true(found > 0);
}

/* ---- something of everything ---- */

static const char serial[] = "7K3M9Q2XBT4H";
static const char recall_number[] = "R-2024-17";
static const char credential_id[] = "7K3M9Q2X";
static const char reference[] = "N0T1CE0000";
static const civil_day day = 20000;
static const char browser_of[] = "BR0WSER0"; /* the credential that is signed in */
static const int64_t signed_in_at = 1700000000;

static void
make_browser(struct session *out)
{
    test_browser(out, browser_of, 1, signed_in_at);
    memset(out->seal, 'B', sizeof out->seal);
}

struct scene {
    char gtin[GTIN_DIGITS + 1];
    struct unit_key key;
    struct registry *registry;
    struct registry_session *session;
    unsigned damages;
    char found[800]; /* the last damage */
};

static void
open_scene(struct scene *scene, const struct test_place *place)
{
    scene->registry = test_open(place->url);
    scene->session = test_session(scene->registry);
    test_gtin(scene->gtin, 77);
    struct unit unit;
    test_unit(&unit, scene->gtin, serial);
    scene->key = test_key(&unit);
}

static void
close_scene(struct scene *scene)
{
    registry_session_close(scene->session);
    registry_close(scene->registry);
}

static void
make_change(struct scene *scene, enum event_type type, uint64_t number, struct change *out,
            struct operation *operation)
{
    struct unit unit;
    assert_int_equal(registry_get(scene->session, &scene->key, &unit), ERR_OK);
    test_operation(operation, number);
    test_change(out, &unit, type, operation, "Berlin 1");
}

static void
make_console(struct scene *scene)
{
    struct session browser;
    struct notice notice;
    struct operation operation;
    const struct tally tally = {.day = day, .verdicts = {1, 2, 3, 4}};
    make_browser(&browser);
    assert_int_equal(registry_put_session(scene->session, &browser, signed_in_at), ERR_OK);
    test_notice(&notice, reference, 1700000000);
    test_operation(&operation, 7);
    assert_int_equal(registry_put_notice(scene->session, &notice, &operation, NULL), ERR_OK);
    assert_int_equal(registry_add_tally(scene->session, &tally), ERR_OK);
}

static void
make_scene(const struct test_place *place)
{
    static const enum event_type types[] = {EVENT_RECEIVE, EVENT_SELL};
    struct scene scene = {.damages = 0};
    struct product product;
    struct recall recall;
    struct credential credential;
    struct unit unit;
    struct operation operation;
    open_scene(&scene, place);
    test_unit(&unit, scene.gtin, serial);
    test_commission(scene.session, &unit, 1);
    for (size_t i = 0; i < 2; i++) {
        struct change change;
        make_change(&scene, types[i], 2 + i, &change, &operation);
        assert_int_equal(registry_apply(scene.session, &change, 1, &operation, NULL, NULL), ERR_OK);
    }
    test_product(&product, scene.gtin);
    test_operation(&operation, 4);
    assert_int_equal(registry_put_product(scene.session, &product, &operation, NULL), ERR_OK);
    test_recall(&recall, scene.gtin, recall_number);
    test_operation(&operation, 5);
    assert_int_equal(registry_put_recall(scene.session, &recall, &operation, NULL), ERR_OK);
    test_credential(&credential, credential_id);
    test_operation(&operation, 6);
    assert_int_equal(registry_put_credential(scene.session, &credential, &operation, NULL), ERR_OK);
    make_console(&scene);
    close_scene(&scene);
}

/* ---- every call that meets the record ---- */

static enum err
call_session(struct scene *scene)
{
    struct session browser;
    struct session wanted;
    make_browser(&wanted);
    return registry_get_session(scene->session, browser_of, wanted.seal, &browser);
}

static enum err
call_count_sessions(struct scene *scene)
{
    size_t count = 99;
    enum err err = registry_count_sessions(scene->session, browser_of, signed_in_at, &count);
    assert_int_equal(count, err == ERR_OK ? 1 : 0);
    return err;
}

static enum err
call_notice(struct scene *scene)
{
    struct notice notice;
    return registry_get_notice(scene->session, reference, &notice);
}

static enum err
call_put_notice(struct scene *scene)
{
    struct notice notice;
    struct operation operation;
    test_notice(&notice, reference, 1700000000);
    test_operation(&operation, 905);
    enum err err = registry_put_notice(scene->session, &notice, &operation, NULL);
    return err == ERR_CONFLICT ? ERR_OK : err;
}

static enum err
call_notices(struct scene *scene)
{
    static const struct notice_filter all = {NOTICE_NONE, false};
    struct cursor cursor = {""};
    struct notice notice;
    size_t count = 0;
    return registry_list_notices(scene->session, &all, &cursor, &notice, 1, &count);
}

static enum err
call_tallies(struct scene *scene)
{
    struct tally tally;
    size_t count = 99;
    enum err err = registry_tallies(scene->session, day, day, &tally, 1, &count);
    assert_int_equal(count, err == ERR_OK ? 1 : 0);
    return err;
}

static enum err
call_get(struct scene *scene)
{
    struct unit unit;
    struct unit zero;
    memset(&zero, 0, sizeof zero);
    enum err err = registry_get(scene->session, &scene->key, &unit);
    if (err != ERR_OK)
        assert_memory_equal(&unit, &zero, sizeof zero);
    return err;
}

static enum err
call_get_many(struct scene *scene)
{
    struct unit unit;
    enum err result = ERR_COUNT;
    assert_int_equal(registry_get_many(scene->session, &scene->key, 1, &unit, &result), ERR_OK);
    return result;
}

static enum err
call_view(struct scene *scene)
{
    struct unit_view *view = calloc(1, sizeof *view);
    assert_non_null(view);
    enum err err = registry_view(scene->session, &scene->key, view);
    assert_true(err == ERR_OK || (!view->has_unit && !view->has_product && !view->has_lot));
    free(view);
    return err;
}

static enum err
call_list(struct scene *scene)
{
    const struct unit_filter any = {.gtin = ""};
    struct cursor cursor = {""};
    struct unit unit;
    size_t count = 0;
    return registry_list(scene->session, &any, &cursor, &unit, 1, &count);
}

/* The same unit, by rows of indexes. */
static enum err
call_list_by(struct scene *scene)
{
    const struct unit_filter filter = {.lot = "L24A0917", .sales_order = "SO Berlin 1"};
    struct cursor cursor = {""};
    struct unit unit;
    size_t count = 99;
    enum err err = registry_list(scene->session, &filter, &cursor, &unit, 1, &count);
    assert_int_equal(count, err == ERR_OK ? 1 : 0);
    return err;
}

static enum err
call_list_item(struct scene *scene)
{
    const struct unit_filter filter = {.item = "AC-100"};
    struct cursor cursor = {""};
    struct unit unit;
    size_t count = 99;
    enum err err = registry_list(scene->session, &filter, &cursor, &unit, 1, &count);
    assert_int_equal(count, err == ERR_OK ? 1 : 0);
    return err;
}

static enum err
call_events(struct scene *scene)
{
    struct event events[4];
    size_t count = 0;
    enum err err = registry_events(scene->session, &scene->key, 0, events, 4, &count);
    assert_int_equal(count, err == ERR_OK ? 3 : 0);
    return err;
}

/* A version that is long over: refused when everything can be read. */
static enum err
call_apply(struct scene *scene)
{
    struct unit unit;
    struct change change;
    struct operation operation;
    test_unit(&unit, scene->gtin, serial);
    unit.version = 1;
    test_operation(&operation, 900);
    test_change(&change, &unit, EVENT_RECEIVE, &operation, "Berlin 1");
    enum err err = registry_apply(scene->session, &change, 1, &operation, NULL, NULL);
    return err == ERR_CONFLICT ? ERR_OK : err;
}

static enum err
call_commission(struct scene *scene)
{
    struct unit unit;
    struct operation operation;
    enum err result = ERR_COUNT;
    bool same = false;
    test_unit(&unit, scene->gtin, serial);
    test_operation(&operation, 1);
    enum err err = registry_commission(scene->session, &unit, 1, &operation, &result, &same);
    assert_true(same == (result == ERR_EXISTS));
    return err;
}

static enum err
call_product(struct scene *scene)
{
    struct product product;
    return registry_get_product(scene->session, scene->gtin, &product);
}

static enum err
call_put_product(struct scene *scene)
{
    struct product product;
    struct operation operation;
    test_product(&product, scene->gtin);
    test_operation(&operation, 901);
    enum err err = registry_put_product(scene->session, &product, &operation, NULL);
    return err == ERR_CONFLICT ? ERR_OK : err;
}

static enum err
call_products(struct scene *scene)
{
    struct cursor cursor = {""};
    struct product product;
    size_t count = 0;
    return registry_list_products(scene->session, &cursor, &product, 1, &count);
}

static enum err
call_lot(struct scene *scene)
{
    struct lot lot;
    return registry_get_lot(scene->session, scene->gtin, "L24A0917", &lot);
}

static enum err
call_put_lot(struct scene *scene)
{
    struct lot lot;
    struct operation operation;
    test_lot(&lot, scene->gtin, "L24A0917");
    test_operation(&operation, 902);
    enum err err = registry_put_lot(scene->session, &lot, &operation, NULL);
    return err == ERR_CONFLICT ? ERR_OK : err;
}

static enum err
call_recall(struct scene *scene)
{
    struct recall recall;
    return registry_get_recall(scene->session, recall_number, &recall);
}

static enum err
call_put_recall(struct scene *scene)
{
    struct recall recall;
    struct operation operation;
    test_recall(&recall, scene->gtin, recall_number);
    test_operation(&operation, 903);
    enum err err = registry_put_recall(scene->session, &recall, &operation, NULL);
    return err == ERR_CONFLICT ? ERR_OK : err;
}

static enum err
call_recalls(struct scene *scene)
{
    struct cursor cursor = {""};
    struct recall recall;
    size_t count = 0;
    return registry_list_recalls(scene->session, &cursor, &recall, 1, &count);
}

static enum err
call_credential(struct scene *scene)
{
    struct credential credential;
    return registry_get_credential(scene->session, credential_id, &credential);
}

static enum err
call_put_credential(struct scene *scene)
{
    struct credential credential;
    struct operation operation;
    test_credential(&credential, credential_id);
    test_operation(&operation, 904);
    enum err err = registry_put_credential(scene->session, &credential, &operation, NULL);
    return err == ERR_CONFLICT ? ERR_OK : err;
}

static enum err
call_credentials(struct scene *scene)
{
    struct cursor cursor = {""};
    struct credential credential;
    size_t count = 0;
    return registry_list_credentials(scene->session, &cursor, &credential, 1, &count);
}

static enum err
call_operation(struct scene *scene)
{
    struct operation operation;
    test_operation(&operation, 1);
    return registry_find_operation(scene->session, operation.id, &operation);
}

static void
take_damage(const char *what, void *context)
{
    struct scene *scene = context;
    scene->damages++;
    (void)snprintf(scene->found, sizeof scene->found, "%s", what);
}

static enum err
call_check(struct scene *scene)
{
    const struct registry_checker checker = {.found = take_damage, .context = scene};
    enum err err = registry_check(scene->session, &checker);
    assert_true((err == ERR_OK) == (scene->damages == 0));
    return err;
}

enum calls {
    GET = 1,
    GET_MANY = 2,
    VIEW = 4,
    LIST = 8,
    EVENTS = 16,
    APPLY = 32,
    COMMISSION = 64,
    PRODUCT_CALLS = 128,
    LOT_CALLS = 256,
    RECALL_CALLS = 512,
    OPERATION = 1024,
    CHECK = 2048,
    LIST_ITEM = 4096,
    CREDENTIAL_CALLS = 8192,
    SESSION_CALLS = 16384,
    NOTICE_GET = 32768,
    NOTICE_LIST = 65536,
    TALLIES = 131072
};

static const struct {
    unsigned bit;
    const char *name;
    enum err (*call)(struct scene *scene);
} calls[] = {
    {GET, "get", call_get},
    {GET_MANY, "get_many", call_get_many},
    {VIEW, "view", call_view},
    {LIST, "list", call_list},
    {LIST, "list by lot and order", call_list_by},
    {LIST_ITEM, "list by item", call_list_item},
    {CREDENTIAL_CALLS, "get_credential", call_credential},
    {CREDENTIAL_CALLS, "put_credential", call_put_credential},
    {CREDENTIAL_CALLS, "list_credentials", call_credentials},
    {EVENTS, "events", call_events},
    {APPLY, "apply", call_apply},
    {COMMISSION, "commission", call_commission},
    {PRODUCT_CALLS, "get_product", call_product},
    {PRODUCT_CALLS, "put_product", call_put_product},
    {PRODUCT_CALLS, "list_products", call_products},
    {LOT_CALLS, "get_lot", call_lot},
    {LOT_CALLS, "put_lot", call_put_lot},
    {RECALL_CALLS, "get_recall", call_recall},
    {RECALL_CALLS, "put_recall", call_put_recall},
    {RECALL_CALLS, "list_recalls", call_recalls},
    {OPERATION, "find_operation", call_operation},
    {SESSION_CALLS, "get_session", call_session},
    {SESSION_CALLS, "count_sessions", call_count_sessions},
    {NOTICE_GET, "get_notice", call_notice},
    {NOTICE_GET, "put_notice", call_put_notice},
    {NOTICE_LIST, "list_notices", call_notices},
    {TALLIES, "tallies", call_tallies},
    {CHECK, "check", call_check},
};

static void
expect_calls(const struct test_place *place, const char *label, unsigned corrupt)
{
    struct scene scene = {.damages = 0};
    open_scene(&scene, place);
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        enum err expected = (corrupt & calls[i].bit) != 0 ? ERR_CORRUPT : ERR_OK;
        enum err err = calls[i].call(&scene);
        if (err != expected)
            fail_msg("%s: %s: %s instead of %s", label, calls[i].name, err_info(err)->code,
                     err_info(expected)->code);
    }
    close_scene(&scene);
}

/* Which calls meet the record; its key in the file. A GTIN stands for "G". */
static const struct {
    const char *label, *key;
    size_t key_len;
    unsigned corrupt;
} records[] = {
    {"unit", "G7K3M9Q2XBT4H", 13,
     GET | GET_MANY | VIEW | LIST | LIST_ITEM | EVENTS | APPLY | COMMISSION | CHECK},
    {"product", "G", 1, VIEW | PRODUCT_CALLS | LIST_ITEM | CHECK},
    {"lot", "GL24A0917", 9, VIEW | LOT_CALLS | CHECK},
    {"recall", "GR-2024-17", 10, VIEW | RECALL_CALLS | CHECK},
    {"credential", "7K3M9Q2X", 8, CREDENTIAL_CALLS | CHECK},
    {"recall id", "R-2024-17", 9, RECALL_CALLS | CHECK},
    {"session", "BR0WSER0BBBBBBBBBBBBBBBB", 24, SESSION_CALLS | CHECK},
    {"notice", "\x7F\xFF\xFF\xFF\x9A\xAC\x0E\xFFN0T1CE0000", 18, NOTICE_GET | NOTICE_LIST | CHECK},
    {"notice id", "N0T1CE0000", 10, NOTICE_GET | CHECK},
    {"tally", "\0\0\x4E\x20", 4, TALLIES | CHECK},
    {"event", "G7K3M9Q2XBT4H\0\0\0\0\0\0\0\0\2", 22, EVENTS | CHECK},
    {"operation", "\xA5\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16,
     OPERATION | EVENTS | COMMISSION | CHECK},
};

static size_t
key_in_file(char *out, const char *gtin, const char *key, size_t len)
{
    bool has_gtin = key[0] == 'G';
    size_t head = has_gtin ? GTIN_DIGITS : 0;
    memcpy(out, gtin, head);
    memcpy(out + head, key + has_gtin, len - has_gtin);
    return head + len - has_gtin;
}

static void
wrong_bits_are_found(void **state)
{
    const struct test_place *place = *state;
    struct image image;
    char gtin[GTIN_DIGITS + 1];
    uint64_t random = 5;
    test_gtin(gtin, 77);
    make_scene(place);
    load_image(place, &image);
    expect_calls(place, "undamaged", 0);
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        char key[80];
        size_t len = key_in_file(key, gtin, records[i].key, records[i].key_len);
        for (size_t n = 0; n < 8; n++) {
            size_t bit = 8 + test_random(&random) % (12 * 8); /* behind the format number */
            flip_value(&image, key, len, bit);
            expect_calls(place, records[i].label, records[i].corrupt);
            flip_value(&image, key, len, bit);
        }
    }
    expect_calls(place, "mended", 0);
    free(image.bytes);
}

/* Nobody is kept from signing in by it. */
static void
a_damaged_session_is_swept(void **state)
{
    const struct test_place *place = *state;
    struct image image;
    struct scene scene = {.damages = 0};
    struct session browser;
    size_t count = 0;
    make_scene(place);
    load_image(place, &image);
    flip_value(&image, "BR0WSER0BBBBBBBBBBBBBBBB", 24, 9);
    open_scene(&scene, place);
    assert_int_equal(call_session(&scene), ERR_CORRUPT);
    test_browser(&browser, browser_of, 2, signed_in_at);
    assert_int_equal(registry_put_session(scene.session, &browser, signed_in_at), ERR_OK);
    assert_int_equal(call_session(&scene), ERR_NOT_FOUND);
    assert_int_equal(registry_count_sessions(scene.session, browser_of, signed_in_at, &count),
                     ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(call_check(&scene), ERR_OK);
    close_scene(&scene);
    free(image.bytes);
}

/* ---- tables that do not hold what they say ---- */

/* Not a leftover in the free part of a page that holds other things by now: byte 14 of a page says
 * where its records begin. */
static bool
in_use(const struct image *image, size_t at)
{
    enum { PAGE = 4096 };
    uint16_t begin = 0;
    memcpy(&begin, image->bytes + at / PAGE * PAGE + 14, sizeof begin);
    return at % PAGE >= begin;
}

/* What LMDB keeps of a table behind its name: flags, depth, page numbers; the number of records at
 * byte 32, and the first page at byte 40. */
static void
wrong_tables_are_found(void **state)
{
    static const struct {
        const char *label, *name;
        size_t at;
        unsigned corrupt;
        const char *sentence;
    } rows[] = {
        {"one record more than there is", "operations", 32, CHECK,
         "operations : 8 records are counted and 7 can be reached"},
        {"page that is not there", "products", 40 + 5, VIEW | PRODUCT_CALLS | LIST_ITEM | CHECK,
         "products : the table cannot be read any further"},
        {"one notice more than there is", "notices", 32, CHECK,
         "notices : 2 records are counted and 1 can be reached"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct test_place place;
        struct image image;
        struct scene scene = {.damages = 0};
        size_t len = strlen(rows[i].name);
        test_place_make(&place);
        make_scene(&place);
        load_image(&place, &image);
        for (size_t at = find(&image, 0, rows[i].name, len); at < image.len;
             at = find(&image, at + len, rows[i].name, len)) {
            if (!in_use(&image, at))
                continue;
            image.bytes[at + len + rows[i].at]++;
            store_byte(&image, at + len + rows[i].at);
        }
        expect_calls(&place, rows[i].label, rows[i].corrupt);
        open_scene(&scene, &place);
        assert_int_equal(call_check(&scene), ERR_CORRUPT);
        assert_string_equal(scene.found, rows[i].sentence);
        close_scene(&scene);
        free(image.bytes);
        test_place_remove(&place);
    }
}

/* ---- what is no registry ---- */

static void
replace_text(struct image *image, const char *text, size_t len, size_t at, char with)
{
    size_t found = 0;
    for (size_t from = find(image, 0, text, len); from < image->len;
         from = find(image, from + len, text, len)) {
        image->bytes[from + at] = (uint8_t)with;
        store_byte(image, from + at);
        found++;
    }
    assert_true(found > 0);
}

static void
expect_refusal(const struct test_place *place, const char *label, const char *sentence)
{
    const struct registry_options options = {.record_key = test_record_key};
    struct registry *registry = NULL;
    struct fault fault = {ERR_OK, ""};
    enum err err = registry_open(place->url, &options, &registry, &fault);
    if (err != ERR_CORRUPT || strstr(fault.text, sentence) == NULL ||
        strstr(fault.text, place->path) == NULL)
        fail_msg("%s: %s: %s", label, err_info(err)->code, fault.text);
}

static void
other_files_are_refused(void **state)
{
    static const struct {
        const char *label, *text;
        size_t len, at; /* of the text; of the character that changes */
        char with;
        const char *sentence;
    } rows[] = {
        {"another database", "\4\0meta", 6, 5, 'b', "not a registry"},
        {"another table missing", "events", 6, 5, 'z', "not a registry"},
        {"another kind of data", "assay registry", 14, 0, 'e', "not a registry"},
        {"another format", "assay registry\0\0\0\1", 18, 17, 2, "format 2"},
        {"a damaged hash or another key", "assay registry\0\0\0\1", 18, 18, 'x', "record key"},
        {"no LMDB file", "\xDE\xC0\xEF\xBE", 4, 0, 0, "MDB_INVALID"},
        {"a newer LMDB", "\xDE\xC0\xEF\xBE\1\0\0\0", 8, 4, 9, "MDB_VERSION"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct test_place place;
        struct image image;
        test_place_make(&place);
        make_scene(&place);
        load_image(&place, &image);
        replace_text(&image, rows[i].text, rows[i].len, rows[i].at, rows[i].with);
        expect_refusal(&place, rows[i].label, rows[i].sentence);
        free(image.bytes);
        test_place_remove(&place);
    }
    (void)state;
}

/* ---- bits anywhere ---- */

enum { UNITS = 400, FLIPS = 120, WRONG = 7, ANSWERED = 8 };

static void
nth_unit(struct unit *out, unsigned n)
{
    char gtin[GTIN_DIGITS + 1];
    char name[16];
    test_gtin(gtin, 1 + n % 2);
    (void)snprintf(name, sizeof name, "N%06u", n * 7919U % 1000000U);
    test_unit(out, gtin, name);
    out->version = 1;
    out->registered_at = 1700000001;
}

static void
make_units(const struct test_place *place)
{
    struct unit units[UNITS];
    enum err results[UNITS];
    bool same[UNITS];
    struct operation operation;
    for (unsigned i = 0; i < UNITS; i++) {
        nth_unit(&units[i], i);
        units[i].version = 0;
    }
    test_operation(&operation, 1);
    struct registry *registry = test_open(place->url);
    struct registry_session *session = test_session(registry);
    assert_int_equal(registry_commission(session, units, UNITS, &operation, results, same), ERR_OK);
    registry_session_close(session);
    registry_close(registry);
}

/* In a process of its own, for LMDB trusts its pages and may run into a wrong one. */
static int
read_units(const char *url)
{
    const struct registry_options options = {.record_key = test_record_key, .read_only = true};
    struct registry *registry = NULL;
    struct registry_session *session = NULL;
    struct fault fault;
    enum err err = registry_open(url, &options, &registry, &fault);
    if (err == ERR_OK)
        err = registry_session_open(registry, &session, &fault);
    bool wrong = false;
    bool missing = false;
    for (unsigned i = 0; i < UNITS && err == ERR_OK; i++) {
        struct unit expected;
        struct unit unit;
        nth_unit(&expected, i);
        struct unit_key key = test_key(&expected);
        enum err found = registry_get(session, &key, &unit);
        bool there = found == ERR_OK;
        /* Not there would be answered as never issued. */
        wrong = wrong || found == ERR_NOT_FOUND;
        wrong = wrong || (there && !test_same_unit(&unit, &expected));
        missing = missing || !there;
    }
    const struct registry_checker silent = {.found = NULL};
    if (missing && registry_check(session, &silent) == ERR_OK)
        wrong = true;
    registry_session_close(session);
    registry_close(registry);
    return wrong ? WRONG : ANSWERED;
}

static void
wrong_bits_anywhere_give_no_wrong_unit(void **state)
{
    const struct test_place *place = *state;
    struct image image;
    uint64_t random = 11;
    unsigned answered = 0;
    make_units(place);
    load_image(place, &image);
    for (unsigned i = 0; i < FLIPS; i++) {
        /* Behind the two meta pages, which have no hash. */
        size_t bit = 2 * 4096 * 8 + test_random(&random) % ((unsigned)image.len * 8 - 2 * 4096 * 8);
        struct child child;
        flip(&image, bit);
        child_start(&child, "read", place->url);
        int status = child_end(&child);
        if (WIFEXITED(status) && WEXITSTATUS(status) == WRONG)
            fail_msg("bit %zu: a wrong unit was read, or the check missed a unit", bit);
        answered += WIFEXITED(status) && WEXITSTATUS(status) == ANSWERED;
        flip(&image, bit);
    }
    print_message("  %u of %u files were read to the end\n", answered, (unsigned)FLIPS);
    assert_true(answered > FLIPS / 2);
    free(image.bytes);
}

int
main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "read") == 0)
        return read_units(argv[2]);
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_place_set_up, test_place_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(wrong_bits_are_found),
        TEST(a_damaged_session_is_swept),
        TEST(wrong_tables_are_found),
        TEST(other_files_are_refused),
        TEST(wrong_bits_anywhere_give_no_wrong_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
