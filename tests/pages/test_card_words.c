/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/pages/card_words.h"

/* "Claim code" as the pages for customers call it. */
static void
test_words(void **state)
{
    static const struct row {
        const char *tag, *language, *heading;
        const char *joint; /* where the first sentence ends and the second begins */
    } rows[] = {
        {"en", "English", "Claim code", "code. It"},
        {"ar", "العربية", "رمز التسجيل", "هذا. يعمل"},
        {"da", "Dansk", "Registreringskode", "registreringskode. Den"},
        {"de", "Deutsch", "Registrierungscode", "Registrierungscode. Er"},
        {"es", "Español", "Código de registro", "registro. Solo"},
        {"fr", "Français", "Code d’enregistrement", "enregistrement. Il"},
        {"ja", "日本語", "登録コード", "ください。使える"},
        {"pl", "Polski", "Kod rejestracyjny", "rejestracyjny. Działa"},
    };
    char room[CARD_TAG_MAX + 1];
    size_t count = 0;
    (void)state;
    for (; count < sizeof rows / sizeof rows[0]; count++) {
        struct card_words words;
        struct fault fault = {.err = ERR_OK};
        assert_string_equal(card_language(room, count), rows[count].tag);
        if (card_words_read(&words, rows[count].tag, &fault) != ERR_OK)
            fail_msg("%s: %s", rows[count].tag, fault.text);
        assert_string_equal(words.language, rows[count].language);
        assert_string_equal(words.heading, rows[count].heading);
        if (strstr(words.sentence, rows[count].joint) == NULL)
            fail_msg("%s: %s", rows[count].tag, words.sentence);
    }
    assert_null(card_language(room, count));
}

static void
test_no_such_language(void **state)
{
    static const char *const tags[] = {"", "it", "EN", "en-GB", "staff/en", "../en", "lang/en.ini"};
    (void)state;
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        struct card_words words;
        struct fault fault = {.err = ERR_OK};
        if (card_words_read(&words, tags[i], &fault) != ERR_NOT_FOUND)
            fail_msg("\"%s\" is taken", tags[i]);
        assert_non_null(strstr(fault.text, "there are en, ar, da, de, es, fr, ja, pl"));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_no_such_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
