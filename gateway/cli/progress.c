/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/cli/cli.h"

enum {
    QUIET_MS = 1000,
    REDRAW_MS = 200,
    LINE_MS = 10000,
    LINE_WIDTH = 78,
    MINUTE = 60,
    HOUR = 3600
};

static int64_t
now_ms(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* "1,234,567" */
static void
put_count(struct text *out, uint64_t count)
{
    if (count >= 1000) {
        put_count(out, count / 1000);
        text_printf(out, ",%03u", (unsigned)(count % 1000));
        return;
    }
    text_printf(out, "%u", (unsigned)count);
}

static void
put_duration(struct text *out, uint64_t seconds)
{
    if (seconds >= HOUR)
        text_printf(out, "%llu h %02llu min", (unsigned long long)(seconds / HOUR),
                    (unsigned long long)(seconds % HOUR / MINUTE));
    if (seconds >= MINUTE && seconds < HOUR)
        text_printf(out, "%llu min %02llu s", (unsigned long long)(seconds / MINUTE),
                    (unsigned long long)(seconds % MINUTE));
    if (seconds < MINUTE)
        text_printf(out, "%llu s", (unsigned long long)seconds);
}

static void
put_line(struct text *out, const struct progress *p, uint64_t done, int64_t elapsed_ms)
{
    uint64_t elapsed = elapsed_ms < 1 ? 1 : (uint64_t)elapsed_ms;
    uint64_t rate = done * 1000 / elapsed;
    text_printf(out, "%s ", p->what);
    put_count(out, done);
    if (p->total > 0) {
        text_put(out, " of ");
        put_count(out, p->total);
    }
    text_put(out, ", ");
    put_count(out, rate);
    text_put(out, "/s");
    if (p->total <= done || done == 0)
        return;
    text_put(out, ", ");
    put_duration(out, (p->total - done) * elapsed / done / 1000);
    text_put(out, " left");
}

static void
show(struct progress *p, uint64_t done, int64_t elapsed_ms, bool last)
{
    struct text line;
    text_init(&line, LINE_WIDTH);
    put_line(&line, p, done, elapsed_ms);
    /* Padded, so that a shorter line covers a longer one. */
    const char *content = text_ok(&line) ? line.data : p->what;
    if (p->terminal)
        (void)fprintf(stderr, "\r%-*s%s", LINE_WIDTH, content, last ? "\n" : "");
    if (!p->terminal)
        (void)fprintf(stderr, "%s\n", content);
    (void)fflush(stderr);
    text_free(&line);
    p->drawn = true;
}

void
progress_begin(struct progress *p, const char *what, uint64_t total)
{
    int64_t now = now_ms();
    *p = (struct progress){
        .what = what,
        .total = total,
        .started_ms = now,
        .shown_ms = now,
        .terminal = isatty(STDERR_FILENO) == 1,
    };
}

void
progress_update(struct progress *p, uint64_t done)
{
    int64_t now = now_ms();
    int64_t pause = p->terminal ? (p->drawn ? REDRAW_MS : QUIET_MS) : LINE_MS;
    if (now - p->shown_ms < pause)
        return;
    show(p, done, now - p->started_ms, false);
    p->shown_ms = now;
}

void
progress_end(struct progress *p, uint64_t done)
{
    if (p->drawn)
        show(p, done, now_ms() - p->started_ms, true);
}
