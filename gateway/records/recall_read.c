/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "gateway/records/place.h"
#include "gateway/records/records.h"

static const struct json_member recall_members[] = {
    {"id", JSON_STRING, true},         {"gtin", JSON_STRING, true},
    {"lot", JSON_STRING, false},       {"serial_from", JSON_STRING, false},
    {"serial_to", JSON_STRING, false}, {"made_from", JSON_STRING, false},
    {"made_to", JSON_STRING, false},   {"stop_use", JSON_BOOL, false},
    {"text", JSON_STRING, true},       {"link", JSON_STRING, false},
    {"texts", JSON_ARRAY, false},      {NULL, JSON_STRING, false},
};

static enum err
read_text(struct recall_text *out, const struct place *at)
{
    static const struct json_member members[] = {
        {"language", JSON_STRING, true}, {"text", JSON_STRING, true}, {NULL, JSON_STRING, false}};
    enum err err = json_check_object(at->object, at->pointer, members, at->fault);
    if (err == ERR_OK)
        err = place_text(at, "language", out->language, sizeof out->language);
    if (err == ERR_OK)
        err = place_text(at, "text", out->text, sizeof out->text);
    return err;
}

static enum err
read_languages(const struct place *at, struct recall *out)
{
    const struct json_node *array = json_member_of(at->object, "texts");
    if (json_length(array) > RECALL_TEXTS_MAX)
        return fault_set(at->fault, ERR_INVALID, "/texts: more than %d", RECALL_TEXTS_MAX);
    for (size_t i = 0; i < json_length(array); i++) {
        char pointer[32];
        (void)snprintf(pointer, sizeof pointer, "/texts/%zu", i);
        const struct place inner = {json_item(array, i), pointer, at->fault};
        enum err err = read_text(&out->texts[i], &inner);
        if (err != ERR_OK)
            return err;
    }
    out->text_count = json_length(array);
    return ERR_OK;
}

/* A limit that is written down and empty was meant to say something. */
static enum err
read_texts(const struct place *at, struct recall *out)
{
    const struct {
        const char *name;
        char *value;
        size_t size;
    } texts[] = {
        {"id", out->id, sizeof out->id},
        {"gtin", out->gtin, sizeof out->gtin},
        {"lot", out->lot, sizeof out->lot},
        {"serial_from", out->serial_from, sizeof out->serial_from},
        {"serial_to", out->serial_to, sizeof out->serial_to},
        {"text", out->text, sizeof out->text},
        {"link", out->link, sizeof out->link},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        enum err err = place_text(at, texts[i].name, texts[i].value, texts[i].size);
        if (err != ERR_OK)
            return err;
        if (texts[i].value[0] == '\0' && json_member_of(at->object, texts[i].name) != NULL)
            return fault_set(at->fault, ERR_INVALID, "%s/%s: empty; leave it out instead",
                             at->pointer, texts[i].name);
    }
    return ERR_OK;
}

static enum err
read_recall(struct recall *out, const struct place *at)
{
    enum err err = json_check_object(at->object, at->pointer, recall_members, at->fault);
    if (err == ERR_OK)
        err = read_texts(at, out);
    if (err == ERR_OK)
        err = read_languages(at, out);
    if (err == ERR_OK)
        err = place_day(at, "made_from", &out->made_from);
    if (err == ERR_OK)
        err = place_day(at, "made_to", &out->made_to);
    out->stop_use = json_true(json_member_of(at->object, "stop_use"));
    return err == ERR_OK ? recall_check(out, at->fault) : err;
}

enum err
recall_from_json(struct recall *out, struct slice text, struct fault *fault)
{
    struct json_doc *doc = NULL;
    memset(out, 0, sizeof *out);
    enum err err = json_parse(text, RECALL_JSON_MAX, &doc, fault);
    if (err != ERR_OK)
        return err;
    struct place root = {json_root(doc), "", fault};
    err = read_recall(out, &root);
    json_free(doc);
    return err;
}
