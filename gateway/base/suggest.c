/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/base/suggest.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 31 };

static size_t
smallest(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

size_t
edit_distance(const char *a, const char *b)
{
    size_t a_len = strnlen(a, WORD_MAX);
    size_t b_len = strnlen(b, WORD_MAX);
    size_t cost[WORD_MAX + 1][WORD_MAX + 1];
    for (size_t i = 0; i <= a_len; i++)
        cost[i][0] = i;
    for (size_t j = 0; j <= b_len; j++)
        cost[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        for (size_t j = 1; j <= b_len; j++) {
            size_t replaced = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            cost[i][j] = smallest(cost[i - 1][j] + 1, cost[i][j - 1] + 1, replaced);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                cost[i - 2][j - 2] + 1 < cost[i][j])
                cost[i][j] = cost[i - 2][j - 2] + 1;
        }
    }
    return cost[a_len][b_len];
}

void
suggest_begin(struct suggestion *s, const char *word)
{
    size_t len = strlen(word);
    /* A third of the word may be wrong, but not two letters of three. */
    *s = (struct suggestion){.word = word, .distance = (len > 9 ? 9 : len) / 3 + 1};
}

void
suggest_offer(struct suggestion *s, const char *candidate)
{
    size_t distance = edit_distance(s->word, candidate);
    bool begun = strlen(s->word) >= 3 && strncmp(candidate, s->word, strlen(s->word)) == 0;
    if (begun && distance > 1)
        distance = 1;
    if (distance >= s->distance || distance >= strlen(s->word))
        return;
    s->distance = distance;
    s->best = candidate;
}

void
suggest_text(char out[static FAULT_TEXT_MAX], const struct suggestion *s, const char *dashes)
{
    out[0] = '\0';
    if (s->best != NULL)
        (void)snprintf(out, FAULT_TEXT_MAX, "; did you mean %s%s?", dashes, s->best);
}
