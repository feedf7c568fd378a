/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "gateway/http/framing.h"

/* One blank between the words and CR LF after them: CivetWeb skips any white space there, and has
 * overwritten it with NUL. */
static bool
is_cut_exactly(const struct head *head)
{
    const struct start_line *line = &head->start;
    const char *target_end = line->target + strlen(line->target);
    if (line->query != NULL)
        target_end = line->query + strlen(line->query);
    if (line->method + strlen(line->method) + 1 != line->target ||
        target_end + 1 + strlen("HTTP/") != line->version)
        return false;
    return head->count == 0 || line->version + strlen(line->version) + 2 == head->fields[0].name;
}

/* Of the absolute form: is the Host its authority? */
static bool
is_ours(const struct head *head, struct slice target)
{
    char host[256];
    if (!slice_copy(host, sizeof host, head_value(head, "Host")))
        return false;
    return (slice_take(&target, "http://") || slice_take(&target, "https://")) &&
           slice_equal_nocase(slice_take_until(&target, '/'), host);
}

static bool
take_dot(struct slice *segment)
{
    return slice_take(segment, ".") || slice_take(segment, "%2e") || slice_take(segment, "%2E");
}

static bool
is_dots(struct slice segment)
{
    size_t dots = 0;
    while (take_dot(&segment))
        dots++;
    return segment.len == 0 && (dots == 1 || dots == 2);
}

static bool
has_dot_segment(struct slice target)
{
    if (slice_find(target, '.') == target.len && slice_find(target, '%') == target.len)
        return false;
    while (target.len > 0)
        if (is_dots(slice_take_until(&target, '/')))
            return true;
    return false;
}

static bool
refuse(struct response *response, const char *detail)
{
    response_problem(response, 400, "bad_request", "Bad request", detail, NULL);
    return false;
}

bool
head_start_is_exact(const struct head *head, struct response *response)
{
    struct slice target = slice_of(head->start.target);
    struct slice query = slice_of(head->start.query);
    if (!is_cut_exactly(head))
        return refuse(response, "The request line is not written as HTTP/1.1 has it");
    if (target.len + query.len + (head->start.query != NULL) > TARGET_MAX) {
        response_problem(response, 414, "target_too_long", "Address too long",
                         "The address has at most 8,000 bytes", NULL);
        return false;
    }
    if (!slice_starts(target, "/") && !is_ours(head, target))
        return refuse(response, "The address is neither a path nor one of this host");
    if (slice_find(target, '#') < target.len || slice_find(query, '#') < query.len)
        return refuse(response, "A fragment is not part of an address that is asked for");
    if (has_dot_segment(target))
        return refuse(response, "A segment of the path is . or ..");
    return true;
}
