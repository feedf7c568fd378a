/* SPDX-License-Identifier: Apache-2.0 */
/* The words of one language: web/lang/XX.ini. A word is keyed "section.name"; it is plain text that
 * may hold {{values}} and {{#sections}}. A name that is repeated on the next lines goes on after a
 * space, one sentence a line; after U+3001 and U+3002, the comma and full stop of Japanese and
 * Chinese, without one. */
#ifndef ASSAY_PAGES_WORDS_H
#define ASSAY_PAGES_WORDS_H

#include "gateway/base/err.h"
#include "gateway/base/ini.h"
#include "gateway/pages/template.h"

/* A word of a section that begins with "staff " or "visitor " may show any name of the document
 * that its page is made of (tree.h); the others show the fields of fields.h. */
enum { WORDS_MAX = 1600, WORD_KEY_MAX = 2 * INI_NAME_MAX + 1, WORD_TEXT_MAX = 2000 };

struct word {
    char key[WORD_KEY_MAX + 1];
    uint32_t hash; /* of the key */
    int line;
    const char *path; /* of its file */
    struct text text;
    struct template template;
};

struct words {
    const char *path; /* in faults */
    size_t count;
    struct word *list; /* WORDS_MAX of them */
};

/* ERR_CORRUPT or ERR_MEMORY; *out is to be freed in any case. `path` lives as long as *out. */
enum err words_read(struct words *out, const char *path, struct slice text,
                    struct fault *fault) MUST_CHECK;
/* Adds those of another file. */
enum err words_add(struct words *words, const char *path, struct slice text,
                   struct fault *fault) MUST_CHECK;
void words_free(struct words *words);

/* Is a space put before the next part of a word that begins like this? */
bool words_want_space(struct slice before);

/* Index of a word, -1 when there is none. */
int words_find(const struct words *words, struct slice key);

/* Puts `words` into the order of `first`. ERR_CORRUPT names a word that is missing or that `first`
 * does not have. */
enum err words_align(struct words *words, const struct words *first,
                     struct fault *fault) MUST_CHECK;

/* Parses each word; afterwards it shows the same values as the one of `first`, whichever language
 * is read: a translation that forgets the date is ERR_CORRUPT. `words` may be `first`. */
enum err words_parse(struct words *words, const struct words *first,
                     const struct template_names *names, struct fault *fault) MUST_CHECK;

#endif
