#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command on a pseudo-terminal and plays somebody who sits at it.

    terminal.py STEP... -- COMMAND...

Steps: expect:TEXT (waits until it is shown after what was expected before), send:TEXT (\\n, \\x10 and so on are understood),
size:COLUMNSxROWS, signal:NAME (to the command), raw (waits until the terminal is in raw mode), cooked (likewise, until it is not).
Ends with the command's exit code; 128 + N for signal N; 99 when a step is waited for in vain, or the terminal is not as it was
before.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

PATIENCE = 20
FAILED = 99


class Failure(Exception):
    """A step was waited for in vain."""


class Sitting:
    """The terminal, the command on it, and what was shown."""

    def __init__(self, command):
        self.shown = b""
        self.place = 0
        self.near, far = pty.openpty()
        self.before = termios.tcgetattr(far)
        self.far = far
        self.child = os.fork()
        if self.child == 0:
            os.close(self.near)
            os.setsid()
            fcntl.ioctl(far, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(far, fd)
            os.execvp(command[0], command)

    def look(self, timeout):
        ready, _, _ = select.select([self.near], [], [], timeout)
        if ready:
            self.shown += os.read(self.near, 65536)

    def until(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise Failure(what)
            self.look(0.05)

    def expect(self, text):
        self.until(lambda: self.shown.find(text, self.place) >= 0, f"not shown: {text}")
        self.place = self.shown.find(text, self.place) + len(text)

    def is_raw(self):
        return not termios.tcgetattr(self.far)[3] & termios.ICANON

    def step(self, step):
        name, _, text = step.partition(":")
        data = text.encode().decode("unicode_escape").encode("latin-1")
        if name == "expect":
            self.expect(data)
        elif name == "send":
            os.write(self.near, data)
        elif name == "size":
            columns, rows = map(int, text.split("x"))
            fcntl.ioctl(self.far, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        elif name == "signal":
            os.kill(self.child, getattr(signal, "SIG" + text))
        elif name == "raw":
            self.until(self.is_raw, "not in raw mode")
        elif name == "cooked":
            self.until(lambda: not self.is_raw(), "still in raw mode")
        else:
            raise Failure(f"no such step: {step}")

    def end(self):
        ended = []

        def gone():
            pid, status = os.waitpid(self.child, os.WNOHANG)
            if pid:
                ended.append(status)
            return bool(ended)

        self.until(gone, "the command does not end")
        code = os.waitstatus_to_exitcode(ended[0])
        # Wine's console puts it back a little later, in a process of its own.
        self.until(lambda: termios.tcgetattr(self.far) == self.before, "the terminal is not as it was")
        self.look(0)
        return code if code >= 0 else 128 - code


def main():
    split = sys.argv.index("--")
    sitting = Sitting(sys.argv[split + 1 :])
    try:
        for step in sys.argv[1:split]:
            sitting.step(step)
        code = sitting.end()
    except Failure as failure:
        print(f"{failure}; shown: {sitting.shown!r}", file=sys.stderr)
        try:
            os.kill(sitting.child, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return FAILED
    sys.stdout.buffer.write(sitting.shown)
    return code


sys.exit(main())
