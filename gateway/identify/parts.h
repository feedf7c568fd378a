/* SPDX-License-Identifier: Apache-2.0 */
/* Private to this room: what the readers of links and of element strings share. */
#ifndef ASSAY_IDENTIFY_PARTS_H
#define ASSAY_IDENTIFY_PARTS_H

#include "gateway/identify/reading.h"

/* The GS1 82-character set is digits, letters and these (GS1 General Specifications §7.11). */
#define GS1_82_PUNCTUATION "!\"%&'()*+,-./:;<=>?_"

/* The AIs that make an identity, in the order of a Digital Link's path. */
enum part { PART_GTIN = 0, PART_VARIANT, PART_LOT, PART_SERIAL, PART_COUNT };

/* PART_COUNT when `ai` is none of 01 22 10 21. */
enum part part_of(struct slice ai);
bool part_present(const struct identity *id, enum part part);
/* Checks a decoded value and stores it. READ_OK, READ_BAD_GTIN_LENGTH, READ_BAD_CHECK_DIGIT or
 * READ_BAD_VALUE. */
enum reading_error part_store(struct identity *id, enum part part, struct slice value) MUST_CHECK;

/* Does an element string of ours hold this AI: part of an identity, or a date that is read over? */
bool element_ai_known(struct slice ai);

/* Forgets everything that was read but the error, and returns it. */
enum reading_error reading_fail(struct reading *out, enum reading_error error, size_t at);
/* A complete identity: sets the kind and the canonical link. */
enum reading_error reading_finish(struct reading *out, enum reading_kind kind);

/* Index of the first byte that is not printable ASCII (0x21-0x7E) nor `also`; s.len when none. */
size_t first_unprintable(struct slice s, char also);

#endif
