/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/pages/inside.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/json/write.h"

static const char style_path[] = "style.css";
static const char customer_words[] = "lang/";
static const char staff_words[] = "lang/staff/";

/* ---- names that templates include ---- */

static int
find_file(const struct pages *pages, struct slice path)
{
    for (size_t i = 0; i < pages->file_count; i++)
        if (slice_equal(path, pages->file_paths[i]))
            return (int)i;
    return -1;
}

/* Words come after the files, whose number is fixed, because the words are counted first. */
static int
find_include(const void *context, struct slice name)
{
    const struct pages *pages = context;
    int file = find_file(pages, name);
    if (file >= 0)
        return file;
    int word = words_find(&pages->languages[0]->words, name);
    return word < 0 ? -1 : PAGE_FILES_MAX + word;
}

/* ---- opening ---- */

static struct slice
content(const struct embedded *file)
{
    return slice_make((const char *)file->data, file->len);
}

/* "lang/en.ini" gives "en" in the directory "lang/". */
static bool
language_tag(char *out, size_t size, const char *path, const char *directory)
{
    struct slice rest = slice_of(path);
    if (!slice_take(&rest, directory))
        return false;
    struct slice tag = slice_take_until(&rest, '.');
    bool inside = slice_find(tag, '/') == tag.len;
    return inside && slice_equal(rest, "ini") && slice_copy(out, size, tag);
}

/* Words for staff may be missing in a language: then staff read those of the first. */
static const struct embedded *
find_staff_words(const struct embedded *files, const char *tag)
{
    const struct embedded *fallback = NULL;
    char known[LANGUAGE_TAG_MAX + 1];
    for (; files->path != NULL; files++) {
        if (!language_tag(known, sizeof known, files->path, staff_words))
            continue;
        if (strcmp(known, tag) == 0)
            return files;
        if (fallback == NULL)
            fallback = files;
    }
    return fallback;
}

static enum err
add_language(struct pages *pages, const struct embedded *files, const struct embedded *file,
             const char *tag, struct fault *fault)
{
    if (pages->language_count == PAGE_LANGUAGES_MAX)
        return fault_set(fault, ERR_CORRUPT, "%s: too many languages", file->path);
    struct language *language = calloc(1, sizeof *language);
    if (language == NULL)
        return fault_set(fault, ERR_MEMORY, "%s: out of memory", file->path);
    pages->languages[pages->language_count] = language;
    (void)snprintf(language->tag, sizeof language->tag, "%s", tag);
    pages->tags[pages->language_count++] = language->tag;
    enum err err = words_read(&language->words, file->path, content(file), fault);
    const struct embedded *staff = find_staff_words(files, tag);
    if (err == ERR_OK && staff != NULL)
        err = words_add(&language->words, staff->path, content(staff), fault);
    return err == ERR_OK ? words_align(&language->words, &pages->languages[0]->words, fault) : err;
}

static enum err
read_languages(struct pages *pages, const struct embedded *files, struct fault *fault)
{
    char tag[LANGUAGE_TAG_MAX + 1];
    enum err err = ERR_OK;
    for (const struct embedded *file = files; err == ERR_OK && file->path != NULL; file++)
        if (language_tag(tag, sizeof tag, file->path, customer_words))
            err = add_language(pages, files, file, tag, fault);
    if (err == ERR_OK && pages->language_count == 0)
        return fault_set(fault, ERR_CORRUPT, "lang/: there is no language");
    return err;
}

static bool
ends_with_ini(const char *path)
{
    size_t len = strlen(path);
    return len > 4 && strcmp(path + len - 4, ".ini") == 0;
}

/* The templates over a document (tree.h). */
static bool
is_open(const char *path)
{
    return strncmp(path, "staff/", 6) == 0 || strncmp(path, "visitor/", 8) == 0;
}

static enum err
add_file(struct pages *pages, const struct embedded *file, struct fault *fault)
{
    const struct template_names names = {page_field_names, find_include, pages};
    struct template_source source = {file->path, content(file), 1, false, is_open(file->path)};
    if (pages->file_count == PAGE_FILES_MAX)
        return fault_set(fault, ERR_CORRUPT, "%s: too many files", file->path);
    size_t at = pages->file_count;
    enum err err = template_parse(&pages->files[at], &source, &names, fault);
    pages->file_paths[at] = file->path;
    pages->file_count++; /* only now: a file does not include itself */
    return err;
}

static enum err
read_files(struct pages *pages, const struct embedded *files, struct fault *fault)
{
    enum err err = ERR_OK;
    for (; err == ERR_OK && files->path != NULL; files++)
        if (!ends_with_ini(files->path))
            err = add_file(pages, files, fault);
    return err;
}

static enum err
finish_language(struct pages *pages, struct language *language, struct fault *fault)
{
    /* A word includes nothing: a sentence never brings in a piece of a page. */
    const struct template_names names = {page_field_names, NULL, NULL};
    struct words *words = &language->words;
    enum err err = words_parse(words, &pages->languages[0]->words, &names, fault);
    for (size_t i = 0; i < pages->file_count; i++)
        language->includes[i] = &pages->files[i];
    for (size_t i = 0; i < words->count; i++)
        language->includes[PAGE_FILES_MAX + i] = &words->list[i].template;
    return err;
}

/* JSON answers carry the sentence as it is, so that it may not hold a value. */
static enum err
check_sentences(const struct pages *pages, const struct language *language, struct fault *fault)
{
    for (unsigned r = 0; r < REASON_COUNT; r++) {
        const char *sentence = pages_reason_sentence(pages, language->tag, (enum reason)r);
        if (strstr(sentence, "{{") != NULL)
            return fault_set(fault, ERR_CORRUPT, "%s: the sentence of a reason shows a value: '%s'",
                             language->words.path, sentence);
    }
    return ERR_OK;
}

/* Every answer has one or two. */
static enum err
write_reasons(const struct pages *pages, struct language *language, struct fault *fault)
{
    bool complete = true;
    for (unsigned r = 0; r < REASON_COUNT; r++) {
        const struct reason_info *info = reason_info((enum reason)r);
        struct text *out = &language->reasons[r];
        text_init(out, PAGE_MAX);
        text_char(out, '{');
        json_put_text(out, "code", info->code);
        json_put_text(out, "class", verdict_class_name(info->class));
        json_put_text(out, "text", pages_reason_sentence(pages, language->tag, (enum reason)r));
        text_char(out, '}');
        complete = complete && text_ok(out);
    }
    return complete ? ERR_OK : fault_set(fault, ERR_MEMORY, "%s: out of memory", language->tag);
}

/* The browser allows the one style whose bytes have this hash, and nothing else. */
static enum err
write_csp(struct pages *pages, struct fault *fault)
{
    int style = find_file(pages, slice_of(style_path));
    if (style < 0)
        return fault_set(fault, ERR_CORRUPT, "%s: missing", style_path);
    struct view view = {.next = NULL};
    struct text css;
    text_init(&css, SIZE_MAX / 2);
    template_render(&css, &pages->files[style], pages->languages[0]->includes, &view);
    uint8_t hash[crypto_hash_sha256_BYTES];
    (void)crypto_hash_sha256(hash, (const unsigned char *)css.data, css.len);
    bool complete = text_ok(&css) && css.len > 0;
    text_free(&css);
    char base64[sodium_base64_ENCODED_LEN(sizeof hash, sodium_base64_VARIANT_ORIGINAL)];
    sodium_bin2base64(base64, sizeof base64, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
    (void)snprintf(
        pages->csp, sizeof pages->csp,
        "default-src 'none'; style-src 'sha256-%s'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'",
        base64);
    return complete ? ERR_OK : fault_set(fault, ERR_CORRUPT, "%s: empty", style_path);
}

static enum err
fill(struct pages *pages, const struct embedded *files, struct fault *fault)
{
    const struct template_names names = {page_field_names, find_include, pages};
    enum err err = read_languages(pages, files, fault);
    if (err == ERR_OK)
        err = read_files(pages, files, fault);
    for (size_t i = 0; err == ERR_OK && i < pages->language_count; i++)
        err = finish_language(pages, pages->languages[i], fault);
    if (err == ERR_OK)
        err = vocabulary_fill(&pages->vocabulary, &names, fault);
    for (size_t i = 0; err == ERR_OK && i < pages->language_count; i++)
        err = check_sentences(pages, pages->languages[i], fault);
    for (size_t i = 0; err == ERR_OK && i < pages->language_count; i++)
        err = write_reasons(pages, pages->languages[i], fault);
    return err == ERR_OK ? write_csp(pages, fault) : err;
}

enum err
pages_open_from(struct pages **out, const struct embedded *files, struct fault *fault)
{
    *out = NULL;
    struct pages *pages = calloc(1, sizeof *pages);
    if (pages == NULL)
        return fault_set(fault, ERR_MEMORY, "out of memory");
    enum err err = fill(pages, files, fault);
    if (err == ERR_OK)
        *out = pages;
    else
        pages_close(pages);
    return err;
}

enum err
pages_open(struct pages **out, struct fault *fault)
{
    return pages_open_from(out, embedded_files, fault);
}

void
pages_close(struct pages *pages)
{
    if (pages == NULL)
        return;
    for (size_t i = 0; i < pages->language_count; i++) {
        words_free(&pages->languages[i]->words);
        for (unsigned r = 0; r < REASON_COUNT; r++)
            text_free(&pages->languages[i]->reasons[r]);
        free(pages->languages[i]);
    }
    for (size_t i = 0; i < pages->file_count; i++)
        template_free(&pages->files[i]);
    free(pages);
}

const char *const *
pages_languages(const struct pages *pages)
{
    return pages->tags;
}

const char *
pages_csp(const struct pages *pages)
{
    return pages->csp;
}

/* ---- for the pages ---- */

const struct language *
pages_language(const struct pages *pages, const char *tag)
{
    for (size_t i = 0; i < pages->language_count; i++)
        if (tag != NULL && strcmp(pages->languages[i]->tag, tag) == 0)
            return pages->languages[i];
    return pages->languages[0];
}

const struct template *
pages_file(const struct pages *pages, const char *path)
{
    int file = find_file(pages, slice_of(path));
    return file < 0 ? NULL : &pages->files[file];
}

const struct word *
pages_word(const struct language *language, unsigned chosen)
{
    return &language->words.list[chosen - 1U - PAGE_FILES_MAX];
}

void
page_render(struct text *out, const struct pages *pages, const struct language *language,
            const char *path, struct view *view)
{
    int file = find_file(pages, slice_of(path));
    view->values[PAGE_LANGUAGE] = slice_of(language->tag);
    if (file < 0) {
        out->failed = true;
        return;
    }
    template_render(out, &pages->files[file], language->includes, view);
}

static enum reason
known_reason(enum reason reason)
{
    return (unsigned)reason < REASON_COUNT ? reason : REASON_REGISTRY_UNAVAILABLE;
}

const char *
pages_reason_sentence(const struct pages *pages, const char *language, enum reason reason)
{
    unsigned sentence = pages->vocabulary.reasons[known_reason(reason)].sentence;
    return pages_word(pages_language(pages, language), sentence)->text.data;
}

struct slice
pages_reason_json(const struct pages *pages, const char *language, enum reason reason)
{
    return text_slice(&pages_language(pages, language)->reasons[known_reason(reason)]);
}
