/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a running task uses, as its cgroup or Windows counts it, and which processes it has.
 *
 * One struct serves both cgroup versions (containerd's messages io.containerd.cgroups.v1.Metrics and
 * v2.Metrics) and Windows (containerd.runhcs.stats.v1.Statistics of the shim runhcs, and the Statistics of
 * HCS that the local runtime asks for, at the same places). They count different things, and a controller may
 * be missing or switched off, so each number says whether it was told; one that was not is 0 and means
 * nothing.
 *
 * Windows tells usage_ns, user_ns and system_ns of cpu; usage, max_usage and anonymous of memory; and all of
 * io. Of a Linux container in a utility VM runhcs tells what its cgroup v1 there counts.
 */
#ifndef C8D_STATS_H
#define C8D_STATS_H

#include <c8d/base.h>

C8D_BEGIN_DECLS

/** A number that may be missing. */
struct c8d_number {
    uint64_t value; /**< 0 unless told */
    bool told;
};

/** A limit that is told and is none ("max", or cgroup v1's largest page count). */
#define C8D_NO_LIMIT UINT64_MAX

enum c8d_cgroup_version {
    C8D_CGROUP_UNKNOWN, /**< the runtime has no cgroups, as on Windows, or told in words that are not known */
    C8D_CGROUP_V1,
    C8D_CGROUP_V2,
};

/** Processor time since the cgroup was made, or the compute system started: ns, and counts of periods. */
struct c8d_cpu_stats {
    struct c8d_number usage_ns;          /**< on all processors together */
    struct c8d_number user_ns;           /**< of it in user mode */
    struct c8d_number system_ns;         /**< of it in the kernel */
    struct c8d_number periods;           /**< periods of its quota that have passed */
    struct c8d_number throttled_periods; /**< of them those in which the quota was used up */
    struct c8d_number throttled_ns;      /**< how long it was held back */
};

/** Memory in bytes, and counts where that is said, of the cgroup and all below it. */
struct c8d_memory_stats {
    struct c8d_number usage; /**< all that is charged, page cache included; Windows: all that is committed */
    struct c8d_number max_usage; /**< the highest usage so far; v2: of late kernels only */
    struct c8d_number limit;     /**< or C8D_NO_LIMIT */
    struct c8d_number failures;  /**< v1: a count: how often the limit was hit */
    struct c8d_number
        swap_usage; /**< v1: memory and swap together, as the kernel counts it; v2: swap alone */
    struct c8d_number swap_limit;   /**< likewise; or C8D_NO_LIMIT */
    struct c8d_number kernel_usage; /**< v1 */
    struct c8d_number kernel_stack; /**< v2 */
    struct c8d_number slab;         /**< v2 */
    struct c8d_number socket;       /**< v2 */
    struct c8d_number shared;       /**< v2: shmem */
    struct c8d_number anonymous;    /**< v1: total_rss; v2: anon; Windows: the private working set */
    struct c8d_number file;         /**< page cache; v1: total_cache */
    struct c8d_number file_mapped;
    struct c8d_number file_dirty;
    struct c8d_number file_writeback;
    struct c8d_number active_anonymous;
    struct c8d_number inactive_anonymous;
    struct c8d_number active_file;
    struct c8d_number inactive_file;
    struct c8d_number unevictable;
    struct c8d_number page_faults;       /**< a count */
    struct c8d_number major_page_faults; /**< a count */
};

/** How often memory ran short: counts. */
struct c8d_memory_events {
    struct c8d_number low;       /**< v2 */
    struct c8d_number high;      /**< v2 */
    struct c8d_number max;       /**< v2: how often the limit was about to be passed */
    struct c8d_number oom;       /**< v2: how often an allocation was about to fail */
    struct c8d_number oom_kill;  /**< processes that the kernel has killed */
    struct c8d_number under_oom; /**< v1: 1 while it is out of memory now */
};

/** Transfers to and from block devices, all devices together, since the cgroup was made; Windows: to and from
 * its storage, in operations of a normalised size. */
struct c8d_io_stats {
    struct c8d_number read_bytes;       /**< bytes */
    struct c8d_number write_bytes;      /**< bytes */
    struct c8d_number read_operations;  /**< a count */
    struct c8d_number write_operations; /**< a count */
};

/** Counts. */
struct c8d_pids_stats {
    struct c8d_number current; /**< processes and threads */
    struct c8d_number limit;   /**< or C8D_NO_LIMIT */
};

struct c8d_stats {
    enum c8d_cgroup_version cgroup;
    int64_t at_ns; /**< when it was measured: wall clock, ns since 1970; 0 = not told */
    struct c8d_pids_stats pids;
    struct c8d_cpu_stats cpu;
    struct c8d_memory_stats memory;
    struct c8d_memory_events memory_events;
    struct c8d_io_stats io;
};

/** One process of a task, as the runtime knows it. */
struct c8d_task_process {
    uint32_t pid; /**< in the runtime's pid namespace */
    /** The exec that it is, NUL-terminated; empty for init, and for what the task's processes have started
     * themselves. */
    char exec[C8D_NAME_BYTES_MAX + 1];
};

C8D_END_DECLS

#endif
