/* SPDX-License-Identifier: Apache-2.0 */
/* What a stored notice may say, and how the gateway finds its own again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/rules/notice.h"

static void
names(void **state)
{
    static const struct {
        enum notice_kind kind;
        const char *name;
    } rows[] = {
        {NOTICE_LOOKS_FAKE, "looks_fake"},         {NOTICE_NEVER_ISSUED, "never_issued"},
        {NOTICE_REPORT_REFUSED, "report_refused"}, {NOTICE_SECOND_RETURN, "second_return"},
        {NOTICE_COPY_SUSPECTED, "copy_suspected"}, {NOTICE_OWNER_DISPLACED, "owner_displaced"},
    };
    static const char *const others[] = {"", "none", "looks", "looks_fakes", "Looks_fake"};
    enum notice_kind kind = NOTICE_NONE;
    (void)state;
    assert_int_equal(sizeof rows / sizeof rows[0], NOTICE_KINDS - 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(notice_kind_name(rows[i].kind), rows[i].name);
        assert_true(notice_kind_parse(&kind, slice_of(rows[i].name)));
        assert_int_equal(kind, rows[i].kind);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(notice_kind_parse(&kind, slice_of(others[i])));
        assert_int_equal(kind, NOTICE_NONE);
    }
    assert_string_equal(notice_kind_name(NOTICE_NONE), "none");
    assert_string_equal(notice_kind_name(NOTICE_KINDS), "none");
    assert_string_equal(notice_kind_name((enum notice_kind)(-1)), "none");
}

static const struct notice sound = {
    .reference = "7K3M9Q2XBT",
    .kind = NOTICE_LOOKS_FAKE,
    .gtin = "09506000134352",
    .serial = "7K3M9Q2XBT4H",
    .answer = "label_forged",
    .first_at = 1700000000,
    .last_at = 1700000000,
    .count = 1,
    .role = ROLE_PUBLIC,
    .place = "Corner shop, Hauptstraße 5",
    .text = "The box is thin.\nThe print is blurred.",
};

/* A text goes over the member at `at`, a number into it. */
static const struct row {
    const char *label;
    size_t at;
    const char *text; /* NULL: the number */
    int64_t number;
    size_t width;
    const char *pointer; /* "": it is good */
} rows[] = {
#define TEXT(label, member, text, pointer)                                                         \
    {                                                                                              \
        label, offsetof(struct notice, member), text, 0, sizeof sound.member, pointer              \
    }
#define NUMBER(label, member, number, pointer)                                                     \
    {                                                                                              \
        label, offsetof(struct notice, member), NULL, number, sizeof sound.member, pointer         \
    }
    TEXT("reference of nines", reference, "9999999999", ""),
    TEXT("no reference", reference, "", "/reference"),
    TEXT("short reference", reference, "7K3M9Q2XB", "/reference"),
    TEXT("lower case", reference, "7k3m9q2xbt", "/reference"),
    TEXT("a letter that is not used", reference, "7K3M9Q2XBU", "/reference"),
    NUMBER("no kind", kind, 0, "/kind"),
    NUMBER("a kind that is none", kind, NOTICE_KINDS, "/kind"),
    TEXT("no GTIN", gtin, "", ""),
    TEXT("wrong check digit", gtin, "09506000134353", "/gtin"),
    TEXT("short GTIN", gtin, "9506000134352", "/gtin"),
    TEXT("no serial", serial, "", ""),
    TEXT("a blank in the serial", serial, "A B", "/serial"),
    TEXT("no answer", answer, "", ""),
    TEXT("another answer", answer, "genuine", ""),
    TEXT("an answer that is none", answer, "forged", "/answer"),
    NUMBER("no first time", first_at, 0, "/first_at"),
    NUMBER("first time after the last", first_at, 1700000001, "/last_at"),
    NUMBER("counted to the end", count, UINT32_MAX, ""),
    NUMBER("not once", count, 0, "/count"),
    NUMBER("an operator", role, ROLE_OPERATOR, ""),
    NUMBER("nobody", role, 0, "/role"),
    NUMBER("two roles", role, ROLE_PUBLIC | ROLE_OWNER, "/role"),
    TEXT("an organisation", organisation, "Shop", ""),
    TEXT("a control character", organisation, "Sh\x07op", "/organisation"),
    TEXT("no place", place, "", ""),
    TEXT("a line feed in the place", place, "a\nb", "/place"),
    TEXT("a blank at the end of the place", place, "a ", "/place"),
    TEXT("no UTF-8", place, "\xC3", "/place"),
    TEXT("no text", text, "", ""),
    TEXT("three lines", text, "a\n\nb", ""),
    TEXT("a tab", text, "a\tb", "/text"),
    TEXT("a carriage return", text, "a\r\nb", "/text"),
    TEXT("a line feed at the end", text, "a\n", "/text"),
    TEXT("a line feed and nothing else", text, "\n", "/text"),
    TEXT("a control character of two bytes", text, "a\xC2\x85", "/text"),
    NUMBER("closed by nobody", closed_at, 1700000001, "/closed_by"),
    NUMBER("closed before it was opened", closed_at, 1699999999, "/closed_at"),
    TEXT("open, and was closed before", closed_by, "Example Brand", ""),
    TEXT("open, and something came of it before", outcome, "the shop was told", ""),
    TEXT("an outcome of two lines", outcome, "a\nb", "/outcome"),
};

static void
put(struct notice *notice, const struct row *row)
{
    char *member = (char *)notice + row->at;
    uint32_t narrow = (uint32_t)row->number;
    memset(member, 0, row->width);
    if (row->text != NULL)
        memcpy(member, row->text, strlen(row->text));
    else if (row->width == 4)
        memcpy(member, &narrow, sizeof narrow);
    else
        memcpy(member, &row->number, sizeof row->number);
}

static void
expect(const char *label, const struct notice *notice, const char *pointer)
{
    struct fault fault = {ERR_OK, ""};
    enum err err = notice_check(notice, &fault);
    bool begins = strncmp(fault.text, pointer, strlen(pointer)) == 0;
    if ((err == ERR_OK) != (pointer[0] == '\0') || !begins)
        fail_msg("%s: %s", label, fault.text);
}

static void
checks(void **state)
{
    (void)state;
    expect("sound", &sound, "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct notice notice = sound;
        put(&notice, &rows[i]);
        expect(rows[i].label, &notice, rows[i].pointer);
    }
}

static void
a_closed_one(void **state)
{
    struct notice notice = sound;
    (void)state;
    notice.closed_at = notice.first_at;
    memcpy(notice.closed_by, "Example Brand", 13);
    expect("in the same second", &notice, "");
}

/* Without a NUL in its place. */
static void
texts_that_do_not_end(void **state)
{
    static const struct {
        size_t at, size;
        const char *pointer;
    } members[] = {
#define MEMBER(name, pointer) {offsetof(struct notice, name), sizeof sound.name, pointer}
        MEMBER(reference, "/reference"), MEMBER(gtin, "/gtin"),
        MEMBER(serial, "/serial"),       MEMBER(answer, "/answer"),
        MEMBER(place, "/place"),         MEMBER(organisation, "/organisation"),
        MEMBER(text, "/text"),           MEMBER(closed_by, "/closed_by"),
        MEMBER(outcome, "/outcome"),
    };
    (void)state;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        struct notice notice = sound;
        memset((char *)&notice + members[i].at, '0', members[i].size);
        expect(members[i].pointer, &notice, members[i].pointer);
        ((char *)&notice)[members[i].at + members[i].size - 1] = '\0';
        if (members[i].size > NOTICE_PLACE_MAX || strcmp(members[i].pointer, "/closed_by") == 0)
            expect("as long as it may be", &notice, "");
    }
}

/* By Python's hashlib.blake2b with digest_size=16 and the key 00 01 … 1F; the low five bits of the
 * first ten bytes. */
static void
references(void **state)
{
    static const struct {
        enum notice_kind kind;
        const char *gtin, *serial, *reference;
    } known[] = {
        {NOTICE_NEVER_ISSUED, "09506000134352", "7K3M9Q2XBT4H", "42R4KPV953"},
        {NOTICE_SECOND_RETURN, "09506000134352", "7K3M9Q2XBT4H", "0HB9J6XEZ6"},
        {NOTICE_NEVER_ISSUED, "09506000134352", "7K3M9Q2XBT4", "4NV89J37BV"},
        {NOTICE_COPY_SUSPECTED, "09506000134352", "7K3M9Q2XBT4H", "Z5ZZTVA19Q"},
        {NOTICE_LOOKS_FAKE, "", "", "KJGQB1WF6A"},
    };
    char reference[NOTICE_REFERENCE_CHARS + 1];
    uint8_t key[SEAL_KEY_BYTES];
    (void)state;
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        notice_reference_of(reference, key, known[i].kind, known[i].gtin, known[i].serial);
        assert_string_equal(reference, known[i].reference);
    }
    key[0] = 1;
    notice_reference_of(reference, key, known[0].kind, known[0].gtin, known[0].serial);
    assert_string_not_equal(reference, known[0].reference);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),        cmocka_unit_test(checks),
        cmocka_unit_test(a_closed_one), cmocka_unit_test(texts_that_do_not_end),
        cmocka_unit_test(references),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
