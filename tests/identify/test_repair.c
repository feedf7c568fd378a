/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/identify/repair.h"
#include "tests/identify/labels.h"

#define GS "\x1D"
#define SERIAL "7K3M9Q2XBT4H"
#define LABEL "https://ID.EXAMPLE.COM/01/" GTIN "/21/" SERIAL "?S=" TOKEN
/* TOKEN as it arrives, by the keyboard tables of XKB (test_layout.c). */
#define GERMAN_TOKEN_TAIL                                                                          \
    "GDG5355M6CH4J4PGYYB53JTRSSYTAKKFMJGMIL4XUWALF52I3FCKTTSWRX7QF32K5PJHX3W3QW5WPU5"              \
    "MO7BFV2YXRLSYVB4OGU32V3HXUGOUNID"
#define FRENCH_HOST_TOKEN                                                                          \
    "QGDG(\"((?-CH'J'PGWWB(\"JTRSSWTQKKF?JG?IL'XUZQLF(éI\"FCKTTSZRXèAF\"éK(PJHX\"Z\"AZ(ZPU("    \
    "?OèBFVéWXRLSWVB'OGU\"éV\"HXUGOUNID"
#define FRENCH_SCANNER_TOKEN                                                                       \
    "QGDG%#%%:^CH$J$PGWWB%#JTRSSWTQKKF:JG:IL$XUZQLF%@I#FCKTTSZRX&AF#@K%PJHX#Z#AZ%ZPU%"             \
    ":O&BFV@WXRLSWVB$OGU#@V#HXUGOUNID"

/* A keyset that trusts the key of TOKEN. */
static struct keyset *
trusted(void)
{
    static struct keyset keyset;
    keyset = (struct keyset){.version = 1, .count = 1};
    keyset.entries[0] = test_key_of(SEED_A).entry;
    return &keyset;
}

static void
lower(char *text)
{
    for (; *text != '\0'; text++)
        *text = (char)(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text);
}

static void
upper(char *text)
{
    for (; *text != '\0'; text++)
        *text = (char)(*text >= 'a' && *text <= 'z' ? *text - 32 : *text);
}

static void
caps_lock(char *text)
{
    for (; *text != '\0'; text++) {
        bool letter = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');
        *text = (char)(letter ? *text ^ 32 : *text);
    }
}

static const struct {
    const char *label;
    const char *text;
    enum repair repair;
    size_t calls;
} mended[] = {
    {"nothing to mend", LABEL, REPAIR_NONE, 1},
    {"German host", "httpsÖ--ID.EXAMPLE.COM-01-" GTIN "-21-" SERIAL "_SÁ" GERMAN_TOKEN_TAIL,
     REPAIR_QWERTZ, 1},
    {"German host, no dead keys",
     "httpsÖ--ID.EXAMPLE.COM-01-" GTIN "-21-" SERIAL "_S´A" GERMAN_TOKEN_TAIL "\r\n", REPAIR_QWERTZ,
     1},
    {"German scanner", "https>&&ID.EXAMPLE.COM&01&" GTIN "&21&" SERIAL "_S)A" GERMAN_TOKEN_TAIL,
     REPAIR_QWERTZ, 1},
    {"French host",
     "httpsM!!ID:EXQ?PLE:CO?!à&!àç(à-ààà&\"'\"(é!é&!èK\"?çAéXBT'H§S=" FRENCH_HOST_TOKEN,
     REPAIR_AZERTY, 1},
    {"French scanner",
     "https.>>ID<EXQ:PLE<CO:>)!>)(%)^)))!#$#%@>@!>&K#:(A@XBT$HMS=" FRENCH_SCANNER_TOKEN,
     REPAIR_AZERTY, 1},
};

static void
keyboard_faults_are_mended(void **state)
{
    struct confirmation confirmation = {.keyset = trusted()};
    struct identity expected = identity_of(GTIN, "", "", SERIAL);
    (void)state;
    for (size_t i = 0; i < sizeof mended / sizeof mended[0]; i++) {
        struct reading reading;
        confirmation.calls = 0;
        enum reading_error error =
            reading_identify(&reading, slice_of(mended[i].text), confirm_genuine, &confirmation);
        if (error != READ_OK || reading.repair != mended[i].repair ||
            confirmation.calls != mended[i].calls)
            fail_msg("%s: %s, %s, %zu calls", mended[i].label, reading_error_info(error)->code,
                     repair_name(reading.repair), confirmation.calls);
        assert_identity(mended[i].label, &reading.id, &expected);
        assert_int_equal(label_trust(confirmation.keyset, &reading).result, LABEL_GENUINE);
    }
}

static const struct {
    const char *label;
    const char *lot, *serial;
    void (*fault)(char *text);
    enum repair repair; /* REPAIR_COUNT: cannot be mended */
} cases[] = {
    {"lower-cased", "", "7K3M", lower, REPAIR_CASE},
    {"lower-cased, lot", "L1", "7K3M", lower, REPAIR_CASE},
    {"lower-cased, escapes", "A/B", "7%K", lower, REPAIR_CASE},
    {"lower-cased, digits only", "", "123", lower, REPAIR_CASE},
    {"lower-cased, small serial", "", "abc", lower, REPAIR_CASE},
    {"lower-cased, mixed serial", "", "aBc", lower, REPAIR_COUNT},
    {"lower-cased, capital lot and small serial", "L1", "abc", lower, REPAIR_COUNT},
    {"upper-cased, capital serial", "", "7K3M", upper, REPAIR_NONE},
    {"upper-cased, small serial", "", "abc", upper, REPAIR_CASE},
    {"upper-cased, small serial, escapes", "", "a/b", upper, REPAIR_CASE},
    {"upper-cased, mixed serial", "", "aBc", upper, REPAIR_COUNT},
    {"Caps Lock", "", "7K3M", caps_lock, REPAIR_CAPS_LOCK},
    {"Caps Lock, lot", "L1", "7K3M", caps_lock, REPAIR_CAPS_LOCK},
    {"Caps Lock, small serial", "", "abc", caps_lock, REPAIR_CAPS_LOCK},
    {"Caps Lock, mixed serial", "", "aBc", caps_lock, REPAIR_CAPS_LOCK},
};

static void
changed_letter_case_is_mended(void **state)
{
    struct confirmation confirmation = {.keyset = trusted()};
    struct test_key key = test_key_of(SEED_A);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct identity id = identity_of(GTIN, "", cases[i].lot, cases[i].serial);
        char url[LABEL_URL_MAX];
        struct reading reading;
        label_url(url, &key, &id);
        cases[i].fault(url);
        confirmation.calls = 0;
        (void)!reading_identify(&reading, slice_of(url), confirm_genuine, &confirmation);
        bool genuine = label_trust(confirmation.keyset, &reading).result == LABEL_GENUINE;
        if (genuine != (cases[i].repair != REPAIR_COUNT) || confirmation.calls > 2)
            fail_msg("%s: genuine is %d, %zu calls", cases[i].label, genuine, confirmation.calls);
        if (!genuine) {
            assert_int_equal(reading.repair, REPAIR_NONE);
            continue;
        }
        assert_int_equal(reading.repair, cases[i].repair);
        assert_identity(cases[i].label, &reading.id, &id);
    }
}

#define FORGED_TAIL                                                                                \
    "GDG5355M6CH4J4PGZZB53JTRSSZTAKKFMJGMIL4XUWALF52I3FCKTTSWRX7QF32K5PJHX3W3QW5WPU5"              \
    "MO7BFV2ZXRLSZVB4OGU32V3HXUGOUNIE"

static const struct {
    const char *label;
    const char *text;
    enum reading_error error;
    size_t calls_max;
} unmended[] = {
    {"forged", "https://ID.EXAMPLE.COM/01/" GTIN "/21/" SERIAL "?S=A" FORGED_TAIL, READ_OK, 1},
    {"forged, capital scheme", "HTTPS://ID.EXAMPLE.COM/01/" GTIN "/21/123?S=" TOKEN, READ_OK, 1},
    {"another serial", "https://ID.EXAMPLE.COM/01/" GTIN "/21/7K3M9Q2XBT4J?S=" TOKEN, READ_OK, 1},
    {"a capital serial under a small one's signature, capital scheme",
     "HTTPS://ID.EXAMPLE.COM/01/" GTIN "/21/ABC?S=" TOKEN, READ_OK, 2},
    {"no signature", "https://ID.EXAMPLE.COM/01/" GTIN "/21/" SERIAL, READ_OK, 0},
    {"small letters and no signature", "https://id.example.com/01/" GTIN "/21/7k3m", READ_OK, 0},
    {"German host, forged", "httpsÖ--ID.EXAMPLE.COM-01-" GTIN "-21-7K3M_SÁ" GERMAN_TOKEN_TAIL,
     READ_BAD_CHARACTER, 1},
    {"German host, one character lost",
     "httpsÖ--ID.EXAMPLE.COM-01-" GTIN "-21-" SERIAL "_S" GERMAN_TOKEN_TAIL, READ_BAD_CHARACTER, 0},
    {"German host, wrong check digit",
     "httpsÖ--ID.EXAMPLE.COM-01-09506000134353-21-7K3M_SÁ" GERMAN_TOKEN_TAIL, READ_BAD_CHARACTER,
     0},
    {"German host, no signature", "httpsÖ--ID.EXAMPLE.COM-01-" GTIN "-21-7K3M", READ_BAD_CHARACTER,
     0},
    {"two faults: German host and Caps Lock",
     "HTTPSÖ--id.example.com-01-" GTIN "-21-7k3m9q2xbt4h_sÁ", READ_BAD_CHARACTER, 0},
    {"element string through a German host", ")01=" GTIN ")21=7K3M9Q2XBT4H", READ_NOT_A_CODE, 0},
    {"a lost separator has no signature", "01" GTIN "10L1217K3M", READ_NO_SERIAL, 1},
    {"serial", SERIAL, READ_OK, 0},
    {"element string", "(01)" GTIN "(21)" SERIAL, READ_OK, 0},
    {"prose", "Garantie erst später möglich", READ_BAD_CHARACTER, 0},
    {"empty", "  ", READ_EMPTY, 0},
};

static void
what_has_no_valid_signature_stays_as_it_is(void **state)
{
    struct confirmation confirmation = {.keyset = trusted()};
    (void)state;
    for (size_t i = 0; i < sizeof unmended / sizeof unmended[0]; i++) {
        struct reading reading, plain;
        confirmation.calls = 0;
        enum reading_error error =
            reading_identify(&reading, slice_of(unmended[i].text), confirm_genuine, &confirmation);
        if (error != unmended[i].error || confirmation.calls > unmended[i].calls_max ||
            reading.repair != REPAIR_NONE)
            fail_msg("%s: %s, %s, %zu calls", unmended[i].label, reading_error_info(error)->code,
                     repair_name(reading.repair), confirmation.calls);
        assert_int_equal(reading_identify(&plain, slice_of(unmended[i].text), NULL, NULL), error);
        assert_identity(unmended[i].label, &reading.id, &plain.id);
        assert_int_equal(reading.error_at, plain.error_at);
        assert_int_not_equal(label_trust(confirmation.keyset, &reading).result, LABEL_GENUINE);
    }
}

/* Stands for a source that knows which units carry a signature: a lot and a serial that are "…" in
 * the row's list, in the form LOT/SERIAL. */
struct known {
    const char *const *list;
    size_t calls;
};

static bool
confirm_known(const struct reading *candidate, void *context)
{
    struct known *known = context;
    known->calls++;
    for (const char *const *item = known->list; *item != NULL; item++) {
        struct slice serial = slice_of(*item);
        struct slice lot = slice_take_until(&serial, '/');
        if (slice_equal(lot, candidate->id.lot) && slice_equal(serial, candidate->id.serial))
            return true;
    }
    return false;
}

static const struct {
    const char *label;
    const char *text;
    const char *const known[3];
    const char *variant, *lot, *serial; /* serial NULL: not mended */
} separators[] = {
    {"lot, then serial", "01" GTIN "10L1217K3M", {"L1/7K3M"}, "", "L1", "7K3M"},
    {"prefix", "]d201" GTIN "10L1217K3M", {"L1/7K3M"}, "", "L1", "7K3M"},
    {"leading FNC1", GS "01" GTIN "10L1217K3M", {"L1/7K3M"}, "", "L1", "7K3M"},
    {"dates between", "01" GTIN "1726112210L1217K3M", {"L1/7K3M"}, "", "L1", "7K3M"},
    {"date behind the lot", "01" GTIN "10L117261122217K3M", {"L1/7K3M"}, "", "L1", "7K3M"},
    {"two lost", "01" GTIN "222A10L1217K3M", {"L1/7K3M"}, "2A", "L1", "7K3M"},
    {"one of two lost: it can be read",
     "01" GTIN "222A10L1" GS "217K3M",
     {"L1/7K3M"},
     "2A10L1",
     "",
     "7K3M"},
    {"GTIN last", "]Q310L1217K3M01" GTIN, {"L1/7K3M"}, "", "L1", "7K3M"},
    {"too long to be one lot",
     "01" GTIN "10ABCDEFGHIJKLMNOPQRST217K3M",
     {"ABCDEFGHIJKLMNOPQRST/7K3M"},
     "",
     "ABCDEFGHIJKLMNOPQRST",
     "7K3M"},
    {"21 within the lot", "01" GTIN "10A21B21C", {"A21B/C"}, "", "A21B", "C"},
    {"21 within the serial", "01" GTIN "10A21B21C", {"A/B21C"}, "", "A", "B21C"},
    {"both ways are known", "01" GTIN "10A21B21C", {"A/B21C", "A21B/C"}, "", "", NULL},
    {"no way is known", "01" GTIN "10A21B21C", {NULL}, "", "", NULL},
    {"too many ways", "01" GTIN "10A21B21C21D21E21F", {"A/B21C21D21E21F"}, "", "", NULL},
    {"too many places", "01" GTIN "1021212121212121212121", {"21212/21212121212"}, "", "", NULL},
    {"it could be read", "01" GTIN "217K3M10L1", {"L1/7K3M"}, "", "", "7K3M10L1"},
    {"wrong check digit", "010950600013435310L1217K3M", {"L1/7K3M"}, "", "", NULL},
    {"brackets lose no separator", "(01)" GTIN "(10)L1217K3M", {"L1/7K3M"}, "", "", NULL},
    {"no serial at all", "01" GTIN "10L1", {"L1/"}, "", "", NULL},
    {"a link loses no separator", "https://h/01/" GTIN "/10/L1217K3M", {"L1/7K3M"}, "", "", NULL},
};

static void
lost_separators_are_put_back_when_one_way_is_confirmed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        struct known known = {separators[i].known, 0};
        struct reading reading;
        enum reading_error error =
            reading_identify(&reading, slice_of(separators[i].text), confirm_known, &known);
        if ((error == READ_OK) != (separators[i].serial != NULL) || known.calls > CONFIRMS_MAX)
            fail_msg("%s: %s, %zu calls", separators[i].label, reading_error_info(error)->code,
                     known.calls);
        if (error != READ_OK)
            continue;
        struct identity expected =
            identity_of(GTIN, separators[i].variant, separators[i].lot, separators[i].serial);
        assert_identity(separators[i].label, &reading.id, &expected);
        assert_int_equal(reading.repair == REPAIR_SEPARATOR, known.calls > 0);
    }
}

static bool
confirm_nothing(const struct reading *candidate, void *context)
{
    assert_int_equal(candidate->error, READ_OK);
    assert_true(candidate->kind == READING_ELEMENT_STRING || candidate->has_token);
    ++*(size_t *)context;
    return false;
}

/* Each call may cost a signature check. Texts that show as many faults as possible at once. */
static void
the_work_for_one_text_is_bounded(void **state)
{
    static const char *const texts[] = {
        LABEL,
        "https://id.example.com/01/" GTIN "/21/abc?s=" TOKEN,
        "HTTPS://ID.EXAMPLE.COM/01/" GTIN "/21/ABC?S=" TOKEN,
        "HTTPS://id.example.com/01/" GTIN "/21/ABC?s=" TOKEN "&S=" TOKEN,
        "01" GTIN "10A21B21C",
        "01" GTIN "10A21B21C21D",
        "01" GTIN "10A21B21C21D21E",
        "01" GTIN "102121212121212121212121212121212121212121",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t calls = 0;
        struct reading reading;
        (void)!reading_identify(&reading, slice_of(texts[i]), confirm_nothing, &calls);
        if (calls > CONFIRMS_MAX)
            fail_msg("%s: %zu calls", texts[i], calls);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keyboard_faults_are_mended),
        cmocka_unit_test(changed_letter_case_is_mended),
        cmocka_unit_test(what_has_no_valid_signature_stays_as_it_is),
        cmocka_unit_test(lost_separators_are_put_back_when_one_way_is_confirmed),
        cmocka_unit_test(the_work_for_one_text_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
