#!/usr/bin/env python3
"""Fails on a cycle between sibling modules of a crate.

For each target of each crate it follows the `mod` declarations, collects the paths that each module names
(`use crate::…`, `super::…`, `self::…`, and inline paths), and resolves them through `pub use` to the module that
defines the item. Two siblings that reach each other, directly or through others, are a cycle. A parent and its own
child are not siblings: they may name each other. Test modules are left out.

    module_graph.py              check every crate of the workspace
    module_graph.py --edges DIR  print the edges of one crate
    module_graph.py --self-test
"""

import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

# Cycles that are still there, by target and members. An entry that no longer occurs fails: the list can only shrink.
KNOWN = {
    ("console/src/lib.rs::auth", ("lockout", "sessions", "store", "tokens", "users")),
}

TOKEN = re.compile(
    r"""//[^\n]*|(?P<block>/\*)|b?r(?P<hash>\#*)"|b?"(?:\\.|[^"\\])*"|b?'(?:\\.[^']*|[^'\\])'"""
    r"""|(?P<path>(?:\$?[A-Za-z_]\w*::)*(?:\$?[A-Za-z_]\w*)(?:::(?=[{*]))?)|(?P<sign>[^\s\w])|\w+""",
    re.DOTALL,
)


def tokens(text):
    """The words, paths and signs of Rust source, without comments and literals."""
    at, out = 0, []
    while match := TOKEN.search(text, at):
        at = match.end()
        if match.group("block"):
            depth = 1
            while depth and (edge := re.compile(r"/\*|\*/").search(text, at)):
                depth += 1 if edge.group() == "/*" else -1
                at = edge.end()
        elif match.group("hash") is not None:
            at = text.find('"' + match.group("hash"), at) + 1 + len(match.group("hash")) or len(text)
        elif match.group("path") or match.group("sign"):
            out.append(match.group())
        elif match.group()[0] in "\"b":
            out.append(match.group() if match.group()[0] == '"' else "")
    return out


class Module:
    """One module: its children, what it re-exports, and the paths that it names."""

    def __init__(self, path):
        self.path, self.children, self.names, self.globs, self.paths = path, set(), {}, [], []


def use_tree(out, at, prefix, found):
    """Reads `a::b`, `a::{…}`, `a::*`, `a as b` from `at`; adds (segments, name); returns where it ended."""
    segments = list(prefix)
    if at < len(out) and (out[at][0].isalpha() or out[at][0] == "_"):
        segments += [segment for segment in out[at].split("::") if segment]
        at += 1
    if at < len(out) and out[at] == "{":
        at += 1
        while at < len(out) and out[at] != "}":
            at = use_tree(out, at, segments, found)
            if at < len(out) and out[at] == ",":
                at += 1
        return at + 1
    if at < len(out) and out[at] == "*":
        found.append((segments, "*"))
        return at + 1
    name = segments[-1] if segments else "_"
    if name == "self":
        segments.pop()
        name = segments[-1] if segments else "_"
    if at < len(out) and out[at] == "as":
        name, at = out[at + 1], at + 2
    found.append((segments, name))
    return at


def skip_item(out, at):
    """The position after the item that begins at `at`: after its `;` or its closing brace."""
    depth = 0
    while at < len(out):
        if out[at] in "([{":
            depth += 1
        elif out[at] in ")]}":
            depth -= 1
            if depth == 0 and out[at] == "}":
                return at + 1
        elif out[at] == ";" and depth == 0:
            return at + 1
        at += 1
    return at


def attribute(out, at):
    """The tokens within `#[…]` at `at`, and the position after it."""
    depth, end = 0, at + 1
    while end < len(out):
        depth += {"[": 1, "]": -1}.get(out[end], 0)
        end += 1
        if depth == 0:
            break
    return out[at + 2 : end - 1], end


def is_test(tokens_of_attribute):
    return tokens_of_attribute[:3] == ["cfg", "(", "test"] or tokens_of_attribute == ["test"]


def read(out, module, folder, modules, named_path=None):
    """Adds what the tokens of one module hold, and reads its child modules from their files."""
    at, depth, inline, file_path = 0, 0, [], named_path
    current = module
    while at < len(out):
        token = out[at]
        if token == "#" and at + 1 < len(out) and out[at + 1] == "[":
            held, at = attribute(out, at)
            if is_test(held):
                while at + 1 < len(out) and out[at] == "#" and out[at + 1] == "[":
                    _, at = attribute(out, at)
                at = skip_item(out, at)
            elif held[:2] == ["path", "="]:
                file_path = held[2].strip('"')
            continue
        if token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
            if inline and inline[-1][1] == depth:
                current, _ = inline.pop()
        elif token == "mod" and at + 2 < len(out) and out[at + 2] in "{;":
            child = Module(current.path + (out[at + 1],))
            modules[child.path] = child
            current.children.add(out[at + 1])
            if out[at + 2] == "{":
                inline.append((current, depth))
                current, depth = child, depth + 1
            else:
                below = folder.joinpath(*child.path[len(module.path) : -1])
                read_file(below, child, modules, file_path)
                file_path = None
            at += 3
            continue
        elif token == "use":
            found = []
            at = use_tree(out, at + 1, [], found)
            for segments, name in found:
                current.paths.append(segments)
                if name == "*":
                    current.globs.append(segments)
                else:
                    current.names[name] = segments
            continue
        elif "::" in token:
            current.paths.append([segment for segment in token.split("::") if segment])
        at += 1


def read_file(folder, module, modules, named):
    name = module.path[-1]
    choices = [folder / named] if named else [folder / f"{name}.rs", folder / name / "mod.rs"]
    for file in choices:
        if file.is_file():
            read(tokens(file.read_text()), module, folder / name, modules)


def resolve(segments, module, modules, seen=()):
    """The path of the module that defines what `segments` names within `module`, or None for another crate's."""
    if not segments:
        return module.path
    first, rest = segments[0], segments[1:]
    if first in ("crate", "$crate"):
        return resolve(["self"] + rest, modules[()], modules, seen) if rest else ()
    if first == "super" and module.path:
        parent = modules[module.path[:-1]]
        return resolve(rest, parent, modules, seen) if rest else parent.path
    if first == "self":
        return resolve(rest, module, modules, seen)
    if (module.path, first) in seen:
        return None
    seen = seen + ((module.path, first),)
    if first in module.children:
        return resolve(rest, modules[module.path + (first,)], modules, seen)
    if first in module.names:
        target = module.names[first]
        if target[:1] != [first]:
            return resolve(target + rest, module, modules, seen)
        return None
    for glob in module.globs:
        owner = resolve(glob, module, modules, seen)
        if owner is not None and owner != module.path:
            found = resolve(segments, modules[owner], modules, seen)
            if found is not None and found != owner:
                return found
            if first in modules[owner].children or first in modules[owner].names:
                return found
    return module.path


def edges(root_file):
    """{(parent, from, to): the modules that need it} between siblings of one target."""
    modules = {(): Module(())}
    name = root_file.name
    folder = root_file.parent
    read(tokens(root_file.read_text()), modules[()], folder, modules)
    found = defaultdict(set)
    for module in modules.values():
        for segments in module.paths:
            if not segments:
                continue
            local = segments[0] in ("crate", "$crate", "super", "self") or segments[0] in module.children
            if not (local or segments[0] in module.names):
                continue
            target = resolve(segments, module, modules)
            if target is None:
                continue
            shared = 0
            while shared < min(len(target), len(module.path)) and target[shared] == module.path[shared]:
                shared += 1
            if shared < len(target) and shared < len(module.path):
                parent = module.path[:shared]
                found[(parent, module.path[shared], target[shared])].add("::".join(module.path))
    return found


def cycles(found):
    """The strongly connected groups of more than one sibling, as (parent, members)."""
    graph = defaultdict(lambda: defaultdict(set))
    for parent, source, target in found:
        graph[parent][source].add(target)
    out = []
    for parent, links in graph.items():
        reach = {}
        for start in links:
            stack, seen = list(links[start]), set()
            while stack:
                node = stack.pop()
                if node not in seen:
                    seen.add(node)
                    stack += links.get(node, ())
            reach[start] = seen
        done = set()
        for node in sorted(links):
            group = {other for other in reach[node] if node in reach.get(other, ())}
            if node in group and len(group) > 1 and node not in done:
                done |= group
                out.append((parent, tuple(sorted(group))))
    return out


def targets(crate):
    """The root files of a crate's targets."""
    yield from (crate / "src").glob("lib.rs")
    yield from (crate / "src").glob("main.rs")
    for folder in ("src/bin", "tests", "benches", "examples"):
        yield from sorted((crate / folder).glob("*.rs"))
        yield from sorted((crate / folder).glob("*/main.rs"))


def check(root, known):
    problems, occurring = [], set()
    manifests = [path for pattern in ("*/Cargo.toml", "shared/*/Cargo.toml") for path in root.glob(pattern)]
    for crate in sorted(manifest.parent for manifest in manifests):
        for target in targets(crate):
            found = edges(target)
            for parent, members in cycles(found):
                name = "::".join((str(target.relative_to(root)),) + parent)
                occurring.add((name, members))
                if (name, members) in known:
                    continue
                problems.append(f"{name}: cycle between {', '.join(members)}")
                for (above, source, to), users in sorted(found.items()):
                    if above == parent and source in members and to in members:
                        problems.append(f"    {source} -> {to}, in {', '.join(sorted(users))}")
    for name, members in sorted(set(known) - occurring):
        problems.append(f"{name}: no cycle between {', '.join(members)} any more: remove it from KNOWN")
    return problems


def self_test():
    def found(files):
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            for path, text in files.items():
                file = root / "c" / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            (root / "c" / "Cargo.toml").write_text("")
            return check(root, set())

    lib = "mod a;\nmod b;\n"
    assert found({"src/lib.rs": lib, "src/a.rs": "use crate::b::B;", "src/b.rs": "pub struct B;"}) == []
    both = {"src/lib.rs": lib, "src/a.rs": "use crate::b::B;", "src/b.rs": "fn f() { crate::a::g(); }"}
    assert "cycle between a, b" in found(both)[0]
    assert found({**both, "src/b.rs": "// crate::a::g\nfn f() { \"crate::a::g\"; }"}) == []
    assert found({**both, "src/b.rs": "#[cfg(test)]\nmod tests { use crate::a::g; }"}) == []
    assert found({**both, "src/b.rs": "fn f<'a>(x: &'a str) {} use super::{a::{self}, c};"})
    # Through a re-export, and between folders deeper down.
    exported = {"src/lib.rs": lib + "pub use a::A;", "src/a.rs": "use crate::b::B;", "src/b.rs": "use crate::A;"}
    assert found(exported)
    deep = {"src/lib.rs": "mod m;", "src/m.rs": "mod a;\nmod b;", "src/m/a.rs": "use super::b;"}
    assert "src/lib.rs::m: cycle" in found({**deep, "src/m/b.rs": "use crate::m::a::A;"})[0]
    assert found({**deep, "src/m/b.rs": "use super::own;"}) == []
    # A parent and its child may name each other.
    assert found({"src/lib.rs": "mod m;", "src/m.rs": "mod a;\nuse a::A;", "src/m/a.rs": "use super::B;"}) == []
    # Through three modules.
    three = {"src/lib.rs": lib + "mod c;", "src/a.rs": "use crate::b;", "src/b.rs": "use crate::c;"}
    assert "a, b, c" in found({**three, "src/c.rs": "use crate::a;"})[0]
    with tempfile.TemporaryDirectory() as name:
        assert "no cycle" in check(Path(name), {("c/src/lib.rs", ("a", "b"))})[0]
    print("module_graph: self-tests passed")


def main():
    root = Path(__file__).resolve().parent.parent
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return 0
    if sys.argv[1:2] == ["--edges"]:
        for target in targets(root / sys.argv[2]):
            for (parent, source, to), users in sorted(edges(target).items()):
                print("::".join((target.name,) + parent), source, "->", to, "in", ", ".join(sorted(users)))
        return 0
    problems = check(root, KNOWN)
    print("\n".join(problems), file=sys.stderr) if problems else None
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
