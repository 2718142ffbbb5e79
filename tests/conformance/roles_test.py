#!/usr/bin/python3
"""Tasks that call the API as their role: control as a process, an agent played here, boto3 signing
with nothing but what the agent was given.

    roles_test.py PATH-OF-ECS-CONTROL [unittest arguments]
"""

import configparser
import http.client
import json
import os
import secrets
import time
import unittest

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
from botocore.exceptions import ClientError

from process_test import BOUND_S, Control, WithDirectory, until

REGION = "us-east-1"


class Signed(Control):
    """Control with signatures on, and its first user."""

    def __init__(self, directory, *options):
        # The later of two is the one that counts.
        super().__init__(directory, "--auth", "sigv4", *options)

    def start(self):
        super().start()
        keys = configparser.ConfigParser()
        keys.read(os.path.join(self.directory, "credentials"))
        self.admin = (keys["default"]["aws_access_key_id"],
                      keys["default"]["aws_secret_access_key"], None)

    def ecs(self, keys):
        return boto3.client(
            "ecs", endpoint_url="http://" + self.address, region_name=REGION,
            aws_access_key_id=keys[0], aws_secret_access_key=keys[1], aws_session_token=keys[2],
            config=botocore.config.Config(retries={"max_attempts": 0}, proxies={}))

    def rest(self, method, path, body=None, keys=None):
        """Status and answer of a signed REST call."""
        text = "" if body is None else json.dumps(body)
        request = botocore.awsrequest.AWSRequest(
            method, f"http://{self.address}{path}", data=text,
            headers={"Content-Type": "application/json"})
        credentials = botocore.credentials.Credentials(*(keys or self.admin))
        botocore.auth.SigV4Auth(credentials, "ecs", REGION).add_auth(request)
        link = self.connection()
        link.request(method, path, text, dict(request.headers.items()))
        answer = link.getresponse()
        said = answer.read().decode()
        link.close()
        return answer.status, json.loads(said) if said.startswith("{") else said


class Agent:
    """What a host says and hears, without a host."""

    def __init__(self, control, cluster):
        self.control = control
        self.version = None
        self.report = 0
        self.secret = secrets.token_hex(32)
        _, token = control.rest("POST", "/v1/join-tokens", {"cluster": cluster})
        joined = self.post("/agent/v1/join", {
            "token": token["token"], "secret": self.secret, "cluster": cluster, "boot_id": "b",
            "inventory": {"cpu": 4096, "memory": 8192, "availability_zone": "us-east-1a",
                          "eni_capacity": 10, "address": "198.18.0.2"}})
        self.instance = joined["instance"]

    def post(self, path, body):
        link = http.client.HTTPConnection(self.control.address, timeout=BOUND_S)
        link.request("POST", path, json.dumps(body), {"Authorization": "Bearer " + self.secret})
        answer = link.getresponse()
        said = json.loads(answer.read())
        link.close()
        if answer.status != 200:
            raise AssertionError(f"{path}: {answer.status} {said}")
        return said

    def sync(self, tasks=(), hold_ms=0):
        self.report += 1
        answer = self.post("/agent/v1/sync", {
            "agent": self.instance, "boot_id": "b", "report_sequence": self.report,
            "tasks": list(tasks), "hold_ms": hold_ms,
            **({} if self.version is None else {"have_version": self.version})})
        self.version = answer["version"]
        return answer

    def say(self, task, status):
        return self.sync([{"id": task, "status": status, "containers": [
            {"name": "main", "status": "stopped" if status == "stopped" else "running"}]}])


class Roles(WithDirectory):
    def prepare(self, *options):
        control = Signed(self.data, *options)
        self.controls.append(control)
        ecs = control.ecs(control.admin)
        ecs.create_cluster(clusterName="c")
        self.assertEqual(control.rest("POST", "/v1/roles", {
            "roleName": "reader", "actions": ["ecs:Describe*", "ecs:ListTasks"]})[0], 200)
        ecs.register_task_definition(
            family="app", taskRoleArn="reader", containerDefinitions=[
                {"name": "main", "image": "app:1", "cpu": 64, "memory": 64}])
        return control, ecs

    def start(self, control, ecs, agent):
        """A running task, and what its host was told of its credentials."""
        answer = ecs.run_task(cluster="c", taskDefinition="app")
        self.assertEqual(answer["failures"], [])
        task = answer["tasks"][0]["taskArn"].split("/")[-1]
        told = until(lambda: agent.sync(hold_ms=1000).get("credentials"), "credentials")
        self.assertEqual([one["task"] for one in told], [task])
        agent.say(task, "running")
        return task, told[0]

    def keys(self, told):
        return told["access_key_id"], told["secret_access_key"], told["session_token"]

    def code(self, call, *arguments, **members):
        with self.assertRaises(ClientError) as refused:
            call(*arguments, **members)
        return refused.exception.response["Error"]

    def test_a_task_may_do_what_its_role_lists_and_nothing_else(self):
        control, ecs = self.prepare()
        agent = Agent(control, "c")
        task, told = self.start(control, ecs, agent)
        self.assertTrue(told["access_key_id"].startswith("ASIA"))
        mine = control.ecs(self.keys(told))
        shown = mine.describe_tasks(cluster="c", tasks=[task])["tasks"][0]
        self.assertEqual(shown["lastStatus"], "RUNNING")
        denied = self.code(mine.run_task, cluster="c", taskDefinition="app")
        self.assertEqual(denied["Code"], "AccessDeniedException")
        self.assertIn("ecs:RunTask", denied["Message"])
        self.assertIn("role reader", denied["Message"])
        self.assertIn(f"assumed-role/reader/{task}", denied["Message"])
        for method, path, body in (("GET", "/v1/bill", None), ("POST", "/v1/users",
                                   {"userName": "me"}), ("POST", "/v1/sessions", {}),
                                   ("POST", "/v1/join-tokens", {"cluster": "c"}),
                                   ("GET", "/v1/events?after=0&follow=false", None)):
            status, said = control.rest(method, path, body, self.keys(told))
            self.assertEqual((path, status, said["__type"]),
                             (path, 403, "AccessDeniedException"))
        status, said = control.rest("GET", f"/v1/tasks/{task}/logs?cluster=c", None,
                                    self.keys(told))
        self.assertEqual((status, said["__type"]), (403, "AccessDeniedException"))
        control.rest("PATCH", "/v1/roles/reader", {"actions": ["ecs:RegisterTaskDefinition"]})
        made = mine.register_task_definition(family="by-task", containerDefinitions=[
            {"name": "main", "image": "app:1", "memory": 64}])["taskDefinition"]
        self.assertEqual(made["registeredBy"],
                         f"arn:aws:sts::123456789012:assumed-role/reader/{task}")
        self.assertEqual(self.code(mine.describe_tasks, cluster="c", tasks=[task])["Code"],
                         "AccessDeniedException")

    def test_credentials_are_nothing_without_their_token_or_with_another(self):
        control, ecs = self.prepare()
        agent = Agent(control, "c")
        task, told = self.start(control, ecs, agent)
        _, other = self.start(control, ecs, agent)
        key, secret, token = self.keys(told)
        for keys, code in (
                ((key, secret, None), "UnrecognizedClientException"),
                ((key, secret, other["session_token"]), "UnrecognizedClientException"),
                ((key, other["secret_access_key"], token), "InvalidSignatureException"),
                ((key, secret, token[:-1] + ("0" if token[-1] != "0" else "1")),
                 "UnrecognizedClientException")):
            self.assertEqual(
                self.code(control.ecs(keys).describe_tasks, cluster="c", tasks=[task])["Code"],
                code)

    def test_credentials_die_with_their_task_and_with_their_role(self):
        control, ecs = self.prepare()
        agent = Agent(control, "c")
        first, first_told = self.start(control, ecs, agent)
        second, second_told = self.start(control, ecs, agent)
        ecs.stop_task(cluster="c", task=first)
        agent.say(first, "stopped")
        mine = control.ecs(self.keys(first_told))
        self.assertEqual(self.code(mine.describe_tasks, cluster="c", tasks=[first])["Code"],
                         "UnrecognizedClientException")
        theirs = control.ecs(self.keys(second_told))
        theirs.describe_tasks(cluster="c", tasks=[second])
        control.rest("DELETE", "/v1/roles/reader")
        self.assertEqual(self.code(theirs.describe_tasks, cluster="c", tasks=[second])["Code"],
                         "UnrecognizedClientException")
        control.rest("POST", "/v1/roles", {"roleName": "reader", "actions": ["*"]})
        self.assertEqual(self.code(theirs.describe_tasks, cluster="c", tasks=[second])["Code"],
                         "UnrecognizedClientException")
        anew = until(lambda: agent.sync(hold_ms=1000).get("credentials"), "credentials anew")
        control.ecs(self.keys(anew[0])).list_clusters()

    def test_credentials_are_good_in_the_next_process_and_told_to_their_host_only(self):
        control, ecs = self.prepare()
        agent, stranger = Agent(control, "c"), Agent(control, "c")
        tasks = {}
        for one in (agent, stranger):
            answer = ecs.start_task(cluster="c", taskDefinition="app",
                                    containerInstances=[one.instance])
            tasks[one.instance] = answer["tasks"][0]["taskArn"].split("/")[-1]
        told = {one.instance: one.sync()["credentials"] for one in (agent, stranger)}
        for instance, credentials in told.items():
            self.assertEqual([each["task"] for each in credentials], [tasks[instance]])
        keys = self.keys(told[agent.instance][0])
        control.kill()
        control.start()
        control.ecs(keys).describe_tasks(cluster="c", tasks=list(tasks.values()))
        for name in sorted(os.listdir(self.data)):
            with open(os.path.join(self.data, name), "rb") as file:
                text = file.read()
            for secret in keys[1:]:
                self.assertNotIn(secret.encode(), text, name)
        for secret in keys[1:]:
            self.assertNotIn(secret, control.said())

    def test_credentials_are_renewed_before_they_expire_and_the_old_ones_end(self):
        control, ecs = self.prepare("--task-credentials-life", "4")
        agent = Agent(control, "c")
        task, told = self.start(control, ecs, agent)
        begun = time.time()
        self.assertLessEqual(told["expires_at"] / 1000, begun + 4)
        renewed = until(lambda: agent.sync(hold_ms=1000).get("credentials"), "a renewal")[0]
        self.assertLess(time.time(), told["expires_at"] / 1000, "renewed too late")
        control.ecs(self.keys(told)).describe_tasks(cluster="c", tasks=[task])
        self.assertGreater(renewed["expires_at"], told["expires_at"])
        mine = control.ecs(self.keys(told))

        def ended():
            try:
                mine.describe_tasks(cluster="c", tasks=[task])
                return None
            except ClientError as error:
                return error.response["Error"]["Code"]

        self.assertEqual(until(ended, "the end of the old ones"), "ExpiredTokenException")

    def test_another_account_never_gets_them_and_its_things_are_out_of_reach(self):
        control, ecs = self.prepare()
        agent = Agent(control, "c")
        task, told = self.start(control, ecs, agent)
        control.rest("POST", "/v1/users", {"userName": "them", "account": "999999999999"})
        _, made = control.rest("POST", "/v1/keys", {"userName": "them", "account": "999999999999"})
        theirs = control.ecs((made["accessKey"]["accessKeyId"], made["secretAccessKey"], None))
        theirs.create_cluster(clusterName="c")
        refused = self.code(theirs.register_task_definition, family="thief",
                            taskRoleArn="arn:aws:iam::123456789012:role/reader",
                            containerDefinitions=[{"name": "main", "image": "x", "memory": 64}])
        self.assertEqual(refused["Code"], "ClientException")
        self.assertIn("Role is not valid", refused["Message"])
        self.assertEqual(theirs.describe_tasks(cluster="c", tasks=[task])["tasks"], [])
        self.assertEqual(control.ecs(self.keys(told)).list_tasks(cluster="c")["taskArns"][0]
                         .split("/")[-1], task)


if __name__ == "__main__":
    os.environ["NO_PROXY"] = "*"
    unittest.main(verbosity=2, warnings="ignore")
