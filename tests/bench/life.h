/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a container that lifecycle_bench and floor_bench lead, and what they measure of it alike. */
#ifndef C8D_BENCH_LIFE_H
#define C8D_BENCH_LIFE_H

#include <stddef.h>
#include <sys/resource.h>

#define LIFE_SPEC_BYTES 1024
/* The process of its exec. */
#define LIFE_EXEC                                                                                            \
    "{\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\",\"args\":[\"/bin/sh\",\"-c\",\"exit 0\"],"                \
    "\"env\":[\"PATH=/bin\"]}"

/* What the environment has by this name; without it the program ends. */
char *life_setting(const char *name);
/* The container's spec, into LIFE_SPEC_BYTES. */
void life_spec(char *to, const char *id);
/* Processor time of the process between two of its usages. */
double life_cpu_us(const struct rusage *before, const struct rusage *after);
/* Prints what is resident, and how many threads there are. */
void life_report_idle(const char *who);

#endif
