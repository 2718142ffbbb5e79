#!/usr/bin/python3
"""POST /v1/plan and `ecsctl plan`: what would happen, and that nothing does.

plan_test.py ECS-CONTROL ECSCTL BUILD
"""

import json
import os
import sqlite3
import subprocess
import unittest

from pretend_host import PretendHost
from signed_control import ANOTHER, BOUND_S, ECSCTL, OPERATOR, WithControl, until


class Plan(WithControl):
    @classmethod
    def options(cls):
        return ("--healthy-after", "1")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ecs = cls.control.modelled()
        cls.token = cls.control.ecsctl("session", "create").strip()
        cls.ecs.create_cluster(clusterName="c")
        cls.hosts = [PretendHost(cls.control, "c", zone="us-east-1" + zone, address=address)
                     for zone, address in (("a", "198.18.0.2"), ("b", "198.18.0.3"))]
        for host in cls.hosts:
            cls.addClassCleanup(host.leave)
        for family, memory in (("web", 16), ("huge", 30_000)):
            cls.ecs.register_task_definition(family=family, containerDefinitions=[
                {"name": "main", "image": "web:1", "cpu": 16, "memory": memory}])
        cls.ecs.create_service(cluster="c", serviceName="s", taskDefinition="web", desiredCount=2)
        # From here on nothing moves by itself.
        until(lambda: any("steady state" in event["message"] for event in cls.ecs.describe_services(
            cluster="c", services=["s"])["services"][0]["events"]), "a steady service")

    # --- asking -----------------------------------------------------------------------------------

    def ask(self, body):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, code, said, _ = self.control.raw("POST", "/v1/plan", {
            "Content-Type": "application/json", "Authorization": "Bearer " + self.token}, raw)
        return status, code, said

    def plan(self, **body):
        status, _, said = self.ask(body)
        self.assertEqual(status, 200, said)
        return said

    def rows(self):
        """Everything that control has stored, journals too."""
        path = os.path.join(self.control.directory, "control.db")
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            tables = [name for (name,) in database.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table'")]
            return {name: database.execute(f'SELECT * FROM "{name}" ORDER BY key').fetchall()
                    for name in tables}
        finally:
            database.close()

    # --- what is tried ----------------------------------------------------------------------------

    def test_a_plan_says_what_then_happens_and_changes_nothing(self):
        asked = {"cluster": "c", "taskDefinition": "web", "count": 3, "clientToken": "planned"}
        before = self.rows()
        plan = self.plan(runTask=asked)
        self.plan(createService={"cluster": "c", "serviceName": "new", "taskDefinition": "web",
                                 "desiredCount": 2})
        self.plan(updateService={"cluster": "c", "service": "s", "desiredCount": 5})
        self.plan(loseHost={"cluster": "c", "containerInstance": self.hosts[0].instance})
        self.plan(loseZone={"cluster": "c", "availabilityZone": "us-east-1b"})
        self.assertEqual(self.rows(), before)
        self.assertTrue(plan["complete"])
        self.assertEqual(plan["unplaced"], [])
        started = self.ecs.run_task(**asked)["tasks"]
        self.assertEqual(
            sorted(each["containerInstanceArn"] for each in plan["steps"][0]["starts"]),
            sorted(each["containerInstanceArn"] for each in started))
        self.ecs.get_waiter("tasks_running").wait(
            cluster="c", tasks=[each["taskArn"] for each in started], WaiterConfig={"Delay": 1})

    def test_a_plan_of_an_update_ends_steady(self):
        plan = self.plan(updateService={"cluster": "c", "service": "s",
                                        "forceNewDeployment": True})
        self.assertEqual([each["outcome"] for each in plan["services"]], ["STEADY"])
        starts = sum(len(step["starts"]) for step in plan["steps"])
        stops = [stop for step in plan["steps"] for stop in step["stops"]]
        self.assertEqual(starts, 2)
        self.assertEqual(sorted(each["taskArn"] for each in stops), sorted(
            self.ecs.list_tasks(cluster="c", serviceName="s")["taskArns"]))

    def test_what_finds_no_room_is_said_with_what_would_help(self):
        plan = self.plan(runTask={"cluster": "c", "taskDefinition": "huge", "count": 3})
        unplaced, = plan["unplaced"]
        self.assertEqual((unplaced["count"], unplaced["reason"]), (1, "RESOURCE:MEMORY"))
        self.assertEqual(unplaced["memory"], 30_000)
        self.assertTrue(unplaced["changes"])

    def test_bad_input_is_refused_with_a_word_and_changes_nothing(self):
        before = self.rows()
        run = {"cluster": "c", "taskDefinition": "web"}
        for body in (b"", b"{", b"[]", b"null", b"{}", b'{"nobody":1}', {"runTask": []},
                     {"runTask": {}}, {"runTask": {**run, "count": 11}},
                     {"runTask": {**run, "nobody": 1}}, {"runTask": {**run, "count": "x"}},
                     {"runTask": {**run, "taskDefinition": "nobody"}},
                     {"runTask": run, "loseZone": {"availabilityZone": "us-east-1a"}},
                     {"createService": {"cluster": "c"}},
                     {"createService": {"cluster": "c", "serviceName": "a" * 70_000,
                                        "taskDefinition": "web"}},
                     {"updateService": {"cluster": "c", "service": "nobody"}},
                     {"loseHost": {"cluster": "c"}},
                     {"loseHost": {"cluster": "c", "containerInstance": "f" * 32}},
                     {"loseHost": {"cluster": "c", "containerInstance": "a" * 70_000}},
                     {"loseZone": {"cluster": "c", "availabilityZone": "nowhere"}},
                     {"loseZone": {"cluster": "nobody", "availabilityZone": "us-east-1a"}}):
            with self.subTest(body=str(body)[:80]):
                status, code, said = self.ask(body)
                self.assertEqual(status // 100, 4, said)
                self.assertTrue(code, said)
                self.assertTrue(said.get("message"), said)
        self.assertEqual(self.rows(), before)

    def test_what_belongs_to_another_account_is_as_if_it_did_not_exist(self):
        def foreign(kind, name):
            return f"arn:aws:ecs:us-east-1:{ANOTHER}:{kind}/{name}"

        for body, codes in (
                ({"runTask": {"cluster": foreign("cluster", "c"), "taskDefinition": "web"}},
                 {"ClusterNotFoundException"}),
                ({"runTask": {"cluster": "c", "taskDefinition": foreign("task-definition",
                                                                        "web:1")}},
                 {"ClientException"}),
                ({"updateService": {"cluster": "c", "service": foreign("service", "c/s")}},
                 {"ServiceNotFoundException"}),
                ({"loseHost": {"cluster": "c", "containerInstance": foreign(
                    "container-instance", "c/" + self.hosts[0].instance)}},
                 {"InvalidParameterException"}),
                ({"loseZone": {"cluster": foreign("cluster", "c"),
                               "availabilityZone": "us-east-1a"}},
                 {"ClusterNotFoundException"})):
            with self.subTest(body=body):
                status, code, said = self.ask(body)
                self.assertEqual(status // 100, 4, said)
                self.assertIn(code, codes)

    def test_nobody_plans_without_a_key(self):
        status, _, _, _ = self.control.raw("POST", "/v1/plan", {}, b"{}")
        self.assertIn(status, (400, 401, 403))

    # --- the command line -------------------------------------------------------------------------

    def ecsctl(self, *arguments):
        done = subprocess.run([ECSCTL, *arguments], env=self.control.environment(), text=True,
                              capture_output=True, timeout=BOUND_S, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_ecsctl_plan_takes_what_the_real_verbs_take(self):
        arn = f"arn:aws:ecs:us-east-1:{OPERATOR}:"
        for arguments, text in (
                (("run", "web", "--count", "2"), "start web:1"),
                (("create-service", "new", "--definition", "web", "--count", "2"),
                 "service new: STEADY"),
                (("update-service", "s", "--force"), "stop web:1"),
                (("lose-host", arn + "container-instance/c/" + self.hosts[0].instance), "lost"),
                (("lose-zone", "us-east-1b"), "lost")):
            with self.subTest(arguments=arguments):
                code, said, error = self.ecsctl("plan", *arguments, "--cluster", "c")
                self.assertEqual(code, 0, said + error)
                self.assertIn(text, said)
        code, said, _ = self.ecsctl("plan", "run", "web", "--cluster", "c", "--output", "json")
        self.assertEqual(code, 0)
        self.assertTrue(json.loads(said)["complete"])

    def test_ecsctl_plan_ends_with_3_when_something_finds_no_room(self):
        code, said, _ = self.ecsctl("plan", "run", "huge", "--count", "3", "--cluster", "c")
        self.assertEqual(code, 3)
        self.assertIn("no room for 1 of huge:1", said)
        code, _, error = self.ecsctl("plan", "run", "nobody", "--cluster", "c")
        self.assertEqual(code, 1)
        self.assertIn("ClientException", error)


if __name__ == "__main__":
    unittest.main()
