/* SPDX-License-Identifier: Apache-2.0 */
/* Who has neither signature nor code nor secret makes the registry be asked the same for a serial
 * that there is as for one that there is not, so that no time tells them apart but what the engine
 * needs to find a record or to make sure that there is none. Counted by the linker's --wrap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "gateway/api/forgeries.h"
#include "tests/api/story.h"

static unsigned reads;

enum err __real_registry_get(struct registry_session *session, const struct unit_key *key,
                             struct unit *out);
enum err __wrap_registry_get(struct registry_session *session, const struct unit_key *key,
                             struct unit *out);
enum err __real_registry_view(struct registry_session *session, const struct unit_key *key,
                              struct unit_view *out);
enum err __wrap_registry_view(struct registry_session *session, const struct unit_key *key,
                              struct unit_view *out);

enum err
__wrap_registry_get(struct registry_session *session, const struct unit_key *key, struct unit *out)
{
    reads++;
    return __real_registry_get(session, key, out);
}

/* Also what belongs to a unit that is there: more than one read. */
enum err
__wrap_registry_view(struct registry_session *session, const struct unit_key *key,
                     struct unit_view *out)
{
    enum err err = __real_registry_view(session, key, out);
    reads += out->has_unit ? 100 : 1;
    return err;
}

static unsigned
reads_of(struct story *story, char step, int status)
{
    reads = 0;
    int answered = story_step(story, step);
    unsigned count = reads;
    if (answered != status)
        fail_msg("'%c' was answered %d", step, answered);
    return count;
}

/* Letters of story.h: the same, of a unit and of no unit. */
static const struct {
    const char *label;
    char known, unknown;
    int status;
} pairs[] = {
    {"a wrong claim code", 'A', 'u', 403},
    {"a wrong claim code, the secret is lost", 'R', 'U', 403},
    {"a wrong transfer code", 'T', 'V', 403},
    {"the transfer code before the last", 'v', 'V', 403},
    {"another's unit is offered", 'l', 'L', 403},
    {"another's unit is looked at", 'G', 'P', 403},
};

static void
test_codes_and_secrets(void **state)
{
    static const char *const lives[] = {"", "x", "xa", "xak", "xab", "q", "xao"};
    struct gateway *g = *state;
    for (unsigned life = 0; life < sizeof lives / sizeof lives[0]; life++) {
        struct story story;
        story_begin(&story, g, 1 + life);
        for (const char *step = lives[life]; *step != '\0'; step++)
            (void)story_step(&story, *step);
        strcpy(story.secret[0], "owner_00000000000000000000000000W4RE"); /* nobody's */
        for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
            unsigned known = reads_of(&story, pairs[i].known, pairs[i].status);
            unsigned unknown = reads_of(&story, pairs[i].unknown, pairs[i].status);
            if (known != unknown || known == 0)
                fail_msg("%s, after \"%s\": %u and %u reads", pairs[i].label, lives[life], known,
                         unknown);
        }
    }
}

static unsigned
reads_of_link(struct gateway *g, const char *serial, const char *query)
{
    char path[CANONICAL_MAX + 1];
    (void)snprintf(path, sizeof path, "/01/" GTIN "/21/%s", serial);
    reads = 0;
    ask(g, &(struct question){.handle = api_digital_link, .path = path, .query = query});
    return reads;
}

/* A signature that names a key of ours has to be looked up: what that tells is drowned in the time
 * of the curve arithmetic, of which one address is given little (shed.h). All others ask nothing.
 */
static void
test_labels(void **state)
{
    struct gateway *g = *state;
    struct story story;
    char pirate[TOKEN_CHARS + 3];
    struct identity id = identity_of("", "SOMETHING-ELSE");
    story_begin(&story, g, 1);
    (void)story_step(&story, 'x');
    struct label label = label_of(g, PIRATE, &id);
    (void)snprintf(pirate, sizeof pirate, "S=%s", label.token);
    assert_int_equal(reads_of_link(g, story.key.serial, NULL), 0);
    assert_int_equal(reads_of_link(g, "UNIT0", NULL), 0);
    assert_int_equal(reads_of_link(g, story.key.serial, pirate), 0);
    assert_int_equal(reads_of_link(g, "UNIT0", pirate), 0);
}

/* A label that was found forged costs no read for a while, and nothing is ever taken for forged
 * that is not: not what is registered only later. */
static void
test_forged_again(void **state)
{
    struct gateway *g = *state;
    struct story story;
    char another[TOKEN_CHARS + 3];
    struct identity id = identity_of("", "SOMETHING-ELSE");
    struct label label = label_of(g, PLANT_A, &id);
    story_begin(&story, g, 1);
    (void)snprintf(another, sizeof another, "S=%s", label.token);
    assert_int_equal(forgeries_open(&g->app.forgeries, NULL), ERR_OK);
    assert_true(reads_of_link(g, story.key.serial, another) > 0);
    assert_string_equal(answer_text(g, "reasons/0/code"), "label_forged");
    assert_int_equal(reads_of_link(g, story.key.serial, another), 0);
    assert_string_equal(answer_text(g, "reasons/0/code"), "label_forged");
    for (int i = 0; i < 3; i++) {
        ask_label(g, &label);
        assert_string_equal(answer_text(g, "reasons/0/code"), "never_issued");
    }
    (void)registered(g, PLANT_A, &id, 50);
    ask_label(g, &label);
    assert_string_equal(answer_text(g, "reasons/0/code"), "genuine");
    forgeries_close(g->app.forgeries);
    g->app.forgeries = NULL;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_codes_and_secrets, story_set_up, story_tear_down),
        cmocka_unit_test_setup_teardown(test_labels, story_set_up, story_tear_down),
        cmocka_unit_test_setup_teardown(test_forged_again, story_set_up, story_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
