/* SPDX-License-Identifier: Apache-2.0 */
/* The channels of the miniature runtime: what is under way between it and the model. */
#include "world.h"
#include <c8d/image.h>

static struct c8d_str name(const char *text, size_t length)
{
    return (struct c8d_str){text, length};
}

void world__restore(struct world *world)
{
    const struct c8d_input restore = {
        .region = C8D_REGION_CONNECTION, .symbol = C8D_SYM_RESTORE, .request = ++world->request};

    world__give(world, &restore);
}

bool world_init(struct world *world, struct witness *witness, struct c8d_actions *actions)
{
    static const char *const ids[] = {"c", "d"};
    static const char *const execs[] = {"", "x", "y"};

    *world = (struct world){.witness = witness, .actions = actions, .next_pid = 100};
    for (unsigned i = 0; i < WORLD_CONTAINERS; i++) {
        struct world_container *container = &world->containers[i];

        if (c8d_model_open(witness->model, name("n", 1), name(ids[i], 1), &container->container) != C8D_OK)
            return false;
        for (unsigned j = 1; j <= WORLD_EXECS; j++) {
            if (c8d_model_open_exec(witness->model, container->container, name(execs[j], 1),
                                    &container->refs[j]) != C8D_OK)
                return false;
        }
    }
    world__restore(world);
    return true;
}

/* ---- what the model wants and says */

static void find(const struct world *world, const struct c8d_action *action, struct world_call *call)
{
    for (unsigned i = 0; i < WORLD_CONTAINERS; i++) {
        if (world->containers[i].container != action->container)
            continue;
        call->container = (uint8_t)i;
        for (unsigned j = 0; j <= WORLD_EXECS; j++) {
            if (world->containers[i].refs[j] == action->process)
                call->process = (uint8_t)j;
        }
    }
}

static void take_command(struct world *world, const struct c8d_action *action)
{
    struct world_call call = {.command = action->what,
                              .region = action->region,
                              .patience = action->patience,
                              .request = action->request};

    find(world, action, &call);
    if (action->what == C8D_COMMAND_LIST)
        witness_list_begin(world->witness);
    if (world->call_count < WORLD_QUEUE_MAX)
        world->calls[world->call_count++] = call;
    else
        world->broken = "more calls than a bounded model can have under way";
}

/* An end that was told is compared with what became of the process. */
static void take_end(struct world *world, const struct c8d_action *action)
{
    const struct world_fate *fate = &world->fates[action->pid];

    if (action->pid == 0 || !action->ran)
        return;
    if (fate->ran && !fate->ended)
        world->broken = "an end is told of a process that runs";
    else if (fate->ran && action->exit_known && action->exit_code != fate->code)
        world->broken = "an end is told with another process's code";
}

static void take_up(struct world *world)
{
    struct c8d_action items[256];
    uint32_t count = world->actions->count < 256 ? world->actions->count : 256;

    for (uint32_t i = 0; i < count; i++)
        items[i] = world->actions->items[i];
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].kind == C8D_ACTION_COMMAND)
            take_command(world, &items[i]);
        else if (items[i].kind == C8D_ACTION_NOTICE && items[i].what == C8D_NOTICE_EXIT)
            take_end(world, &items[i]);
    }
    if (world->broken == NULL)
        world->broken = world->witness->broken;
}

void world__give(struct world *world, const struct c8d_input *input)
{
    witness_step(world->witness, input, world->actions);
    take_up(world);
}

/* ---- calls */

static void remove_call(struct world *world, unsigned at)
{
    for (world->call_count--; at < world->call_count; at++)
        world->calls[at] = world->calls[at + 1];
}

static bool is_link(const struct world_call *call)
{
    return call->region == C8D_REGION_CONNECTION || call->command == C8D_COMMAND_RETRY ||
           call->command == C8D_COMMAND_TIMER;
}

/* An exec's time is over when all that was published before has been heard, and what was given up has
 * happened. */
bool world__can_serve(const struct world *world, unsigned at)
{
    if (world->calls[at].command != C8D_COMMAND_TIMER || world->calls[at].patience != C8D_PATIENCE_EXEC)
        return true;
    for (unsigned i = 0; i < world->call_count; i++) {
        if (world->calls[i].unheard)
            return false;
    }
    return world->event_count == 0 && world->subscribed;
}

static void list(struct world *world, uint64_t request)
{
    static const uint8_t regions[] = {C8D_REGION_CONTAINER, C8D_REGION_TASK, C8D_REGION_PROCESS};

    for (unsigned i = 0; i < WORLD_CONTAINERS; i++) {
        for (unsigned j = 0; j < 3; j++) {
            struct c8d_input entry = {.container = world->containers[i].container,
                                      .request = C8D_REQUEST_SNAPSHOT};

            world__answer(world, i, 0, regions[j], &entry);
            if (entry.symbol != C8D_SYM_IS_ABSENT)
                world__give(world, &entry);
        }
    }
    while (witness_list_sweep(world->witness, world->actions))
        take_up(world);
    world__give(world, &(struct c8d_input){
                           .region = C8D_REGION_CONNECTION, .symbol = C8D_SYM_LISTED, .request = request});
}

/* Subscriptions, snapshots and pauses happen at once; what overtakes them does so before. */
static void do_link(struct world *world, const struct world_call *call, unsigned chance)
{
    struct c8d_input input = {.region = call->region,
                              .symbol = C8D_SYM_RETRY,
                              .status = C8D_UNAVAILABLE,
                              .request = call->request,
                              .container = call->region != C8D_REGION_CONNECTION
                                               ? world->containers[call->container].container
                                               : C8D_REF_NONE,
                              .process = call->region != C8D_REGION_CONNECTION
                                             ? world->containers[call->container].refs[call->process]
                                             : C8D_REF_NONE};
    bool works = chance % 4 != 3;

    if (call->command == C8D_COMMAND_LIST && works) {
        list(world, call->request);
        return;
    }
    if (call->command == C8D_COMMAND_LIST)
        input.symbol = C8D_SYM_LIST_FAILED;
    if (call->command == C8D_COMMAND_TIMER) {
        input.symbol = (uint8_t)c8d_symbol_of_timer((enum c8d_patience)call->patience);
        world__outlive(world, call, chance);
    }
    if (call->command == C8D_COMMAND_SUBSCRIBE) {
        world->subscribed = works;
        input.symbol = works ? C8D_SYM_SUBSCRIBED : C8D_SYM_SUBSCRIBE_FAILED;
    }
    world__give(world, &input);
}

void world_serve(struct world *world, unsigned a, unsigned b)
{
    unsigned at = world->call_count > 0 ? a % world->call_count : 0;
    struct world_call call;

    if (world->call_count == 0 || world->calls[at].served || !world__can_serve(world, at))
        return;
    call = world->calls[at];
    if (is_link(&call)) {
        remove_call(world, at);
        do_link(world, &call, b);
        return;
    }
    world__carry_out(world, &world->calls[at], b);
    if (world->calls[at].unheard)
        remove_call(world, at);
}

static void give_reply(struct world *world, const struct world_call *call, const struct c8d_input *reply)
{
    if (call->command != C8D_COMMAND_KILL && call->command != C8D_COMMAND_ESCALATE) {
        world__give(world, reply);
        return;
    }
    witness_killed(world->witness, reply->container, reply->process, call->request,
                   (enum c8d_status)reply->status, world->actions);
    take_up(world);
}

void world_reply(struct world *world, unsigned a)
{
    unsigned at = world->call_count > 0 ? a % world->call_count : 0;
    struct world_call call;

    if (world->call_count == 0 || !world->calls[at].served)
        return;
    call = world->calls[at];
    remove_call(world, at);
    give_reply(world, &call, &call.reply);
}

/* No reply came in its time. */
static void expire(struct c8d_input *reply)
{
    reply->status = C8D_DEADLINE;
    if (reply->symbol == C8D_SYM_IS_UNANSWERED)
        reply->symbol = C8D_SYM_IS_EXPIRED;
    else
        reply->symbol = reply->symbol == C8D_SYM_LOST ? C8D_SYM_EXPIRED : C8D_SYM_FORCE_EXPIRED;
}

/* Some calls that were given up are carried out all the same, but for an exec's registration and its
 * deletion: nobody could find that out, since the one's event may be lost, too, and the other has none. */
static bool can_be_unheard(const struct world_call *call)
{
    return !call->served && !is_link(call) && call->command != C8D_COMMAND_QUERY &&
           !(call->process != 0 &&
             (call->command == C8D_COMMAND_CREATE || call->command == C8D_COMMAND_DELETE));
}

void world_lose(struct world *world, unsigned a, unsigned b)
{
    unsigned at = world->call_count > 0 ? a % world->call_count : 0;
    struct world_call call;
    struct c8d_input lost = {.status = C8D_INDETERMINATE, .symbol = C8D_SYM_LOST};

    if (world->call_count == 0 || is_link(&world->calls[at]) || world->calls[at].unheard)
        return;
    call = world->calls[at];
    lost.region = call.region;
    lost.request = call.region == C8D_REGION_STDIN ? call.request : 0;
    lost.container = world->containers[call.container].container;
    lost.process = world->containers[call.container].refs[call.process];
    if (call.command == C8D_COMMAND_QUERY)
        lost.symbol = C8D_SYM_IS_UNANSWERED;
    if (call.command == C8D_COMMAND_FORCE_KILL)
        lost.symbol = C8D_SYM_FORCE_LOST;
    if (b / 2 % 2 == 1)
        expire(&lost);
    if (can_be_unheard(&call) && b % 2 == 1)
        world->calls[at].unheard = true;
    else
        remove_call(world, at);
    give_reply(world, &call, &lost);
}

/* ---- events */

void world_deliver(struct world *world, unsigned a)
{
    unsigned at = world->event_count > 1 ? a % 2 : 0;

    if (world->event_count == 0)
        return;
    world->last_event = world->events[at];
    for (world->event_count--; at < world->event_count; at++)
        world->events[at] = world->events[at + 1];
    world__give(world, &world->last_event);
}

void world_repeat(struct world *world)
{
    if (world->last_event.container != C8D_REF_NONE && world->subscribed)
        world__give(world, &world->last_event);
}

void world_break(struct world *world)
{
    if (!world->subscribed)
        return;
    world->subscribed = false;
    world->event_count = 0;
    world__give(world, &(struct c8d_input){.region = C8D_REGION_CONNECTION, .symbol = C8D_SYM_STREAM_ENDED});
}

/* Our own process ends and is started anew with an image of its model: what was asked for may yet be carried
 * out, but nobody hears of it. */
void world_restart(struct world *world, unsigned a)
{
    static uint8_t image[65536];
    struct c8d_model *model = world->witness->model;
    struct c8d_model *loaded = NULL;
    unsigned kept = 0;

    if (c8d_model_save(model, image, sizeof(image)) != C8D_OK ||
        c8d_model_load(image, c8d_model_image_bytes(model), model, c8d_model_bytes(c8d_model_limits(model)),
                       &loaded) != C8D_OK) {
        world->broken = "an image cannot be read back";
        return;
    }
    for (unsigned i = 0; i < world->call_count; i++) {
        world->calls[i].unheard = true;
        if (can_be_unheard(&world->calls[i]) && a / 2 % 2 == 1)
            world->calls[kept++] = world->calls[i];
    }
    world->call_count = kept;
    world->event_count = 0;
    world->subscribed = false;
    while (witness_recover(world->witness, world->actions))
        take_up(world);
    take_up(world);
}

void world_drop(struct world *world, unsigned a)
{
    if (!world->subscribed)
        return;
    world->event_count = world->event_count > 0 ? a % world->event_count : 0;
    world__give(world, &(struct c8d_input){.region = C8D_REGION_CONNECTION, .symbol = C8D_SYM_OVERFLOW});
}

/* ---- who acts */

void world_command(struct world *world, unsigned a, unsigned b)
{
    static const struct {
        uint8_t region;
        uint8_t symbol;
    } commands[] = {
        {C8D_REGION_CONTAINER, C8D_SYM_CREATE},  {C8D_REGION_CONTAINER, C8D_SYM_DELETE},
        {C8D_REGION_PROCESS, C8D_SYM_CREATE},    {C8D_REGION_PROCESS, C8D_SYM_START},
        {C8D_REGION_PROCESS, C8D_SYM_DELETE},    {C8D_REGION_PROCESS, C8D_SYM_FORCE_DELETE},
        {C8D_REGION_PROCESS, C8D_SYM_LOAD},      {C8D_REGION_PROCESS, C8D_SYM_LAUNCH},
        {C8D_REGION_PROCESS, C8D_SYM_KILL},      {C8D_REGION_TASK, C8D_SYM_PAUSE},
        {C8D_REGION_TASK, C8D_SYM_RESUME},       {C8D_REGION_CONTAINER, C8D_SYM_LOAD},
        {C8D_REGION_PROCESS, C8D_SYM_STOP},      {C8D_REGION_CONTAINER, C8D_SYM_REPLACE},
        {C8D_REGION_STDIN, C8D_SYM_CLOSE_STDIN},
    };
    unsigned which = a % (sizeof(commands) / sizeof(commands[0]));
    const struct world_container *container = &world->containers[b % WORLD_CONTAINERS];
    struct c8d_input input = {.region = commands[which].region,
                              .symbol = commands[which].symbol,
                              .container = container->container,
                              .request = ++world->request};

    if (input.region == C8D_REGION_PROCESS || input.region == C8D_REGION_STDIN)
        input.process = container->refs[b / WORLD_CONTAINERS % (1 + WORLD_EXECS)];
    if (world->witness->pending_count < WITNESS_REQUESTS_MAX / 2 && world->call_count < WORLD_QUEUE_MAX / 2)
        world__give(world, &input);
}

void world_die(struct world *world, unsigned a, unsigned b)
{
    unsigned process = a / WORLD_CONTAINERS % (1 + WORLD_EXECS);

    if (world->containers[a % WORLD_CONTAINERS].processes[process].state == WORLD_RUNNING)
        world__end(world, a % WORLD_CONTAINERS, process, b % 200);
}

void world_meddle(struct world *world, unsigned a, unsigned b)
{
    static const struct world_call acts[] = {
        {.command = C8D_COMMAND_CREATE, .region = C8D_REGION_CONTAINER},
        {.command = C8D_COMMAND_DELETE, .region = C8D_REGION_CONTAINER},
        {.command = C8D_COMMAND_CREATE, .region = C8D_REGION_PROCESS},
        {.command = C8D_COMMAND_START, .region = C8D_REGION_PROCESS},
        {.command = C8D_COMMAND_DELETE, .region = C8D_REGION_PROCESS},
        {.command = C8D_COMMAND_PAUSE, .region = C8D_REGION_TASK},
        {.command = C8D_COMMAND_RESUME, .region = C8D_REGION_TASK},
    };
    struct world_call act = acts[a % (sizeof(acts) / sizeof(acts[0]))];

    act.container = (uint8_t)(b % WORLD_CONTAINERS);
    world__carry_out(world, &act, 0);
}
