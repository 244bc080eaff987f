/* SPDX-License-Identifier: Apache-2.0 */
/* One call of HCS. Runs wherever the host runs work: nothing but the job itself is touched. */
#include "local_internal.h"

#define NO_OPTIONS ((const c8d__wide *)u"")
#define PROCEDURE_MISSING ((c8d__hr)0x8007007f)

static c8d__hr call_system(const struct c8d__hcs *hcs, struct c8d__job *job)
{
    switch (job->kind) {
    case C8D__JOB_CREATE:
        return hcs->create(job->name.units, job->document.units, NULL, &job->made, &job->result);
    case C8D__JOB_OPEN:
        return hcs->open(job->name.units, &job->made, &job->result);
    case C8D__JOB_START:
        return hcs->start(job->handle, NO_OPTIONS, &job->result);
    case C8D__JOB_SHUTDOWN:
        return hcs->shutdown(job->handle, NO_OPTIONS, &job->result);
    case C8D__JOB_TERMINATE:
        return hcs->terminate(job->handle, NO_OPTIONS, &job->result);
    case C8D__JOB_PAUSE:
        return hcs->pause != NULL ? hcs->pause(job->handle, NO_OPTIONS, &job->result) : PROCEDURE_MISSING;
    case C8D__JOB_RESUME:
        return hcs->resume != NULL ? hcs->resume(job->handle, NO_OPTIONS, &job->result) : PROCEDURE_MISSING;
    case C8D__JOB_PROPERTIES:
        return hcs->get_properties(job->handle, job->document.units, &job->properties, &job->result);
    case C8D__JOB_ENUMERATE:
        return hcs->enumerate != NULL ? hcs->enumerate(job->document.units, &job->properties, &job->result)
                                      : PROCEDURE_MISSING;
    case C8D__JOB_REGISTER:
        return hcs->register_system(job->handle, c8d__latch_notify, job->watch, &job->made);
    case C8D__JOB_UNREGISTER:
        return hcs->unregister_system(job->handle);
    case C8D__JOB_CLOSE:
        return hcs->close(job->handle);
    default:
        return hcs->name_to_guid(job->name.units, &job->guid);
    }
}

static c8d__hr call_process(const struct c8d__hcs *hcs, struct c8d__job *job)
{
    switch (job->kind) {
    case C8D__JOB_CREATE_PROCESS:
        return hcs->create_process(job->handle, job->document.units, &job->info, &job->made, &job->result);
    case C8D__JOB_PROCESS_PROPERTIES:
        return hcs->get_process_properties(job->handle, &job->properties, &job->result);
    case C8D__JOB_MODIFY_PROCESS:
        return hcs->modify_process(job->handle, job->document.units, &job->result);
    case C8D__JOB_TERMINATE_PROCESS:
        return hcs->terminate_process(job->handle, &job->result);
    case C8D__JOB_REGISTER_PROCESS:
        return hcs->register_process(job->handle, c8d__latch_notify, job->watch, &job->made);
    case C8D__JOB_UNREGISTER_PROCESS:
        return hcs->unregister_process(job->handle);
    default:
        return hcs->close_process(job->handle);
    }
}

void c8d__job_run(struct c8d__work *work)
{
    struct c8d__job *job = (struct c8d__job *)work;
    struct c8d__local *local = job->local;
    const struct c8d__hcs *hcs = local->host.hcs;

    job->hr = job->kind >= C8D__JOB_CREATE_PROCESS ? call_process(hcs, job) : call_system(hcs, job);
    pthread_mutex_lock(&local->finished_lock);
    job->errand->finished = true;
    atomic_store(&local->stirred, true);
    /* Under the lock: whoever sees the last job finished may destroy the runtime. */
    local->host.wake(local->host.ctx);
    pthread_mutex_unlock(&local->finished_lock);
}

void c8d__job_forget(struct c8d__job *job)
{
    const struct c8d__hcs *hcs = job->local->host.hcs;

    if (job->properties != NULL)
        hcs->mem_free(job->properties);
    if (job->result != NULL)
        hcs->mem_free(job->result);
    job->properties = NULL;
    job->result = NULL;
}

void c8d__job_clear(struct c8d__job *job)
{
    c8d__job_forget(job);
    c8d__wide_free(job->local->allocator, &job->name);
    c8d__wide_free(job->local->allocator, &job->document);
}
