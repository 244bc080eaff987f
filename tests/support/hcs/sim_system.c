/* SPDX-License-Identifier: Apache-2.0 */
/* Compute systems and what the exports do with them. */
#include "sim_internal.h"
#include <stdlib.h>
#include <string.h>

/* Shutdown and terminate complete with the exit, which stopping tells: nothing else is to be told. */
#define HCS_SIM_NOTHING_TO_TELL 0

/* ---- systems
 * -----------------------------------------------------------------------------------------------------------
 */

struct sim_system *sim_system_find(const char *id)
{
    struct sim_system *system = sim.systems;

    /* What has stopped is not found by its name any more. */
    while (system != NULL && (system->state == SIM_OVER || strcmp(system->id, id) != 0))
        system = system->next;
    return system;
}

struct sim_system *sim_system_add(const char *id, const char *owner)
{
    struct sim_system *system = sim_alloc(sizeof(*system));

    system->id = sim_copy(id);
    system->owner = sim_copy(owner);
    system->next = sim.systems;
    sim.systems = system;
    return system;
}

void sim_system_notify(struct sim_system *system, uint32_t type, c8d__hr status, int64_t delay_ns)
{
    if (type == HCS_SIM_NOTHING_TO_TELL)
        return;
    sim_schedule(
        &(struct sim_due){.kind = SIM_NOTIFY_SYSTEM, .system = system, .type = type, .status = status},
        delay_ns);
}

/* HCS keeps what happened before anybody was registered. */
void sim_system_told(struct sim_system *system, uint32_t type, c8d__hr status)
{
    if (!sim_has_listener(SIM_SYSTEM_CALLBACK, system) && type < 16) {
        system->held[type] = true;
        system->held_status[type] = status;
        return;
    }
    if (type == C8D__HCS_SYSTEM_EXITED)
        system->exit_told = true;
    sim_tell(SIM_SYSTEM_CALLBACK, system, type, status);
}

void sim_system_exit(struct sim_system *system, c8d__hr status)
{
    if (system->state == SIM_OVER)
        return;
    system->state = SIM_OVER;
    system->exit_status = status;
    sim_system_notify(system, C8D__HCS_SYSTEM_EXITED, status, (int64_t)sim_random(2000) * 1000);
    for (struct sim_process *each = system->processes; each != NULL; each = each->next)
        sim_process_end(each, HCS_SIM_KILLED);
}

static void sweep_processes(struct sim_system *system)
{
    struct sim_process **link = &system->processes;

    while (*link != NULL) {
        struct sim_process *process = *link;

        if (!process->over || process->handles != 0) {
            link = &process->next;
            continue;
        }
        *link = process->next;
        sim_process_free(process);
    }
}

/* Frees what has ended and nobody has a handle of. */
void sim_system_sweep(void)
{
    struct sim_system **link = &sim.systems;

    while (*link != NULL) {
        struct sim_system *system = *link;

        sweep_processes(system);
        if (system->state != SIM_OVER || system->handles != 0 || system->processes != NULL) {
            link = &system->next;
            continue;
        }
        *link = system->next;
        sim_forget_system(system);
        free(system->id);
        free(system->owner);
        free(system);
    }
}

/* ---- one operation
 * ------------------------------------------------------------------------------------------------- */

typedef void (*sim_act)(struct sim_system *system);

static int64_t some_time(void)
{
    return (int64_t)sim_random(2000) * 1000;
}

/* Carries an operation out that completes by a notification, with what is to go wrong. */
static c8d__hr operate(struct sim_system *system, const struct hcs_sim_fault *fault, bool strikes,
                       uint32_t type, sim_act act, c8d__wide **result)
{
    switch (strikes ? fault->action : HCS_SIM_GOES_WELL) {
    case HCS_SIM_RETURN:
    case HCS_SIM_NO_STRING:
    case HCS_SIM_GARBAGE:
        return sim_failure(fault, result);
    case HCS_SIM_PEND:
        sim_system_notify(system, type, fault->hr, some_time());
        return SIM_PENDING;
    case HCS_SIM_PEND_NEVER:
        return SIM_PENDING;
    case HCS_SIM_PEND_UNTOLD:
        act(system);
        return SIM_PENDING;
    case HCS_SIM_EXIT_DURING:
        sim_system_exit(system, fault->hr);
        return SIM_PENDING;
    case HCS_SIM_SHUTDOWN_FAILED:
        sim_system_notify(system, C8D__HCS_SHUTDOWN_FAILED, fault->hr, some_time());
        return SIM_PENDING;
    case HCS_SIM_SYNC:
        act(system);
        return 0;
    case HCS_SIM_PEND_EARLY:
        act(system);
        sim_system_told(system, type, 0);
        return SIM_PENDING;
    case HCS_SIM_PEND_TWICE:
        sim_system_notify(system, type, 0, some_time());
        break;
    default:
        break;
    }
    act(system);
    sim_system_notify(system, type, 0, some_time());
    return SIM_PENDING;
}

struct sim_system *sim_system_of(c8d__handle handle)
{
    struct sim_handle *found = sim_handle_find(handle, SIM_SYSTEM);

    return found != NULL ? found->object : NULL;
}

/* ---- create and open
 * --------------------------------------------------------------------------------------------------- */

static void nothing(struct sim_system *system)
{
    (void)system;
}

static c8d__handle open_handle(struct sim_system *system)
{
    system->handles++;
    return sim_handle_new(SIM_SYSTEM, system);
}

static c8d__hr create_locked(const c8d__wide *id, const c8d__wide *config, c8d__handle *out,
                             c8d__wide **result)
{
    bool strikes;
    struct hcs_sim_fault fault = sim_enter(HCS_SIM_HcsCreateComputeSystem, config, &strikes);
    char *text = sim_narrow(config);
    char *name = sim_narrow(id);
    json_t *json = json_loads(text, 0, NULL);
    struct sim_system *system;
    c8d__hr hr = SIM_INVALID_JSON;

    if (json != NULL && sim_system_find(name) != NULL) {
        hr = SIM_EXISTS;
    } else if (json != NULL && strikes && fault.action == HCS_SIM_RETURN) {
        hr = sim_failure(&fault, result);
    } else if (json != NULL) {
        const char *owner = json_string_value(json_object_get(json, "Owner"));

        system = sim_system_add(name, owner != NULL ? owner : "");
        system->hyperv = json_is_true(json_object_get(json, "HvPartition"));
        *out = open_handle(system);
        hr = operate(system, &fault, strikes, C8D__HCS_CREATE_COMPLETED, nothing, result);
    }
    json_decref(json);
    free(text);
    free(name);
    return hr;
}

static c8d__hr C8D__HCSAPI create(const c8d__wide *id, const c8d__wide *config, c8d__handle identity,
                                  c8d__handle *out, c8d__wide **result)
{
    c8d__hr hr;

    (void)identity;
    sim_lock();
    hr = create_locked(id, config, out, result);
    sim_unlock();
    return hr;
}

static c8d__hr C8D__HCSAPI open(const c8d__wide *id, c8d__handle *out, c8d__wide **result)
{
    bool strikes;
    struct hcs_sim_fault fault;
    struct sim_system *system;
    char *name = sim_narrow(id);
    c8d__hr hr = SIM_NOT_FOUND;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsOpenComputeSystem, id, &strikes);
    system = sim_system_find(name);
    if (strikes) {
        hr = sim_failure(&fault, result);
    } else if (system != NULL) {
        *out = open_handle(system);
        hr = 0;
    }
    sim_unlock();
    free(name);
    return hr;
}

static c8d__hr C8D__HCSAPI close_system(c8d__handle handle)
{
    bool strikes;
    struct hcs_sim_fault fault;
    struct sim_handle *found;
    c8d__hr hr = SIM_INVALID_HANDLE;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsCloseComputeSystem, NULL, &strikes);
    found = sim_handle_find(handle, SIM_SYSTEM);
    if (strikes) {
        hr = sim_failure(&fault, NULL);
    } else if (found != NULL) {
        ((struct sim_system *)found->object)->handles--;
        sim_handle_close(found);
        sim_system_sweep();
        hr = 0;
    }
    sim_unlock();
    return hr;
}

/* ---- its life
 * ----------------------------------------------------------------------------------------------------------
 */

static void run(struct sim_system *system)
{
    system->state = SIM_RUNNING;
}

static void pause_it(struct sim_system *system)
{
    system->state = SIM_PAUSED;
}

static void resume_it(struct sim_system *system)
{
    system->state = SIM_RUNNING;
    for (struct sim_process *each = system->processes; each != NULL; each = each->next)
        sim_schedule(&(struct sim_due){.kind = SIM_STEP, .process = each, .run = each->run}, 0);
}

static void stop(struct sim_system *system)
{
    sim_system_exit(system, 0);
}

/* Which states a function is good in, what it does, and how that is told. */
struct operation {
    enum hcs_sim_function function;
    unsigned states;
    uint32_t type;
    sim_act act;
};

static c8d__hr carry_out(const struct operation *operation, c8d__handle handle, c8d__wide **result)
{
    bool strikes;
    struct hcs_sim_fault fault;
    struct sim_system *system;
    c8d__hr hr;

    sim_lock();
    fault = sim_enter(operation->function, NULL, &strikes);
    system = sim_system_of(handle);
    if (system == NULL)
        hr = SIM_INVALID_HANDLE;
    else if (system->state == SIM_OVER)
        hr = SIM_STOPPED;
    else if ((operation->states & 1u << system->state) == 0)
        hr = SIM_INVALID_STATE;
    else
        hr = operate(system, &fault, strikes, operation->type, operation->act, result);
    sim_unlock();
    return hr;
}

#define IN(state) (1u << (state))

static c8d__hr C8D__HCSAPI start(c8d__handle handle, const c8d__wide *options, c8d__wide **result)
{
    static const struct operation operation = {HCS_SIM_HcsStartComputeSystem, IN(SIM_CREATED),
                                               C8D__HCS_START_COMPLETED, run};

    (void)options;
    return carry_out(&operation, handle, result);
}

static c8d__hr C8D__HCSAPI pause_system(c8d__handle handle, const c8d__wide *options, c8d__wide **result)
{
    static const struct operation operation = {HCS_SIM_HcsPauseComputeSystem, IN(SIM_RUNNING),
                                               C8D__HCS_PAUSE_COMPLETED, pause_it};

    (void)options;
    return carry_out(&operation, handle, result);
}

static c8d__hr C8D__HCSAPI resume_system(c8d__handle handle, const c8d__wide *options, c8d__wide **result)
{
    static const struct operation operation = {HCS_SIM_HcsResumeComputeSystem, IN(SIM_PAUSED),
                                               C8D__HCS_RESUME_COMPLETED, resume_it};

    (void)options;
    return carry_out(&operation, handle, result);
}

static c8d__hr C8D__HCSAPI shutdown_system(c8d__handle handle, const c8d__wide *options, c8d__wide **result)
{
    static const struct operation operation = {
        HCS_SIM_HcsShutdownComputeSystem, IN(SIM_CREATED) | IN(SIM_RUNNING), HCS_SIM_NOTHING_TO_TELL, stop};

    (void)options;
    return carry_out(&operation, handle, result);
}

static c8d__hr C8D__HCSAPI terminate(c8d__handle handle, const c8d__wide *options, c8d__wide **result)
{
    static const struct operation operation = {HCS_SIM_HcsTerminateComputeSystem,
                                               IN(SIM_CREATED) | IN(SIM_RUNNING) | IN(SIM_PAUSED),
                                               HCS_SIM_NOTHING_TO_TELL, stop};

    (void)options;
    return carry_out(&operation, handle, result);
}

/* ---- callbacks
 * ---------------------------------------------------------------------------------------------------------
 */

static void tell_held(struct sim_system *system)
{
    for (uint32_t type = 0; type < 16; type++) {
        bool again = type == C8D__HCS_SYSTEM_EXITED && system->state == SIM_OVER && !sim.no_telling &&
                     system->exit_told;

        if (system->held[type] || again)
            sim_system_notify(system, type, again ? system->exit_status : system->held_status[type], 0);
        system->exit_told = system->exit_told || (type == C8D__HCS_SYSTEM_EXITED && system->held[type]);
        system->held[type] = false;
    }
}

static c8d__hr C8D__HCSAPI register_system(c8d__handle handle, c8d__notify_fn callback, void *ctx,
                                           c8d__handle *out)
{
    bool strikes;
    struct hcs_sim_fault fault;
    struct sim_system *system;
    c8d__hr hr = SIM_INVALID_HANDLE;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsRegisterComputeSystemCallback, NULL, &strikes);
    system = sim_system_of(handle);
    if (strikes) {
        hr = sim_failure(&fault, NULL);
    } else if (system != NULL) {
        struct sim_handle *made;

        *out = sim_handle_new(SIM_SYSTEM_CALLBACK, system);
        made = sim_handle_find(*out, SIM_SYSTEM_CALLBACK);
        made->callback = callback;
        made->ctx = ctx;
        tell_held(system);
        hr = 0;
    }
    sim_unlock();
    return hr;
}

static c8d__hr C8D__HCSAPI unregister_system(c8d__handle registration)
{
    bool strikes;
    struct hcs_sim_fault fault;
    struct sim_handle *found;
    c8d__hr hr = SIM_INVALID_HANDLE;

    sim_lock();
    fault = sim_enter(HCS_SIM_HcsUnregisterComputeSystemCallback, NULL, &strikes);
    found = sim_handle_find(registration, SIM_SYSTEM_CALLBACK);
    if (strikes) {
        hr = sim_failure(&fault, NULL);
    } else if (found != NULL) {
        sim_handle_close(found);
        hr = 0;
    }
    sim_unlock();
    return hr;
}

void sim_system_table(struct c8d__hcs *table)
{
    table->create = create;
    table->open = open;
    table->close = close_system;
    table->start = start;
    table->shutdown = shutdown_system;
    table->terminate = terminate;
    table->pause = pause_system;
    table->resume = resume_system;
    table->register_system = register_system;
    table->unregister_system = unregister_system;
}
