// SPDX-License-Identifier: Apache-2.0
// A program in C++ runs a container in the simulated runtime.
#include <c8d/image.h>
#include <c8d/log.h>
#include <c8d/simulated.h>
#include <c8d/sink.h>
#include <c8d/supervision.h>
#include <c8d/task.h>
#include <c8d/wish.h>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

namespace
{

constexpr std::int64_t patience = std::int64_t{10} * 1000 * 1000 * 1000;

c8d_str view(const std::string &text)
{
    return c8d_str{text.data(), text.size()};
}

struct Heard {
    std::string output;
    int exits = 0;
};

extern "C" void hear(void *user, const c8d_notice *notice)
{
    static_cast<Heard *>(user)->exits += notice->kind == C8D_NOTICE_EXIT ? 1 : 0;
}

extern "C" void take(void *user, c8d_process *, int, const void *data, std::size_t length)
{
    static_cast<Heard *>(user)->output.append(static_cast<const char *>(data), length);
}

[[noreturn]] void fail(const c8d_error &err)
{
    std::fprintf(stderr, "%s: %s\n", c8d_status_text(err.status), err.message);
    std::exit(1);
}

} // namespace

int main()
{
    const std::string name = "test", id = "web";
    const std::string spec = R"({"process":{"args":["sh","-c","echo hello; exit 7"]}})";
    Heard heard;
    c8d_error err{};
    c8d_exit end{};

    c8d_simulated_options world{};
    world.size = sizeof(world);
    world.namespace_ = view(name);
    c8d_client_options options{};
    options.size = sizeof(options);
    options.namespace_ = view(name);
    options.notice = hear;
    options.user = &heard;
    c8d_client *raw = nullptr;
    if (c8d_simulated_new(&world, &options.runtime, &err) != C8D_OK ||
        c8d_client_new(&options, &raw, &err) != C8D_OK)
        fail(err);
    std::unique_ptr<c8d_client, decltype(&c8d_client_unref)> client(raw, c8d_client_unref);

    c8d_container_options what{};
    what.size = sizeof(what);
    what.id = view(id);
    what.spec = view(spec);
    c8d_container *made = nullptr;
    if (c8d_client_new_container(client.get(), &what, patience, &made, &err) != C8D_OK)
        fail(err);
    std::unique_ptr<c8d_container, decltype(&c8d_container_unref)> container(made, c8d_container_unref);

    c8d_start_options how{};
    how.size = sizeof(how);
    how.stdio = C8D_STDIO_OUT | C8D_STDIO_ERR;
    how.output = take;
    how.user = &heard;
    c8d_process *started = nullptr;
    if (c8d_container_start(container.get(), &how, patience, &started, &err) != C8D_OK)
        fail(err);
    std::unique_ptr<c8d_process, decltype(&c8d_process_unref)> task(started, c8d_process_unref);
    if (c8d_process_wait(task.get(), patience, &end, &err) != C8D_OK ||
        c8d_process_delete(task.get(), patience, nullptr, &err) != C8D_OK)
        fail(err);
    if (!end.known || end.code != 7 || heard.exits != 1 || heard.output != "hello\n") {
        std::fprintf(stderr, "code %u, %d ends, output '%s'\n", end.code, heard.exits, heard.output.c_str());
        return 1;
    }
    return 0;
}
