/* SPDX-License-Identifier: Apache-2.0 */
/* signer: holds an issuing key and answers the gateway's requests on a local socket. */
#include "gateway/cli/signer.h"

#include <inttypes.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "gateway/cli/scope.h"
#include "gateway/signer/signer.h"

enum { ANSWER_MAX = 8 * 1024 };

/* Is it digits, and within the key's own scope? */
static enum err
check_prefix(const struct keyset_entry *entry, const char *prefix, struct fault *fault)
{
    size_t digits = strspn(prefix, "0123456789");
    if (digits == 0 || digits > GTIN_PREFIX_MAX || prefix[digits] != '\0')
        return fault_set(fault, ERR_USAGE, "--gtin-prefix \"%.40s\": not 1 to %d digits", prefix,
                         GTIN_PREFIX_MAX);
    for (size_t i = 0; i < entry->prefix_count; i++)
        if (slice_starts(slice_of(prefix), entry->prefixes[i]))
            return ERR_OK;
    return fault_set(fault, ERR_USAGE, "--gtin-prefix %s: key %s may not sign for it", prefix,
                     entry->name);
}

static enum err
read_scope(struct signer *signer, struct fault *fault)
{
    const char *prefix = NULL;
    enum err err = ERR_OK;
    while (err == ERR_OK &&
           (prefix = cli_repeated(signer->in, "gtin-prefix", signer->prefix_count)) != NULL) {
        err = check_prefix(signer->issuer.entry, prefix, fault);
        signer->prefixes[signer->prefix_count++] = prefix;
    }
    return err;
}

static enum err
read_guests(struct signer *signer, struct fault *fault)
{
    const char *name = NULL;
    enum err err = ERR_OK;
    while (err == ERR_OK &&
           (name = cli_repeated(signer->in, "allow-user", signer->guest_count)) != NULL)
        err = signer_find_user(name, &signer->guests[signer->guest_count++], fault);
    return err;
}

static enum err
read_numbers(struct signer *signer, struct fault *fault)
{
    const struct invocation *in = signer->in;
    signer->max_batch = SIGNER_BATCH_MAX;
    signer->quota.most = QUOTA_NONE;
    signer->quota.most_a_day = QUOTA_NONE;
    enum err err = cli_number(in, "quota", 1, INT32_MAX, &signer->quota.most, fault);
    if (err == ERR_OK)
        err = cli_number(in, "per-day", 1, INT32_MAX, &signer->quota.most_a_day, fault);
    if (err == ERR_OK)
        err = cli_number(in, "max-batch", 1, SIGNER_BATCH_MAX, &signer->max_batch, fault);
    return err;
}

/* No core file and no other program of this user gets at the key. */
static enum err
hide_memory(struct fault *fault)
{
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
        return ERR_OK;
    return fault_set(fault, ERR_UNAVAILABLE, "cannot keep the key out of core files");
}

static enum err
tell(const struct signer *signer, const char *path, struct fault *fault)
{
    AUTO_TEXT out;
    text_init(&out, ANSWER_MAX);
    if (signer->in->json) {
        text_printf(&out, "{\"key\":\"%s\",\"socket\":", signer->issuer.entry->name);
        text_json(&out, slice_of(path));
        text_put(&out, "}\n");
    } else {
        text_put(&out, "assay signer: ");
        key_title(&out, signer->issuer.entry);
        text_printf(&out, " signs at %s\n", path);
    }
    enum err err = cli_print(&out, fault);
    if (err == ERR_OK && fflush(stdout) != 0)
        return fault_set(fault, ERR_UNAVAILABLE, "cannot write to stdout");
    return err;
}

static enum err
serve(struct signer *signer, struct fault *fault)
{
    const char *path = cli_value(signer->in, "socket");
    int listener = -1;
    enum err err = signer_listen(path, cli_value(signer->in, "group"), &listener, fault);
    if (err == ERR_OK)
        err = tell(signer, path, fault);
    if (err == ERR_OK)
        err = signer_serve(signer, listener, fault);
    signer_leave(path, listener);
    return err;
}

static enum err
open_signer(struct signer *signer, struct fault *fault)
{
    enum err err = read_numbers(signer, fault);
    if (err == ERR_OK)
        err = read_guests(signer, fault);
    if (err == ERR_OK)
        err = hide_memory(fault);
    if (err == ERR_OK)
        err = issuer_open(&signer->issuer, signer->in, NULL, fault);
    if (err == ERR_OK)
        err = read_scope(signer, fault);
    return err == ERR_OK ? quota_open(&signer->quota, signer->issuer.path, fault) : err;
}

int
cli_signer(const struct invocation *in, struct fault *fault)
{
    struct signer signer = {.in = in,
                            .mutex = PTHREAD_MUTEX_INITIALIZER,
                            .idle = PTHREAD_COND_INITIALIZER,
                            .quota = {.lock = -1}};
    enum err err = open_signer(&signer, fault);
    if (err == ERR_OK)
        err = serve(&signer, fault);
    quota_close(&signer.quota);
    issuer_close(&signer.issuer);
    return cli_exit(err);
}
