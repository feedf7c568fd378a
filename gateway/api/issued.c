/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/issued.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/file.h"
#include "gateway/json/write.h"

enum { RECORD_MAX = 4096, FILE_MODE = 0600, DIRECTORY_MODE = 0700 };

const char issued_labels[] = "labels.csv";
const char issued_cards[] = "cards.csv";
const char issued_manifest[] = "manifest.csv";
static const char record[] = "issue.json";

bool
issued_path(char out[static ISSUED_PATH_MAX], const char *data, const char *id, const char *file)
{
    int len = snprintf(out, ISSUED_PATH_MAX, "%s/issued%s%s%s%s", data, id[0] == '\0' ? "" : "/",
                       id, file[0] == '\0' ? "" : "/", file);
    return len > 0 && len < ISSUED_PATH_MAX;
}

static enum err
path_of(char out[static ISSUED_PATH_MAX], const char *data, const char *id, const char *file,
        struct fault *fault)
{
    return issued_path(out, data, id, file)
               ? ERR_OK
               : fault_set(fault, ERR_INVALID, "%.200s: path too long", data);
}

/* ---- the record ---- */

static const struct json_member members[] = {
    {"id", JSON_STRING, true},
    {"gtin", JSON_STRING, true},
    {"count", JSON_INTEGER, true},
    {"lot", JSON_STRING, false},
    {"made_on", JSON_STRING, false},
    {"expires_on", JSON_STRING, false},
    {"key", JSON_STRING, false},
    {"kid", JSON_STRING, true},
    {"by", JSON_STRING, false},
    {"at", JSON_STRING, true},
    {"registered_at", JSON_STRING, false},
    {"removed_at", JSON_STRING, false},
    {"digest", JSON_STRING, true},
    {NULL, JSON_STRING, false},
};

static void
put_record(struct text *out, const struct issued *issued)
{
    text_put(out, "{");
    json_put_text(out, "id", issued->id);
    json_put_text(out, "gtin", issued->gtin);
    json_put_number(out, "count", (int64_t)issued->count);
    json_put_text(out, "lot", issued->lot);
    json_put_day(out, "made_on", issued->made_on);
    json_put_day(out, "expires_on", issued->expires_on);
    json_put_text(out, "key", issued->key);
    json_put_text(out, "kid", issued->kid);
    json_put_text(out, "by", issued->by);
    json_put_time(out, "at", issued->at);
    json_put_time(out, "registered_at", issued->registered_at);
    json_put_time(out, "removed_at", issued->removed_at);
    json_put_text(out, "digest", issued->digest);
    text_put(out, "}\n");
}

static bool
take_text(const struct json_node *node, const char *name, char *out, size_t size)
{
    return slice_copy(out, size, json_string(json_member_of(node, name)));
}

static bool
take_day(const struct json_node *node, const char *name, civil_day *out)
{
    const struct json_node *day = json_member_of(node, name);
    *out = CIVIL_NONE;
    return day == NULL || date_parse(out, json_string(day));
}

static bool
take_time(const struct json_node *node, const char *name, int64_t *out)
{
    const struct json_node *at = json_member_of(node, name);
    *out = 0;
    return at == NULL || time_parse(out, json_string(at));
}

static bool
take_record(const struct json_node *node, struct issued *out)
{
    int64_t count = 0;
    bool good = json_integer(&count, json_member_of(node, "count"), 1, JSON_INTEGER_MAX) &&
                take_text(node, "id", out->id, sizeof out->id) &&
                take_text(node, "gtin", out->gtin, sizeof out->gtin) &&
                take_text(node, "lot", out->lot, sizeof out->lot) &&
                take_text(node, "key", out->key, sizeof out->key) &&
                take_text(node, "kid", out->kid, sizeof out->kid) &&
                take_text(node, "by", out->by, sizeof out->by) &&
                take_text(node, "digest", out->digest, sizeof out->digest);
    out->count = (uint64_t)count;
    return good && take_day(node, "made_on", &out->made_on) &&
           take_day(node, "expires_on", &out->expires_on) && take_time(node, "at", &out->at) &&
           take_time(node, "registered_at", &out->registered_at) &&
           take_time(node, "removed_at", &out->removed_at);
}

static enum err
parse(struct slice text, const char *id, struct issued *out)
{
    struct json_doc *doc = NULL;
    enum err err = json_parse(text, RECORD_MAX, &doc, NULL);
    bool good = err == ERR_OK && json_check_object(json_root(doc), "", members, NULL) == ERR_OK &&
                take_record(json_root(doc), out) && strcmp(out->id, id) == 0;
    json_free(doc);
    if (err == ERR_MEMORY)
        return err;
    return good ? ERR_OK : ERR_CORRUPT;
}

enum err
issued_read(const char *data, const char *id, struct issued *out, struct fault *fault)
{
    char path[ISSUED_PATH_MAX];
    struct text text;
    memset(out, 0, sizeof *out);
    enum err err = path_of(path, data, id, record, fault);
    if (err != ERR_OK)
        return err;
    text_init(&text, RECORD_MAX);
    err = file_read(path, FILE_SECRET, &text, fault);
    if (err == ERR_OK) {
        err = parse(text_slice(&text), id, out);
        if (err != ERR_OK)
            err = fault_set(fault, err, "%s: %s", path,
                            err == ERR_MEMORY ? "out of memory" : "damaged");
    }
    text_free(&text);
    return err;
}

enum err
issued_write(const char *data, const struct issued *issued, struct fault *fault)
{
    char path[ISSUED_PATH_MAX];
    struct text text;
    enum err err = path_of(path, data, issued->id, record, fault);
    if (err != ERR_OK)
        return err;
    text_init(&text, RECORD_MAX);
    put_record(&text, issued);
    err = text_ok(&text) ? file_replace(path, text_slice(&text), FILE_MODE, fault)
                         : fault_set(fault, ERR_MEMORY, "out of memory");
    text_free(&text);
    return err;
}

/* ---- the files ---- */

static enum err
write_part(const char *data, const char *id, const char *file, struct slice content,
           struct fault *fault)
{
    char path[ISSUED_PATH_MAX];
    enum err err = path_of(path, data, id, file, fault);
    return err == ERR_OK ? file_replace(path, content, FILE_MODE, fault) : err;
}

/* The directory, and its name in the one above. */
static enum err
make_directory(const char *data, const char *id, struct fault *fault)
{
    char path[ISSUED_PATH_MAX];
    char above[ISSUED_PATH_MAX];
    enum err err = path_of(path, data, id, "", fault);
    if (err == ERR_OK)
        err = path_of(above, data, "", "", fault);
    if (err == ERR_OK)
        err = file_make_directory(path, DIRECTORY_MODE, fault);
    if (err == ERR_OK)
        err = file_sync_directory(path, fault);
    return err == ERR_OK ? file_sync_directory(above, fault) : err;
}

enum err
issued_create(const char *data, const struct issued *issued, const struct issued_files *files,
              struct fault *fault)
{
    enum err err = make_directory(data, issued->id, fault);
    if (err == ERR_OK)
        err = write_part(data, issued->id, issued_labels, files->labels, fault);
    if (err == ERR_OK)
        err = write_part(data, issued->id, issued_cards, files->cards, fault);
    if (err == ERR_OK)
        err = write_part(data, issued->id, issued_manifest, files->manifest, fault);
    return err == ERR_OK ? issued_write(data, issued, fault) : err;
}

enum err
issued_remove(const char *data, const char *id, const char *const *files, struct fault *fault)
{
    char path[ISSUED_PATH_MAX];
    enum err err = ERR_OK;
    for (; err == ERR_OK && *files != NULL; files++) {
        err = path_of(path, data, id, *files, fault);
        if (err == ERR_OK && unlink(path) != 0 && errno != ENOENT)
            err = fault_set(fault, ERR_UNAVAILABLE, "%s: cannot be removed", path);
    }
    return err == ERR_OK ? file_sync_directory(path, fault) : err;
}

/* ---- all of them ---- */

static bool
is_id(const char *name)
{
    return strlen(name) == ISSUE_ID_CHARS && strspn(name, "0123456789abcdef") == ISSUE_ID_CHARS;
}

struct page {
    struct issued *rows;
    size_t most, count;
};

/* The newest comes first; of those of one second the greatest id. */
static bool
comes_before(const struct issued *a, const struct issued *b)
{
    return a->at != b->at ? a->at > b->at : strcmp(a->id, b->id) > 0;
}

/* Keeps the first ones, in order. */
static size_t
keep(struct issued *kept, size_t count, size_t most, const struct issued *one)
{
    size_t at = count;
    while (at > 0 && comes_before(one, &kept[at - 1]))
        at--;
    if (at == most)
        return count;
    size_t behind = (count < most ? count : most - 1) - at;
    memmove(&kept[at + 1], &kept[at], behind * sizeof *kept);
    kept[at] = *one;
    return count < most ? count + 1 : most;
}

/* The next id, or "" at the end. */
static enum err
next_id(DIR *directory, char out[static ISSUE_ID_CHARS + 1])
{
    const struct dirent *entry = NULL;
    do {
        errno = 0;
        entry = readdir(directory); /* NOLINT(concurrency-mt-unsafe): a stream for each caller */
    } while (entry != NULL && !is_id(entry->d_name));
    out[0] = '\0';
    if (entry != NULL)
        memcpy(out, entry->d_name, ISSUE_ID_CHARS + 1);
    return entry == NULL && errno != 0 ? ERR_UNAVAILABLE : ERR_OK;
}

/* What is there but cannot be read now is no reason for a list without it. */
static enum err
list(const char *data, DIR *directory, const struct issued *after, struct page *page)
{
    char id[ISSUE_ID_CHARS + 1];
    struct issued one;
    for (;;) {
        enum err err = next_id(directory, id);
        if (err != ERR_OK || id[0] == '\0')
            return err;
        err = issued_read(data, id, &one, NULL);
        if (err == ERR_UNAVAILABLE || err == ERR_MEMORY)
            return err;
        if (err == ERR_OK && (after == NULL || comes_before(after, &one)))
            page->count = keep(page->rows, page->count, page->most, &one);
    }
}

enum err
issued_list(const char *data, const struct issued *after, struct issued *out, size_t most,
            size_t *count)
{
    char path[ISSUED_PATH_MAX];
    struct page page = {out, most, 0};
    *count = 0;
    enum err err = path_of(path, data, "", "", NULL);
    if (err != ERR_OK)
        return err;
    DIR *directory = opendir(path);
    if (directory == NULL)
        return errno == ENOENT ? ERR_OK : ERR_UNAVAILABLE;
    err = list(data, directory, after, &page);
    (void)closedir(directory);
    *count = page.count;
    return err;
}

/* Files that were being replaced have names of their own. */
static void
remove_all(const char *data, const char *id)
{
    char path[ISSUED_PATH_MAX];
    const struct dirent *entry = NULL;
    DIR *directory = issued_path(path, data, id, "") ? opendir(path) : NULL;
    if (directory == NULL)
        return;
    while ((entry = readdir(directory)) != NULL) /* NOLINT(concurrency-mt-unsafe) */
        if (entry->d_name[0] != '.' && issued_path(path, data, id, entry->d_name))
            (void)unlink(path);
    (void)closedir(directory);
    if (issued_path(path, data, id, ""))
        (void)rmdir(path);
}

/* Only when that is certain: a record that cannot be looked at may be one that somebody holds. */
static bool
has_no_record(const char *data, const char *id)
{
    char path[ISSUED_PATH_MAX];
    struct stat st;
    return issued_path(path, data, id, record) && lstat(path, &st) != 0 && errno == ENOENT;
}

void
issued_sweep(const char *data)
{
    char path[ISSUED_PATH_MAX];
    char id[ISSUE_ID_CHARS + 1];
    DIR *directory = issued_path(path, data, "", "") ? opendir(path) : NULL;
    if (directory == NULL)
        return;
    while (next_id(directory, id) == ERR_OK && id[0] != '\0')
        if (has_no_record(data, id))
            remove_all(data, id);
    (void)closedir(directory);
}
