#!/usr/bin/python3
"""A host whose agent is not ours, from its registration to the end of its task, by the wire API.

agent_operations_test.py ECS-CONTROL ECSCTL BUILD
"""

import hashlib
import http.client
import json
import unittest
import urllib.parse

import botocore.exceptions

from signed_control import BOUND_S, OPERATOR, WithControl

SECRET = "5" * 64  # what the host draws and shows when it polls


class AgentOperations(WithControl):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.control.modelled()
        cls.robot = cls.control.modelled(cls.control.key_of("robot"))
        cls.person.create_cluster(clusterName="c")
        cls.person.register_task_definition(family="web", containerDefinitions=[
            {"name": "main", "image": "web:1", "cpu": 16, "memory": 16,
             "healthCheck": {"command": ["CMD", "true"]}}])

    def refused(self, error, call, **given):
        with self.assertRaises(botocore.exceptions.ClientError) as said:
            call(**given)
        self.assertEqual(said.exception.response["Error"]["Code"], error)

    def register(self, **more):
        return self.robot.register_container_instance(
            cluster="c",
            instanceIdentityDocument=json.dumps({
                "accountId": OPERATOR, "region": "us-east-1", "availabilityZone": "us-east-1a",
                "privateIp": "198.18.0.9", "imageId": "of no interest",
                "identityHash": hashlib.sha256(SECRET.encode()).hexdigest()}),
            totalResources=[
                {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
                {"name": "MEMORY", "type": "INTEGER", "integerValue": 2048},
                {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "51678"]},
                {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []}],
            versionInfo={"agentVersion": "1.2.3", "agentHash": "abc", "dockerVersion": "podman 5"},
            **more)["containerInstance"]

    def poll(self, endpoint, instance, secret=SECRET):
        """Asks as the agent would, where it was told to."""
        where = urllib.parse.urlsplit(endpoint)
        link = http.client.HTTPConnection(where.netloc, timeout=BOUND_S)
        link.request("POST", where.path,
                     json.dumps({"agent": instance.rsplit("/", 1)[1], "boot_id": "b",
                                 "report_sequence": 1}),
                     {"Authorization": "Bearer " + secret})
        answer = link.getresponse()
        said = json.loads(answer.read())
        link.close()
        return answer.status, said

    def test_a_host_is_registered_polls_and_reports_its_task(self):
        health = {"name": "ecs.capability.container-health-check"}
        host = self.register(attributes=[health, {"name": "rack", "value": "7"}],
                             tags=[{"key": "team", "value": "blue"}])
        arn = host["containerInstanceArn"]
        self.assertFalse(host["agentConnected"])
        self.assertLessEqual({"rack", "ecs.capability.container-health-check",
                              "ecs.availability-zone"},
                             {each["name"] for each in host["attributes"]})
        self.assertEqual(host["tags"], [{"key": "team", "value": "blue"}])

        endpoint = self.robot.discover_poll_endpoint(cluster="c", containerInstance=arn)
        self.assertEqual(endpoint["endpoint"], self.control.endpoint + "/agent/v1/sync")
        self.assertEqual(self.poll(endpoint["endpoint"], arn, "6" * 64)[0], 401)
        self.assertEqual(self.poll(endpoint["endpoint"], arn)[0], 200)

        task = self.person.run_task(cluster="c", taskDefinition="web")["tasks"][0]["taskArn"]
        _, told = self.poll(endpoint["telemetryEndpoint"], arn)
        self.assertEqual([each["arn"] for each in told["tasks_set"]], [task])

        main = {"containerName": "main", "status": "RUNNING", "runtimeId": "r-1"}
        change = {"cluster": "c", "task": task, "status": "RUNNING", "containers": [main]}
        self.refused("AccessDeniedException", self.person.submit_task_state_change, **change)
        self.assertEqual(self.robot.submit_task_state_change(**change)["acknowledgment"], "ACK")
        shown = self.person.describe_tasks(cluster="c", tasks=[task])["tasks"][0]
        self.assertEqual((shown["lastStatus"], shown["containers"][0]["runtimeId"]),
                         ("RUNNING", "r-1"))
        self.robot.submit_container_state_change(
            cluster="c", task=task, containerName="main", status="STOPPED", exitCode=3)
        self.refused("InvalidParameterException", self.robot.submit_container_state_change,
                     cluster="c", task=task, containerName="main", status="RUNNING")
        self.robot.submit_task_state_change(cluster="c", task=task, status="STOPPED", reason="done")
        shown = self.person.describe_tasks(cluster="c", tasks=[task])["tasks"][0]
        self.assertEqual((shown["lastStatus"], shown["stoppedReason"],
                          shown["containers"][0]["exitCode"]), ("STOPPED", "done", 3))

        # Without what the definition needs of an agent the host is not asked again.
        again = self.register(attributes=[{"name": "ecs.capability.task-eni"}],
                              containerInstanceArn=arn)
        self.assertEqual(again["containerInstanceArn"], arn)
        failures = self.person.run_task(cluster="c", taskDefinition="web")["failures"]
        self.assertEqual([each["reason"] for each in failures], ["ATTRIBUTE"])
        self.refused("NoUpdateAvailableException", self.person.update_container_agent,
                     cluster="c", containerInstance=arn)

    def test_a_signed_document_is_refused_for_nobody_here_could_check_it(self):
        with self.assertRaises(botocore.exceptions.ClientError) as said:
            self.register(instanceIdentityDocumentSignature="c2lnbmVk")
        self.assertIn("instanceIdentityDocumentSignature", str(said.exception))


if __name__ == "__main__":
    unittest.main()
