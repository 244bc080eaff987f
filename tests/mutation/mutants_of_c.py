# SPDX-License-Identifier: Apache-2.0
"""The mutants of a C file: clang's syntax tree says where each statement, condition and operator stands."""
import json
import re
import subprocess

from mutant import Mutant, mutant_of_span

RELATIONS = {"<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "==": ("!=",), "!=": ("==",)}
ARITHMETIC = {"+": "-", "-": "+", "*": "+", "/": "*", "%": "+", "|": "&", "&": "|", "^": "&", "<<": ">>", ">>": "<<"}
ASSIGNMENTS = {"+=": "-=", "-=": "+=", "|=": "&=", "&=": "|=", "*=": "+=", "^=": "|=", "<<=": ">>=", ">>=": "<<="}
STATEMENTS = {"CallExpr", "BinaryOperator", "CompoundAssignOperator", "UnaryOperator", "CStyleCastExpr", "ContinueStmt",
              "BreakStmt"}
BLOCKS = {"IfStmt", "ForStmt", "WhileStmt", "DoStmt", "SwitchStmt"}


def syntax_tree(path, flags):
    command = ["clang", "-fsyntax-only", "-w", "-Xclang", "-ast-dump=json", *flags, str(path)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


class Finder:
    """Walks one file's tree; spans are byte offsets into the file."""

    def __init__(self, name, text):
        self.name = name
        self.text = text
        self.function = ""
        self.returns = ""
        self.mutants = []

    # ---- where a node stands

    def place(self, end):
        """(offset, length of the token, is it a macro's) of one end of a range."""
        macro = "expansionLoc" in end
        at = end["expansionLoc"] if macro else end
        return at.get("offset"), at.get("tokLen", 0), macro

    def span(self, node):
        """(begin, end, is it all of one macro's expansion), or None where the text is not of this file."""
        begin, _, of_macro = self.place(node["range"]["begin"])
        last, length, to_macro = self.place(node["range"]["end"])
        if begin is None or last is None or last + length > len(self.text):
            return None
        end = last + length
        if to_macro and self.text[end:end + 1] == b"(":  # with its arguments
            end = self.closing(end)
        return begin, end, of_macro and to_macro and begin == last

    def closing(self, at):
        depth = 0
        while at < len(self.text):
            depth += {b"(": 1, b")": -1}.get(self.text[at:at + 1], 0)
            at += 1
            if depth == 0:
                break
        return at

    def source(self, span):
        return self.text[span[0]:span[1]].decode()

    def add(self, kind, begin, end, replacement):
        self.mutants.append(mutant_of_span(self.name, self.function, kind, self.text, begin, end, replacement))

    def replace(self, kind, span, replacement):
        self.add(kind, span[0], span[1], replacement)

    # ---- walking

    def file(self, tree):
        for node in tree["inner"]:
            children = node.get("inner", [])
            if node["kind"] == "FunctionDecl" and any(child["kind"] == "CompoundStmt" for child in children):
                self.function = node["name"]
                self.returns = node["type"]["qualType"].split("(")[0].strip()
                for child in children:
                    if child["kind"] == "CompoundStmt":
                        self.walk(child, [])
            elif node["kind"] == "VarDecl" and node.get("storageClass") == "static" and "init" in node:
                self.function = node["name"]
                self.returns = ""
                self.walk(node, [])

    def walk(self, node, parents):
        if "range" not in node or "kind" not in node:
            return
        span = self.span(node)
        if span is None:
            return
        visit = getattr(self, "visit_" + node["kind"], None)
        if visit is not None and not span[2]:
            visit(node, span)
        self.statement(node, span, parents)
        if span[2] or node["kind"] == "UnaryExprOrTypeTraitExpr":  # not written here; a size, whatever is named
            return
        for child in node.get("inner", []):
            self.walk(child, parents + [node])

    # ---- statements

    def statement(self, node, span, parents):
        """Deletes a statement."""
        if not parents or not self.is_statement(node, parents[-1]):
            return
        if node["kind"] in BLOCKS:
            self.replace("delete", span, "{}")
        elif node["kind"] == "ReturnStmt" and not node.get("inner"):
            self.replace("delete", span, "(void)0")
        elif node["kind"] in STATEMENTS:
            self.replace("delete", span, "(void)0")

    def is_statement(self, node, parent):
        children = [child for child in parent.get("inner", []) if "kind" in child]
        if parent["kind"] == "CompoundStmt":
            return True
        if parent["kind"] in ("CaseStmt", "DefaultStmt"):
            return node is children[-1]
        if parent["kind"] == "IfStmt":
            return node is not children[0]
        return parent["kind"] in ("ForStmt", "WhileStmt") and node is children[-1]

    def visit_IfStmt(self, node, _):
        self.condition(node["inner"][0])

    def visit_WhileStmt(self, node, _):
        self.condition(node["inner"][0])

    def visit_ForStmt(self, node, _):
        if "kind" in node["inner"][2]:
            self.condition(node["inner"][2])

    def visit_ConditionalOperator(self, node, _):
        self.condition(node["inner"][0])

    def condition(self, node):
        """Negates a condition, unless that is what exchanging its operator does."""
        span = self.span(node)
        if span is not None and node.get("opcode") not in ("==", "!="):
            self.replace("negate", span, f"!({self.source(span)})")

    def visit_CaseStmt(self, node, span):
        value = self.span(node["inner"][0])
        colon = self.text.index(b":", value[1])
        self.add("delete case", span[0], colon + 1, "")

    def visit_ReturnStmt(self, node, _):
        if not node.get("inner"):
            return
        value = node["inner"][0]
        span = self.span(value)
        if span is None or self.returns.startswith("struct"):
            return
        text = self.source(span)
        if self.returns in ("bool", "_Bool"):
            if text in ("true", "false"):
                self.replace("return", span, "false" if text == "true" else "true")
            else:
                self.replace("return", span, "true")
                self.replace("return", span, "false")
        elif "*" in self.returns:
            if text != "NULL":
                self.replace("return", span, "NULL")
        elif self.core(value)["kind"] not in ("IntegerLiteral", "DeclRefExpr", "ConditionalOperator"):
            self.replace("return", span, f"({text}) + 1")

    def core(self, node):
        while node["kind"] in ("ImplicitCastExpr", "ParenExpr", "CStyleCastExpr") and node.get("inner"):
            node = node["inner"][-1]
        return node

    def visit_VarDecl(self, node, span):
        """Drops an initial value; one that is nothing already is left alone."""
        if "init" not in node or not node.get("inner") or node.get("storageClass") == "static":
            return
        value = node["inner"][-1]
        at = self.span(value)
        if at is None or value["kind"] == "InitListExpr" or self.source(at) in ("0", "NULL", "false", "C8D_REF_NONE"):
            return
        if not re.match(r"(const )?struct [a-z0-9_]+$", node["type"]["qualType"]):
            self.replace("no value", at, "0")

    # ---- expressions

    def operator(self, node):
        """The span of a binary operator, between its operands."""
        left, right = (self.span(child) for child in node["inner"])
        if left is None or right is None:
            return None
        at = self.text.find(node["opcode"].encode(), left[1], right[0])
        return (at, at + len(node["opcode"])) if at >= 0 else None

    def visit_BinaryOperator(self, node, span):
        opcode = node["opcode"]
        at = self.operator(node)
        if at is None:
            return
        for other in RELATIONS.get(opcode, ()):
            self.replace("relation", at, other)
        if opcode in ARITHMETIC and "*" not in node["type"]["qualType"]:
            self.replace("arithmetic", at, ARITHMETIC[opcode])
        if opcode in ("&&", "||"):
            self.replace("logic", at, "||" if opcode == "&&" else "&&")
        if opcode in ("&&", "||", "|"):
            left, right = (self.span(child) for child in node["inner"])
            self.replace("drop operand", span, self.source(left))
            self.replace("drop operand", span, self.source(right))
        if opcode == "&":
            self.replace("drop mask", span, self.source(self.span(node["inner"][0])))

    def visit_CompoundAssignOperator(self, node, _):
        at = self.operator(node)
        if at is not None and node["opcode"] in ASSIGNMENTS:
            self.replace("arithmetic", at, ASSIGNMENTS[node["opcode"]])
            self.replace("arithmetic", at, "=")

    def visit_UnaryOperator(self, node, span):
        opcode = node["opcode"]
        if opcode in ("++", "--"):
            other = "--" if opcode == "++" else "++"
            self.replace("arithmetic", span, self.source(span).replace(opcode, other))
        elif opcode in ("!", "~", "-"):
            self.replace("drop operator", span, self.source(self.span(node["inner"][0])))

    def visit_IntegerLiteral(self, node, span):
        value = int(node["value"])
        if value > 2**32:  # a constant of the hash: any other would do
            return
        self.replace("constant", span, str(value + 1))
        if value > 0:
            self.replace("constant", span, str(value - 1))

    def visit_DeclRefExpr(self, node, span):
        if node.get("referencedDecl", {}).get("kind") != "EnumConstantDecl":
            return
        name = self.source(span)
        is_flag = name.startswith("C8D__")
        self.replace("constant", span, f"({name} << 1)" if is_flag else f"({name} + 1)")

    def visit_InitListExpr(self, node, span):
        """Leaves out each designated member, and each row of a table."""
        inside = self.text[span[0] + 1:span[1] - 1].decode()
        for begin, end in elements(inside):
            element = inside[begin:end]
            if re.match(r"[.\[{]", element) and not element.startswith("{0}"):
                self.add("drop member", span[0] + 1 + begin, span[0] + 1 + end,
                         "{0}" if element.startswith("{") else "")


def elements(text):
    """The spans of what commas part at the outermost level."""
    depth = 0
    begin = 0
    spans = []
    for at, char in enumerate(text + ","):
        depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(char, 0)
        if char == "," and depth == 0:
            piece = text[begin:at]
            if piece.strip():
                lead = len(piece) - len(piece.lstrip())
                spans.append((begin + lead, begin + len(piece.rstrip())))
            begin = at + 1
    return spans


def mutants_of_c(path, name, flags):
    finder = Finder(name, path.read_bytes())
    finder.file(syntax_tree(path, flags))
    return finder.mutants


__all__ = ["Mutant", "mutants_of_c"]
