/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/log/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/date.h"

static const char *const names[] = {
    [LOG_ERROR] = "error", [LOG_INFO] = "info", [LOG_DEBUG] = "debug"};

bool
log_wants(const struct config *config, enum log_level level)
{
    enum log_level most = LOG_ERROR;
    while (most < LOG_DEBUG && strcmp(config->log, names[most]) != 0)
        most++;
    return level <= most;
}

static PRINTF_LIKE(3, 0) void write_line(enum log_level level, const char *event,
                                         const char *format, va_list args)
{
    char message[FAULT_TEXT_MAX];
    char time_text[TIME_TEXT_MAX];
    struct text line;
    (void)vsnprintf(message, sizeof message, format, args);
    time_format(time_text, (int64_t)time(NULL));
    text_init(&line, 4096);
    text_printf(&line, "{\"time\":\"%s\",\"level\":\"%s\",\"event\":\"%s\",\"text\":", time_text,
                names[level], event);
    text_json(&line, slice_of(message));
    text_put(&line, "}\n");
    ssize_t written = text_ok(&line) ? write(STDERR_FILENO, line.data, line.len) : 0;
    (void)written; /* there is nowhere left to say that it failed */
    text_free(&line);
}

/* Most of what could be told is not asked for. */
void
log_event(const struct config *config, enum log_level level, const char *event, const char *format,
          ...)
{
    va_list args;
    if (!log_wants(config, level))
        return;
    va_start(args, format);
    write_line(level, event, format, args);
    va_end(args);
}
