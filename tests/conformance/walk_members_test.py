#!/usr/bin/python3
"""The walk fails when what is said of a member in members.tsv is not so.

walk_members_test.py BUILD
"""

import os
import subprocess
import sys
import tempfile
import unittest

import acting_members

BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build/dev")
del sys.argv[1:2]
TAG = "Tag.key\tunit/control_loop/tags_test.cpp\t"
CASE = "clusters, services, tasks, definitions and hosts can be tagged, and keep their tags"


class Findings(list):
    def add(self, where, what):
        self.append(f"{where}: {what}")


class WalkMembers(unittest.TestCase):
    def setUp(self):
        with open(acting_members.TABLE, encoding="utf-8") as file:
            self.rows = file.read().splitlines()
        self.assertIn(TAG + CASE, self.rows)

    def table(self, rows):
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".tsv",
                                         delete=False) as file:
            file.write("".join(row + "\n" for row in rows))
        self.addCleanup(os.remove, file.name)
        return file.name

    def found(self, rows):
        findings = Findings()
        acting_members.check(self.table(rows), findings)
        return findings

    def changed(self, row):
        """What is found when the row of Tag.key is another."""
        return self.found([row if each == TAG + CASE else each for each in self.rows])

    def test_the_table_as_it_is_has_nothing_wrong(self):
        self.assertEqual(self.found(self.rows), [])

    def test_a_member_that_acts_needs_a_row(self):
        self.assertEqual(self.found([row for row in self.rows if not row.startswith("Tag.key\t")]),
                         ["Tag.key: acts, but members.tsv names no test that shows it"])

    def test_a_row_needs_a_member_that_is_there_and_acts(self):
        for member in ("Tag.keys",                         # is not there
                       "ContainerDefinition.hostname",     # is refused
                       "ContainerDefinition.links",        # may only be empty
                       "CreateUserRequest.userName",       # of no operation of ECS
                       "Cluster.status"):                  # is answered only
            row = f"{member}\tunit/control_loop/tags_test.cpp\t{CASE}"
            self.assertEqual(self.found(sorted([*self.rows, row], key=lambda row: row.split("\t"))),
                             [f"members.tsv: {row}: there is no member of this name that acts"])

    def test_a_row_needs_a_file_that_is_there(self):
        row = f"Tag.key\tunit/control_loop/no_tags_test.cpp\t{CASE}"
        self.assertEqual(self.changed(row),
                         [f"members.tsv: {row}: there is no such file in tests/"])

    def test_a_row_needs_a_test_that_is_in_its_file(self):
        for title in ("clusters can be tagged", CASE[:-1], "test_every_waiter_has_a_test"):
            self.assertEqual(self.changed(TAG + title),
                             [f"members.tsv: {TAG + title}: there is no such test in the file"])

    def test_rows_stand_in_order_and_once(self):
        for rows in ([*self.rows, self.rows[-1]], [*self.rows, self.rows[0]]):
            self.assertEqual(self.found(rows), [
                f"members.tsv: {rows[-1]}: "
                "is twice in the table or stands behind what it should precede"])
        self.assertIn("is not a member, a file and a test", self.changed("Tag.key")[0])

    def test_the_walk_itself_fails_and_names_the_row(self):
        table = self.table(row + ("!" if row == TAG + CASE else "") for row in self.rows)
        walk = subprocess.run([os.path.join(acting_members.TESTS, "conformance", "walk"), BUILD,
                               "--members", table], capture_output=True, text=True, check=False)
        self.assertEqual(walk.returncode, 1, walk.stdout + walk.stderr)
        self.assertIn(f"members.tsv: {TAG + CASE}!: there is no such test in the file",
                      walk.stdout)
        self.assertIn(" 1 findings", walk.stdout)


if __name__ == "__main__":
    unittest.main()
