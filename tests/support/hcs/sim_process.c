/* SPDX-License-Identifier: Apache-2.0 */
/* Processes, and what the exports do with them. */
#include "sim_internal.h"
#include <stdlib.h>
#include <string.h>

static struct sim_process *process_of(c8d__handle handle)
{
    struct sim_handle *found = sim_handle_find(handle, SIM_PROCESS);

    return found != NULL ? found->object : NULL;
}

/* ---- their ends
 * -------------------------------------------------------------------------------------------------------- */

void sim_process_told(struct sim_process *process)
{
    if (!sim_has_listener(SIM_PROCESS_CALLBACK, process))
        return; /* told at its registration */
    process->told = true;
    sim_tell(SIM_PROCESS_CALLBACK, process, C8D__HCS_PROCESS_EXITED, process->told_status);
}

static void tell_later(struct sim_process *process, int64_t delay_ns)
{
    if (!process->untold)
        sim_schedule(&(struct sim_due){.kind = SIM_NOTIFY_PROCESS, .process = process}, delay_ns);
}

void sim_process_end(struct sim_process *process, uint32_t code)
{
    if (process->over)
        return;
    process->over = true;
    process->code = code;
    process->run++;
    sim_pipe_close(&process->in, false, false);
    sim_pipe_close(&process->out, false, true);
    sim_pipe_close(&process->err, false, true);
    /* After the exit of its system, when that is what ended it. */
    tell_later(process, (2000 + (int64_t)sim_random(2000)) * 1000);
}

void sim_process_free(struct sim_process *process)
{
    sim_forget_process(process);
    sim_pipe_close(&process->in, false, false);
    sim_pipe_close(&process->out, false, true);
    sim_pipe_close(&process->err, false, true);
    free(process->script);
    free(process->unwritten);
    free(process);
}

/* ---- create
 * ------------------------------------------------------------------------------------------------------------
 */

static c8d__handle open_pipe(struct sim_pipe **pipe, struct sim_process *process, const json_t *json,
                             const char *name)
{
    if (!json_is_true(json_object_get(json, name)))
        return NULL;
    *pipe = sim_pipe_new(process, strcmp(name, "CreateStdInPipe") == 0);
    return *pipe;
}

static void spoil(struct sim_process *process, const struct hcs_sim_fault *fault,
                  struct c8d__process_info *info)
{
    switch (fault->action) {
    case HCS_SIM_EXIT_STATUS:
        process->told_status = fault->hr;
        break;
    case HCS_SIM_EXIT_UNTOLD:
        process->untold = true;
        break;
    case HCS_SIM_WAIT_FAILED:
        process->wait_failed = true;
        break;
    case HCS_SIM_STREAM_MISSING:
        if (process->out != NULL) {
            struct sim_pipe *outside = process->out;

            sim_pipe_close(&outside, true, false);
        }
        info->out = NULL;
        break;
    case HCS_SIM_STREAM_REFUSED:
        if (process->out != NULL)
            process->out->refused = true;
        break;
    case HCS_SIM_STREAM_BREAKS:
        if (process->out != NULL)
            process->out->breaks_after = 2;
        break;
    default:
        if (process->in != NULL)
            process->in->step = 1;
        if (process->out != NULL)
            process->out->step = 1;
    }
}

static struct sim_process *add(struct sim_system *system, const char *command_line)
{
    struct sim_process *process = sim_alloc(sizeof(*process));

    process->system = system;
    if (!sim_program_read(process, command_line)) {
        free(process);
        return NULL;
    }
    process->pid = sim.next_pid++;
    process->next = system->processes;
    system->processes = process;
    return process;
}

static c8d__hr create_in(struct sim_system *system, const json_t *json, struct c8d__process_info *info,
                         c8d__handle *out, struct sim_process **made)
{
    const char *line = json_string_value(json_object_get(json, "CommandLine"));
    struct sim_process *process = line != NULL ? add(system, line) : NULL;

    if (process == NULL)
        return SIM_FILE_NOT_FOUND;
    *info = (struct c8d__process_info){.pid = process->pid};
    info->in = open_pipe(&process->in, process, json, "CreateStdInPipe");
    info->out = open_pipe(&process->out, process, json, "CreateStdOutPipe");
    info->err = open_pipe(&process->err, process, json, "CreateStdErrPipe");
    process->handles++;
    *out = sim_handle_new(SIM_PROCESS, process);
    *made = process;
    sim_schedule(&(struct sim_due){.kind = SIM_STEP, .process = process, .run = process->run},
                 (int64_t)sim_random(1000) * 1000);
    return 0;
}

static c8d__hr create_locked(c8d__handle handle, const c8d__wide *parameters, struct c8d__process_info *info,
                             c8d__handle *out, c8d__wide **result)
{
    bool strikes;
    struct hcs_sim_fault fault = sim_enter(HCS_SIM_HcsCreateProcess, parameters, &strikes);
    struct sim_handle *found = sim_handle_find(handle, SIM_SYSTEM);
    struct sim_system *system = found != NULL ? found->object : NULL;
    json_t *json = json_loads(hcs_sim_document(HCS_SIM_HcsCreateProcess), 0, NULL);
    struct sim_process *made = NULL;
    c8d__hr hr = SIM_INVALID_HANDLE;

    if (strikes && (fault.action == HCS_SIM_RETURN || fault.action == HCS_SIM_NO_STRING))
        hr = sim_failure(&fault, result);
    else if (system != NULL && system->state != SIM_RUNNING)
        hr = SIM_INVALID_STATE;
    else if (system != NULL)
        hr = create_in(system, json, info, out, &made);
    if (strikes && made != NULL)
        spoil(made, &fault, info);
    json_decref(json);
    return hr;
}

static c8d__hr C8D__HCSAPI create_process(c8d__handle handle, const c8d__wide *parameters,
                                          struct c8d__process_info *info, c8d__handle *out,
                                          c8d__wide **result)
{
    c8d__hr hr;

    sim_lock();
    hr = create_locked(handle, parameters, info, out, result);
    sim_unlock();
    return hr;
}

static c8d__hr C8D__HCSAPI open_process(c8d__handle handle, uint32_t pid, c8d__handle *out,
                                        c8d__wide **result)
{
    bool strikes;
    struct hcs_sim_fault fault;
    struct sim_handle *found;
    c8d__hr hr = SIM_ELEMENT_NOT_FOUND;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsOpenProcess, NULL, &strikes);
    found = sim_handle_find(handle, SIM_SYSTEM);
    if (strikes)
        hr = sim_failure(&fault, result);
    for (struct sim_process *each =
             found != NULL && !strikes ? ((struct sim_system *)found->object)->processes : NULL;
         each != NULL; each = each->next) {
        if (each->pid == pid) {
            each->handles++;
            *out = sim_handle_new(SIM_PROCESS, each);
            hr = 0;
        }
    }
    sim_unlock();
    return hr;
}

static c8d__hr C8D__HCSAPI close_process(c8d__handle handle)
{
    bool strikes;
    struct hcs_sim_fault fault;
    struct sim_handle *found;
    c8d__hr hr = SIM_INVALID_HANDLE;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsCloseProcess, NULL, &strikes);
    found = sim_handle_find(handle, SIM_PROCESS);
    if (strikes) {
        hr = sim_failure(&fault, NULL);
    } else if (found != NULL) {
        ((struct sim_process *)found->object)->handles--;
        sim_handle_close(found);
        sim_system_sweep();
        hr = 0;
    }
    sim_unlock();
    return hr;
}

/* ---- in between
 * -------------------------------------------------------------------------------------------------------- */

static c8d__hr C8D__HCSAPI terminate_process(c8d__handle handle, c8d__wide **result)
{
    bool strikes;
    struct hcs_sim_fault fault;
    struct sim_process *process;
    c8d__hr hr = 0;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsTerminateProcess, NULL, &strikes);
    process = process_of(handle);
    if (process == NULL)
        hr = SIM_INVALID_HANDLE;
    else if (strikes)
        hr = sim_failure(&fault, result);
    else if (process->over)
        hr = SIM_ACCESS_DENIED;
    else
        sim_process_end(process, HCS_SIM_KILLED);
    sim_unlock();
    return hr;
}

static c8d__hr C8D__HCSAPI signal_process(c8d__handle handle, const c8d__wide *options, c8d__wide **result)
{
    (void)options;
    return terminate_process(handle, result);
}

static c8d__hr C8D__HCSAPI get_process_info(c8d__handle handle, struct c8d__process_info *info,
                                            c8d__wide **result)
{
    bool strikes;
    struct hcs_sim_fault fault;
    struct sim_process *process;
    c8d__hr hr = 0;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsGetProcessInfo, NULL, &strikes);
    process = process_of(handle);
    if (process == NULL)
        hr = SIM_INVALID_HANDLE;
    else if (strikes)
        hr = sim_failure(&fault, result);
    else
        *info = (struct c8d__process_info){.pid = process->pid};
    sim_unlock();
    return hr;
}

static c8d__hr tell_properties(const struct sim_process *process, const struct hcs_sim_fault *fault,
                               bool strikes, c8d__wide **properties, c8d__wide **result)
{
    bool failed = process->wait_failed || (strikes && fault->action == HCS_SIM_WAIT_FAILED);
    json_t *json =
        json_pack("{s:I,s:b,s:I,s:i}", "ProcessId", (json_int_t)process->pid, "Exited", process->over,
                  "ExitCode", (json_int_t)process->code, "LastWaitResult", failed ? 258 : 0);
    char *text = json_dumps(json, JSON_COMPACT);
    c8d__hr hr = 0;

    json_decref(json);
    if (strikes && (fault->action == HCS_SIM_RETURN || fault->action == HCS_SIM_NO_STRING))
        hr = sim_failure(fault, result);
    else if (strikes && fault->action == HCS_SIM_GARBAGE)
        *properties = sim_string("{]");
    else if (!strikes || fault->action != HCS_SIM_NO_RESULT)
        *properties = sim_string(text);
    free(text);
    return hr;
}

static c8d__hr C8D__HCSAPI get_process_properties(c8d__handle handle, c8d__wide **properties,
                                                  c8d__wide **result)
{
    bool strikes;
    struct hcs_sim_fault fault;
    const struct sim_process *process;
    c8d__hr hr = SIM_INVALID_HANDLE;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsGetProcessProperties, NULL, &strikes);
    process = process_of(handle);
    if (process != NULL)
        hr = tell_properties(process, &fault, strikes, properties, result);
    sim_unlock();
    return hr;
}

static c8d__hr C8D__HCSAPI modify_process(c8d__handle handle, const c8d__wide *settings, c8d__wide **result)
{
    bool strikes;
    struct hcs_sim_fault fault;
    const struct sim_process *process;
    c8d__hr hr = 0;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsModifyProcess, settings, &strikes);
    process = process_of(handle);
    if (process == NULL)
        hr = SIM_INVALID_HANDLE;
    else if (strikes)
        hr = sim_failure(&fault, result);
    else if (process->over)
        hr = SIM_ELEMENT_NOT_FOUND;
    sim_unlock();
    return hr;
}

static c8d__hr C8D__HCSAPI register_process(c8d__handle handle, c8d__notify_fn callback, void *ctx,
                                            c8d__handle *out)
{
    bool strikes;
    struct hcs_sim_fault fault;
    struct sim_process *process;
    c8d__hr hr = SIM_INVALID_HANDLE;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsRegisterProcessCallback, NULL, &strikes);
    process = process_of(handle);
    if (strikes) {
        hr = sim_failure(&fault, NULL);
    } else if (process != NULL) {
        struct sim_handle *made;

        *out = sim_handle_new(SIM_PROCESS_CALLBACK, process);
        made = sim_handle_find(*out, SIM_PROCESS_CALLBACK);
        made->callback = callback;
        made->ctx = ctx;
        if (process->over)
            tell_later(process, 0);
        hr = 0;
    }
    sim_unlock();
    return hr;
}

static c8d__hr C8D__HCSAPI unregister_process(c8d__handle registration)
{
    bool strikes;
    struct hcs_sim_fault fault;
    struct sim_handle *found;
    c8d__hr hr = SIM_INVALID_HANDLE;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsUnregisterProcessCallback, NULL, &strikes);
    found = sim_handle_find(registration, SIM_PROCESS_CALLBACK);
    if (strikes) {
        hr = sim_failure(&fault, NULL);
    } else if (found != NULL) {
        sim_handle_close(found);
        hr = 0;
    }
    sim_unlock();
    return hr;
}

void sim_process_table(struct c8d__hcs *table)
{
    table->create_process = create_process;
    table->open_process = open_process;
    table->close_process = close_process;
    table->terminate_process = terminate_process;
    table->signal_process = signal_process;
    table->get_process_info = get_process_info;
    table->get_process_properties = get_process_properties;
    table->modify_process = modify_process;
    table->register_process = register_process;
    table->unregister_process = unregister_process;
}
