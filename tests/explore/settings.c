/* SPDX-License-Identifier: Apache-2.0 */
/* What is explored, by name. */
#include "settings.h"
#include <string.h>

static const struct setting settings[] = {
    {.name = "init",
     .sentence = "one task, three incarnations, all commands, no fault",
     .budgets = {.commands = 4, .processes = 3},
     .window = 1,
     .no_record = true},
    {.name = "record",
     .sentence = "records and tasks, events in order",
     .budgets = {.commands = 4, .processes = 1},
     .window = 1,
     .no_pause = true},
    {.name = "order",
     .sentence = "events in any order, repeated, and an OOM kill",
     .budgets = {.commands = 3, .processes = 2, .repeats = 1, .ooms = 1},
     .window = EVENTS_MAX,
     .no_record = true},
    {.name = "breaks",
     .sentence = "streams that break and overflow",
     .budgets = {.commands = 3, .processes = 2, .breaks = 1, .drops = 1},
     .window = 2,
     .no_record = true,
     .prior = true},
    {.name = "losses",
     .sentence = "replies that are lost, requests that are served late",
     .budgets = {.commands = 3, .processes = 2, .losses = 2, .fails = 1},
     .window = 2,
     .no_record = true},
    {.name = "outage",
     .sentence = "a runtime that restarts",
     .budgets = {.commands = 3, .processes = 2, .outages = 1},
     .window = 2,
     .no_record = true},
    {.name = "foreign",
     .sentence = "another client",
     .budgets = {.commands = 3, .processes = 2, .foreign = 2},
     .window = 2,
     .no_record = true},
    {.name = "crash",
     .sentence = "shims that die",
     .budgets = {.commands = 3, .processes = 2, .crashes = 1, .breaks = 1},
     .window = 2,
     .no_record = true},
    {.name = "reuse",
     .sentence = "a kernel that uses pids again at once",
     .budgets = {.commands = 4, .processes = 3},
     .pids = PIDS_REUSED,
     .window = 1,
     .prompt = true,
     .no_record = true},
    {.name = "exec",
     .sentence = "one exec",
     .budgets = {.commands = 4, .processes = 2},
     .execs = 1,
     .window = 1,
     .no_record = true},
    {.name = "veiled",
     .sentence = "an exec in a paused task",
     .budgets = {.commands = 6, .processes = 2, .breaks = 1},
     .execs = 1,
     .window = 1,
     .veiled = true,
     .no_launch = true,
     .no_load = true,
     .no_force = true,
     .no_kill = true,
     .no_record = true},
    {.name = "execs",
     .sentence = "two execs",
     .budgets = {.commands = 4, .processes = 3},
     .execs = 2,
     .window = 1,
     .no_pause = true,
     .no_load = true,
     .no_record = true},
    {.name = "live",
     .sentence = "for Spin: commands without end, one incarnation",
     .budgets = {.commands = 255, .processes = 1},
     .window = 1,
     .no_pause = true,
     .no_record = true},
    {.name = "live-break",
     .sentence = "for Spin: commands without end, one incarnation, a stream that breaks",
     .budgets = {.commands = 255, .processes = 1, .breaks = 1},
     .window = 1,
     .no_pause = true,
     .no_record = true},
};
const unsigned setting_count = sizeof(settings) / sizeof(settings[0]);

const struct setting *setting_at(unsigned number)
{
    return &settings[number];
}

const struct setting *setting_named(const char *name)
{
    for (unsigned i = 0; i < setting_count; i++) {
        if (strcmp(settings[i].name, name) == 0)
            return &settings[i];
    }
    return NULL;
}
