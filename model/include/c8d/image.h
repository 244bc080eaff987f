/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images of a model: what it knows, in bytes, for a daemon that is to go on after a restart where it was.
 *
 * An image is the model's own memory behind a header of 64 bytes: "c8dmodel", version, byte order, a number
 * that stands for the layout of this build, the length and a checksum. It is read back by the same build on
 * the same kind of machine, and refused by every other; it is no format to exchange. Whoever can write it can
 * make the model believe anything, so keep it as private as the memory that it is a copy of.
 */
#ifndef C8D_IMAGE_H
#define C8D_IMAGE_H

#include <c8d/model.h>

C8D_BEGIN_DECLS

/** The version of images that this build writes and reads. */
#define C8D_IMAGE_VERSION 3

/** @return Bytes that an image of the model takes. It changes only with the model's limits. */
C8D_API size_t c8d_model_image_bytes(const struct c8d_model *model);

/**
 * Writes an image. The model is not changed, and may be stepped on afterwards.
 *
 * @param image Room for it, the caller's; of any alignment.
 * @param bytes Size of `image`.
 * @return OK; EXHAUSTED: fewer than c8d_model_image_bytes() bytes.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_model_save(const struct c8d_model *model, void *image,
                                                     size_t bytes);

/**
 * Checks an image, and says what a model of it needs.
 *
 * @param image  Borrowed during the call; of any alignment.
 * @param limits Set on OK: pass them to c8d_model_bytes() and c8d_model_actions_max().
 * @return OK; INVALID: no image, or one that is cut short or damaged; CONFLICT: an image of another version,
 * byte order or layout, that is of another build.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_model_image_limits(const void *image, size_t bytes,
                                                             struct c8d_model_limits *limits);

/**
 * Makes a model from an image. It is the saved one to the last bit; references into that one are valid here.
 * Its calls and timers are those of a process that is gone: step c8d_model_recover() to its end before
 * anything else is given to it.
 *
 * @param memory As for c8d_model_init(), for the image's limits. Not touched unless the result is OK.
 * @param out    Set on OK.
 * @return As c8d_model_image_limits(); EXHAUSTED: memory is too small or misaligned.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_model_load(const void *image, size_t bytes, void *memory,
                                                     size_t memory_bytes, struct c8d_model **out);

/**
 * Catches up after a load: to be called again and again until it returns false, the actions of each call
 * being carried out. Replies to the calls that were in flight will not come, so each is taken as lost and
 * asked for; queries are asked again; timers are ordered again; signals in flight are forgotten, and with
 * them all requests (whoever made them is gone). A launch that was half done stays where it is, a replace is
 * given up, a stop goes on, a wish stands. Last comes the stream: if it was wanted before, its loss is told
 * as a gap, and it is opened again, which leads to a list and RESYNCED; then the wishes are followed
 * (c8d_model_pursue()).
 *
 * @param actions Filled as by c8d_model_step().
 * @return True when something was stepped.
 */
C8D_API bool c8d_model_recover(struct c8d_model *model, struct c8d_actions *actions);

C8D_END_DECLS

#endif
