#!/usr/bin/python3 -B
"""Events in the shape of Amazon EventBridge, as a program that was written for it reads them.

event_bridge_test.py ECS-CONTROL ECSCTL BUILD
"""

import json
import re
import unittest

from pretend_host import PretendHost
from signed_control import OPERATOR, WithControl, modelled_session, until

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
KINDS = {"ECS Task State Change", "ECS Container Instance State Change", "ECS Service Action",
         "ECS Deployment State Change"}


class EventBridge(WithControl):
    @classmethod
    def options(cls):
        return ("--healthy-after", "0")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ecs = cls.control.modelled()
        cls.ecs.create_cluster(clusterName="c")
        cls.host = PretendHost(cls.control, "c", sick=("sick",))
        cls.addClassCleanup(cls.host.leave)
        for family in ("web", "sick"):
            cls.ecs.register_task_definition(family=family, containerDefinitions=[
                {"name": "main", "image": "busybox", "memory": 16}])
        cls.ecs.create_service(cluster="c", serviceName="s", taskDefinition="web", desiredCount=1)
        until(lambda: cls.steady(), "a steady service")
        cls.sick = cls.ecs.run_task(cluster="c", taskDefinition="sick")["tasks"][0]["taskArn"]
        until(lambda: cls.ecs.describe_tasks(cluster="c", tasks=[cls.sick])["tasks"][0][
            "lastStatus"] == "STOPPED", "the end of the sick task")
        cls.events = cls.read()

    @classmethod
    def steady(cls):
        service = cls.ecs.describe_services(cluster="c", services=["s"])["services"][0]
        return service["deployments"][0]["rolloutState"] == "COMPLETED"

    @classmethod
    def read(cls):
        path = "/v1/events?after=0&follow=false&format=eventbridge"
        text = cls.control.raw("GET", path, cls.control.signed("GET", path))[2]
        return [json.loads(line.removeprefix("data: "))
                for line in text.splitlines() if line.startswith("data: ")]

    def of(self, kind):
        return [event for event in self.events if event["detail-type"] == kind]

    def test_every_event_has_the_envelope(self):
        self.assertEqual({event["detail-type"] for event in self.events}, KINDS)
        for event in self.events:
            self.assertEqual(set(event), {"version", "id", "detail-type", "source", "account",
                                          "time", "region", "resources", "detail"})
            self.assertEqual((event["version"], event["source"], event["account"],
                              event["region"]), ("0", "aws.ecs", OPERATOR, "us-east-1"))
            self.assertRegex(event["time"], INSTANT)
            self.assertRegex(event["id"], r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
            self.assertEqual(len(event["resources"]), 1)
        self.assertEqual(len({event["id"] for event in self.events}), len(self.events))
        self.assertEqual(self.read()[:len(self.events)], self.events)

    def test_details_are_the_structures_of_the_api_with_instants_as_text(self):
        model = modelled_session().get_service_model("ecs")
        for kind, shape in (("ECS Task State Change", "Task"),
                            ("ECS Container Instance State Change", "ContainerInstance")):
            known = model.shape_for(shape).members
            for event in self.of(kind):
                for name, value in event["detail"].items():
                    if name in ("updatedAt", "clusterArn"):
                        continue
                    self.assertIn(name, known)
                    if known[name].type_name == "timestamp":
                        self.assertRegex(value, INSTANT)

    def test_a_task_that_failed_tells_its_exit_code_and_versions_grow(self):
        told = [event for event in self.of("ECS Task State Change")
                if event["resources"] == [self.sick]]
        versions = [event["detail"]["version"] for event in told]
        self.assertEqual(versions, sorted(set(versions)))
        last = told[-1]["detail"]
        self.assertEqual(last["lastStatus"], "STOPPED")
        self.assertEqual(last["containers"][0]["exitCode"], 1)
        self.assertEqual(last["containers"][0]["image"], "busybox")
        now = self.ecs.describe_tasks(cluster="c", tasks=[self.sick])["tasks"][0]
        self.assertEqual(last["stopCode"], now["stopCode"])
        self.assertEqual(last["version"], now["version"])
        self.assertNotIn("exitCode", told[0]["detail"]["containers"][0])

    def test_a_service_tells_of_its_deployment_and_its_steady_state(self):
        names = [event["detail"]["eventName"] for event in self.of("ECS Deployment State Change")]
        self.assertEqual(names, ["SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED"])
        self.assertIn("SERVICE_STEADY_STATE",
                      [event["detail"]["eventName"] for event in self.of("ECS Service Action")])

    def test_ecsctl_prints_them_for_people_and_for_programs(self):
        lines = self.control.ecsctl("events", "--eventbridge", "--output", "json").splitlines()
        self.assertEqual([json.loads(line) for line in lines][:len(self.events)], self.events)
        self.assertIn("ECS Service Action  SERVICE_STEADY_STATE",
                      self.control.ecsctl("events", "--eventbridge"))


if __name__ == "__main__":
    unittest.main()
