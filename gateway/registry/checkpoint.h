/* SPDX-License-Identifier: Apache-2.0 */
/* A note beside the registry of how far it had come. A registry that has not come as far is an old
 * one that was put back: it would answer "never issued" for good labels and take stolen units for
 * sound ones, so it is not written to before somebody said that this is meant.
 *
 * The note is written after what it counts is on disk, so it is never ahead of a registry that
 * merely crashed; a registry that is ahead of its note is as it should be. */
#ifndef ASSAY_REGISTRY_CHECKPOINT_H
#define ASSAY_REGISTRY_CHECKPOINT_H

#include "gateway/registry/copy.h"

/* ERR_NOT_FOUND: there is none; ERR_INVALID: it cannot be read. */
enum err checkpoint_read(const char *path, struct registry_position *out,
                         struct fault *fault) MUST_CHECK;
/* Replaces it, whatever it said. */
enum err checkpoint_write(const char *path, const struct registry_position *position,
                          struct fault *fault) MUST_CHECK;
/* Brings it up to `position`; one that is already there, or ahead, stays. */
enum err checkpoint_raise(const char *path, const struct registry_position *position,
                          struct fault *fault) MUST_CHECK;
/* ERR_CONFLICT: the registry is behind its checkpoint, or that is damaged; ERR_UNAVAILABLE,
 * ERR_MEMORY: it cannot be read now. No checkpoint is no fault. */
enum err checkpoint_check(const char *path, const struct registry_position *position,
                          struct fault *fault) MUST_CHECK;

#endif
