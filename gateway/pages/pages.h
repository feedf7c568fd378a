/* SPDX-License-Identifier: Apache-2.0 */
/* HTML, made from the templates, styles and words in web/, which are compiled into the program.
 * Each page is one response: the style is inline and allowed by its hash, there is no script. */
#ifndef ASSAY_PAGES_PAGES_H
#define ASSAY_PAGES_PAGES_H

#include "gateway/base/err.h"
#include "gateway/base/text.h"
#include "gateway/rules/verdict.h"

struct pages; /* immutable once opened: all threads share it */

/* Reads the embedded templates and languages. ERR_CORRUPT names the template, line and what is
 * wrong, or the word that a language lacks. */
enum err pages_open(struct pages **out, struct fault *fault) MUST_CHECK;
void pages_close(struct pages *pages);

/* "en", …; NULL ends. The first is the fallback. */
const char *const *pages_languages(const struct pages *pages);

/* Value of the Content-Security-Policy header of every page. */
const char *pages_csp(const struct pages *pages);

/* What a verdict page speaks of. Pointers are borrowed for the call. */
struct verdict_page {
    const struct verdict *verdict;
    const struct reading *reading; /* NULL when the code could not be read */
    const struct unit *unit;       /* these three only when verdict->shows_unit */
    const struct product *product;
    const struct lot *lot;
    const struct keyset_entry *signer;
    enum reading_error error; /* when reading is NULL */
    int64_t now;
};

void page_verdict(struct text *out, const struct pages *pages, const char *language,
                  const struct verdict_page *model);

/* A page of plain words for an HTTP error: needs nothing else to load. */
void page_error(struct text *out, const struct pages *pages, const char *language, int status,
                const char *detail);

/* The front page of a gateway: what this is, and a field to type or paste a code. */
void page_home(struct text *out, const struct pages *pages, const char *language);

/* The sentence for a reason in a language: also for the JSON answer. */
const char *pages_reason_sentence(const struct pages *pages, const char *language,
                                  enum reason reason);

#endif
