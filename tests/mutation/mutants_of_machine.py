# SPDX-License-Identifier: Apache-2.0
"""The mutants of a Ragel file: arrows, symbols, targets and actions, and the C around the machine."""
import re

from mutant import mutant_of_span

# One arrow a line: "| (A | B) @act @act -> Target", or "(" in place of the first bar.
ARROW = re.compile(rb"^(?: {4}(?:start|[A-Z]\w*): \( # \w+\n)?[ |]*"
                   rb"(?P<symbols>\([^)]*\)|\w+)(?P<actions>(?:\s+@\w+)*)\s*->\s*(?P<target>\w+)", re.M)
STATE = re.compile(rb"^ {4}(\w+): \(", re.M)
ACTION = re.compile(rb"^ *action (\w+) +\{ (.*?) \}", re.M)
NEVER = "255"  # a symbol that is none


class Finder:
    def __init__(self, name, text, actions):
        self.name = name
        self.text = text
        self.actions = actions  # all that a machine can name
        self.states = [match.group(1).decode() for match in STATE.finditer(text)]
        self.mutants = []

    def add(self, function, kind, begin, end, replacement):
        self.mutants.append(mutant_of_span(self.name, function, kind, self.text, begin, end, replacement))

    def state_at(self, offset):
        names = [match.group(1).decode() for match in STATE.finditer(self.text, 0, offset + 1)]
        return names[-1] if names else ""

    def machine(self):
        for match in ARROW.finditer(self.text):
            state = self.state_at(match.start("symbols"))
            if match.group("symbols") != b"0" and state:
                self.symbols(match, state)
                self.target(match, state)
                self.arrow_actions(match, state)

    def symbols(self, match, state):
        text = match.group("symbols").decode()
        begin, end = match.span("symbols")
        self.add(state, "delete arrow", begin, end, NEVER)
        if not text.startswith("("):
            return
        names = text[1:-1]
        for part in re.finditer(r"\w+", names):
            is_taken_away = names[:part.start()].rstrip().endswith("-")
            if is_taken_away:
                left = re.search(r"\s*-\s*$", names[:part.start()]).start()
                self.add(state, "add symbol", begin + 1 + left, begin + 1 + part.end(), "")
            else:
                self.add(state, "delete symbol", begin + 1 + part.start(), begin + 1 + part.end(), NEVER)

    def target(self, match, state):
        target = match.group("target").decode()
        following = self.states[(self.states.index(target) + 1) % len(self.states)]
        for other in {state, following} - {target}:
            self.add(state, "redirect", *match.span("target"), other)

    def arrow_actions(self, match, state):
        begin = match.start("actions")
        text = match.group("actions").decode()
        named = re.findall(r"@(\w+)", text)
        for part in re.finditer(r"\s+@(\w+)", text):
            self.add(state, "delete action", begin + part.start(), begin + part.end(), "")
            name = part.group(1)
            other = self.actions[(self.actions.index(name) + 1) % len(self.actions)]
            if other not in named:
                self.add(state, "other action", begin + part.start(1), begin + part.end(1), other)

    def effects(self):
        """Each action that sets a bit or the next state; the one that is never taken has no effect."""
        for match in ACTION.finditer(self.text):
            self.add(match.group(1).decode(), "delete action", *match.span(2), "")

    def wrapper(self):
        """The C around the machine: which state is which, and what is handed out."""
        patterns = ((rb"return (\w+_en_main_\w+);", "0"), (rb"\*state = to;", ";"), (rb"\*effects = fx;", ";"),
                    (rb"return true;", "return false;"), (rb"return false;", "return true;"), (rb"cs == 0", "cs != 0"))
        for pattern, replacement in patterns:
            for match in re.finditer(pattern, self.text):
                self.add("step", "wrapper", *match.span(match.lastindex or 0), replacement)


def action_names(effects):
    return [match.group(1).decode() for match in ACTION.finditer(effects)]


def mutants_of_machine(path, name, effects):
    finder = Finder(name, path.read_bytes(), action_names(effects))
    finder.machine()
    finder.effects()
    finder.wrapper()
    return finder.mutants
