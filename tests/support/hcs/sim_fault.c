/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong, and a record of what was called. */
#include "sim_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const names[] = {
#define SIM_NAME(name, member, parameters, required) #name,
    C8D__HCS_EXPORTS(SIM_NAME)
#undef SIM_NAME
};

void hcs_sim_fault(const struct hcs_sim_fault *fault)
{
    sim_lock();
    if (sim.n_faults == SIM_FAULTS_MAX)
        abort();
    sim.faults[sim.n_faults++] = *fault;
    sim_unlock();
}

void hcs_sim_fail_calls(unsigned nth, bool for_ever, c8d__hr hr)
{
    sim_lock();
    sim.fail_at = nth != 0 ? sim.all_calls + nth : 0;
    sim.fail_on = for_ever;
    sim.fail_hr = hr;
    sim_unlock();
}

static void write_down(enum hcs_sim_function function, const char *text)
{
    size_t more = strlen(names[function]) + strlen(text) + 3;
    char *longer = realloc(sim.log, sim.log_length + more);

    if (longer == NULL)
        abort();
    sim.log = longer;
    sim.log_length += (size_t)sprintf(sim.log + sim.log_length, "%s%s%s\n", names[function],
                                      *text != '\0' ? " " : "", text);
}

static bool fails_anyhow(struct hcs_sim_fault *fault)
{
    if (sim.fail_at == 0 || sim.all_calls < sim.fail_at || (!sim.fail_on && sim.all_calls != sim.fail_at))
        return false;
    *fault = (struct hcs_sim_fault){.action = HCS_SIM_RETURN, .hr = sim.fail_hr};
    return true;
}

static bool strikes_now(enum hcs_sim_function function, struct hcs_sim_fault *fault)
{
    bool found = false;

    for (size_t i = 0; i < sim.n_faults; i++) {
        struct hcs_sim_fault *each = &sim.faults[i];

        if (each->function != function || each->nth == UINT32_MAX)
            continue;
        if (each->nth > 1) {
            each->nth--;
            continue;
        }
        if (!found)
            *fault = *each;
        found = true;
        if (each->nth == 1)
            each->nth = UINT32_MAX; /* it has struck */
    }
    return found;
}

struct hcs_sim_fault sim_enter(enum hcs_sim_function function, const c8d__wide *text, bool *strikes)
{
    struct hcs_sim_fault fault = {0};
    char *narrow = text != NULL ? sim_narrow(text) : sim_copy("");

    sim.counts[function]++;
    sim.all_calls++;
    write_down(function, narrow);
    free(sim.documents[function]);
    sim.documents[function] = narrow;
    *strikes = fails_anyhow(&fault) || strikes_now(function, &fault);
    if (*strikes && fault.action == HCS_SIM_BLOCK) {
        struct timespec delay = {.tv_sec = fault.delay_ns / 1000000000,
                                 .tv_nsec = (long)(fault.delay_ns % 1000000000)};

        *strikes = false;
        sim_unlock();
        if (sim.threads)
            nanosleep(&delay, NULL);
        sim_lock();
        if (!sim.threads)
            sim.now += fault.delay_ns;
    }
    if (*strikes && fault.action == HCS_SIM_DISCONNECT) {
        sim_tell(SIM_SYSTEM_CALLBACK, NULL, C8D__HCS_SERVICE_DISCONNECT, 0);
        sim_tell(SIM_PROCESS_CALLBACK, NULL, C8D__HCS_SERVICE_DISCONNECT, 0);
        fault.action = HCS_SIM_PEND_NEVER;
    }
    return fault;
}

c8d__hr sim_failure(const struct hcs_sim_fault *fault, c8d__wide **result)
{
    char document[256];

    if (result == NULL)
        return fault->hr;
    (void)snprintf(
        document, sizeof(document),
        "{\"Error\":%d,\"ErrorMessage\":\"\",\"ErrorEvents\":[{\"Message\":\"injected\",\"Provider\":"
        "\"sim\",\"EventId\":7}]}",
        fault->hr);
    if (fault->action == HCS_SIM_RETURN)
        *result = sim_string(document);
    else if (fault->action == HCS_SIM_GARBAGE)
        *result = sim_string("{]");
    return fault->hr;
}

const char *hcs_sim_calls(void)
{
    return sim.log != NULL ? sim.log : "";
}

const char *hcs_sim_document(enum hcs_sim_function function)
{
    return sim.documents[function] != NULL ? sim.documents[function] : "";
}

unsigned hcs_sim_count(enum hcs_sim_function function)
{
    return sim.counts[function];
}

static bool is_in_use(const struct sim_handle *handle)
{
    return handle->kind == SIM_SYSTEM || handle->kind == SIM_PROCESS;
}

struct hcs_sim_left hcs_sim_left(void)
{
    struct hcs_sim_left left = {0};

    sim_lock();
    sim_system_sweep();
    for (const struct sim_system *system = sim.systems; system != NULL; system = system->next) {
        left.systems++;
        for (const struct sim_process *process = system->processes; process != NULL; process = process->next)
            left.processes++;
    }
    for (size_t i = 0; i < sim.n_handles; i++) {
        left.handles += is_in_use(&sim.handles[i]);
        left.callbacks += sim.handles[i].kind != 0 && !is_in_use(&sim.handles[i]);
    }
    left.strings = sim.strings;
    left.streams = sim.streams;
    sim_unlock();
    return left;
}
