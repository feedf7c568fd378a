/* SPDX-License-Identifier: Apache-2.0 */
/* What was received was worked out from the keyboard tables of XKB, us(basic), de(basic) and
 * fr(basic), not from ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "gateway/identify/repair.h"

#define PATH_A "https://ID.EXAMPLE.COM/01/09506000134352/21/7K3M9Q2XBT4H?S=AGZY27"
#define PATH_B "http://localhost:8080/01/09506000134352/22/2A/10/A%2FB%25/21/-+*(y)z_%22?a=eYz&S=AB"

typedef bool undo(char *out, size_t *len, struct slice text, enum layout layout);

static const struct {
    const char *label;
    undo *undo;
    enum layout layout;
    const char *received, *sent; /* sent NULL: cannot be undone */
} rows[] = {
    {"German host", layout_undo_host, LAYOUT_GERMAN,
     "httpsÖ--ID.EXAMPLE.COM-01-09506000134352-21-7K3M9Q2XBT4H_SÁGYZ27", PATH_A},
    {"German host, no dead keys", layout_undo_host, LAYOUT_GERMAN,
     "httpsÖ--ID.EXAMPLE.COM-01-09506000134352-21-7K3M9Q2XBT4H_S´AGYZ27", PATH_A},
    {"German host, more characters", layout_undo_host, LAYOUT_GERMAN,
     "httpÖ--localhostÖ8080-01-09506000134352-22-2A-10-A%2FB%25-21-ß`()z=y?%22_aéZy/SÁB", PATH_B},
    {"German scanner", layout_undo_scanner, LAYOUT_GERMAN,
     "https>&&ID.EXAMPLE.COM&01&09506000134352&21&7K3M9Q2XBT4H_S)AGYZ27", PATH_A},
    {"German scanner, more characters", layout_undo_scanner, LAYOUT_GERMAN,
     "http>&&localhost>8080&01&09506000134352&22&2A&10&A%2FB%25&21&/]}*z(y?%22_a)eZy^S)AB", PATH_B},
    {"French host", layout_undo_host, LAYOUT_FRENCH,
     "httpsM!!ID:EXQ?PLE:CO?!à&!àç(à-ààà&\"'\"(é!é&!èK\"?çAéXBT'H§S=QGWYéè", PATH_A},
    {"French host, more characters", layout_undo_host, LAYOUT_FRENCH,
     "httpM!!locqlhostM_à_à!à&!àç(à-ààà&\"'\"(é!éé!éQ!&à!Q5éFB5é(!é&!)+89y0w°5éé§q=eYw7S=QB",
     PATH_B},
    {"French scanner", layout_undo_scanner, LAYOUT_FRENCH,
     "https.>>ID<EXQ:PLE<CO:>)!>)(%)^)))!#$#%@>@!>&K#:(A@XBT$HMS=QGWY@&", PATH_A},
    {"French scanner, more characters", layout_undo_scanner, LAYOUT_FRENCH,
     "http.>>locqlhost.*)*)>)!>)(%)^)))!#$#%@>@@>@Q>!)>Q\"@FB\"@%>@!>6+\\5y-w8\"@@Mq=eYw1S=QB",
     PATH_B},
    {"German host, dead acute before each vowel", layout_undo_host, LAYOUT_GERMAN, "ÁÉÍÓÚÝáéíóúý",
     "=A=E=I=O=U=Z=a=e=i=o=u=z"},
    {"German host, dead grave before each vowel", layout_undo_host, LAYOUT_GERMAN, "ÀÈÌÒÙàèìòù",
     "+A+E+I+O+U+a+e+i+o+u"},
    {"German host, brackets", layout_undo_host, LAYOUT_GERMAN, ")01=09506000134352)21=y",
     "(01)09506000134352(21)z"},
    {"nothing changes", layout_undo_host, LAYOUT_GERMAN, "1234", NULL},
    {"nothing changes on the French host", layout_undo_host, LAYOUT_FRENCH, "bcde=", NULL},
    {"nothing changes for the scanner", layout_undo_scanner, LAYOUT_GERMAN, "abc.", NULL},
    {"empty", layout_undo_host, LAYOUT_GERMAN, "", NULL},
    {"not on a German keyboard", layout_undo_host, LAYOUT_GERMAN, "yç", NULL},
    {"not on a French keyboard", layout_undo_host, LAYOUT_FRENCH, "aÖ", NULL},
    {"not on a US keyboard", layout_undo_scanner, LAYOUT_GERMAN, "zÖ", NULL},
    {"the German scanner wanted an umlaut", layout_undo_scanner, LAYOUT_GERMAN, "z;", NULL},
    {"the French scanner wanted an accent", layout_undo_scanner, LAYOUT_FRENCH, "a7", NULL},
    {"a space", layout_undo_host, LAYOUT_GERMAN, "y z", NULL},
    {"a control character", layout_undo_host, LAYOUT_GERMAN, "y\x1D", NULL},
    {"over Latin-1", layout_undo_host, LAYOUT_GERMAN, "yŚ", NULL},
    {"cut off UTF-8", layout_undo_host, LAYOUT_GERMAN, "y\xC3", NULL},
    {"a stray continuation byte", layout_undo_host, LAYOUT_GERMAN, "y\x96", NULL},
    {"a lead byte and a letter", layout_undo_host, LAYOUT_GERMAN, "y\xC3y", NULL},
    {"three bytes of UTF-8", layout_undo_host, LAYOUT_FRENCH, "a€", NULL},
};

static void
keys_are_translated_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[SCAN_TEXT_MAX + 1];
        size_t len = 0;
        bool undone = rows[i].undo(out, &len, slice_of(rows[i].received), rows[i].layout);
        if (undone != (rows[i].sent != NULL))
            fail_msg("%s: undone is %d", rows[i].label, undone);
        if (undone && !slice_equal(slice_make(out, len), rows[i].sent))
            fail_msg("%s: %.*s", rows[i].label, (int)len, out);
    }
}

/* One received character can be two that were sent: the result is bounded all the same. */
static void
a_result_that_is_too_long_is_refused(void **state)
{
    char text[SCAN_TEXT_MAX];
    char out[SCAN_TEXT_MAX];
    size_t len;
    (void)state;
    for (size_t i = 0; i + 1 < sizeof text; i += 2)
        text[i] = "Á"[0], text[i + 1] = "Á"[1];
    assert_true(layout_undo_host(out, &len, slice_make(text, sizeof text - 2), LAYOUT_GERMAN));
    assert_int_equal(len, sizeof text - 2);
    memset(text, 'y', sizeof text);
    assert_true(layout_undo_host(out, &len, slice_make(text, sizeof text - 1), LAYOUT_GERMAN));
    assert_int_equal(len, sizeof text - 1);
    assert_false(layout_undo_host(out, &len, slice_make(text, sizeof text), LAYOUT_GERMAN));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_translated_back),
        cmocka_unit_test(a_result_that_is_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
