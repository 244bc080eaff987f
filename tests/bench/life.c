/* SPDX-License-Identifier: Apache-2.0 */
#include "life.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *life_setting(const char *name)
{
    char *value = getenv(name);

    if (value == NULL) {
        fprintf(stderr, "%s is not set\n", name);
        exit(2);
    }
    return value;
}

/* Each has its own /dev, as engines make it: runc sets up devices there, which containers of one root file
 * system would do to each other. */
void life_spec(char *to, const char *id)
{
    snprintf(
        to, LIFE_SPEC_BYTES,
        "{\"ociVersion\":\"1.0.2\",\"process\":{\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\","
        "\"args\":[\"/bin/sh\",\"-c\",\"sleep 1000\"],\"env\":[\"PATH=/bin\"]},\"root\":{\"path\":\"%s\"},"
        "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"},"
        "{\"destination\":\"/dev\",\"type\":\"tmpfs\",\"source\":\"tmpfs\"}],"
        "\"linux\":{\"cgroupsPath\":\"/%s/%s\",\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"}]}}",
        life_setting("C8D_TEST_ROOTFS"), life_setting("C8D_TEST_NAMESPACE"), id);
}

static double us_of(struct timeval time)
{
    return (double)time.tv_sec * 1e6 + (double)time.tv_usec;
}

double life_cpu_us(const struct rusage *before, const struct rusage *after)
{
    return us_of(after->ru_utime) + us_of(after->ru_stime) - us_of(before->ru_utime) -
           us_of(before->ru_stime);
}

void life_report_idle(const char *who)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];

    if (status == NULL)
        return;
    while (fgets(line, sizeof(line), status) != NULL) {
        if (strncmp(line, "VmRSS:", 6) == 0 || strncmp(line, "RssAnon:", 8) == 0 ||
            strncmp(line, "Threads:", 8) == 0)
            printf("%-7s idle %s", who, line);
    }
    fclose(status);
}
