/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/pages/link.h"

static void
kinds(void **state)
{
    static const struct {
        const char *label, *link;
        enum link_kind kind;
    } rows[] = {
        {"a website", "https://example.com/help?a=1&b=2#top", LINK_WEB},
        {"mail", "mailto:help@example.com", LINK_CONTACT},
        {"a telephone", "tel:+4512345678", LINK_CONTACT},
        {"a path", "/pictures/kettle.png", LINK_LOCAL},
        {"nothing", "", LINK_NONE},
        {"no pointer", NULL, LINK_NONE},
        {"a scheme alone", "https://", LINK_NONE},
        {"the root", "/", LINK_NONE},
        {"a script", "javascript:alert(1)", LINK_NONE},
        {"a script after a blank", " javascript:alert(1)", LINK_NONE},
        {"a script in capitals", "JaVaScRiPt:alert(1)", LINK_NONE},
        {"data", "data:text/html,x", LINK_NONE},
        {"without TLS", "http://example.com/", LINK_NONE},
        {"a scheme in capitals", "HTTPS://example.com/", LINK_NONE},
        {"another host without a scheme", "//example.com/x.png", LINK_NONE},
        {"the same with a backslash", "/\\example.com/x.png", LINK_NONE},
        {"a relative path", "pictures/x.png", LINK_NONE},
        {"a quote", "https://example.com/\"onclick=x", LINK_NONE},
        {"an apostrophe", "https://example.com/'", LINK_NONE},
        {"a bracket", "https://example.com/<b>", LINK_NONE},
        {"a space", "https://example.com/a b", LINK_NONE},
        {"a tab", "https://example.com/\t", LINK_NONE},
        {"a line end", "https://example.com/\nx", LINK_NONE},
        {"a byte that is no ASCII", "https://ex\xC3\xA4mple.com/", LINK_NONE},
        {"mail with a line end", "mailto:a@b.c\r\nbcc:x", LINK_NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (link_kind(rows[i].link) != rows[i].kind)
            fail_msg("%s: %d", rows[i].label, (int)link_kind(rows[i].link));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
