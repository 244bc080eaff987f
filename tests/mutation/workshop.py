# SPDX-License-Identifier: Apache-2.0
"""Builds the model and its quick tests into one program, once whole and then with one file changed."""
import pathlib
import re
import shutil
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
MODEL = TOP / "model"
TESTS = TOP / "tests"
CORPUS = TOP / "fuzz" / "corpus" / "model"
TABLES = ("golden_test", "golden_runs_test", "outcome_test")  # which hold what is, cell by cell and run by run
LONG = ("table_test", "index_test")
LEFT_OUT = ("compiled_test",)  # here the machines themselves are stepped, and no tables that are made of them
DEFINES = ["-D_GNU_SOURCE", f'-DC8D_TESTS_DIR="{TESTS}"', f'-DC8D_SOURCE_DIR="{TOP}"']
INCLUDES = ["-I", str(MODEL / "include"), "-I", str(MODEL), "-I", str(TESTS / "support"), "-I", str(MODEL / "rl")]
# The fuzzer stands between the engine and its machines, a test between all and the allocator.
COMPARED = ("process", "task", "container", "connection", "query", "launch", "response", "stop", "replace", "stdin", "wish",
            "compute_system", "hcs_process")
WRAPPED = [f"-Wl,--wrap={function}" for function in (
    *(f"c8d__{machine}_step" for machine in COMPARED), "malloc", "calloc", "realloc", "free")]
SECONDS = 60


class Failure(Exception):
    """A command failed that has to succeed."""


def call(command, cwd=None):
    return subprocess.run([str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace")


def check(command):
    done = call(command)
    if done.returncode != 0:
        raise Failure(f"{' '.join(str(word) for word in command)}\n{done.stdout}")


class Workshop:
    """One way of building, with all that is not changed ready as objects."""

    def __init__(self, folder, sanitize):
        self.folder = folder
        self.sanitize = sanitize
        self.flags = ["-std=c11", "-w", "-O0", *DEFINES]
        self.link = ["-fuse-ld=gold", *WRAPPED]
        if sanitize:
            self.flags += ["-g1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
            self.link = ["-fsanitize=address,undefined", *WRAPPED]
        self.seconds = 20 if sanitize else 1  # of processor time, a stage
        self.objects = {}  # of the model, by source
        self.base = []

    def compile(self, source, target, *flags):
        return ["gcc", *self.flags, *flags, *INCLUDES, "-I", self.folder, "-c", source, "-o", target]

    def ragel(self, machine, folder, target):
        return ["ragel", "-C", "-G2", "-I", self.folder, "-o", target, folder / f"{machine}.rl"]

    def machines(self):
        return sorted(path.stem for path in (MODEL / "rl").glob("*.rl")
                      if (MODEL / "rl" / f"{path.stem}_machine.rl").exists())

    def build(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        check(["gcc", "-E", "-P", *INCLUDES, "-x", "c", MODEL / "rl" / "symbols.rlh.in", "-o",
               self.folder / "symbols.rlh"])
        for source in sorted(MODEL.glob("*.c")):
            self.objects[f"model/{source.name}"] = self.folder / f"{source.stem}.o"
            check(self.compile(source, self.folder / f"{source.stem}.o"))
        for machine in self.machines():
            generated = self.folder / f"{machine}.rl.c"
            check(self.ragel(machine, MODEL / "rl", generated))
            self.objects[machine] = self.folder / f"{machine}.rl.o"
            check(self.compile(generated, self.folder / f"{machine}.rl.o"))
        self.build_tests()

    def build_tests(self):
        names = sorted(path.stem for path in (TESTS / "model").glob("*_test.c") if path.stem not in LEFT_OUT)
        names.sort(key=lambda name: (name in LONG, not name.startswith("trace_")))  # what kills most at least cost first
        traces = "".join(f" X({name})" for name in names if name not in TABLES)
        tables = "".join(f" X({name})" for name in names if name in TABLES)
        (self.folder / "suite.h").write_text(f"#define TRACES(X){traces}\n#define TABLES(X){tables}\n"
                                             f"#define CPU_SECONDS {self.seconds}\n")
        sources = [(TESTS / "model" / f"{name}.c", f"-Dmain={name}_main") for name in names]
        sources += [(TOP / "fuzz" / "model_fuzz.c", "-O1"), (pathlib.Path(__file__).parent / "runner.c", "-O1")]
        helpers = [path for path in (TESTS / "model").glob("*.c") if not path.stem.endswith("_test")]
        helpers += [path for path in (TESTS / "support").glob("*.c") if self.is_about_the_model(path)]
        sources += [(source, "-O1") for source in sorted(helpers)]
        for source, flag in sources:
            target = self.folder / f"test-{source.stem}.o"
            check(self.compile(source, target, flag))
            self.base.append(target)

    @staticmethod
    def is_about_the_model(source):
        """What needs the headers of an adapter does not even preprocess here."""
        return call(["gcc", "-E", *DEFINES, *INCLUDES, source, "-o", "/dev/null"]).returncode == 0

    def program(self, target, changed):
        """The command that links, with some of the model's objects exchanged."""
        objects = [changed.get(name, path) for name, path in self.objects.items()]
        return ["gcc", *self.link, *self.base, *objects, "-lcmocka", "-o", target]

    # ---- one mutant

    def change(self, mutant, bench):
        """Builds a mutant in the folder `bench`. False when it does not build."""
        bench.mkdir(parents=True, exist_ok=True)
        sources = self.sources(mutant, bench)
        if sources is None:
            return False
        changed = {name: bench / f"{source.stem}.o" for name, source in sources.items()}
        commands = [self.compile(source, changed[name]) for name, source in sources.items()]
        # tcc takes a tenth of gcc's time; what it does not know, it takes for a function that is not there.
        if not self.sanitize and self.make(bench, [["tcc", *command[1:]] for command in commands], changed):
            return True
        return self.make(bench, commands, changed)

    def make(self, bench, commands, changed):
        if any(call(command).returncode != 0 for command in commands):
            return False
        return call(self.program(bench / "suite", changed)).returncode == 0

    def sources(self, mutant, bench):
        """The C files that a mutant changes, by the name of the object; None when Ragel refuses it."""
        name = pathlib.Path(mutant.file).name
        if mutant.file.endswith(".c"):
            (bench / name).write_bytes(mutant.text)
            return {mutant.file: bench / name}
        machines = bench / "rl"
        shutil.copytree(MODEL / "rl", machines, dirs_exist_ok=True)
        (machines / name).write_bytes(mutant.text)
        sources = {machine: bench / f"{machine}.rl.c" for machine in self.changed_machines(mutant)}
        for machine, source in sources.items():
            if call(self.ragel(machine, machines, source)).returncode != 0:
                return None
        return sources

    def changed_machines(self, mutant):
        name = re.sub(r"_machine$", "", pathlib.Path(mutant.file).stem)
        return [name] if name in self.machines() else self.machines()

    def run(self, program):
        """None when all passes, else the name of what failed."""
        reader = program.parent / "stages"
        with open(reader, "w") as stages:
            command = ["sh", "-c", 'exec "$0" "$1" 3>&1 >/dev/null 2>&1', str(program), str(CORPUS)]
            try:
                status = subprocess.run(command, cwd=TESTS, stdin=subprocess.DEVNULL, stdout=stages,
                                        timeout=SECONDS).returncode
            except subprocess.TimeoutExpired:
                status = -1
        said = reader.read_text().split()
        return None if status == 0 else (said[-1] if said else "start")
