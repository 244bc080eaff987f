/* SPDX-License-Identifier: Apache-2.0 */
#include "hresult.h"

#define FACILITY_MASK 0x1fff0000u
#define FACILITY_WIN32 0x00070000u
#define SECOND_SPELLING 0x80370000u
#define FIRST_SPELLING 0xc0370000u
#define PENDING_IN_SECOND 0x80370117u

int32_t c8d__hr_code(c8d__hr hr)
{
    uint32_t bits = (uint32_t)hr;

    if ((bits & FACILITY_MASK) == FACILITY_WIN32)
        return (int32_t)(bits & 0xffffu);
    if (bits == PENDING_IN_SECOND)
        return C8D__HR_PENDING;
    if ((bits & 0xffff0000u) == SECOND_SPELLING)
        bits = FIRST_SPELLING | (bits & 0xffffu);
    return (int32_t)bits;
}

enum c8d_status c8d__hr_status(int32_t code)
{
    switch (code) {
    case C8D__HR_DONE:
        return C8D_OK;
    case C8D__HR_SYSTEM_NOT_FOUND:
    case C8D__HR_ELEMENT_NOT_FOUND:
        return C8D_NOT_FOUND;
    case C8D__HR_SYSTEM_EXISTS:
        return C8D_ALREADY_EXISTS;
    case C8D__HR_NOT_SUPPORTED:
    case C8D__HR_PROCEDURE_NOT_FOUND:
        return C8D_NOT_IMPLEMENTED;
    case C8D__HR_NOT_ENOUGH_MEMORY:
        return C8D_EXHAUSTED;
    case C8D__HR_SERVICE_NOT_AVAILABLE:
        return C8D_UNAVAILABLE;
    case C8D__HR_SERVICE_DISCONNECT:
    case C8D__HR_TIMEOUT:
        return C8D_INDETERMINATE;
    default:
        return C8D_REMOTE;
    }
}

const char *c8d__hr_text(int32_t code)
{
    switch (code) {
#define C8D__CONDITION_TEXT(name, number, text)                                                              \
    case C8D__HR_##name:                                                                                     \
        return text;
        C8D__CONDITIONS(C8D__CONDITION_TEXT)
#undef C8D__CONDITION_TEXT
    default:
        return NULL;
    }
}

bool c8d__hr_is_stopped(int32_t code)
{
    return code == C8D__HR_ALREADY_STOPPED || code == C8D__HR_SYSTEM_NOT_FOUND ||
           code == C8D__HR_ELEMENT_NOT_FOUND || code == C8D__HR_PROCESS_STOPPED;
}

bool c8d__hr_is_ended(int32_t code)
{
    /* Access is denied to a process that has exited. */
    return c8d__hr_is_stopped(code) || code == C8D__HR_ACCESS_DENIED;
}
