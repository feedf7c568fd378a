/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of browsers, the list of notices, and tallies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tests/registry/contract.h"

enum { NOW = 1700000000 };

/* ---- sessions ---- */

static const char id[] = "7K3M9Q2X";

static void
sign_in(struct contract *contract, const char *credential, unsigned number, int64_t at)
{
    struct session browser;
    test_browser(&browser, credential, number, at);
    contract_expect("sign in", registry_put_session(contract->session, &browser, at), ERR_OK);
}

static enum err
touch(struct contract *contract, unsigned number, int64_t made, int64_t seen)
{
    struct session browser;
    test_browser(&browser, id, number, made);
    browser.seen_at = seen;
    return registry_put_session(contract->session, &browser, seen);
}

/* ERR_OK or ERR_NOT_FOUND; zeroed when it is not there. */
static enum err
find(struct contract *contract, const char *credential, unsigned number, struct session *out)
{
    struct session browser;
    struct session zero;
    test_browser(&browser, credential, number, NOW);
    memset(&zero, 0, sizeof zero);
    memset(out, 0xFF, sizeof *out);
    enum err err = registry_get_session(contract->session, credential, browser.seal, out);
    if (err != ERR_OK)
        assert_memory_equal(out, &zero, sizeof zero);
    return err;
}

static void
expect_count(struct contract *contract, const char *credential, int64_t now, size_t expected)
{
    size_t count = 99;
    contract_expect("count", registry_count_sessions(contract->session, credential, now, &count),
                    ERR_OK);
    assert_int_equal(count, expected);
}

static void
end(struct contract *contract, unsigned number, bool all)
{
    struct session browser;
    test_browser(&browser, id, number, NOW);
    contract_expect("sign out",
                    registry_end_sessions(contract->session, id, all ? NULL : browser.seal),
                    ERR_OK);
}

static void
one_browser(struct contract *contract)
{
    struct session browser;
    struct session expected;
    expect_count(contract, id, NOW, 0);
    sign_in(contract, id, 1, NOW);
    test_browser(&expected, id, 1, NOW);
    contract_expect("signed in", find(contract, id, 1, &browser), ERR_OK);
    assert_memory_equal(&browser, &expected, sizeof browser);
    contract_expect("another credential", find(contract, "7K3M9Q2Y", 1, &browser), ERR_NOT_FOUND);
    contract_expect("another browser", find(contract, id, 2, &browser), ERR_NOT_FOUND);

    contract_expect("seen", touch(contract, 1, NOW, NOW + 300), ERR_OK);
    contract_expect("seen by a slower thread", touch(contract, 1, NOW, NOW + 250), ERR_OK);
    contract_expect("as if it were younger", touch(contract, 1, NOW + 100, NOW + 300), ERR_OK);
    expected.seen_at = NOW + 300;
    contract_expect("the latest counts", find(contract, id, 1, &browser), ERR_OK);
    assert_memory_equal(&browser, &expected, sizeof browser);
    test_browser(&browser, id, 1, NOW);
    contract_expect("opening, once more",
                    registry_put_session(contract->session, &browser, NOW + 300), ERR_OK);
    contract_expect("it stays", find(contract, id, 1, &browser), ERR_OK);
    assert_memory_equal(&browser, &expected, sizeof browser);
    contract_expect("seen, and never opened", touch(contract, 2, NOW, NOW + 1), ERR_NOT_FOUND);

    expect_count(contract, id, NOW + 300, 1);
    expect_count(contract, id, NOW + 300 + SESSION_IDLE_SECONDS - 1, 1);
    expect_count(contract, id, NOW + 300 + SESSION_IDLE_SECONDS, 0);
    contract_expect("over, and still found", find(contract, id, 1, &browser), ERR_OK);
    contract_expect("over, and not brought back",
                    touch(contract, 1, NOW, NOW + 300 + SESSION_IDLE_SECONDS), ERR_NOT_FOUND);
}

static void
signing_out(struct contract *contract)
{
    struct session browser;
    sign_in(contract, id, 1, NOW);
    sign_in(contract, id, 2, NOW);
    sign_in(contract, id, 3, NOW);
    sign_in(contract, "7K3M9Q2Y", 1, NOW);
    end(contract, 1, false);
    contract_expect("signed out", find(contract, id, 1, &browser), ERR_NOT_FOUND);
    contract_expect("seen in the same moment", touch(contract, 1, NOW, NOW + 9), ERR_NOT_FOUND);
    expect_count(contract, id, NOW, 2);
    end(contract, 1, false);
    expect_count(contract, id, NOW, 2);
    end(contract, 0, true);
    expect_count(contract, id, NOW, 0);
    contract_expect("everywhere", find(contract, id, 3, &browser), ERR_NOT_FOUND);
    end(contract, 0, true);
    expect_count(contract, "7K3M9Q2Y", NOW, 1);
    contract_expect("another credential stays", find(contract, "7K3M9Q2Y", 1, &browser), ERR_OK);
}

static void
sweeping(struct contract *contract)
{
    struct session browser;
    int64_t later = NOW + SESSION_IDLE_SECONDS;
    sign_in(contract, id, 1, NOW);
    sign_in(contract, id, 2, NOW + 1);
    contract_expect("idle, and not swept yet", find(contract, id, 1, &browser), ERR_OK);
    sign_in(contract, id, 3, later);
    contract_expect("idle, and swept", find(contract, id, 1, &browser), ERR_NOT_FOUND);
    contract_expect("not yet idle", find(contract, id, 2, &browser), ERR_OK);
    contract_expect("seen", touch(contract, 3, later, later + 1), ERR_OK);
    contract_expect("swept by that", find(contract, id, 2, &browser), ERR_NOT_FOUND);
    expect_count(contract, id, later + 1, 1);
    end(contract, 0, true);
}

/* One more than a credential may have ends the one that was idle longest. */
static void
limit(struct contract *contract)
{
    struct session browser;
    int64_t now = NOW + SESSIONS_PER_CREDENTIAL;
    for (unsigned i = 0; i < SESSIONS_PER_CREDENTIAL; i++)
        sign_in(contract, id, i, NOW + i);
    expect_count(contract, id, now, SESSIONS_PER_CREDENTIAL);
    contract_expect("the first is used", touch(contract, 0, NOW, now), ERR_OK);
    contract_expect("the last, opened once more",
                    touch(contract, SESSIONS_PER_CREDENTIAL - 1, now - 1, now - 1), ERR_OK);
    expect_count(contract, id, now, SESSIONS_PER_CREDENTIAL);
    sign_in(contract, id, 100, now);
    expect_count(contract, id, now, SESSIONS_PER_CREDENTIAL);
    contract_expect("the first stays", find(contract, id, 0, &browser), ERR_OK);
    contract_expect("the second goes", find(contract, id, 1, &browser), ERR_NOT_FOUND);
    contract_expect("the third stays", find(contract, id, 2, &browser), ERR_OK);
    sign_in(contract, id, 101, now);
    contract_expect("and then goes", find(contract, id, 2, &browser), ERR_NOT_FOUND);
    contract_expect("the new ones are there", find(contract, id, 100, &browser), ERR_OK);
    end(contract, 0, true);
    expect_count(contract, id, now, 0);
}

static void
broken_sessions(struct contract *contract)
{
    static const struct {
        const char *label, *credential;
        int64_t made, seen, now;
        bool without_seal;
    } rows[] = {
        {"no credential", "", NOW, NOW, NOW, false},
        {"short credential", "7K3M9Q2", NOW, NOW, NOW, false},
        {"no seal", "7K3M9Q2X", NOW, NOW, NOW, true},
        {"never made", "7K3M9Q2X", 0, NOW, NOW, false},
        {"seen before it was made", "7K3M9Q2X", NOW, NOW - 1, NOW, false},
        {"over by idling", "7K3M9Q2X", NOW, NOW, NOW + SESSION_IDLE_SECONDS, false},
        {"over by age", "7K3M9Q2X", NOW, NOW + SESSION_ABSOLUTE_SECONDS,
         NOW + SESSION_ABSOLUTE_SECONDS, false},
        {"made in time to come", "7K3M9Q2X", NOW, NOW, NOW - SESSION_SKEW_SECONDS - 1, false},
    };
    struct session browser;
    size_t count = 99;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_browser(&browser, rows[i].credential, 1, rows[i].made);
        browser.seen_at = rows[i].seen;
        if (rows[i].without_seal)
            memset(browser.seal, 0, SEAL_BYTES);
        contract_expect(rows[i].label,
                        registry_put_session(contract->session, &browser, rows[i].now),
                        ERR_INVALID);
    }
    contract_expect("get", registry_get_session(contract->session, "7K3", browser.seal, &browser),
                    ERR_INVALID);
    contract_expect("count", registry_count_sessions(contract->session, "7K3", NOW, &count),
                    ERR_INVALID);
    assert_int_equal(count, 0);
    contract_expect("end", registry_end_sessions(contract->session, "7k3m9q2x", NULL), ERR_INVALID);
    expect_count(contract, id, NOW, 0);
}

void
contract_browsers(struct contract *contract)
{
    one_browser(contract);
    end(contract, 0, true);
    signing_out(contract);
    sweeping(contract);
    limit(contract);
    broken_sessions(contract);
}

/* ---- the list of notices ---- */

/* In the order of the list; put in another one. */
static const struct listed {
    const char *reference;
    int64_t after; /* NOW: when it was first there */
    enum notice_kind kind;
    bool closed;
} listed[] = {
    {"A000000009", 90, NOTICE_LOOKS_FAKE, false},
    {"A000000007", 70, NOTICE_NEVER_ISSUED, true},
    {"A000000001", 60, NOTICE_LOOKS_FAKE, true},
    {"A000000002", 60, NOTICE_SECOND_RETURN, false},
    {"A000000003", 60, NOTICE_LOOKS_FAKE, false},
    {"A000000008", 50, NOTICE_NEVER_ISSUED, false},
    {"A000000006", 40, NOTICE_REPORT_REFUSED, true},
    {"A000000004", 30, NOTICE_LOOKS_FAKE, false},
    {"A000000005", 10, NOTICE_NEVER_ISSUED, false},
};
enum { LISTED = sizeof listed / sizeof listed[0], PAGE = 2 };

static void
put_notice(struct contract *contract, const struct notice *notice)
{
    struct operation operation;
    contract_operation(contract, &operation);
    contract_expect(notice->reference,
                    registry_put_notice(contract->session, notice, &operation, NULL), ERR_OK);
}

static void
close_notice(struct notice *notice)
{
    notice->closed_at = notice->last_at;
    memcpy(notice->closed_by, "Example Brand", 13);
}

static void
put_listed(struct contract *contract)
{
    for (size_t i = 0; i < LISTED; i++) {
        const struct listed *row = &listed[(i * 4) % LISTED];
        struct notice notice;
        test_notice(&notice, row->reference, NOW + 1000 + row->after);
        notice.kind = row->kind;
        if (row->closed)
            close_notice(&notice);
        put_notice(contract, &notice);
    }
}

/* What others do between two pages: something new, something again, something is closed. */
static void
disturb(struct contract *contract, unsigned page)
{
    char reference[NOTICE_REFERENCE_CHARS + 1];
    struct notice notice;
    (void)snprintf(reference, sizeof reference, "B%09u", (unsigned)contract->operations);
    test_notice(&notice, reference, NOW + 2000 + page);
    notice.kind = NOTICE_LOOKS_FAKE;
    put_notice(contract, &notice);
    contract_expect(
        "one that was there",
        registry_get_notice(contract->session, listed[page % LISTED].reference, &notice), ERR_OK);
    notice.count++;
    notice.last_at += 5;
    put_notice(contract, &notice);
}

static const struct filter {
    const char *label;
    struct notice_filter asked;
} filters[] = {
    {"all", {NOTICE_NONE, false}},
    {"open", {NOTICE_NONE, true}},
    {"those that look fake", {NOTICE_LOOKS_FAKE, false}},
    {"those that look fake and are open", {NOTICE_LOOKS_FAKE, true}},
    {"refused and open: none", {NOTICE_REPORT_REFUSED, true}},
};

static bool
belongs(const struct filter *filter, const struct listed *row)
{
    return (filter->asked.kind == NOTICE_NONE || filter->asked.kind == row->kind) &&
           !(filter->asked.open && row->closed);
}

/* The rows of the table, in their order; others made notices since, and may be among them. */
static void
expect_listed(struct contract *contract, const struct filter *filter, bool disturbed)
{
    struct cursor cursor = {""};
    struct notice page[PAGE];
    size_t count = 0;
    size_t at = 0;
    unsigned pages = 0;
    do {
        contract_expect(
            filter->label,
            registry_list_notices(contract->session, &filter->asked, &cursor, page, PAGE, &count),
            ERR_OK);
        for (size_t i = 0; i < count; i++) {
            if (page[i].reference[0] != 'A')
                continue;
            while (at < LISTED && !belongs(filter, &listed[at]))
                at++;
            assert_true(at < LISTED);
            assert_string_equal(page[i].reference, listed[at].reference);
            assert_int_equal(page[i].first_at, NOW + 1000 + listed[at].after);
            at++;
        }
        if (disturbed)
            disturb(contract, pages);
        pages++;
    } while (cursor.text[0] != '\0');
    while (at < LISTED && !belongs(filter, &listed[at]))
        at++;
    assert_int_equal(at, LISTED);
}

static void
broken_lists(struct contract *contract)
{
    struct registry_session *session = contract->session;
    static const struct notice_filter all = {NOTICE_NONE, false};
    static const struct notice_filter open = {NOTICE_NONE, true};
    static const struct notice_filter fakes = {NOTICE_LOOKS_FAKE, true};
    static const struct notice_filter none = {NOTICE_KINDS, true};
    struct cursor cursor = {""};
    struct notice page[PAGE];
    struct notice notice;
    size_t count = 99;
    contract_expect("a page", registry_list_notices(session, &open, &cursor, page, 1, &count),
                    ERR_OK);
    assert_int_equal(count, 1);
    assert_true(cursor.text[0] != '\0');
    contract_expect("of another filter",
                    registry_list_notices(session, &all, &cursor, page, 1, &count), ERR_INVALID);
    assert_int_equal(count, 0);
    contract_expect("of another kind",
                    registry_list_notices(session, &fakes, &cursor, page, 1, &count), ERR_INVALID);
    cursor.text[0] ^= 1;
    contract_expect("changed", registry_list_notices(session, &open, &cursor, page, 1, &count),
                    ERR_INVALID);
    memset(&cursor, 0, sizeof cursor);
    contract_expect("no rows", registry_list_notices(session, &open, &cursor, page, 0, &count),
                    ERR_INVALID);
    contract_expect(
        "too many rows",
        registry_list_notices(session, &open, &cursor, page, REGISTRY_PAGE_MAX + 1, &count),
        ERR_INVALID);
    contract_expect("a kind that is none",
                    registry_list_notices(session, &none, &cursor, page, 1, &count), ERR_INVALID);
    contract_expect("short reference", registry_get_notice(session, "A00000000", &notice),
                    ERR_INVALID);
    contract_expect("no reference", registry_get_notice(session, "A00000000U", &notice),
                    ERR_INVALID);
}

void
contract_notice_list(struct contract *contract)
{
    struct operation operation;
    struct notice notice;
    put_listed(contract);
    broken_lists(contract);
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++)
        expect_listed(contract, &filters[i], false);
    expect_listed(contract, &filters[0], true);
    expect_listed(contract, &filters[3], true);
    test_notice(&notice, "C000000000", NOW);
    notice.count = 0;
    contract_operation(contract, &operation);
    contract_expect("not once", registry_put_notice(contract->session, &notice, &operation, NULL),
                    ERR_INVALID);
    notice.count = 1;
    notice.version = UINT32_MAX;
    contract_expect("a version that cannot rise",
                    registry_put_notice(contract->session, &notice, &operation, NULL), ERR_INVALID);
    notice.version = 0;
    operation.at = 0;
    contract_expect("an operation of no time",
                    registry_put_notice(contract->session, &notice, &operation, NULL), ERR_INVALID);
}

/* ---- tallies ---- */

static void
count_up(struct contract *contract, civil_day day, uint64_t genuine, uint64_t forged)
{
    struct tally tally = {.day = day};
    tally.verdicts[VERDICT_OK] = genuine;
    tally.reasons[REASON_GENUINE] = genuine;
    tally.verdicts[VERDICT_BAD] = forged;
    tally.reasons[REASON_LABEL_FORGED] = forged;
    contract_expect("add", registry_add_tally(contract->session, &tally), ERR_OK);
}

static void
expect_days(struct contract *contract, civil_day from, civil_day to, const civil_day *days,
            size_t expected)
{
    struct tally out[3];
    size_t count = 99;
    contract_expect("tallies", registry_tallies(contract->session, from, to, out, 3, &count),
                    ERR_OK);
    assert_int_equal(count, expected);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(out[i].day, days[i]);
}

static void
adding_up(struct contract *contract)
{
    struct tally expected = {.day = 20010};
    struct tally out[2];
    size_t count = 0;
    count_up(contract, 20010, 5, 2);
    count_up(contract, 20010, 7, 0);
    count_up(contract, 20010, UINT64_MAX - 12, 1);
    count_up(contract, 20010, 0, 0); /* nothing */
    expected.verdicts[VERDICT_OK] = UINT64_MAX;
    expected.reasons[REASON_GENUINE] = UINT64_MAX;
    expected.verdicts[VERDICT_BAD] = 3;
    expected.reasons[REASON_LABEL_FORGED] = 3;
    contract_expect("it adds up", registry_tallies(contract->session, 20010, 20010, out, 2, &count),
                    ERR_OK);
    assert_int_equal(count, 1);
    assert_memory_equal(&out[0], &expected, sizeof expected);
    count_up(contract, 20010, 1, 0);
    contract_expect("full stays full",
                    registry_tallies(contract->session, 20010, 20010, out, 2, &count), ERR_OK);
    assert_memory_equal(&out[0], &expected, sizeof expected);
}

void
contract_tallies(struct contract *contract)
{
    static const civil_day days[] = {0, 255, 256, 20010, INT32_MAX};
    struct tally tally = {.day = -1, .verdicts = {1}};
    size_t count = 99;
    expect_days(contract, 0, INT32_MAX, days, 0);
    adding_up(contract);
    count_up(contract, 256, 1, 0);
    count_up(contract, 0, 1, 0);
    count_up(contract, INT32_MAX, 1, 0);
    count_up(contract, 255, 1, 0);
    count_up(contract, 300, 0, 0);                /* a day without any */
    expect_days(contract, 0, INT32_MAX, days, 3); /* the first three */
    expect_days(contract, 1, 20009, days + 1, 2);
    expect_days(contract, 256, 20010, days + 2, 2);
    expect_days(contract, 257, 20009, days, 0);
    expect_days(contract, 20011, INT32_MAX, days + 4, 1);
    contract_expect("a day before 1970", registry_add_tally(contract->session, &tally),
                    ERR_INVALID);
    contract_expect("from before 1970",
                    registry_tallies(contract->session, -1, 1, &tally, 1, &count), ERR_INVALID);
    assert_int_equal(count, 0);
    contract_expect("to before from", registry_tallies(contract->session, 2, 1, &tally, 1, &count),
                    ERR_INVALID);
    contract_expect("no rows", registry_tallies(contract->session, 1, 2, &tally, 0, &count),
                    ERR_INVALID);
}
