/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/base/ini.h"

#include <ini.h>
#include <limits.h>
#include <string.h>

/* What the scan and libinih's two callbacks share. */
struct reading {
    struct slice rest; /* lines that were not handed out yet */
    struct ini_entry at;
    char section[INI_NAME_MAX + 1];
    ini_take *take;
    void *context;
    struct fault *fault;
    enum err err;
};

static bool
is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool
is_name(struct slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_word(s.data[i]))
            return false;
    return s.len > 0 && s.len <= INI_NAME_MAX;
}

static bool
is_section(struct slice s)
{
    bool known_length = s.len > 0 && s.len <= INI_NAME_MAX;
    bool ends_in_space = s.len > 0 && s.data[s.len - 1] == ' ';
    while (s.len > 0)
        if (!is_name(slice_take_until(&s, ' ')))
            return false;
    return known_length && !ends_in_space;
}

/* C0, DEL and the C1 controls, which terminals obey. `s` is UTF-8. */
static bool
has_control(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.data[i];
        unsigned char next = i + 1 < s.len ? (unsigned char)s.data[i + 1] : 0;
        if (c < 0x20 || c == 0x7F || (c == 0xC2 && next < 0xA0 && next != 0))
            return true;
    }
    return false;
}

/* libinih takes a ';' after a blank for the start of a comment; a value begins after one. */
static bool
has_inline_comment(struct slice value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.data[i] == ';' && (i == 0 || value.data[i - 1] == ' '))
            return true;
    return false;
}

/* What is wrong with a `name = value` line, or NULL. */
static const char *
entry_problem(struct slice line)
{
    if (slice_find(line, '=') == line.len)
        return "expected '# comment', [section] or name = value";
    struct slice name = slice_trim(slice_take_until(&line, '='));
    if (!is_name(name))
        return "the name before '=' is not 1 to 48 of a-z 0-9 _ -";
    if (has_inline_comment(slice_trim(line)))
        return "a comment has a line of its own; ';' cannot begin a word in a value";
    return NULL;
}

/* What is between the brackets. */
static struct slice
heading(struct slice line)
{
    (void)slice_take(&line, "[");
    return slice_take_until(&line, ']');
}

static const char *
line_problem(struct slice line)
{
    if (line.len > INI_LINE_MAX)
        return "longer than 190 bytes";
    if (line.len > 0 && line.data[line.len - 1] == '\r')
        return "ends in CR LF; save the file with LF line ends";
    if (slice_starts(line, "\xEF\xBB\xBF"))
        return "begins with a byte order mark; save the file without one";
    if (!slice_utf8(line))
        return "not UTF-8";
    if (has_control(line))
        return "holds a tab or another control character";
    if (slice_trim(line).len == 0 || line.data[0] == '#')
        return NULL;
    if (line.data[0] == ' ')
        return "begins with a space";
    if (line.data[0] != '[')
        return entry_problem(line);
    if (slice_find(line, ']') + 1 != line.len || !is_section(heading(line)))
        return "expected [section]: words of a-z 0-9 _ -, at most 48 bytes";
    return NULL;
}

static enum err
scan(struct slice text, const char *path, struct fault *fault)
{
    for (int line = 1; text.len > 0; line++) {
        if (line == INT_MAX)
            return fault_set(fault, ERR_TOO_LARGE, "%s: too many lines", path);
        const char *problem = line_problem(slice_take_until(&text, '\n'));
        if (problem != NULL)
            return fault_set(fault, ERR_INVALID, "%s:%d: %s", path, line, problem);
    }
    return ERR_OK;
}

/* A heading with nothing below it never reaches libinih's handler, so it is reported from here. */
static void
take_heading(struct reading *r, struct slice line)
{
    struct slice name = heading(line);
    memcpy(r->section, name.data, name.len); /* the scan saw that it fits */
    r->section[name.len] = '\0';
    r->at.section = r->section;
    r->at.section_line = r->at.line;
    r->at.name = "";
    r->at.value = "";
    r->err = r->take(r->context, &r->at, r->fault);
}

/* ini_reader: one line into `out`, like fgets. */
static char *
next_line(char *out, int size, void *stream)
{
    struct reading *r = stream;
    if (r->err != ERR_OK || r->rest.len == 0)
        return NULL;
    struct slice line = slice_take_until(&r->rest, '\n');
    r->at.line++;
    if (size <= 0 || !slice_copy(out, (size_t)size, line)) {
        r->err = fault_set(r->fault, ERR_UNAVAILABLE, "%s:%d: libinih reads lines of %d bytes only",
                           r->at.path, r->at.line, size);
        return NULL;
    }
    if (line.len > 0 && line.data[0] == '[')
        take_heading(r, line);
    return r->err == ERR_OK ? out : NULL;
}

/* ini_handler */
static int
take_entry(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    r->at.section = section;
    r->at.name = name;
    r->at.value = value;
    r->err = r->take(r->context, &r->at, r->fault);
    return r->err == ERR_OK;
}

enum err
ini_read(struct slice text, const char *path, ini_take *take, void *context, struct fault *fault)
{
    enum err err = scan(text, path, fault);
    if (err != ERR_OK)
        return err;
    struct reading r = {.rest = text, .take = take, .context = context, .fault = fault};
    r.at.path = path;
    int result = ini_parse_stream(next_line, &r, take_entry, &r);
    if (r.err != ERR_OK)
        return r.err;
    if (result < 0)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
    if (result > 0)
        return fault_set(fault, ERR_INVALID, "%s:%d: libinih cannot read this line", path, result);
    return ERR_OK;
}

bool
ini_value_ok(struct slice value)
{
    struct slice trimmed = slice_trim(value);
    return trimmed.len == value.len && slice_utf8(value) && !has_control(value) &&
           !has_inline_comment(value);
}
