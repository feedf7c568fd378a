/* SPDX-License-Identifier: Apache-2.0 */
/* A keyboard scanner sends key positions, and the host's layout turns them into characters. When
 * the two are set to different layouts, each character becomes another one. */
#include "gateway/identify/repair.h"

#include <string.h>

/* The same keys in the same order on each keyboard: the plain rows, then the shifted rows (XKB
 * us(basic), de(basic), fr(basic)). All are Latin-1 characters, written as UTF-8. */
static const char us_keys[] = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./"
                              "~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?";
static const char *const layout_keys[LAYOUT_COUNT] = {
    [LAYOUT_GERMAN] = "^1234567890ß´qwertzuiopü+#asdfghjklöäyxcvbnm,.-"
                      "°!\"§$%&/()=?`QWERTZUIOPÜ*'ASDFGHJKLÖÄYXCVBNM;:_",
    [LAYOUT_FRENCH] = "²&é\"'(-è_çà)=azertyuiop^$*qsdfghjklmùwxcvbn,;:!"
                      "~1234567890°+AZERTYUIOP¨£µQSDFGHJKLM%WXCVBN?./§",
};

/* On a German keyboard ´ and ` are dead keys: they wait for the next letter. "=A", with which each
 * token begins, arrives as one "Á". */
static const struct {
    const char *composed, *letters;
    char dead; /* the character of that key on a US keyboard */
} german_dead_keys[] = {
    {"ÁÉÍÓÚÝáéíóúý", "AEIOUYaeiouy", '='},
    {"ÀÈÌÒÙàèìòù", "AEIOUaeiou", '+'},
};

/* Takes one character of U+0001 to U+00FF; 0 when there is none. */
static uint8_t
take_latin1(struct slice *s)
{
    uint8_t first = (uint8_t)s->data[0];
    size_t len = first < 0x80 ? 1 : 2;
    uint8_t second = s->len >= 2 ? (uint8_t)s->data[1] : 0;
    if (len == 2 && ((first != 0xC2 && first != 0xC3) || (second & 0xC0) != 0x80))
        return 0;
    *s = slice_make(&s->data[len], s->len - len);
    return (uint8_t)(len == 1 ? first : (first << 6 | (second & 0x3F)));
}

struct translation {
    char first[256];  /* 0: not on the keyboard */
    char second[256]; /* 0: one character is all */
};

static void
add_dead_keys(struct translation *t)
{
    for (size_t i = 0; i < sizeof german_dead_keys / sizeof german_dead_keys[0]; i++) {
        struct slice composed = slice_of(german_dead_keys[i].composed);
        for (const char *letter = german_dead_keys[i].letters; *letter != '\0'; letter++) {
            uint8_t from = take_latin1(&composed);
            t->first[from] = german_dead_keys[i].dead;
            t->second[from] = t->first[(uint8_t)*letter];
        }
    }
}

static bool
translate(char *out, size_t *len, struct slice text, const struct translation *t)
{
    bool changed = false;
    *len = 0;
    while (text.len > 0) {
        uint8_t from = take_latin1(&text);
        if (t->first[from] == '\0' || *len + 2 > SCAN_TEXT_MAX)
            return false;
        changed = changed || (uint8_t)t->first[from] != from;
        out[(*len)++] = t->first[from];
        if (t->second[from] != '\0')
            out[(*len)++] = t->second[from];
    }
    return changed;
}

bool
layout_undo_host(char *out, size_t *len, struct slice text, enum layout host)
{
    struct translation t = {.first = {0}};
    struct slice keys = slice_of(layout_keys[host]);
    for (const char *us = us_keys; *us != '\0'; us++)
        t.first[take_latin1(&keys)] = *us;
    if (host == LAYOUT_GERMAN)
        add_dead_keys(&t);
    return translate(out, len, text, &t);
}

bool
layout_undo_scanner(char *out, size_t *len, struct slice text, enum layout scanner)
{
    struct translation t = {.first = {0}};
    struct slice keys = slice_of(layout_keys[scanner]);
    for (const char *us = us_keys; *us != '\0'; us++) {
        uint8_t wanted = take_latin1(&keys);
        if (wanted > ' ' && wanted <= '~')
            t.first[(uint8_t)*us] = (char)wanted;
    }
    return translate(out, len, text, &t);
}
