#!/usr/bin/env python3
"""Finds cycles between the modules of each crate: two siblings, at any depth, that need each other.

A module is a unit with everything below it, so `a/b.rs` and `a/c/d.rs` belong to `a`. An edge is a path that leads from
one unit to a sibling: in a `use` or inline, from `crate::`, `super::` or `self::`, through re-exports. What a module
and its own children use of each other is no edge, and tests (`#[cfg(test)]`) do not count.

Usage: module_graph.py [--edges CRATE]    exit 0 when no cycle is found, else 1
"""

import re
import sys
from pathlib import Path

ROOTS = ("crate", "$crate", "self", "super")
IDENT = r"[A-Za-z_][A-Za-z0-9_]*"
TOKEN = re.compile(
    rf"""(?P<use>\b(?:pub\s*(?:\([^)]*\)\s*)?)?use\s+[^;]+;)
       | (?P<mod>\bmod\s+{IDENT}\s*[;{{])
       | (?P<path>(?:\$crate|\bcrate|\bself|\bsuper)(?:\s*::\s*{IDENT})+)
       | (?P<open>\{{) | (?P<close>\}})""",
    re.VERBOSE,
)
NOISE = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | b?r(?P<hashes>\#*)".*?"(?P=hashes)
      | b?"(?:\\.|[^"\\])*"
      | b?'(?:\\.[^']*|[^'\\])'""",
    re.VERBOSE | re.DOTALL,
)
TEST_ITEM = re.compile(r"#\[cfg\((?:test|any\(test\b[^\]]*|all\(test\b[^\]]*)\)\]\s*(?:#\[[^\]]*\]\s*)*")


def strip(text):
    """The code without comments, strings and characters."""
    return NOISE.sub(lambda found: " " if found[0].startswith("/") else '""', text)


def without_tests(code):
    """The code without its `#[cfg(test)]` items, and the modules declared so, whose files are test code too."""
    kept, skipped_modules, at = [], set(), 0
    for found in TEST_ITEM.finditer(code):
        if found.start() < at:
            continue
        kept.append(code[at : found.start()])
        declared = re.match(rf"(?:pub\s*(?:\([^)]*\))?\s*)?mod\s+({IDENT})\s*;", code[found.end() :])
        if declared:
            skipped_modules.add(declared[1])
        at = end_of_item(code, found.end())
    kept.append(code[at:])
    return "".join(kept), skipped_modules


def end_of_item(code, at):
    """Where the item that starts at `at` ends: behind its `;`, or behind the brace that closes its first one."""
    depth = 0
    for position in range(at, len(code)):
        sign = code[position]
        if sign in "{([":
            depth += 1
        elif sign in "})]":
            depth -= 1
            if depth == 0 and sign == "}":
                return position + 1
        elif sign == ";" and depth == 0:
            return position + 1
    return len(code)


def flatten(tree):
    """`a::{b, c::d as e}` as (path, name in scope): (a::b, b), (a::c::d, e). A glob has the name `*`."""
    tree = tree.strip()
    brace = tree.find("{")
    if brace >= 0:
        prefix = [part.strip() for part in tree[:brace].split("::") if part.strip()]
        for part in split_list(tree[brace + 1 : tree.rindex("}")]):
            for path, name in flatten(part):
                if path == ["self"]:
                    yield prefix, prefix[-1] if name == "self" else name
                else:
                    yield prefix + path, name
        return
    path, _, alias = re.sub(r"\s+", " ", tree).partition(" as ")
    parts = [part.strip() for part in path.split("::") if part.strip()]
    if parts:
        yield parts, alias.strip() or parts[-1]


def split_list(text):
    depth, start = 0, 0
    for position, sign in enumerate(text):
        depth += (sign == "{") - (sign == "}")
        if sign == "," and depth == 0:
            yield text[start:position]
            start = position + 1
    if text[start:].strip():
        yield text[start:]


class Crate:
    """The modules of one crate, by path: `()` is the root, `("a", "b")` is `crate::a::b`."""

    def __init__(self, source):
        self.modules = set()
        self.imports = {}  # module -> {name in scope: path}
        self.uses = []  # (module that uses, path as written)
        root = source / "lib.rs" if (source / "lib.rs").exists() else source / "main.rs"
        if root.exists():
            self.read(root, source, ())

    def read(self, file, folder, module):
        code, tests = without_tests(strip(file.read_text(encoding="utf-8")))
        self.modules.add(module)
        stack, depth = [(module, -1)], 0
        for token in TOKEN.finditer(code):
            here = stack[-1][0]
            text = token[0]
            if token["use"]:
                self.read_use(here, text)
            elif token["path"]:
                self.uses.append((here, [part.strip() for part in text.split("::")]))
            elif token["mod"]:
                name = re.search(rf"mod\s+({IDENT})", text)[1]
                if text.endswith("{"):
                    self.modules.add(here + (name,))
                    stack.append((here + (name,), depth))
                    depth += 1
                elif name not in tests:
                    self.read_child(folder.joinpath(*here[len(module) :]), here + (name,))
            elif token["open"]:
                depth += 1
            else:
                depth -= 1
                if stack[-1][1] == depth:
                    stack.pop()

    def read_child(self, folder, module):
        name = module[-1]
        for file in (folder / f"{name}.rs", folder / name / "mod.rs"):
            if file.exists():
                self.read(file, folder / name, module)

    def read_use(self, module, text):
        for path, name in flatten(re.search(r"\buse\s+(.*);", text, re.DOTALL)[1]):
            self.uses.append((module, path))
            if name not in ("*", "_"):
                self.imports.setdefault(module, {})[name] = path

    def resolve(self, module, path, seen=()):
        """The module that a path leads to, or None where it leads out of the crate."""
        if path[0] in ("crate", "$crate"):
            at = ()
        elif path[0] == "self":
            at = module
        elif path[0] == "super":
            at = module[:-1]
        elif module + (path[0],) in self.modules:
            at, path = module, [""] + path
        else:
            return None
        rest = path[1:]
        while rest:
            name = rest[0]
            imported = self.imports.get(at, {}).get(name)
            if name == "super":
                at = at[:-1]
            elif at + (name,) in self.modules:
                at = at + (name,)
            elif imported and (at, name) not in seen:
                # A re-export: what counts is where the name comes from.
                return self.resolve(at, imported + rest[1:], seen + ((at, name),)) or at
            else:
                break
            rest = rest[1:]
        return at

    def edges(self):
        """{parent: {unit: {sibling: a path that leads there}}}"""
        found = {}
        for module, path in self.uses:
            target = self.resolve(module, path)
            if target is None:
                continue
            shared = 0
            while shared < min(len(module), len(target)) and module[shared] == target[shared]:
                shared += 1
            if shared < min(len(module), len(target)):
                siblings = found.setdefault(module[:shared], {})
                siblings.setdefault(module[shared], {}).setdefault(
                    target[shared], f"{'::'.join(module)} uses {'::'.join(path)}"
                )
        return found

    def cycles(self):
        """Each cycle as the names of its modules, with the paths that close it."""
        for parent, graph in sorted(self.edges().items()):
            for component in components(graph):
                names = frozenset("::".join(parent + (unit,)) for unit in component)
                closing = [
                    way for unit in sorted(component) for to, way in sorted(graph[unit].items()) if to in component
                ]
                yield names, closing


def components(graph):
    """The strongly connected components with more than one member."""
    reach = {unit: reachable(graph, unit) for unit in graph}
    done = set()
    for unit in sorted(graph):
        together = {other for other in reach[unit] if unit in reach.get(other, ())} | {unit}
        if len(together) > 1 and not together & done:
            done |= together
            yield together


def reachable(graph, start):
    seen, waiting = set(), [start]
    while waiting:
        for unit in graph.get(waiting.pop(), ()):
            if unit not in seen:
                seen.add(unit)
                waiting.append(unit)
    return seen


def check(folder):
    """What is wrong with the crate in `folder`, as lines."""
    for cycle, closing in sorted(Crate(folder / "src").cycles(), key=lambda found: sorted(found[0])):
        yield f"{folder.name}: a cycle between {', '.join(sorted(cycle))}"
        yield from (f"    {line}" for line in closing)


def main(arguments):
    root = Path(__file__).resolve().parent.parent
    manifests = [found for folder in ("*", "shared/*", "simulator/*") for found in root.glob(f"{folder}/Cargo.toml")]
    crates = sorted(manifest.parent for manifest in manifests)
    if arguments[:1] == ["--edges"]:
        for folder in (folder for folder in crates if folder.name in arguments[1:]):
            for parent, graph in sorted(Crate(folder / "src").edges().items()):
                for unit, targets in sorted(graph.items()):
                    print(f"{'::'.join(('crate',) + parent)}: {unit} -> {', '.join(sorted(targets))}")
        return 0
    wrong = [line for folder in crates for line in check(folder)]
    print("\n".join(wrong), end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
