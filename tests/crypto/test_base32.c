/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "crypto/base32.h"

enum { TEXT_MAX = 64 };

/* The first two are RFC 4648 section 10; the others were written out by hand, five bits a letter.
 */
static const struct {
    const char *label;
    const char *bytes;
    size_t len;
    const char *text;
} good[] = {
    {"RFC 4648: empty", "", 0, ""},
    {"RFC 4648: fooba", "fooba", 5, "MZXW6YTB"},
    {"all zero", "\0\0\0\0\0", 5, "AAAAAAAA"},
    {"all ones", "\xFF\xFF\xFF\xFF\xFF", 5, "77777777"},
    {"one, at the end", "\0\0\0\0\1", 5, "AAAAAAAB"},
    {"0 to 7", "\x00\x44\x32\x14\xC7", 5, "ABCDEFGH"},
    {"8 to 15", "\x42\x54\xB6\x35\xCF", 5, "IJKLMNOP"},
    {"16 to 23", "\x84\x65\x3A\x56\xD7", 5, "QRSTUVWX"},
    {"24 to 31", "\xC6\x75\xBE\x77\xDF", 5, "YZ234567"},
    {"two groups", "fooba\0\x44\x32\x14\xC7", 10, "MZXW6YTBABCDEFGH"},
};

static const struct {
    const char *label;
    const char *text;
    size_t out_len;
} bad[] = {
    {"RFC 4648: f, padded", "MY======", 5},
    {"RFC 4648: fo, padded", "MZXQ====", 5},
    {"RFC 4648: foo, padded", "MZXW6===", 5},
    {"RFC 4648: foob, padded", "MZXW6YQ=", 5},
    {"RFC 4648: foobar, padded", "MZXW6YTBOI======", 10},
    {"foobar without padding", "MZXW6YTBOI", 6},
    {"lower case", "mzxw6ytb", 5},
    {"one letter less", "MZXW6YT", 5},
    {"one letter more", "MZXW6YTBA", 5},
    {"empty for five bytes", "", 5},
    {"five bytes for none", "MZXW6YTB", 0},
    {"one group for two", "MZXW6YTB", 10},
    {"two groups for one", "MZXW6YTBMZXW6YTB", 5},
    {"out length is no multiple of five", "MZXW6YTB", 4},
    {"0", "MZXW6YT0", 5},
    {"1", "1ZXW6YTB", 5},
    {"8", "MZX86YTB", 5},
    {"9", "MZXW9YTB", 5},
    {"space", "MZXW 6YT", 5},
    {"newline at the end", "MZXW6YT\n", 5},
    {"not ASCII", "MZXW6Y\xC3\x9F", 5},
};

static void
encodes_and_decodes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char text[TEXT_MAX];
        uint8_t bytes[TEXT_MAX];
        memset(text, '#', sizeof text);
        base32_encode(text, (const uint8_t *)good[i].bytes, good[i].len);
        size_t chars = strlen(good[i].text);
        if (memcmp(text, good[i].text, chars) != 0 || text[chars] != '#')
            fail_msg("%s: encoded wrongly", good[i].label);
        if (!base32_decode(bytes, good[i].len, good[i].text, chars) ||
            memcmp(bytes, good[i].bytes, good[i].len) != 0)
            fail_msg("%s: decoded wrongly", good[i].label);
    }
}

static void
refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t bytes[TEXT_MAX];
        if (base32_decode(bytes, bad[i].out_len, bad[i].text, strlen(bad[i].text)))
            fail_msg("%s: accepted", bad[i].label);
    }
}

static void
has_an_alphabet_of_32(void **state)
{
    (void)state;
    for (size_t at = 0; at < 8; at++) {
        int accepted = 0;
        for (int c = 0; c < 256; c++) {
            uint8_t bytes[5];
            char text[] = "MZXW6YTB";
            text[at] = (char)c;
            accepted += base32_decode(bytes, sizeof bytes, text, 8) ? 1 : 0;
        }
        assert_int_equal(accepted, 32);
    }
}

int
main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_and_decodes),
        cmocka_unit_test(refuses),
        cmocka_unit_test(has_an_alphabet_of_32),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
