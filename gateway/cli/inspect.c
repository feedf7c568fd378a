/* SPDX-License-Identifier: Apache-2.0 */
/* inspect: what was scanned, how it was read, and where and why reading stopped. */
#include "gateway/cli/codes.h"
#include "gateway/cli/scope.h"

enum { WINDOW_CHARS = 76, BEFORE_CARET = 50 };

static const char *const kinds[READING_KIND_COUNT] = {
    [READING_NONE] = "nothing",
    [READING_DIGITAL_LINK] = "a GS1 Digital Link",
    [READING_ELEMENT_STRING] = "a GS1 element string",
    [READING_SERIAL] = "a bare serial number: the product has to be known from elsewhere",
};

static const char *const labels[LABEL_RESULT_COUNT] = {
    [LABEL_UNCHECKED] = "not checked: there is no keyset here",
    [LABEL_MALFORMED] = "not readable",
    [LABEL_NO_SIGNATURE] = "none: this code names a unit and proves nothing",
    [LABEL_ISSUER_UNKNOWN] = "by a key that the keyset does not hold",
    [LABEL_ISSUER_OUT_OF_SCOPE] = "by a key that may not sign for this GTIN",
    [LABEL_FORGED] = "forged: the key that it names did not make it",
    [LABEL_GENUINE] = "genuine",
};

static const char *const repairs[REPAIR_COUNT] = {
    [REPAIR_NONE] = "nothing",
    [REPAIR_CASE] = "all letters had lost their case",
    [REPAIR_CAPS_LOCK] = "Caps Lock was on",
    [REPAIR_QWERTZ] = "a German keyboard layout stood against a US one",
    [REPAIR_AZERTY] = "a French keyboard layout stood against a US one",
    [REPAIR_SEPARATOR] = "the group separator (FNC1) was lost",
};

/* The host of a link that was read as it is; empty otherwise. */
static struct slice
host_of(const struct scanned *scanned)
{
    struct slice rest = scanned->text;
    if (scanned->reading.kind != READING_DIGITAL_LINK || scanned->reading.repair != REPAIR_NONE)
        return slice_of("");
    (void)slice_take_until(&rest, '/');
    (void)slice_take_until(&rest, '/');
    return slice_take_until(&rest, '/');
}

static void
put_json(struct text *out, const struct scanned *scanned)
{
    const struct reading *reading = &scanned->reading;
    const struct reading_error_info *why = reading_error_info(reading->error);
    bool accepted = reading->error == READ_OK;
    struct slice host = host_of(scanned);
    text_printf(out, "{\"accepted\":%s", accepted ? "true" : "false");
    codes_member(out, "reason", accepted ? NULL : why->code);
    codes_member(out, "kind", accepted ? reading_kind_name(reading->kind) : NULL);
    codes_members(out, scanned);
    codes_member(out, "sentence", why->sentence);
    text_put(out, ",\"host\":");
    if (host.len == 0)
        text_put(out, "null");
    else
        text_json(out, host);
    text_put(out, ",\"error_at\":");
    if (accepted)
        text_put(out, "null}\n");
    else
        text_printf(out, "%zu}\n", reading->error_at);
}

/* The part of the text around the place, a column for a byte, and a caret under it. */
static void
put_place(struct text *out, struct slice text, size_t at)
{
    size_t from = at > BEFORE_CARET ? at - BEFORE_CARET : 0;
    size_t len = text.len - from > WINDOW_CHARS ? WINDOW_CHARS : text.len - from;
    text_printf(out, "\n  %s", from > 0 ? "..." : "");
    for (size_t i = from; i < from + len; i++) {
        bool printable = text.data[i] >= ' ' && text.data[i] <= '~';
        text_slice_put(out, printable ? slice_make(&text.data[i], 1) : slice_of("?"));
    }
    text_put(out, from + len < text.len ? "...\n" : "\n");
    text_printf(out, "  %*s^\n", (int)(at - from + (from > 0 ? 3 : 0)), "");
}

static void
put_refused(struct text *out, const struct scanned *scanned)
{
    const struct reading *reading = &scanned->reading;
    const struct reading_error_info *why = reading_error_info(reading->error);
    text_printf(out, "Not a code: %s (%s).\n", why->sentence, why->code);
    if (scanned->text.len > 0 && reading->error_at <= scanned->text.len)
        put_place(out, scanned->text, reading->error_at);
}

static void
put_piece(struct text *out, const char *name, struct slice value)
{
    if (value.len == 0)
        return;
    text_printf(out, "  %-15s", name);
    cli_clean(out, value);
    text_char(out, '\n');
}

static void
put_signature(struct text *out, const struct scanned *scanned)
{
    const struct keyset_entry *signer = scanned->trust.signer;
    if (scanned->reading.has_token) {
        text_printf(out, "  %-15s", "signed by key");
        text_hex(out, scanned->reading.token.kid, KID_BYTES);
        if (signer != NULL) {
            text_printf(out, ", %s of ", signer->name);
            cli_clean(out, slice_of(signer->organisation));
        }
        text_char(out, '\n');
    }
    text_printf(out, "  %-15s%s", "signature", labels[scanned->trust.result]);
    if (signer != NULL && signer->status != KEY_ACTIVE)
        text_printf(out, ", by a key that is %s", key_status_name(signer->status));
    text_char(out, '\n');
}

static void
put_read(struct text *out, const struct scanned *scanned)
{
    const struct reading *reading = &scanned->reading;
    text_printf(out, "Read as %s.\n", kinds[reading->kind]);
    put_piece(out, "product (01)", slice_of(reading->id.gtin));
    put_piece(out, "variant (22)", slice_of(reading->id.variant));
    put_piece(out, "lot (10)", slice_of(reading->id.lot));
    put_piece(out, "serial (21)", slice_of(reading->id.serial));
    put_piece(out, "host", host_of(scanned));
    put_signature(out, scanned);
    put_piece(out, "canonical", slice_of(reading->canonical));
    if (reading->repair != REPAIR_NONE)
        text_printf(out, "Repaired: %s. The signature confirms the repair; set up the scanner.\n",
                    repairs[reading->repair]);
}

static bool
answer(struct text *out, const struct invocation *in, const struct scanned *scanned)
{
    bool accepted = scanned->reading.error == READ_OK;
    if (in->json)
        put_json(out, scanned);
    else if (accepted)
        put_read(out, scanned);
    else
        put_refused(out, scanned);
    return accepted;
}

int
cli_inspect(const struct invocation *in, struct fault *fault)
{
    AUTO_KEYSET *keyset = NULL;
    enum err err = cli_keyset(in, &keyset, fault);
    bool optional = err == ERR_NOT_FOUND && cli_value(in, "keyset") == NULL;
    if (err != ERR_OK && !optional)
        return cli_exit(err);
    return codes_run(in, keyset, answer, fault);
}
