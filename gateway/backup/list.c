/* SPDX-License-Identifier: Apache-2.0 */
/* What a backup says of itself. backup.b2sum can be told from backup.json, so it is compared as a
 * whole: not one bit of the two can change unnoticed. */
#include <sodium.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "gateway/backup/files.h"
#include "gateway/base/file.h"
#include "gateway/json/json.h"
#include "gateway/json/write.h"

enum { LIST_MAX = 256 * 1024, FORMAT = 1, HASH_HEX = 2 * BACKUP_HASH_BYTES };

static const struct {
    const char *name;
    size_t offset;
} figures[] = {
    {"units", offsetof(struct backup, units)},
    {"products", offsetof(struct backup, products)},
    {"lots", offsetof(struct backup, lots)},
    {"recalls", offsetof(struct backup, recalls)},
    {"events", offsetof(struct backup, events)},
    {"operations", offsetof(struct backup, operations)},
};
enum { FIGURES = sizeof figures / sizeof figures[0] };

static void
put_list(struct text *out, const struct backup *backup)
{
    text_char(out, '{');
    json_put_number(out, "format", FORMAT);
    json_put_time(out, "made_at", backup->made_at);
    json_put_text(out, "version", backup->version);
    json_put(out, "registry", "{");
    for (size_t i = 0; i < FIGURES; i++) {
        uint64_t value = 0;
        memcpy(&value, (const char *)backup + figures[i].offset, sizeof value);
        json_put_number(out, figures[i].name, (int64_t)value);
    }
    text_char(out, '}');
    json_put(out, "files", "[");
    for (size_t i = 0; i < backup->file_count; i++) {
        json_put(out, NULL, "{");
        json_put_text(out, "name", backup->files[i].name);
        json_put_number(out, "bytes", (int64_t)backup->files[i].bytes);
        json_put_hex(out, "blake2b", backup->files[i].hash, BACKUP_HASH_BYTES);
        text_char(out, '}');
    }
    text_put(out, "]}\n");
}

static void
put_sums(struct text *out, const struct backup *backup, struct slice list)
{
    uint8_t hash[BACKUP_HASH_BYTES];
    for (size_t i = 0; i < backup->file_count; i++) {
        text_hex(out, backup->files[i].hash, BACKUP_HASH_BYTES);
        text_printf(out, "  %s\n", backup->files[i].name);
    }
    (void)crypto_generichash(hash, sizeof hash, (const uint8_t *)list.data, list.len, NULL, 0);
    text_hex(out, hash, sizeof hash);
    text_printf(out, "  %s\n", backup_list_name);
}

static enum err
create(const char *directory, const char *name, const struct text *text, struct fault *fault)
{
    char path[BACKUP_PATH_MAX];
    if (!text_ok(text))
        return fault_set(fault, ERR_MEMORY, "out of memory");
    enum err err = backup_path(path, directory, name, fault);
    return err == ERR_OK ? file_create(path, text_slice(text), 0600, fault) : err;
}

enum err
backup_write_list(const char *directory, const struct backup *backup, struct fault *fault)
{
    struct text list;
    struct text sums;
    text_init(&list, LIST_MAX);
    text_init(&sums, LIST_MAX);
    put_list(&list, backup);
    enum err err = create(directory, backup_list_name, &list, fault);
    if (err == ERR_OK) {
        put_sums(&sums, backup, text_slice(&list));
        err = create(directory, backup_sums_name, &sums, fault);
    }
    text_free(&list);
    text_free(&sums);
    return err;
}

static bool
read_hash(uint8_t out[static BACKUP_HASH_BYTES], struct slice hex)
{
    size_t len = 0;
    return hex.len == HASH_HEX &&
           sodium_hex2bin(out, BACKUP_HASH_BYTES, hex.data, hex.len, NULL, &len, NULL) == 0 &&
           len == BACKUP_HASH_BYTES;
}

static enum err
read_file(struct backup_file *file, const struct json_node *node, struct fault *fault)
{
    static const struct json_member members[] = {
        {"name", JSON_STRING, true},
        {"bytes", JSON_INTEGER, true},
        {"blake2b", JSON_STRING, true},
        {NULL, JSON_STRING, false},
    };
    int64_t bytes = 0;
    enum err err = json_check_object(node, "/files", members, fault);
    if (err != ERR_OK)
        return err;
    struct slice name = json_string(json_member_of(node, "name"));
    if (!backup_name_ok(name) || !slice_copy(file->name, sizeof file->name, name))
        return fault_set(fault, ERR_INVALID, "/files: a backup holds no file of this name");
    if (!json_integer(&bytes, json_member_of(node, "bytes"), 0, JSON_INTEGER_MAX) ||
        !read_hash(file->hash, json_string(json_member_of(node, "blake2b"))))
        return fault_set(fault, ERR_INVALID, "/files: size or hash of %s cannot be read",
                         file->name);
    file->bytes = (uint64_t)bytes;
    return ERR_OK;
}

static enum err
read_files(struct backup *out, const struct json_node *files, struct fault *fault)
{
    enum err err = ERR_OK;
    const struct json_node *at = json_first(files);
    for (; at != NULL && err == ERR_OK; at = json_next(at)) {
        if (out->file_count == BACKUP_FILES_MAX)
            return fault_set(fault, ERR_TOO_LARGE, "/files: more than %d", BACKUP_FILES_MAX);
        err = read_file(&out->files[out->file_count++], at, fault);
    }
    return err;
}

static enum err
read_figures(struct backup *out, const struct json_node *registry, struct fault *fault)
{
    struct json_member members[FIGURES + 1] = {{NULL, JSON_INTEGER, false}};
    for (size_t i = 0; i < FIGURES; i++)
        members[i] = (struct json_member){figures[i].name, JSON_INTEGER, true};
    enum err err = json_check_object(registry, "/registry", members, fault);
    for (size_t i = 0; i < FIGURES && err == ERR_OK; i++) {
        int64_t value = 0;
        if (!json_integer(&value, json_member_of(registry, figures[i].name), 0, JSON_INTEGER_MAX))
            return fault_set(fault, ERR_INVALID, "/registry/%s: out of range", figures[i].name);
        memcpy((char *)out + figures[i].offset, &(uint64_t){(uint64_t)value}, sizeof(uint64_t));
    }
    return err;
}

static enum err
read_root(struct backup *out, const struct json_node *root, struct fault *fault)
{
    static const struct json_member members[] = {
        {"format", JSON_INTEGER, true}, {"made_at", JSON_STRING, true},
        {"version", JSON_STRING, true}, {"registry", JSON_OBJECT, true},
        {"files", JSON_ARRAY, true},    {NULL, JSON_STRING, false},
    };
    int64_t format = 0;
    enum err err = json_check_object(root, "", members, fault);
    if (err != ERR_OK)
        return err;
    if (!json_integer(&format, json_member_of(root, "format"), FORMAT, FORMAT))
        return fault_set(fault, ERR_INVALID, "/format: made by a newer program");
    if (!time_parse(&out->made_at, json_string(json_member_of(root, "made_at"))) ||
        !slice_copy(out->version, sizeof out->version,
                    json_string(json_member_of(root, "version"))))
        return fault_set(fault, ERR_INVALID, "/made_at or /version cannot be read");
    err = read_figures(out, json_member_of(root, "registry"), fault);
    return err == ERR_OK ? read_files(out, json_member_of(root, "files"), fault) : err;
}

static enum err
parse(struct backup *out, struct slice list, struct fault *fault)
{
    struct json_doc *doc = NULL;
    memset(out, 0, sizeof *out);
    enum err err = json_parse(list, LIST_MAX, &doc, fault);
    if (err == ERR_OK)
        err = read_root(out, json_root(doc), fault);
    json_free(doc);
    return err;
}

static enum err
load(const char *directory, const char *name, struct text *out, struct fault *fault)
{
    char path[BACKUP_PATH_MAX];
    enum err err = backup_path(path, directory, name, fault);
    if (err == ERR_OK)
        err = file_read(path, FILE_ANY, out, fault);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "%s: not a backup, or an unfinished one (%s is missing)",
                         directory, name);
    return err;
}

static enum err
compare(const char *directory, const struct backup *backup, struct slice list, struct slice sums,
        struct fault *fault)
{
    struct text expected;
    text_init(&expected, LIST_MAX);
    put_sums(&expected, backup, list);
    bool same = text_ok(&expected) && expected.len == sums.len &&
                memcmp(expected.data, sums.data, sums.len) == 0;
    text_free(&expected);
    return same ? ERR_OK
                : fault_set(fault, ERR_CORRUPT, "%s: damaged: %s and %s do not agree", directory,
                            backup_list_name, backup_sums_name);
}

enum err
backup_read(const char *path, struct backup *out, struct fault *fault)
{
    struct text list;
    struct text sums;
    struct fault wrong = {ERR_OK, ""};
    text_init(&list, LIST_MAX);
    text_init(&sums, LIST_MAX);
    enum err err = load(path, backup_list_name, &list, fault);
    if (err == ERR_OK)
        err = load(path, backup_sums_name, &sums, fault);
    if (err == ERR_OK && parse(out, text_slice(&list), &wrong) != ERR_OK)
        err = fault_set(fault, ERR_CORRUPT, "%s/%s: %.200s", path, backup_list_name, wrong.text);
    if (err == ERR_OK)
        err = compare(path, out, text_slice(&list), text_slice(&sums), fault);
    text_free(&list);
    text_free(&sums);
    return err;
}
