/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a: nearly every word that is not the one is passed over without reading its key. */
static uint32_t
hash_key(struct slice key)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ (unsigned char)key.data[i]) * 16777619U;
    return hash;
}

int
words_find(const struct words *words, struct slice key)
{
    uint32_t hash = hash_key(key);
    for (size_t i = 0; i < words->count; i++)
        if (words->list[i].hash == hash && slice_equal(key, words->list[i].key))
            return (int)i;
    return -1;
}

static enum err
add_word(struct words *words, const struct ini_entry *entry, const char *key, struct fault *fault)
{
    if (words->count == WORDS_MAX)
        return fault_set(fault, ERR_CORRUPT, "%s:%d: more than %d words", entry->path, entry->line,
                         WORDS_MAX);
    if (words->count > 0) /* is whole now; there are thousands */
        text_fit(&words->list[words->count - 1].text);
    struct word *word = &words->list[words->count++];
    *word = (struct word){.line = entry->line, .path = entry->path};
    text_init(&word->text, WORD_TEXT_MAX);
    (void)snprintf(word->key, sizeof word->key, "%s", key);
    word->hash = hash_key(slice_of(word->key));
    return ERR_OK;
}

/* The word that this line is a part of: the last one when it only goes on, a new one otherwise. */
static enum err
find_place(struct words *words, const struct ini_entry *entry, struct word **out,
           struct fault *fault)
{
    char key[WORD_KEY_MAX + 1];
    (void)snprintf(key, sizeof key, "%s.%s", entry->section, entry->name);
    int known = words_find(words, slice_of(key));
    if (known >= 0 && (size_t)known + 1 != words->count)
        return fault_set(fault, ERR_CORRUPT, "%s:%d: '%s' was given before", entry->path,
                         entry->line, key);
    enum err err = known < 0 ? add_word(words, entry, key, fault) : ERR_OK;
    if (err == ERR_OK)
        *out = &words->list[words->count - 1];
    return err;
}

bool
words_want_space(struct slice before)
{
    if (before.len < 3)
        return before.len > 0;
    struct slice end = slice_make(before.data + before.len - 3, 3);
    return !slice_equal(end, "\xE3\x80\x81") && !slice_equal(end, "\xE3\x80\x82");
}

static enum err
take_word(void *context, const struct ini_entry *entry, struct fault *fault)
{
    struct word *word = NULL;
    if (entry->name[0] == '\0')
        return ERR_OK;
    if (entry->value[0] == '\0')
        return fault_set(fault, ERR_CORRUPT, "%s:%d: '%s' is empty", entry->path, entry->line,
                         entry->name);
    enum err err = find_place(context, entry, &word, fault);
    if (word == NULL)
        return err;
    if (words_want_space(text_slice(&word->text)))
        text_char(&word->text, ' ');
    text_put(&word->text, entry->value);
    return text_ok(&word->text) ? ERR_OK
                                : fault_set(fault, ERR_CORRUPT, "%s:%d: longer than %d bytes",
                                            entry->path, entry->line, WORD_TEXT_MAX);
}

enum err
words_read(struct words *out, const char *path, struct slice text, struct fault *fault)
{
    *out = (struct words){path, 0, calloc(WORDS_MAX, sizeof *out->list)};
    if (out->list == NULL)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", path);
    return words_add(out, path, text, fault);
}

enum err
words_add(struct words *words, const char *path, struct slice text, struct fault *fault)
{
    enum err err = ini_read(text, path, take_word, words, fault);
    return err == ERR_INVALID ? ERR_CORRUPT : err;
}

void
words_free(struct words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        text_free(&words->list[i].text);
        template_free(&words->list[i].template);
    }
    free(words->list);
    *words = (struct words){NULL, 0, NULL};
}

enum err
words_align(struct words *words, const struct words *first, struct fault *fault)
{
    for (size_t i = 0; i < first->count; i++) {
        int at = words_find(words, slice_of(first->list[i].key));
        if (at < 0)
            return fault_set(fault, ERR_CORRUPT, "%s: lacks the word '%s'", words->path,
                             first->list[i].key);
        struct word word = words->list[i];
        words->list[i] = words->list[at];
        words->list[at] = word;
    }
    if (words->count > first->count)
        return fault_set(fault, ERR_CORRUPT, "%s: '%s' is no word of %s", words->path,
                         words->list[first->count].key, first->path);
    return ERR_OK;
}

static bool
is_open(const char *key)
{
    return strncmp(key, "staff ", 6) == 0 || strncmp(key, "visitor ", 8) == 0;
}

enum err
words_parse(struct words *words, const struct words *first, const struct template_names *names,
            struct fault *fault)
{
    for (size_t i = 0; i < words->count; i++) {
        struct word *word = &words->list[i];
        struct template_source source = {word->path, text_slice(&word->text), word->line, true,
                                         is_open(word->key)};
        enum err err = template_parse(&word->template, &source, names, fault);
        if (err != ERR_OK)
            return err;
        if (word->template.fields != first->list[i].template.fields)
            return fault_set(fault, ERR_CORRUPT, "%s:%d: '%s' shows other values than in %s",
                             word->path, word->line, word->key, first->list[i].path);
    }
    return ERR_OK;
}
