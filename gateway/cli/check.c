/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/operate.h"
#include "gateway/cli/scope.h"

enum { LINE_TEXT_MAX = 4096, EXIT_DAMAGED = 1 };

struct check {
    const struct invocation *in;
    uint64_t damages;
    struct progress progress;
};

static void
found(const char *what, void *context)
{
    struct check *check = context;
    AUTO_TEXT line;
    text_init(&line, LINE_TEXT_MAX);
    check->damages++;
    if (check->in->json) {
        text_put(&line, "{\"damage\":");
        text_json(&line, slice_of(what));
        text_put(&line, "}\n");
    } else {
        text_put(&line, "damaged: ");
        cli_clean(&line, slice_of(what));
        text_char(&line, '\n');
    }
    if (text_ok(&line))
        (void)fwrite(line.data, 1, line.len, stdout);
}

static void
take_progress(uint64_t done, uint64_t total, void *context)
{
    struct check *check = context;
    check->progress.total = total;
    progress_update(&check->progress, done);
}

/* Counted as a damage, so that the rest is looked at all the same; but not that there is no memory,
 * or that it cannot be read now. */
static enum err
check_keyset(struct check *check, struct fault *fault)
{
    struct fault wrong = {ERR_OK, ""};
    AUTO_KEYSET *keyset = NULL;
    enum err err = cli_keyset(check->in, &keyset, &wrong);
    if (err == ERR_MEMORY || err == ERR_UNAVAILABLE)
        return fault_set(fault, err, "%s", wrong.text);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        found(wrong.text, check);
    return ERR_OK;
}

static enum err
check_registry(struct check *check, struct store *store, struct fault *fault)
{
    const struct registry_checker checker = {found, take_progress, check};
    progress_begin(&check->progress, "checking", 0);
    enum err err = registry_check(store->session, &checker);
    progress_end(&check->progress, check->progress.total);
    if (err == ERR_CORRUPT && check->damages > 0)
        return ERR_OK;
    return err == ERR_OK ? ERR_OK : store_fault(fault, err, "the registry");
}

static enum err
tell(const struct check *check, struct store *store, struct fault *fault)
{
    struct registry_health health;
    AUTO_TEXT out;
    text_init(&out, LINE_TEXT_MAX);
    memset(&health, 0, sizeof health);
    enum err err = registry_health(store->session, &health);
    if (err != ERR_OK && check->damages == 0)
        return store_fault(fault, err, "the registry");
    if (check->in->json)
        text_printf(&out,
                    "{\"damages\":%" PRIu64 ",\"units\":%" PRIu64 ",\"products\":%" PRIu64
                    ",\"lots\":%" PRIu64 ",\"recalls\":%" PRIu64 ",\"events\":%" PRIu64
                    ",\"operations\":%" PRIu64 ",\"notices\":%" PRIu64 ",\"sessions\":%" PRIu64
                    ",\"scans\":%" PRIu64 ",\"bytes\":%" PRIu64 "}\n",
                    check->damages, health.units, health.products, health.lots, health.recalls,
                    health.events, health.operations, health.notices, health.sessions, health.scans,
                    health.bytes_used);
    else
        text_printf(&out,
                    "units %" PRIu64 ", products %" PRIu64 ", lots %" PRIu64 ", recalls %" PRIu64
                    ", events %" PRIu64 ", operations %" PRIu64 ", notices %" PRIu64
                    ", sessions %" PRIu64 ", scanned units %" PRIu64 ", KiB %" PRIu64 ": %s\n",
                    health.units, health.products, health.lots, health.recalls, health.events,
                    health.operations, health.notices, health.sessions, health.scans,
                    health.bytes_used / 1024,
                    check->damages == 0 ? "no damage" : "DAMAGED, restore it from the backup");
    return cli_print(&out, fault);
}

static enum err
run(struct check *check, struct fault *fault)
{
    AUTO_STORE *store = NULL;
    enum err err = operate_open(check->in, STORE_READ_ONLY | STORE_NO_KEYSET, &store, fault);
    if (err != ERR_OK)
        return err;
    err = check_keyset(check, fault);
    if (err == ERR_OK)
        err = check_registry(check, store, fault);
    return err == ERR_OK ? tell(check, store, fault) : err;
}

int
cli_check(const struct invocation *in, struct fault *fault)
{
    struct check check = {.in = in};
    enum err err = run(&check, fault);
    if (err != ERR_OK)
        return cli_exit(err);
    return check.damages == 0 ? EXIT_OK : EXIT_DAMAGED;
}
