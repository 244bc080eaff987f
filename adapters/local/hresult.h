/* SPDX-License-Identifier: Apache-2.0 */
/* HRESULTs of the Host Compute Service: one spelling for each condition, and what it means for a caller. */
#ifndef C8D_LOCAL_HRESULT_H
#define C8D_LOCAL_HRESULT_H

#include "hcs.h"
#include <c8d/error.h>

/* Conditions, as c8d__hr_code() gives them. X(name, code, text). */
#define C8D__CONDITIONS(X)                                                                                   \
    X(INVALID_FUNCTION, 0x1, "incorrect function")                                                           \
    X(FILE_NOT_FOUND, 0x2, "file not found")                                                                 \
    X(PATH_NOT_FOUND, 0x3, "path not found")                                                                 \
    X(ACCESS_DENIED, 0x5, "access denied")                                                                   \
    X(INVALID_HANDLE, 0x6, "invalid handle")                                                                 \
    X(NOT_ENOUGH_MEMORY, 0x8, "no memory")                                                                   \
    X(INVALID_DATA, 0xd, "invalid data")                                                                     \
    X(GENERAL_FAILURE, 0x1f, "general failure")                                                              \
    X(NOT_SUPPORTED, 0x32, "not supported")                                                                  \
    X(INVALID_PARAMETER, 0x57, "invalid parameter")                                                          \
    X(BROKEN_PIPE, 0x6d, "broken pipe")                                                                      \
    /* A procedure that the library lacks. It says nothing of any container. */                              \
    X(PROCEDURE_NOT_FOUND, 0x7f, "procedure not found")                                                      \
    X(ELEMENT_NOT_FOUND, 0x490, "it has exited or never was")                                                \
    X(TERMINATED_DURING_START, 0xc0370100, "it ended while it was started")                                  \
    X(IMAGE_MISMATCH, 0xc0370101, "the image is for another build of Windows than this one")                 \
    X(HYPERV_NOT_INSTALLED, 0xc0370102, "Hyper-V is not installed")                                          \
    X(PENDING, 0xc0370103, "pending")                                                                        \
    X(TOO_MANY_NOTIFICATIONS, 0xc0370104, "too many notifications")                                          \
    X(INVALID_STATE, 0xc0370105, "it is in a state in which this cannot be done")                            \
    X(UNEXPECTED_EXIT, 0xc0370106, "it has exited unexpectedly")                                             \
    X(TERMINATED, 0xc0370107, "it was terminated")                                                           \
    X(CONNECT_FAILED, 0xc0370108, "no connection to the guest")                                              \
    X(TIMEOUT, 0xc0370109, "no answer in time")                                                              \
    X(CONNECTION_CLOSED, 0xc037010a, "the connection to the guest was closed")                               \
    X(UNKNOWN_MESSAGE, 0xc037010b, "unknown message")                                                        \
    X(UNSUPPORTED_PROTOCOL, 0xc037010c, "unsupported protocol version")                                      \
    X(INVALID_JSON, 0xc037010d, "the document was refused")                                                  \
    X(SYSTEM_NOT_FOUND, 0xc037010e, "there is no compute system of that id")                                 \
    X(SYSTEM_EXISTS, 0xc037010f, "a compute system of that id exists")                                       \
    X(ALREADY_STOPPED, 0xc0370110, "it has stopped")                                                         \
    X(PROTOCOL_ERROR, 0xc0370111, "protocol error")                                                          \
    X(INVALID_LAYER, 0xc0370112, "a layer is invalid")                                                       \
    X(INSIDER_REQUIRED, 0xc0370113, "this needs a preview build of Windows")                                 \
    X(SERVICE_NOT_AVAILABLE, 0xc0370114, "the service is not available")                                     \
    X(SERVICE_DISCONNECT, 0xc037011e, "the connection to the service was lost")                              \
    X(PROCESS_STOPPED, 0xc037011f, "the process has stopped")

enum c8d__condition {
    C8D__HR_DONE = 0,
#define C8D__CONDITION_MEMBER(name, code, text) C8D__HR_##name = (int32_t)(code),
    C8D__CONDITIONS(C8D__CONDITION_MEMBER)
#undef C8D__CONDITION_MEMBER
};

/*
 * One number for each condition: a Win32 code in an HRESULT is that code; what HCS's second interface spells
 * 0x8037xxxx is 0xC037xxxx, as the first one has it, and so is its own number for "pending".
 */
int32_t c8d__hr_code(c8d__hr hr);

/* The class of a failed call. Only what names the object as missing is NOT_FOUND. */
enum c8d_status c8d__hr_status(int32_t code);

/* A few words; NULL for a condition that is not known here. Static. */
const char *c8d__hr_text(int32_t code);

/* The system is over already, so that there is nothing to stop. */
bool c8d__hr_is_stopped(int32_t code);

/* The process is over already, so that there is nothing to end. */
bool c8d__hr_is_ended(int32_t code);

#endif
