/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/quota.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "gateway/base/file.h"

enum { FILE_MODE = 0600, FILE_MAX = 256 };

static const char title[] = "assay-quota 1\n";
/* Ten thousand years of a billion a day: sums never come near the end of the number. */
#define USED_MAX (UINT64_C(1) << 53)

static bool
take_number(struct slice *rest, const char *name, uint64_t *out)
{
    return slice_take(rest, name) && slice_number(out, slice_take_until(rest, '\n'), 0, USED_MAX);
}

static bool
parse(struct quota *quota, struct slice rest)
{
    if (!slice_take(&rest, title) || !take_number(&rest, "used ", &quota->used) ||
        !slice_take(&rest, "day ") || !date_parse(&quota->day, slice_take_until(&rest, '\n')))
        return false;
    return take_number(&rest, "today ", &quota->today) && rest.len == 0 &&
           quota->today <= quota->used;
}

static enum err
read_file(struct quota *quota, struct fault *fault)
{
    struct text text;
    text_init(&text, FILE_MAX);
    enum err err = file_read(quota->path, FILE_SECRET, &text, fault);
    if (err == ERR_OK && !parse(quota, text_slice(&text)))
        err = fault_set(fault, ERR_CORRUPT,
                        "%s: damaged; put it back from a backup, or count what was issued with "
                        "the key and write that into it",
                        quota->path);
    text_free(&text);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err
write_file(const struct quota *quota, struct fault *fault)
{
    char day[DATE_TEXT_MAX];
    struct text text;
    date_format(day, quota->day);
    text_init(&text, FILE_MAX);
    text_printf(&text, "%sused %" PRIu64 "\nday %s\ntoday %" PRIu64 "\n", title, quota->used, day,
                quota->today);
    enum err err = text_ok(&text) ? file_replace(quota->path, text_slice(&text), FILE_MODE, fault)
                                  : fault_set(fault, ERR_MEMORY, "out of memory");
    text_free(&text);
    return err;
}

enum err
quota_open(struct quota *quota, const char *key_path, struct fault *fault)
{
    char lock[KEY_PATH_MAX + 32];
    quota->lock = -1;
    quota->used = 0;
    quota->today = 0;
    quota->day = 0;
    (void)snprintf(quota->path, sizeof quota->path, "%s.quota", key_path);
    (void)snprintf(lock, sizeof lock, "%s.lock", quota->path);
    if (pthread_mutex_init(&quota->mutex, NULL) != 0)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    enum err err = file_lock(lock, &quota->lock, fault);
    if (err == ERR_BUSY)
        return fault_set(fault, err, "%s: another signer holds this key", key_path);
    return err == ERR_OK ? read_file(quota, fault) : err;
}

void
quota_close(struct quota *quota)
{
    if (quota->path[0] == '\0')
        return;
    (void)pthread_mutex_destroy(&quota->mutex);
    if (quota->lock >= 0)
        (void)close(quota->lock);
}

static uint64_t
today_of(const struct quota *quota, civil_day day)
{
    return day > quota->day ? 0 : quota->today;
}

static bool
fits(uint64_t count, uint64_t used, uint64_t most)
{
    return most == QUOTA_NONE || (used <= most && count <= most - used);
}

static enum err
take(struct quota *quota, uint64_t count, civil_day day, struct fault *fault)
{
    uint64_t today = today_of(quota, day);
    if (!fits(count, quota->used, quota->most))
        return fault_set(fault, ERR_FULL,
                         "%" PRIu64 " serials are more than the %" PRIu64
                         " that are left of this signer's quota",
                         count, quota->used < quota->most ? quota->most - quota->used : 0);
    if (!fits(count, today, quota->most_a_day))
        return fault_set(fault, ERR_BUSY,
                         "%" PRIu64 " serials are more than the %" PRIu64
                         " that this signer gives out until midnight (UTC)",
                         count, today < quota->most_a_day ? quota->most_a_day - today : 0);
    quota->used += count;
    quota->today = today + count;
    quota->day = day > quota->day ? day : quota->day;
    if (quota->used > USED_MAX || write_file(quota, fault) != ERR_OK)
        return fault_set(fault, ERR_UNAVAILABLE, "%s: the quota could not be written down",
                         quota->path);
    return ERR_OK;
}

enum err
quota_take(struct quota *quota, uint64_t count, civil_day day, struct fault *fault)
{
    (void)pthread_mutex_lock(&quota->mutex);
    enum err err = take(quota, count, day, fault);
    (void)pthread_mutex_unlock(&quota->mutex);
    return err;
}

void
quota_used(struct quota *quota, civil_day day, uint64_t *used, uint64_t *today)
{
    (void)pthread_mutex_lock(&quota->mutex);
    *used = quota->used;
    *today = today_of(quota, day);
    (void)pthread_mutex_unlock(&quota->mutex);
}
