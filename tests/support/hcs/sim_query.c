/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked of systems and of the service, and the exports that stand alone. */
#include "sim_internal.h"
#include <stdlib.h>
#include <string.h>

static c8d__hr give(const struct hcs_sim_fault *fault, bool strikes, json_t *json, c8d__wide **out,
                    c8d__wide **result)
{
    char *text = json_dumps(json, JSON_COMPACT);
    c8d__hr hr = 0;

    json_decref(json);
    if (strikes && (fault->action == HCS_SIM_RETURN || fault->action == HCS_SIM_NO_STRING))
        hr = sim_failure(fault, result);
    else if (strikes && fault->action == HCS_SIM_GARBAGE)
        *out = sim_string("{]");
    else if (!strikes || fault->action != HCS_SIM_NO_RESULT)
        *out = sim_string(text);
    free(text);
    return hr;
}

static const char *state_name(const struct sim_system *system)
{
    static const char *const names[] = {"Created", "Running", "Paused", "Stopped"};

    return names[system->state];
}

/* What is empty is left out, as in all documents of HCS. */
static const char *owner_name(const struct sim_system *system)
{
    return *system->owner != '\0' ? system->owner : NULL;
}

static json_t *process_list(const struct sim_system *system)
{
    json_t *list = json_array();

    for (const struct sim_process *each = system->processes; each != NULL; each = each->next) {
        if (!each->over)
            json_array_append_new(list,
                                  json_pack("{s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I}", "CreateTimestamp",
                                            "2023-11-14T22:13:20Z", "ImageName", "sh.exe", "KernelTime100ns",
                                            (json_int_t)10, "MemoryCommitBytes", (json_int_t)4096,
                                            "MemoryWorkingSetPrivateBytes", (json_int_t)2048,
                                            "MemoryWorkingSetSharedBytes", (json_int_t)1024, "ProcessId",
                                            (json_int_t)each->pid, "UserTime100ns", (json_int_t)20));
    }
    return list;
}

static json_t *statistics(void)
{
    return json_pack("{s:s,s:I,s:{s:I,s:I,s:I},s:{s:I,s:I,s:I},s:{s:I,s:I,s:I,s:I}}", "Timestamp",
                     "2023-11-14T22:13:21Z", "Uptime100ns", (json_int_t)10000000, "Memory",
                     "MemoryUsageCommitBytes", (json_int_t)8192, "MemoryUsageCommitPeakBytes",
                     (json_int_t)9007199254740993, "MemoryUsagePrivateWorkingSetBytes", (json_int_t)4096,
                     "Processor", "TotalRuntime100ns", (json_int_t)30, "RuntimeUser100ns", (json_int_t)20,
                     "RuntimeKernel100ns", (json_int_t)10, "Storage", "ReadCountNormalized", (json_int_t)1,
                     "ReadSizeBytes", (json_int_t)512, "WriteCountNormalized", (json_int_t)2,
                     "WriteSizeBytes", (json_int_t)1024);
}

static c8d__hr C8D__HCSAPI get_properties(c8d__handle handle, const c8d__wide *query, c8d__wide **properties,
                                          c8d__wide **result)
{
    bool strikes;
    struct hcs_sim_fault fault;
    struct sim_system *system;
    c8d__hr hr = SIM_INVALID_HANDLE;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsGetComputeSystemProperties, query, &strikes);
    system = sim_system_of(handle);
    if (system != NULL) {
        const char *wanted = hcs_sim_document(HCS_SIM_HcsGetComputeSystemProperties);
        json_t *json = json_pack("{s:s,s:s,s:s*,s:b}", "Id", system->id, "State", state_name(system), "Owner",
                                 owner_name(system), "Stopped", system->state == SIM_OVER);

        if (strstr(wanted, "Statistics") != NULL)
            json_object_set_new(json, "Statistics", statistics());
        if (strstr(wanted, "ProcessList") != NULL)
            json_object_set_new(json, "ProcessList", process_list(system));
        hr = give(&fault, strikes, json, properties, result);
    }
    sim_unlock();
    return hr;
}

static c8d__hr C8D__HCSAPI enumerate(const c8d__wide *query, c8d__wide **systems, c8d__wide **result)
{
    bool strikes;
    struct hcs_sim_fault fault;
    json_t *list = json_array();
    c8d__hr hr;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsEnumerateComputeSystems, query, &strikes);
    for (const struct sim_system *each = sim.systems; each != NULL; each = each->next) {
        if (each->state != SIM_OVER)
            json_array_append_new(list, json_pack("{s:s,s:s,s:s*}", "Id", each->id, "State", state_name(each),
                                                  "Owner", owner_name(each)));
    }
    hr = give(&fault, strikes, list, systems, result);
    sim_unlock();
    return hr;
}

static c8d__hr C8D__HCSAPI get_service_properties(const c8d__wide *query, c8d__wide **properties,
                                                  c8d__wide **result)
{
    bool strikes;
    struct hcs_sim_fault fault;
    c8d__hr hr;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsGetServiceProperties, query, &strikes);
    hr = give(
        &fault, strikes,
        json_pack("{s:[{s:[{s:i,s:i}]}]}", "Properties", "SupportedSchemaVersions", "Major", 1, "Minor", 0),
        properties, result);
    sim_unlock();
    return hr;
}

static c8d__hr C8D__HCSAPI modify(c8d__handle handle, const c8d__wide *config, c8d__wide **result)
{
    bool strikes;
    struct hcs_sim_fault fault;
    c8d__hr hr;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsModifyComputeSystem, config, &strikes);
    hr = sim_system_of(handle) == NULL ? SIM_INVALID_HANDLE : strikes ? sim_failure(&fault, result) : 0;
    sim_unlock();
    return hr;
}

/* Any stable function will do: which one Windows has is not known. */
static c8d__hr C8D__HCSAPI name_to_guid(const c8d__wide *name, struct c8d__guid *out)
{
    bool strikes;
    struct hcs_sim_fault fault;
    uint64_t hash = UINT64_C(14695981039346656037);
    c8d__hr hr = 0;

    sim_lock();
    fault = sim_enter(HCS_SIM_NameToGuid, name, &strikes);
    if (strikes)
        hr = sim_failure(&fault, NULL);
    sim_unlock();
    for (size_t i = 0; i < 16; i++) {
        for (const c8d__wide *unit = name; *unit != 0; unit++)
            hash = (hash ^ *unit) * UINT64_C(1099511628211);
        hash = (hash ^ i) * UINT64_C(1099511628211);
        out->bytes[i] = (uint8_t)(hash >> 56);
    }
    return hr;
}

static void C8D__HCSAPI mem_free(void *memory)
{
    sim_lock();
    sim.strings--;
    sim_unlock();
    free(memory);
}

void sim_query_table(struct c8d__hcs *table)
{
    table->enumerate = enumerate;
    table->get_properties = get_properties;
    table->modify = modify;
    table->get_service_properties = get_service_properties;
    table->name_to_guid = name_to_guid;
    table->mem_free = mem_free;
}
