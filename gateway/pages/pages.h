/* SPDX-License-Identifier: Apache-2.0 */
/* HTML, made from the templates, styles and words in web/, which are compiled into the program.
 * Each page is one response: the style is inline and allowed by its hash, there is no script, and
 * nothing comes from elsewhere. A language is added by adding web/lang/XX.ini. */
#ifndef ASSAY_PAGES_PAGES_H
#define ASSAY_PAGES_PAGES_H

#include "gateway/base/err.h"
#include "gateway/base/text.h"
#include "gateway/rules/scan.h"
#include "gateway/rules/verdict.h"

enum {
    PAGE_MAX = 64 * 1024, /* bytes that are enough for any page */
    PAGE_DATE_MAX = 80    /* bytes of a day in words */
};

struct pages; /* immutable once opened: all threads share it */

/* Reads the embedded templates and languages. ERR_CORRUPT names the template, line and what is
 * wrong, or the word that a language lacks. sodium_init() has run. */
enum err pages_open(struct pages **out, struct fault *fault) MUST_CHECK;
void pages_close(struct pages *pages); /* NULL is allowed */

/* "en", …; NULL ends. The first is the fallback. */
const char *const *pages_languages(const struct pages *pages);

/* Value of the Content-Security-Policy header of every page; at most 255 bytes. */
const char *pages_csp(const struct pages *pages);

/* The page functions append to `out`, whose max is PAGE_MAX or more. Texts from outside are
 * escaped, and links that are not what they should be are left out (link.h). */

/* In which language a page is, and where. */
struct page_visit {
    const char *language; /* an unknown one gives the first */
    bool asked;           /* by ?lang=: links and forms carry it on */
    struct slice here;    /* request_here: the chooser of languages leads back to it; empty: none */
};

/* What a verdict page speaks of. Pointers are borrowed for the call. */
/* Why a unit is suspected to be a copy, as everybody may know it. */
struct copy_shown {
    enum copy_rule rule; /* COPY_NONE: nothing to tell */
    uint32_t about;      /* its figure, rounded */
    uint32_t countries;  /* in which it was looked at, as far as they are kept */
};

struct verdict_page {
    const struct verdict *verdict;
    const struct reading *reading; /* NULL when the code could not be read */
    const struct unit *unit;       /* these three are used only when verdict->shows_unit */
    const struct product *product;
    const struct lot *lot;
    enum label_result label;           /* LABEL_UNCHECKED when the answer does not rest on it */
    const struct keyset_entry *signer; /* when label is GENUINE */
    enum reading_error error;          /* when reading is NULL */
    struct copy_shown copy;            /* when it is a reason */
    int64_t now;
};

void page_verdict(struct text *out, const struct pages *pages, const struct page_visit *visit,
                  const struct verdict_page *model);

/* What was scanned or typed is no code: why, and a field to try again that holds it. */
void page_not_a_code(struct text *out, const struct pages *pages, const struct page_visit *visit,
                     enum reading_error error, struct slice typed);

/* A page of plain words for an HTTP error: needs nothing else to load. `detail` is one sentence
 * about this case, may be NULL. */
void page_error(struct text *out, const struct pages *pages, const char *language, int status,
                const char *detail);

/* The front page of a gateway: what this is, and a field to type or paste a code. */
void page_home(struct text *out, const struct pages *pages, const struct page_visit *visit);

/* A day as people write it in this language, kept on one line by no-break spaces; "" for
 * CIVIL_NONE. */
void pages_day(char out[static PAGE_DATE_MAX + 1], const struct pages *pages, const char *language,
               civil_day day);

/* The sentence for a reason in a language, plain text: also for the JSON answer. */
const char *pages_reason_sentence(const struct pages *pages, const char *language,
                                  enum reason reason);
/* The reason as the object that a JSON answer has in "reasons": code, class and that sentence. */
struct slice pages_reason_json(const struct pages *pages, const char *language, enum reason reason);

#endif
