# SPDX-License-Identifier: Apache-2.0
"""A program that knows the shared library alone, by its ABI, runs a container: program.py LIBRARY."""
import ctypes as c
import sys


class Str(c.Structure):
    _fields_ = [("ptr", c.c_char_p), ("len", c.c_size_t)]


class Error(c.Structure):
    _fields_ = [("status", c.c_int), ("origin", c.c_int), ("origin_code", c.c_int32), ("message", c.c_char * 256)]


class Exit(c.Structure):
    _fields_ = [("known", c.c_bool), ("ran", c.c_bool), ("code", c.c_uint32), ("at_ns", c.c_int64)]


class Runtime(c.Structure):
    _fields_ = [("ops", c.c_void_p), ("ctx", c.c_void_p)]


class SimulatedOptions(c.Structure):
    _fields_ = [("size", c.c_uint32), ("seed", c.c_uint64), ("faults", c.c_uint32 * 7), ("namespace", Str),
                ("allocator", c.c_void_p), ("real_time", c.c_bool)]


class ClientOptions(c.Structure):
    _fields_ = [("size", c.c_uint32), ("runtime", Runtime), ("namespace", Str), ("adopt", c.c_bool), ("notice", c.c_void_p),
                ("user", c.c_void_p), ("tap", c.c_void_p * 2), ("allocator", c.c_void_p), ("patience_ns", c.c_int64 * 4),
                ("image", Str), ("kept_notices_max", c.c_uint32)]


class ContainerOptions(c.Structure):
    _fields_ = [("size", c.c_uint32), ("id", Str), ("spec", Str), ("runtime", Str), ("labels", c.c_void_p),
                ("n_labels", c.c_size_t), ("runtime_options", Str * 2), ("snapshotter", Str), ("snapshot_key", Str)]


PATIENCE = c.c_int64(10 * 10**9)
OK, ALREADY_EXISTS = 0, 2


def text(value):
    return Str(value, len(value))


def sized(kind, **values):
    return kind(size=c.sizeof(kind), **values)


def main(path):
    lib = c.CDLL(path)
    lib.c8d_status_text.restype = c.c_char_p
    lib.c8d_container_id.restype = Str
    err, runtime, end = Error(), Runtime(), Exit()
    client, container, task, none = c.c_void_p(), c.c_void_p(), c.c_void_p(), c.c_void_p()

    def check(status, wanted=OK):
        if status != wanted:
            sys.exit(f"{lib.c8d_status_text(status).decode()}: {err.message.decode()}")

    check(lib.c8d_simulated_new(c.byref(sized(SimulatedOptions, namespace=text(b"test"))), c.byref(runtime), c.byref(err)))
    options = sized(ClientOptions, runtime=runtime, namespace=text(b"test"))
    check(lib.c8d_client_new(c.byref(options), c.byref(client), c.byref(err)))
    what = sized(ContainerOptions, id=text(b"web"), spec=text(b'{"process":{"args":["sh","-c","exit 7"]}}'))
    check(lib.c8d_client_new_container(client, c.byref(what), PATIENCE, c.byref(container), c.byref(err)))
    check(lib.c8d_client_new_container(client, c.byref(what), PATIENCE, c.byref(none), c.byref(err)), ALREADY_EXISTS)
    if err.status != ALREADY_EXISTS or not err.message or none.value:
        sys.exit("a failure without words")
    check(lib.c8d_container_start(container, None, PATIENCE, c.byref(task), c.byref(err)))
    check(lib.c8d_process_wait(task, PATIENCE, c.byref(end), c.byref(err)))
    if (end.known, end.ran, end.code) != (True, True, 7):
        sys.exit(f"it ended otherwise: {end.known} {end.ran} {end.code}")
    name = lib.c8d_container_id(container)
    if c.string_at(name.ptr, name.len) != b"web":
        sys.exit("it has another name")
    check(lib.c8d_process_delete(task, PATIENCE, None, c.byref(err)))
    for give_up, handle in ((lib.c8d_process_unref, task), (lib.c8d_container_unref, container), (lib.c8d_client_unref, client)):
        give_up(handle)


main(sys.argv[1])
