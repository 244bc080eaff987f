# SPDX-License-Identifier: Apache-2.0
"""One change of one source file."""
import dataclasses


@dataclasses.dataclass
class Mutant:
    file: str  # below the top of the source
    function: str  # or state of a machine
    kind: str
    line: int
    before: str  # the lines that change, as one
    after: str
    text: bytes = dataclasses.field(repr=False, compare=False)  # of the whole file, changed
    number: int = 0  # among those that read the same

    def key(self):
        """What a list can name it by: no line number, since those move."""
        again = f" #{self.number + 1}" if self.number else ""
        return f"{self.file}: {self.function}: {self.before} => {self.after}{again}"


def one_line(text):
    return " ".join(text.decode().split())


def mutant_of_span(name, function, kind, text, begin, end, replacement):
    """The change of text[begin:end]; its lines are shown whole."""
    first = text.rfind(b"\n", 0, begin) + 1
    last = text.find(b"\n", end)
    last = len(text) if last < 0 else last
    changed = text[first:begin] + replacement.encode() + text[end:last]
    return Mutant(name, function, kind, text.count(b"\n", 0, begin) + 1, one_line(text[first:last]),
                  one_line(changed), text[:first] + changed + text[last:])


def numbered(mutants):
    """Tells apart those that read the same, and leaves out those that are the same."""
    seen = {}
    texts = set()
    kept = []
    for mutant in mutants:
        identity = (mutant.file, mutant.text)
        if identity in texts or mutant.before == mutant.after:
            continue
        texts.add(identity)
        mutant.number = 0
        mutant.number = seen.get(mutant.key(), 0)
        seen[Mutant.key(dataclasses.replace(mutant, number=0))] = mutant.number + 1
        kept.append(mutant)
    return kept
