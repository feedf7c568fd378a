/* SPDX-License-Identifier: Apache-2.0 */
/* A scene for verdict pages: a kettle, its label, its record. Tests change what they are about. */
#ifndef ASSAY_TESTS_PAGES_PAGE_CASE_H
#define ASSAY_TESTS_PAGES_PAGE_CASE_H

#include "gateway/pages/pages.h"

struct scene {
    struct reading reading;
    struct unit unit;
    struct product product;
    struct lot lot;
    struct recall recall;
    struct keyset_entry signer;
    struct verdict verdict; /* genuine, and it shows the unit */
    struct verdict_page page;
};

extern const struct page_visit in_english;

/* The pages point into the scene: it is not to be copied. */
void scene_open(struct scene *scene);
/* The verdict with these reasons alone, worst first; -1 ends. What the class and shows_unit follow
 * from is said by the rules, so that the scene takes them from reason_info. */
void scene_reasons(struct scene *scene, const int *reasons);
/* Evaluates the warranty of the unit on this day. */
void scene_warranty(struct scene *scene, const char *on);

/* The page as text; the caller frees it. Fails the test when it does not fit, or leaves a tag. */
struct text scene_render(const struct pages *pages, const struct scene *scene);

civil_day day_of(const char *iso);
/* Fails the test, with the label, when the page lacks the text or holds it. */
void assert_shows(const char *label, const struct text *page, const char *text);
void assert_hides(const char *label, const struct text *page, const char *text);

/* cmocka set-up and tear-down of a group: the pages are in *state. */
int pages_set_up(void **state);
int pages_tear_down(void **state);

#endif
