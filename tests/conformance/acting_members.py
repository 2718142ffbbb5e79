"""Which members of requests act, and the table of the tests that show it.

members.tsv has at least one row for each member that an ECS operation can be asked with and that acts:
the member as Shape.member, a file of tests/, and a test in it (the title of a TEST_CASE or the name
of a method) that fails when the member does nothing. Where two tests show it together, one that it
reaches the host and one what a container has of it, there are two rows.
"""

import os
import re

import yaml

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
API = os.path.join(os.path.dirname(TESTS), "schemas", "api")
TABLE = os.path.join(TESTS, "conformance", "members.tsv")
CASE = re.compile(r'\bTEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)')
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
METHOD = re.compile(r"^    def (test_\w+)\(self", re.MULTILINE)


def described():
    """The inputs of ECS's operations, and all shapes, as schemas/api describes them."""
    inputs, shapes = [], {}
    for name in sorted(os.listdir(API)):
        if not name.endswith(".yaml"):
            continue
        with open(os.path.join(API, name), encoding="utf-8") as file:
            family = yaml.safe_load(file)
        shapes.update(family.get("shapes") or {})
        if family.get("service") != "stowage":
            inputs += [each["input"] for each in (family.get("operations") or {}).values()]
    return inputs, shapes


def acting():
    """Every member that acts, of the inputs and of what they hold."""
    waiting, shapes = described()
    members, seen = set(), set()
    while waiting:
        shape = waiting.pop()
        if shape in seen:
            continue
        seen.add(shape)
        for name, member in shapes[shape].items():
            if member.get("support") == "acts":
                members.add(f"{shape}.{name}")
                waiting += [member[kind] for kind in ("type", "list", "map")
                            if member.get(kind) in shapes]
    return members


def tests_in(path):
    """The titles and names of the tests of a file; nothing when there is no such file."""
    if not os.path.isfile(path):
        return None
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".py"):
        return set(METHOD.findall(text))
    return {"".join(LITERAL.findall(case)).replace('\\"', '"') for case in CASE.findall(text)}


def wrong_rows(rows, members):
    """(row, what is wrong with it)."""
    known = {}
    for number, row in enumerate(rows):
        where = "\t".join(row)
        if len(row) != 3:
            yield where, "is not a member, a file and a test, with tabs between them"
            continue
        member, path, test = row
        if number > 0 and rows[number - 1] >= row:
            yield where, "is twice in the table or stands behind what it should precede"
        if member not in members:
            yield where, "there is no member of this name that acts"
        if path not in known:
            known[path] = tests_in(os.path.join(TESTS, path))
        if known[path] is None:
            yield where, "there is no such file in tests/"
        elif test not in known[path]:
            yield where, "there is no such test in the file"


def check(table, findings):
    """Holds a table against the members that act and the tests that there are."""
    members = acting()
    with open(table or TABLE, encoding="utf-8") as file:
        rows = [line.split("\t") for line in file.read().splitlines()]
    for where, what in wrong_rows(rows, members):
        findings.add("members.tsv: " + where, what)
    for member in sorted(members - {row[0] for row in rows}):
        findings.add(member, "acts, but members.tsv names no test that shows it")
    print(f"members.tsv: {len(rows)} rows for {len(members)} members that act")
