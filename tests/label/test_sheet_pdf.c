/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "gateway/label/card.h"
#include "gateway/label/sheet.h"

static const struct card card = {.title = "Drill",
                                 .serial = "7K3M9",
                                 .claim_code = "7K3M9Q2XBT",
                                 .heading = "Claim code",
                                 .sentence = "Type it in.",
                                 .url = ""};

static struct sheet_print
cards_print(unsigned copies)
{
    return (struct sheet_print){
        .sheet = *sheet_find("cards-a4"), .module_mm = 0.4, .start_at = 1, .copies = copies};
}

static struct sheet_pdf *
begin(const struct sheet_print *print)
{
    struct sheet_pdf *pdf = NULL;
    struct fault fault = {.err = ERR_OK};
    assert_int_equal(sheet_print_check(print, &fault), ERR_OK);
    assert_int_equal(sheet_pdf_begin(&pdf, print, &fault), ERR_OK);
    return pdf;
}

static void
test_a_file_has_an_end(void **state)
{
    const struct sheet_print print = cards_print(1000);
    struct sheet_pdf *pdf = begin(&print);
    struct fault fault = {.err = ERR_OK};
    struct text out;
    (void)state;
    text_init(&out, SHEET_PDF_BYTES_MAX);
    for (int i = 0; i < 10; i++)
        assert_int_equal(sheet_pdf_card(pdf, &card, &fault), ERR_OK);
    assert_int_equal(sheet_pdf_card(pdf, &card, &fault), ERR_FULL);
    assert_int_equal(sheet_pdf_pages(pdf), 1000);
    assert_int_equal(sheet_pdf_end(pdf, &out, &fault), ERR_OK);
    assert_memory_equal(out.data, "%PDF-1.", 7);
    assert_memory_equal(out.data + out.len - 6, "%%EOF\n", 6);
    text_free(&out);
    sheet_pdf_free(pdf);
}

static void
test_no_room_is_said(void **state)
{
    const struct sheet_print print = cards_print(1);
    struct sheet_pdf *pdf = begin(&print);
    struct fault fault = {.err = ERR_OK};
    struct text out;
    (void)state;
    text_init(&out, 100);
    assert_int_equal(sheet_pdf_card(pdf, &card, &fault), ERR_OK);
    assert_int_equal(sheet_pdf_end(pdf, &out, &fault), ERR_MEMORY);
    text_free(&out);
    sheet_pdf_free(pdf);
}

static const char long_name[] =
    "Bohrhammer Bohrhammer Bohrhammer Bohrhammer Bohrhammer Bohrhammer Bohrhammer Bohrhammer "
    "Bohrhammer Bohrhammer Bohrhammer";

/* In the fonts: fc-query of DejaVuSans-Bold.ttf and DroidSansFallback.ttf lists their letters. */
static void
test_texts(void **state)
{
    static const struct row {
        const char *label, *title, *code;
        const char *fault; /* NULL: printed */
    } rows[] = {
        {"plain", "Drill", "7K3M9Q2XBT", NULL},
        {"Latin-1", "Bohrer für Öl", "7K3M9Q2XBT", NULL},
        {"Windows-1252: dash, euro, quotes", "– € „x“", "7K3M9Q2XBT", NULL},
        {"Polish", "Wkrętarka żółta", "7K3M9Q2XBT", NULL},
        {"Czech", "Příklepová vrtačka Šíp", "7K3M9Q2XBT", NULL},
        {"Turkish", "Şarjlı İğne", "7K3M9Q2XBT", NULL},
        {"Romanian", "Mașină de găurit, țeavă", "7K3M9Q2XBT", NULL},
        {"Vietnamese", "Máy khoan điện", "7K3M9Q2XBT", NULL},
        {"Greek", "Δράπανο Ώ", "7K3M9Q2XBT", NULL},
        {"Cyrillic", "Дрель ёй Ґ", "7K3M9Q2XBT", NULL},
        {"Japanese", "充電式ドリル", "7K3M9Q2XBT", NULL},
        {"Chinese", "充电钻 充電鑽", "7K3M9Q2XBT", NULL},
        {"Korean", "충전 드릴", "7K3M9Q2XBT", NULL},
        {"Arabic", "مثقاب لاسلكي 18V (جديد)", "7K3M9Q2XBT", NULL},
        {"Persian", "دریل شارژی پیچ‌گوشتی", "7K3M9Q2XBT", "U+200C"},
        {"Persian without joiners", "دریل شارژی پیچ", "7K3M9Q2XBT", NULL},
        {"Hebrew", "מקדחה נטענת", "7K3M9Q2XBT", NULL},
        {"Arabic around Latin letters", "مثقاب \xE2\x81\xA8 18 V\xE2\x81\xA9", "7K3M9Q2XBT", NULL},
        {"Arabic with vowel signs", "مِثقاب", "7K3M9Q2XBT", "U+0650"},
        {"Hebrew with points", "מַקדחה", "7K3M9Q2XBT", "U+05B7"},
        {"a letter of Pashto, which has no forms", "ښ", "7K3M9Q2XBT", "U+069A"},
        {"Arabic, turned by force", "مثقاب \xE2\x80\xAEllirD", "7K3M9Q2XBT", "U+202E"},
        {"all at once", "Żółw Дрель ドリル", "7K3M9Q2XBT", NULL},
        {"no name", "", "7K3M9Q2XBT", NULL},
        {"as long as a name may be", long_name, "7K3M9Q2XBT", NULL},
        {"a mark of its own", "Dril e\xCC\x81l", "7K3M9Q2XBT", "U+0301"},
        {"Thai", "สว่าน", "7K3M9Q2XBT", "U+0E2A"},
        {"Hindi", "ड्रिल", "7K3M9Q2XBT", "U+0921"},
        {"a picture", "Drill 🔨", "7K3M9Q2XBT", "U+1F528"},
        {"a letter that no font here has", "Drill ㋿", "7K3M9Q2XBT", "U+32FF"},
        {"not a letter", "Drill \xEF\xBF\xBE", "7K3M9Q2XBT", "U+FFFE"},
        {"for private use", "Drill \xEE\x80\x80", "7K3M9Q2XBT", "U+E000"},
        {"invisible", "Dr\xE2\x80\x8Bill", "7K3M9Q2XBT", "U+200B"},
        {"turns what follows", "\xE2\x80\xAEllirD", "7K3M9Q2XBT", "U+202E"},
        {"a soft hyphen", "Dr\xC2\xADill", "7K3M9Q2XBT", "U+00AD"},
        {"a control character", "Drill\n", "7K3M9Q2XBT", "\"Drill…\""},
        {"C1 control", "Drill\xC2\x85", "7K3M9Q2XBT", "U+0085"},
        {"no UTF-8", "Drill\xFC", "7K3M9Q2XBT", "UTF-8"},
        {"overlong UTF-8", "Drill\xC0\xAF", "7K3M9Q2XBT", "UTF-8"},
        {"half a claim code", "Drill", "7K3M9", "claim code"},
        {"no claim code", "Drill", "", "claim code"},
    };
    (void)state;
    const struct sheet_print print = cards_print(1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sheet_pdf *pdf = begin(&print);
        struct fault fault = {.err = ERR_OK};
        struct card one = card;
        one.title = rows[i].title;
        one.claim_code = rows[i].code;
        enum err err = sheet_pdf_card(pdf, &one, &fault);
        if (err != (rows[i].fault == NULL ? ERR_OK : ERR_INVALID))
            fail_msg("%s: %d %s", rows[i].label, err, fault.text);
        if (rows[i].fault != NULL && strstr(fault.text, rows[i].fault) == NULL)
            fail_msg("%s: \"%s\"", rows[i].label, fault.text);
        assert_int_equal(sheet_pdf_pages(pdf), rows[i].fault == NULL ? 1 : 0);
        sheet_pdf_free(pdf);
    }
}

static void
test_register_url(void **state)
{
    static const struct row {
        const char *base, *url; /* NULL: refused */
    } rows[] = {
        {"https://id.example.com", "https://ID.EXAMPLE.COM/register"},
        {"http://localhost:8080", "http://LOCALHOST:8080/register"},
        {"HTTPS://ID.EXAMPLE.COM", NULL},
        {"https://id.example.com/", NULL},
        {"https://id.example.com/x", NULL},
        {"https://id.example.com?x", NULL},
        {"https://id.exa mple.com", NULL},
        {"https://", NULL},
        {"ftp://id.example.com", NULL},
        {"id.example.com", NULL},
        {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[LABEL_URL_MAX + 1];
        struct fault fault = {.err = ERR_OK};
        enum err err = card_register_url(out, rows[i].base, &fault);
        if (err != (rows[i].url == NULL ? ERR_INVALID : ERR_OK))
            fail_msg("%s: %d %s", rows[i].base, err, fault.text);
        if (rows[i].url != NULL)
            assert_string_equal(out, rows[i].url);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_has_an_end),
        cmocka_unit_test(test_no_room_is_said),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_register_url),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
