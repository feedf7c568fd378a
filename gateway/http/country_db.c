/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memfd_create, F_ADD_SEALS */
#include "gateway/http/country_db.h"

#include <errno.h>
#include <fcntl.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/date.h"
#include "gateway/base/file.h"
#include "gateway/rules/country.h"

/* Of newer kernels than the headers that this is built with: the number is the kernel's ABI. */
#define NOEXEC_SEAL 0x0008U

enum { TYPE_MAX = 60, V4_AT = 12 };

struct country_db {
    MMDB_s mmdb;
};

/* What was seen of the records. */
struct survey {
    uint8_t *seen; /* a bit for each byte of the data section: a record that begins there */
    uint64_t countries;
};

static void
close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

#define AUTO_FD __attribute__((cleanup(close_fd))) int

/* ---- the copy ---- */

/* What it is, is asked before it is opened: a confined process may not open a directory. */
static enum err
open_regular(const char *path, int *fd, struct fault *fault)
{
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return fault_set(fault, ERR_INVALID, "%s: not a regular file", path);
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0 || fstat(*fd, &st) != 0)
        return file_fault(fault, path, errno);
    if (st.st_size > COUNTRY_DB_MAX)
        return fault_set(fault, ERR_TOO_LARGE, "%s: larger than %d bytes", path, COUNTRY_DB_MAX);
    return ERR_OK;
}

/* A kernel may ask for the seal against execution, and one before 6.3 does not know it. */
static int
new_memory(void)
{
    int fd = memfd_create("country_file", MFD_CLOEXEC | MFD_ALLOW_SEALING | NOEXEC_SEAL);
    if (fd < 0 && errno == EINVAL)
        fd = memfd_create("country_file", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return fd;
}

static enum err
copy(int to, int from, const char *path, struct fault *fault)
{
    size_t len = 0;
    ssize_t got = 1;
    while (got > 0 && len <= COUNTRY_DB_MAX) {
        got = sendfile(to, from, NULL, COUNTRY_DB_MAX + 1 - len);
        len += got > 0 ? (size_t)got : 0;
    }
    if (got < 0)
        return file_fault(fault, path, errno);
    if (len > COUNTRY_DB_MAX)
        return fault_set(fault, ERR_TOO_LARGE, "%s: larger than %d bytes", path, COUNTRY_DB_MAX);
    if (len == 0)
        return fault_set(fault, ERR_CORRUPT, "%s: empty", path);
    if (fcntl(to, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        return file_fault(fault, path, errno);
    return ERR_OK;
}

/* As it is downloaded. */
static const char *
advice(int memory)
{
    uint8_t begin[2] = {0};
    bool packed = pread(memory, begin, sizeof begin, 0) == (ssize_t)sizeof begin &&
                  begin[0] == 0x1f && begin[1] == 0x8b;
    return packed ? "packed by gzip; unpack it" : "not a MaxMind DB, or not the whole of one";
}

static enum err
map(MMDB_s *out, int memory, const char *path, struct fault *fault)
{
    char name[32];
    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", memory);
    int status = MMDB_open(name, MMDB_MODE_MMAP, out);
    if (status == MMDB_SUCCESS)
        return ERR_OK;
    if (status == MMDB_OUT_OF_MEMORY_ERROR)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
    if (status == MMDB_FILE_OPEN_ERROR || status == MMDB_IO_ERROR)
        return fault_set(fault, ERR_UNAVAILABLE, "%s: cannot be mapped from %s", path, name);
    return fault_set(fault, ERR_CORRUPT, "%s: %s", path, advice(memory));
}

/* ---- records ---- */

static int
read_code(char out[static 3], MMDB_entry_s *record)
{
    static const char *const path[] = {"country", "iso_code", NULL};
    MMDB_entry_data_s found = {.has_data = false};
    out[0] = '\0';
    int status = MMDB_aget_value(record, &found, path);
    bool is_text =
        status == MMDB_SUCCESS && found.has_data && found.type == MMDB_DATA_TYPE_UTF8_STRING;
    if (is_text && !slice_copy(out, 3, slice_make(found.utf8_string, found.data_size)))
        out[0] = '\0';
    if (!country_known(out))
        out[0] = '\0';
    return status;
}

/* Records are shared by many addresses: each is read once. */
static bool
is_new(struct survey *survey, uint32_t offset)
{
    uint8_t bit = (uint8_t)(1U << offset % 8);
    bool before = (survey->seen[offset / 8] & bit) != 0;
    survey->seen[offset / 8] |= bit;
    return !before;
}

static int
look_at_record(struct survey *survey, MMDB_entry_s *record)
{
    char code[3];
    if (record->offset >= record->mmdb->data_section_size)
        return MMDB_INVALID_DATA_ERROR;
    if (!is_new(survey, record->offset))
        return MMDB_SUCCESS;
    int status = read_code(code, record);
    survey->countries += code[0] != '\0';
    bool without = status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR ||
                   status == MMDB_INVALID_LOOKUP_PATH_ERROR;
    return without ? MMDB_SUCCESS : status;
}

static int
look_at_branch(struct survey *survey, uint8_t type, MMDB_entry_s *record)
{
    if (type == MMDB_RECORD_TYPE_DATA)
        return look_at_record(survey, record);
    return type == MMDB_RECORD_TYPE_INVALID ? MMDB_CORRUPT_SEARCH_TREE_ERROR : MMDB_SUCCESS;
}

/* Node by node and not along the branches, which may be shared, and in a damaged file may lead in a
 * circle: a lookup goes no deeper than an address has bits. */
static int
look_at_all(const MMDB_s *mmdb, struct survey *survey)
{
    int status = MMDB_SUCCESS;
    for (uint32_t i = 0; status == MMDB_SUCCESS && i < mmdb->metadata.node_count; i++) {
        MMDB_search_node_s node;
        status = MMDB_read_node(mmdb, i, &node);
        if (status == MMDB_SUCCESS)
            status = look_at_branch(survey, node.left_record_type, &node.left_record_entry);
        if (status == MMDB_SUCCESS)
            status = look_at_branch(survey, node.right_record_type, &node.right_record_entry);
    }
    return status;
}

/* Of what the file says of itself only what a terminal shows. */
static void
type_of(const MMDB_s *mmdb, char out[static TYPE_MAX + 1])
{
    const char *type = mmdb->metadata.database_type;
    (void)snprintf(out, TYPE_MAX + 1, "%s", type == NULL ? "" : type);
    for (char *c = out; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

static enum err
check(const MMDB_s *mmdb, const char *path, struct fault *fault)
{
    char type[TYPE_MAX + 1];
    struct survey survey = {calloc(mmdb->data_section_size / 8 + 1U, 1), 0};
    if (survey.seen == NULL)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
    int status = look_at_all(mmdb, &survey);
    free(survey.seen);
    if (status != MMDB_SUCCESS)
        return fault_set(fault, ERR_CORRUPT, "%s: a damaged MaxMind DB", path);
    type_of(mmdb, type);
    if (survey.countries == 0)
        return fault_set(fault, ERR_INVALID,
                         "%s: a MaxMind DB of the type \"%s\", which has no country (no "
                         "country.iso_code); one of a Country or City database is needed",
                         path, type);
    return ERR_OK;
}

/* ---- opening ---- */

static enum err
open_copy(const char *path, MMDB_s *out, struct fault *fault)
{
    AUTO_FD file = -1;
    AUTO_FD memory = -1;
    enum err err = open_regular(path, &file, fault);
    if (err != ERR_OK)
        return err;
    memory = new_memory();
    if (memory < 0)
        return fault_set(fault, ERR_UNAVAILABLE, "%s: no memory file to copy it to", path);
    err = copy(memory, file, path, fault);
    return err == ERR_OK ? map(out, memory, path, fault) : err;
}

enum err
country_db_open(const char *path, struct country_db **out, struct fault *fault)
{
    *out = NULL;
    struct country_db *db = calloc(1, sizeof *db);
    if (db == NULL)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
    enum err err = open_copy(path, &db->mmdb, fault);
    if (err != ERR_OK) {
        free(db);
        return err;
    }
    err = check(&db->mmdb, path, fault);
    if (err == ERR_OK)
        *out = db;
    else
        country_db_close(db);
    return err;
}

void
country_db_close(struct country_db *db)
{
    if (db == NULL)
        return;
    MMDB_close(&db->mmdb);
    free(db);
}

/* ---- asking ---- */

void
country_db_find(const struct country_db *db, const uint8_t address[static IP_BYTES],
                char out[static 3])
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    memcpy(&v4.sin_addr, address + V4_AT, sizeof v4.sin_addr);
    memcpy(&v6.sin6_addr, address, IP_BYTES);
    /* Not every file has IPv4 in the place of IPv6 where ours is. */
    const struct sockaddr *asked =
        ip_is_v4(address) ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6;
    int failed = MMDB_SUCCESS;
    MMDB_lookup_result_s found = MMDB_lookup_sockaddr(&db->mmdb, asked, &failed);
    out[0] = '\0';
    if (failed == MMDB_SUCCESS && found.found_entry)
        (void)read_code(out, &found.entry);
}

void
country_db_name(const struct country_db *db, char out[static COUNTRY_DB_NAME_MAX])
{
    char type[TYPE_MAX + 1];
    char day[DATE_TEXT_MAX];
    uint64_t built = db->mmdb.metadata.build_epoch;
    type_of(&db->mmdb, type);
    date_format(day, date_of(built <= UINT32_MAX ? (int64_t)built : 0, 0));
    (void)snprintf(out, COUNTRY_DB_NAME_MAX, "%s of %s", type, day);
}
