#!/usr/bin/env python3
"""Tests of module_graph.py on small crates."""

import tempfile
import unittest
from pathlib import Path

import module_graph


class ModuleGraph(unittest.TestCase):
    def problems(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                file = Path(folder, "src", name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            return list(module_graph.check(Path(folder)))

    def assert_cycle(self, files, names):
        first = self.problems(files)[:1]
        self.assertTrue(first and first[0].endswith(f"a cycle between {names}"), first)

    def test_use_and_inline_paths_close_a_cycle(self):
        self.assert_cycle(
            {
                "lib.rs": "mod a; mod b;",
                "a.rs": "use crate::b::{self, c::Deep};",
                "b.rs": "mod c; fn f() { super::a::g(); }",
                "b/c.rs": "pub struct Deep;",
            },
            "a, b",
        )

    def test_a_cycle_of_three_is_found(self):
        files = {
            "lib.rs": "mod a; mod b; mod c;",
            "a/mod.rs": "use crate::b::X;",
            "b.rs": "use crate::c::Y;",
            "c.rs": "fn f(x: crate::a::Z) {}",
        }
        self.assert_cycle(files, "a, b, c")

    def test_a_cycle_below_the_root_is_found(self):
        files = {
            "lib.rs": "mod a;",
            "a/mod.rs": "mod one; mod two;",
            "a/one.rs": "use super::two::T;",
            "a/two.rs": "use crate::a::one::O;",
        }
        self.assert_cycle(files, "a::one, a::two")

    def test_one_direction_is_no_cycle(self):
        files = {"lib.rs": "mod a; mod b;", "a.rs": "use crate::b::X;", "b.rs": "use std::fmt; use serde::a::B;"}
        self.assertEqual(self.problems(files), [])

    def test_parent_and_child_may_use_each_other(self):
        files = {"lib.rs": "mod a;", "a.rs": "mod b; use b::X; fn f() { self::b::g() }", "a/b.rs": "use super::f;"}
        self.assertEqual(self.problems(files), [])

    def test_a_re_export_leads_to_where_the_name_comes_from(self):
        files = {
            "lib.rs": "mod a; mod b; pub use b::{inner::X as Y};",
            "a.rs": "use crate::Y;",
            "b.rs": "mod inner; use crate::a::Z;",
            "b/inner.rs": "pub struct X;",
        }
        self.assert_cycle(files, "a, b")

    def test_tests_comments_and_strings_do_not_count(self):
        files = {
            "lib.rs": "mod a; mod b;",
            "a.rs": "use crate::b::X;",
            "b.rs": (
                "#[cfg(test)] mod tests;\n#[cfg(test)]\nmod more { use crate::a::Z; }\n"
                '// use crate::a::Z;\nconst PATH: &str = "crate::a::Z"; /* crate::a */ const SIGN: char = \'"\';'
            ),
            "b/tests.rs": "use crate::a::Z;",
        }
        self.assertEqual(self.problems(files), [])

    def test_code_behind_a_test_item_counts(self):
        files = {
            "lib.rs": "mod a; mod b;",
            "a.rs": "use crate::b::X;",
            "b.rs": "#[cfg(test)] mod tests { fn f() { g() } }\nuse crate::a::Z;",
        }
        self.assert_cycle(files, "a, b")

    def test_inline_modules_have_their_own_super(self):
        files = {
            "lib.rs": "mod a { use super::b::X; fn f() { if true { g() } } } mod b;",
            "b.rs": "mod inner { use super::super::a::Z; }",
        }
        self.assert_cycle(files, "a, b")


if __name__ == "__main__":
    unittest.main()
