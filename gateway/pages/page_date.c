/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/inside.h"

/* A number without its leading zeros. */
static struct slice
take_number(struct slice *date)
{
    struct slice number = slice_take_until(date, '-');
    while (number.len > 1 && slice_take(&number, "0"))
        ;
    return number;
}

static void
put_one_line(struct text *out, struct slice s)
{
    while (s.len > 0) {
        bool space = slice_find(s, ' ') < s.len;
        text_slice_put(out, slice_take_until(&s, ' '));
        text_put(out, space ? "\xC2\xA0" : "");
    }
}

/* `form` is the word that says how it is written. */
static void
write_date(char out[static PAGE_DATE_MAX + 1], const struct vocabulary *words, unsigned form,
           const struct language *language, civil_day day)
{
    char iso[DATE_TEXT_MAX];
    uint64_t month = 0;
    struct view view = {.next = NULL};
    date_format(iso, day);
    struct slice rest = slice_of(iso);
    view.values[PAGE_YEAR] = take_number(&rest);
    out[0] = '\0';
    if (!slice_number(&month, take_number(&rest), 1, 12))
        return;
    view.values[PAGE_MONTH] = text_slice(&pages_word(language, words->months[month - 1])->text);
    view.values[PAGE_DAY] = take_number(&rest);
    struct text written;
    struct text line;
    text_init(&written, PAGE_DATE_MAX);
    text_init(&line, PAGE_DATE_MAX);
    template_render(&written, &pages_word(language, form)->template, language->includes, &view);
    put_one_line(&line, text_slice(&written));
    /* A date that does not fit is shown as the standard writes it. */
    if (!text_ok(&line) || !text_ok(&written) ||
        !slice_copy(out, PAGE_DATE_MAX + 1, text_slice(&line)))
        date_format(out, day);
    text_free(&written);
    text_free(&line);
}

void
page_date(char out[static PAGE_DATE_MAX + 1], const struct vocabulary *words,
          const struct language *language, civil_day day)
{
    write_date(out, words, words->day, language, day);
}

void
page_month(char out[static PAGE_DATE_MAX + 1], const struct vocabulary *words,
           const struct language *language, civil_day day)
{
    write_date(out, words, words->month_of_year, language, day);
}

void
pages_day(char out[static PAGE_DATE_MAX + 1], const struct pages *pages, const char *language,
          civil_day day)
{
    page_date(out, &pages->vocabulary, pages_language(pages, language), day);
}
