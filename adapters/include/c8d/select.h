/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which runtime to use on this machine: the Host Compute Service of Windows by itself ("local"), or a
 * containerd
 * ("remote"). The decision is a function of what it is given and of nothing else; whoever calls it reads the
 * environment.
 *
 * Two sets of rules are in use by daemons on Windows. With the later one, the name of the default runtime and
 * the address of containerd decide. With the earlier one, containerd is an experiment: it needs the daemon's
 * experimental flag, an address, and a variable. Of that variable there are two spellings, the one that its
 * users were told of (DOCKER_WINDOWS_CONTAINERD) and the one that is read
 * (DOCKER_WINDOWS_CONTAINERD_RUNTIME); here both count, and any value but an empty one does, "0" too.
 * C8D_RUNTIME goes over both sets.
 */
#ifndef C8D_SELECT_H
#define C8D_SELECT_H

#include <c8d/error.h>

C8D_BEGIN_DECLS

/** Where containerd listens on Windows unless told otherwise. */
#define C8D_CONTAINERD_PIPE "\\\\.\\pipe\\containerd-containerd"
/** Names of default runtimes on Windows. */
#define C8D_RUNTIME_HCSSHIM "com.docker.hcsshim.v1"
#define C8D_RUNTIME_RUNHCS "io.containerd.runhcs.v1"
/** The shim of containerd elsewhere. */
#define C8D_RUNTIME_RUNC "io.containerd.runc.v2"

/** The lowest builds of Windows with either set of rules: Server 2019, and Server 2016. */
#define C8D_BUILD_MIN 17763
#define C8D_BUILD_MIN_BY_VARIABLE 14393

enum c8d_runtime_kind { C8D_RUNTIME_LOCAL, C8D_RUNTIME_REMOTE };

struct c8d_select_options {
    uint32_t size; /**< sizeof(struct c8d_select_options) */
    bool windows;
    uint32_t build; /**< of Windows; 0 = not known, and not looked at */
    /** What the user has asked for, by an option or by C8D_RUNTIME: "local", "remote", "auto"; empty = auto.
     */
    struct c8d_str wanted;
    struct c8d_str address;         /**< of containerd; empty = none given */
    struct c8d_str default_runtime; /**< a name of above; empty = none given */
    /** The earlier rules; default_runtime is not looked at. */
    bool by_variable;
    bool experimental;                 /**< with by_variable: the daemon's flag */
    struct c8d_str containerd;         /**< DOCKER_WINDOWS_CONTAINERD */
    struct c8d_str containerd_runtime; /**< DOCKER_WINDOWS_CONTAINERD_RUNTIME */
};

struct c8d_selection {
    enum c8d_runtime_kind kind;
    struct c8d_str address; /**< REMOTE: as given, or C8D_CONTAINERD_PIPE; empty = the client's default */
    struct c8d_str shim;    /**< REMOTE: the shim of new containers */
    bool experimental;      /**< to be warned of */
};

/**
 * Decides.
 *
 * @param options Borrowed; what the selection points to is theirs, or static.
 * @return OK; INVALID (an unknown wish or default runtime, or one that needs a containerd where none is
 * named); NOT_IMPLEMENTED (local elsewhere than on Windows, or a Windows that is too old).
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_runtime_select(const struct c8d_select_options *options,
                                                         struct c8d_selection *out, struct c8d_error *err);

C8D_END_DECLS

#endif
