/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request. It is cut in place as CivetWeb 1.15 cuts it, laxly; what our own check
 * then takes has to be HTTP/1.1 by a second statement of the grammar over the uncut bytes. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/http/framing.h"
#include "tests/fuzz/fuzz.h"

struct cut {
    char *text; /* with a NUL */
    struct header_field fields[HEADER_FIELDS_MAX];
    struct head head;
};

/* Up to the empty line; 0 when there is none, or a byte that CivetWeb refuses. */
static size_t
head_len(struct slice raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.data[i];
        if (c < 128 && c != '\r' && c != '\n' && !isprint(c))
            return 0;
        struct slice rest = slice_make(raw.data + i, raw.len - i);
        if (slice_starts(rest, "\n\n"))
            return i + 2;
        if (slice_starts(rest, "\r\n\r\n"))
            return i + 4;
    }
    return 0;
}

/* Only a blank ends a word inside the line; any white space may follow it. */
static char *
cut_word(char *at, bool last)
{
    while (isgraph((unsigned char)*at))
        at++;
    if (last ? *at != '\r' && *at != '\n' : *at != ' ')
        return at + strlen(at);
    while (isspace((unsigned char)*at))
        *at++ = '\0';
    return at;
}

static bool
cut_start(struct cut *cut, char **at)
{
    struct start_line *line = &cut->head.start;
    char *target = cut_word(*at, false);
    char *version = cut_word(target, false);
    if (!isgraph((unsigned char)*target) || strncmp(version, "HTTP/", 5) != 0)
        return false;
    line->method = *at;
    line->target = target;
    line->version = version + 5;
    *at = cut_word(version, true);
    cut->head.http_1_1 = strcmp(line->version, "1.1") == 0;
    char *query = strchr(target, '?');
    line->query = query == NULL ? NULL : query + 1;
    if (query != NULL)
        *query = '\0';
    return cut->head.http_1_1 || strcmp(line->version, "1.0") == 0;
}

/* One field; false at the end and at what is none: *broken. */
static bool
cut_field(struct header_field *field, char **at, bool *broken)
{
    char *c = *at;
    while (*c != ':' && *c > ' ' && *c < 127)
        c++;
    if (c == *at)
        return false;
    while (*c == ' ')
        *c++ = '\0';
    *broken = *c != ':';
    if (*broken)
        return false;
    *c++ = '\0';
    while (*c == ' ' || *c == '\t')
        c++;
    *field = (struct header_field){*at, c};
    while (*c != '\0' && *c != '\r' && *c != '\n')
        c++;
    if (*c == '\r') {
        *c++ = '\0';
        *broken = *c != '\n';
    }
    if (*c != '\0')
        *c++ = '\0';
    *at = c;
    return !*broken;
}

static bool
cut_head(struct cut *cut)
{
    char *at = cut->text;
    bool broken = false;
    bool more = cut_start(cut, &at);
    if (!more)
        return false;
    while (more && cut->head.count < HEADER_FIELDS_MAX) {
        more = cut_field(&cut->fields[cut->head.count], &at, &broken);
        cut->head.count += more;
        more = more && *at != '\r' && *at != '\n';
    }
    return !broken;
}

/* ---- the grammar again: RFC 9112 §3 and §5 ---- */

static bool
is_name(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!isalnum((unsigned char)s.data[i]) && memchr("!#$%&'*+-.^_`|~", s.data[i], 15) == NULL)
            return false;
    return s.len > 0;
}

static bool
is_field_line(struct slice line)
{
    struct slice value = line;
    struct slice name = slice_take_until(&value, ':');
    return name.len < line.len && is_name(name);
}

static bool
is_start_line(struct slice line)
{
    struct slice rest = line;
    struct slice method = slice_take_until(&rest, ' ');
    struct slice target = slice_take_until(&rest, ' ');
    return method.len > 0 && target.len > 0 && slice_find(rest, ' ') == rest.len &&
           (slice_equal(rest, "HTTP/1.1") || slice_equal(rest, "HTTP/1.0"));
}

/* A line with its CR LF taken off; false when either stands alone. */
static bool
take_line(struct slice *raw, struct slice *line)
{
    size_t end = slice_find(*raw, '\n');
    if (end == raw->len || end == 0 || raw->data[end - 1] != '\r')
        return false;
    *line = slice_make(raw->data, end - 1);
    *raw = slice_make(raw->data + end + 1, raw->len - end - 1);
    return slice_find(*line, '\r') == line->len;
}

/* CivetWeb overwrites any white space after the version, and two of it look like CR LF. */
static bool
take_start_line(struct slice *raw, struct slice *line)
{
    size_t end = slice_find(*raw, '\n');
    size_t cr = slice_find(*raw, '\r');
    end = cr < end ? cr : end;
    if (end + 2 > raw->len || !isspace((unsigned char)raw->data[end + 1]))
        return false;
    *line = slice_make(raw->data, end);
    *raw = slice_make(raw->data + end + 2, raw->len - end - 2);
    return true;
}

/* Hosts and lengths are counted by name. */
static bool
is_exact(struct slice raw, size_t *hosts, size_t *lengths)
{
    struct slice line;
    if (!take_start_line(&raw, &line) || !is_start_line(line))
        return false;
    while (take_line(&raw, &line) && line.len > 0) {
        struct slice rest = line;
        struct slice name = slice_take_until(&rest, ':');
        *hosts += slice_equal_nocase(name, "host");
        *lengths += slice_equal_nocase(name, "content-length");
        if (!is_field_line(line) || slice_equal_nocase(name, "transfer-encoding") ||
            slice_equal_nocase(name, "upgrade"))
            return false;
    }
    return line.len == 0 && raw.len == 0;
}

static void
check_taken(struct slice raw, const struct cut *cut, uint64_t length)
{
    size_t hosts = 0;
    size_t lengths = 0;
    /* A request of HTTP/1.0 without a field is the last one of its connection. */
    bool last = cut->head.count == 0 && head_wants_close(&cut->head);
    REQUIRE(is_exact(raw, &hosts, &lengths) || last);
    REQUIRE(hosts <= 1 && (hosts == 1 || !cut->head.http_1_1) && lengths <= 1);
    REQUIRE(length <= INT64_MAX && (lengths == 1 || length == 0));
    REQUIRE(strlen(cut->head.start.target) <= TARGET_MAX);
    REQUIRE(strstr(cut->head.start.target, "/../") == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct slice raw = fuzz_slice(data, len);
    size_t blank = 0;
    while (blank < len && isspace(data[blank]))
        blank++;
    raw = slice_make(raw.data + blank, len - blank);
    raw.len = head_len(raw);
    if (raw.len == 0)
        return 0;
    struct cut cut = {.text = calloc(1, raw.len + 1)};
    struct response response = {.status = 200};
    uint64_t length = 0;
    REQUIRE(cut.text != NULL);
    memcpy(cut.text, raw.data, raw.len - 1);
    cut.head.fields = cut.fields;
    text_init(&response.body, 4096);
    if (cut_head(&cut) && cut.head.start.method != NULL) {
        if (head_body_length(&cut.head, &length, &response))
            check_taken(raw, &cut, length);
        else
            REQUIRE(response.status >= 400 && response.status < 500 && text_ok(&response.body));
    }
    text_free(&response.body);
    free(cut.text);
    return 0;
}
