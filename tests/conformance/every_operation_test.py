#!/usr/bin/python3
"""Every operation that the build's model has, with input that must not be taken: malformed, missing,
of the wrong type, too large, of another account. Each time an error that the operation declares,
nothing changed, and a process that goes on.

every_operation_test.py ECS-CONTROL ECSCTL BUILD
"""

import collections
import http.client
import json
import os
import sqlite3
import unittest

from model import Model
from pretend_host import PretendHost
from signed_control import ANOTHER, BOUND_S, BUILD, OPERATOR, TARGET, WithControl

DEEP = 6        # levels of input that are tried; the model is recursive nowhere
LARGE = 70_000  # bytes of a text, beyond every limit that ECS knows
MANY = 3_000    # entries of a list
# What any JSON service of AWS may answer, whatever the operation declares.
COMMON = {"SerializationException"}
# Known, described, and refused by name whatever they are asked with.
REFUSED = {"ExecuteCommand"}
# Tables that grow by what was merely tried.
JOURNALS = {"event", "audit"}


class EveryOperation(WithControl):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.link = http.client.HTTPConnection(cls.control.address, timeout=BOUND_S)
        cls.addClassCleanup(cls.link.close)
        ecs = cls.control.boto()
        cls.token = cls.control.ecsctl("session", "create").strip()
        ecs.create_cluster(clusterName="c")
        host = PretendHost(cls.control, "c")
        cls.addClassCleanup(host.leave)
        ecs.register_task_definition(family="web", containerDefinitions=[
            {"name": "main", "image": "web:1", "cpu": 16, "memory": 16}])
        ecs.create_service(cluster="c", serviceName="s", taskDefinition="web", desiredCount=0)
        task = ecs.run_task(cluster="c", taskDefinition="web")["tasks"][0]["taskArn"]
        ecs.get_waiter("tasks_running").wait(cluster="c", tasks=[task], WaiterConfig={"Delay": 1})
        host.leave()  # nothing moves by itself from here on
        cls.model = Model(BUILD, {
            "cluster": "c", "clusters": ["c"], "service": "s", "services": ["s"],
            "serviceName": "new", "task": task, "tasks": [task], "taskDefinition": "web:1",
            "taskDefinitions": ["web:1"], "containerInstance": host.instance,
            "containerInstances": [host.instance], "family": "new",
            "resourceArn": f"arn:aws:ecs:us-east-1:{OPERATOR}:cluster/c",
        })

    # --- asking -----------------------------------------------------------------------------------

    def call(self, operation, body):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.link.request("POST", "/", raw, {
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": TARGET + operation,
            "Authorization": "Bearer " + self.token})
        answer = self.link.getresponse()
        text = answer.read()
        return answer.status, json.loads(text)

    def declared(self, operation):
        if operation in REFUSED:
            return {"UnsupportedFeatureException"}
        return COMMON | self.model.errors_of(operation)

    def is_refused(self, operation, body, what):
        status, said = self.call(operation, body)
        self.tried[operation] += 1
        if status == 200:
            self.wrong.append(f"{operation}: {what} is taken: {json.dumps(said)[:200]}")
        elif status != 400 or said.get("__type") not in self.declared(operation):
            self.wrong.append(f"{operation}: {what} is answered {status} {said.get('__type')}: "
                              f"{said.get('message', '')[:120]}")
        elif not said.get("message"):
            self.wrong.append(f"{operation}: {what} is refused without a word")

    def rows(self):
        """Everything that control has stored, but for its journals."""
        path = os.path.join(self.control.directory, "control.db")
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            tables = [name for (name,) in database.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table'") if name not in JOURNALS]
            return {name: database.execute(f'SELECT * FROM "{name}" ORDER BY key').fetchall()
                    for name in tables}
        finally:
            database.close()

    def setUp(self):
        self.wrong = []
        self.tried = collections.Counter()
        self.before = self.rows()

    def tearDown(self):
        self.assertEqual(self.wrong, [], "\n" + "\n".join(self.wrong))
        self.assertEqual(self.rows(), self.before, "what was refused has changed nothing")
        self.assertIsNone(self.control.process.poll(), "control goes on")

    # --- shapes -----------------------------------------------------------------------------------

    def operations(self):
        """(name, input shape, the least that is asked with) of each operation."""
        for name in self.model.operations:
            yield name, self.model.input_of(name), self.model.least(name)

    def members(self, shape, depth=0):
        """(path, shape of the member, how to put a value there) of every member, also deep ones."""
        for name, member in shape.get("members", {}).items():
            inner = self.model.shapes[member["shape"]]
            yield name, inner, lambda value, name=name: {name: value}
            if depth == DEEP:
                continue
            element = self.model.shapes[inner["member"]["shape"]] if inner["type"] == "list" else inner
            if element["type"] != "structure":
                continue
            required = self.model.required(element)
            for path, leaf, put in self.members(element, depth + 1):
                def nested(value, put=put, name=name, inner=inner, required=required):
                    whole = {**required, **put(value)}
                    return {name: [whole] if inner["type"] == "list" else whole}
                yield f"{name}.{path}", leaf, nested

    # --- what is tried ----------------------------------------------------------------------------

    def test_bodies_that_are_no_input_at_all(self):
        for operation in self.model.operations:
            for body in (b"{", b"[]", b"null", b'"x"', b"7", b"\xff", b'{"a":}', b"{}{}",
                         b'{"nobody":1}', b'{"a":' * 100 + b"1" + b"}" * 100):
                self.is_refused(operation, body, f"the body {body[:20]}")

    def test_each_required_member_left_out(self):
        for operation, shape, least in self.operations():
            for name in shape.get("required", []):
                rest = {each: value for each, value in least.items() if each != name}
                self.is_refused(operation, rest, f"{name} left out")

    def test_each_member_of_another_type(self):
        other = {"string": [7, {}], "structure": [[], "x"], "list": [{}, "x"], "map": [[], 7],
                 "boolean": ["true", {}], "timestamp": [{}, []]}
        for operation, shape, least in self.operations():
            for path, leaf, put in self.members(shape):
                for value in other.get(leaf["type"], ["x", {}]):
                    self.is_refused(operation, {**least, **put(value)},
                                    f"{path} = {json.dumps(value)}")
                if leaf.get("enum"):
                    self.is_refused(operation, {**least, **put("NO_SUCH_WORD")},
                                    f"{path} = NO_SUCH_WORD")
        self.assertGreater(sum(self.tried.values()), 1_000)

    def test_each_text_and_list_that_is_too_large(self):
        for operation, shape, least in self.operations():
            for path, leaf, put in self.members(shape):
                if leaf["type"] == "string":
                    self.is_refused(operation, {**least, **put("a" * LARGE)}, f"a long {path}")
                elif leaf["type"] == "list":
                    entry = self.model.value(path.rsplit(".", 1)[-1], leaf["member"]["shape"])
                    one = entry[0] if isinstance(entry, list) else entry
                    self.is_refused(operation, {**least, **put([one] * MANY)}, f"a long {path}")

    def test_numbers_beyond_every_limit(self):
        for operation, shape, least in self.operations():
            for path, leaf, put in self.members(shape):
                if leaf["type"] in ("integer", "long"):
                    for number in (2 ** 31, -(2 ** 31), 2 ** 63, 1.5):
                        self.is_refused(operation, {**least, **put(number)}, f"{path} = {number}")

    def test_what_belongs_to_another_account_is_as_if_it_did_not_exist(self):
        def foreign(kind, name):
            return f"arn:aws:ecs:us-east-1:{ANOTHER}:{kind}/{name}"

        strange = {"cluster": foreign("cluster", "c"), "service": foreign("service", "c/s"),
                   "task": foreign("task", "c/" + "0" * 32),
                   "taskDefinition": foreign("task-definition", "web:1"),
                   "containerInstance": foreign("container-instance", "c/" + "0" * 32),
                   "resourceArn": foreign("cluster", "c"),
                   "capacityProvider": foreign("capacity-provider", "p"),
                   "serviceDeploymentArn": foreign("service-deployment", "c/s/" + "a" * 20)}
        strange.update({name + "s": [value] for name, value in strange.items()})
        for operation, shape, least in self.operations():
            for name in shape["members"]:
                if name not in strange:
                    continue
                status, said = self.call(operation, {**least, name: strange[name]})
                if status == 200:  # those that describe several say which they have not found
                    reasons = {each["reason"] for each in said.get("failures", [])}
                    if reasons != {"MISSING"}:
                        self.wrong.append(f"{operation}: {name} of another account is answered "
                                          f"{json.dumps(said)[:200]}")
                elif status != 400 or said.get("__type") not in self.declared(operation):
                    self.wrong.append(f"{operation}: {name} of another account is answered "
                                      f"{status} {said}")


if __name__ == "__main__":
    unittest.main()
