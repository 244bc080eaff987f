/* SPDX-License-Identifier: Apache-2.0 */
/* What the demo prints. */
#ifndef C8D_DEMO_SHOW_H
#define C8D_DEMO_SHOW_H

#include <c8d/client.h>

void show_begin(void);
void show_chapter(const char *title);
/* An operation, and below it what it gave. */
void show_operation(const char *what);
void show_calls(uint64_t calls);
void show_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
void show_notice(const struct c8d_notice *notice);
void show_output(struct c8d_str process, const void *data, size_t length);

#endif
