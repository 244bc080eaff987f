/* SPDX-License-Identifier: Apache-2.0 */
/* A counter as a descriptor, as Linux has it; never blocking. */
#ifndef C8D_WINDOWS_EVENTFD_H
#define C8D_WINDOWS_EVENTFD_H

#include "../../descriptor.h"

#define EFD_CLOEXEC 0
#define EFD_NONBLOCK 0

#define eventfd(count, flags) c8d__posix_eventfd(count, flags)

#endif
