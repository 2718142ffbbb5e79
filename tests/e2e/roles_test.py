"""Tasks call the API as their role, with nothing but what they find in their own namespace."""

import json
import os
import subprocess
import unittest

import boto3
import botocore.config
from botocore.exceptions import ClientError

from cluster import BIN, Cluster, detail, http_get, private_address, wait_for

ENDPOINT = "http://169.254.170.2"
VARIABLE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="


class Roles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster("roles", auth="sigv4",
                              control_options=("--task-credentials-life", "20"))
        cls.addClassCleanup(cls.cluster.down)
        cls.cluster.open_to_everybody()
        cls.ecsctl("role", "create", "reader", "--allow", "ecs:Describe*", "--allow",
                   "ecs:ListTasks")
        cls.definitions = {
            kind: cls.cluster.ecs.register_task_definition(
                family=kind.lower(), networkMode="awsvpc", requiresCompatibilities=[kind],
                cpu="256", memory="512", taskRoleArn="reader", executionRoleArn="reader",
                containerDefinitions=[{"name": "main", "command": ["serve", "80"],
                                       "image": cls.cluster.image("probe")}])[
                "taskDefinition"]["taskDefinitionArn"] for kind in ("FARGATE", "EC2")}

    @classmethod
    def ecsctl(cls, *arguments):
        return subprocess.run([os.path.join(BIN, "ecsctl"), "--endpoint", cls.cluster.endpoint,
                               *arguments], env=cls.cluster.surroundings(), text=True,
                              timeout=60, check=True, stdout=subprocess.PIPE).stdout

    def start(self, kind, public="DISABLED"):
        """A running task: its ARN, and what its ENI's attachment says."""
        arn = self.cluster.run(self.definitions[kind], kind, public)[0]
        task = self.cluster.await_status(arn, "RUNNING")
        return arn, task

    def page(self, base, path):
        """What the probe behind `base` answers, its own HTTP head or that of what it fetched off."""
        return wait_for(f"{base}{path}", 20, lambda: self.try_page(base + path))

    def try_page(self, url):
        try:
            return http_get(url)
        except OSError:
            return None

    def fetched(self, base, path):
        """Status and body of what the probe finds at its own endpoint."""
        answer = self.page(base, f"/fetch?{ENDPOINT}{path}")
        status = [line for line in answer.splitlines() if line.startswith("HTTP/1.1")][-1]
        return int(status.split()[1]), json.loads(answer.rsplit("\r\n\r\n", 1)[1])

    def path_of(self, base):
        for line in self.page(base, "/env").splitlines():
            if line.startswith(VARIABLE):
                return line.removeprefix(VARIABLE)
        raise AssertionError(f"the container is not told of {VARIABLE}")

    def client(self, found):
        return boto3.client(
            "ecs", endpoint_url=self.cluster.endpoint, region_name="us-east-1",
            aws_access_key_id=found["AccessKeyId"], aws_session_token=found["Token"],
            aws_secret_access_key=found["SecretAccessKey"],
            config=botocore.config.Config(retries={"max_attempts": 0}, proxies={}))

    def refusal(self, call, **members):
        with self.assertRaises(ClientError) as refused:
            call(**members)
        return refused.exception.response["Error"]["Code"]

    def check_calls(self, found, arn):
        """What the role lists can be done, what it does not cannot."""
        self.assertTrue(found["RoleArn"].endswith(":role/reader"))
        mine = self.client(found)
        shown = mine.describe_tasks(cluster="roles", tasks=[arn])["tasks"]
        self.assertEqual([task["taskArn"] for task in shown], [arn])
        self.assertEqual(self.refusal(mine.stop_task, cluster="roles", task=arn),
                         "AccessDeniedException")

    def public(self, task):
        return "http://" + detail(task["attachments"][0], "publicIPv4Address")

    def test_tasks_of_the_pool_and_of_hosts_call_as_their_role(self):
        pool, shown = self.start("FARGATE", "ENABLED")
        base = self.public(shown)
        path = self.path_of(base)
        status, found = self.fetched(base, path)
        self.assertEqual(status, 200)
        self.check_calls(found, pool)

        host, neighbour = self.start("EC2")
        beyond = f"{base}/fetch?http://{private_address(neighbour)}"
        their_path = self.path_of(beyond)
        status, theirs = self.fetched(beyond, their_path)
        self.assertEqual(status, 200)
        self.check_calls(theirs, host)

        # Neither finds what is the other's, however well it guesses.
        self.assertNotEqual(path, their_path)
        for asked, other in ((base, their_path), (beyond, path)):
            status, said = self.fetched(asked, other)
            self.assertEqual((status, said["code"]), (404, "InvalidIdInRequest"))

    def test_credentials_are_new_before_they_expire_and_die_with_their_task(self):
        arn, shown = self.start("FARGATE", "ENABLED")
        base = self.public(shown)
        path = self.path_of(base)
        first = self.fetched(base, path)[1]

        def renewed():
            found = self.fetched(base, path)[1]
            return found if found["AccessKeyId"] != first["AccessKeyId"] else None

        second = wait_for("a renewal", 30, renewed)
        self.assertGreater(second["Expiration"], first["Expiration"])
        self.check_calls(second, arn)
        self.cluster.ecs.stop_task(cluster="roles", task=arn)
        self.cluster.await_status(arn, "STOPPED")
        self.assertEqual(self.refusal(self.client(second).describe_tasks, cluster="roles",
                                      tasks=[arn]), "UnrecognizedClientException")

    def test_an_agent_that_was_killed_serves_the_credentials_of_its_tasks_again(self):
        _, shown = self.start("FARGATE", "ENABLED")
        base = self.public(shown)
        path = self.path_of(base)
        self.assertEqual(self.fetched(base, path)[0], 200)
        for name in ("p1", "p2"):
            self.cluster.hosts("kill", name, "KILL")
            self.cluster.hosts("agent", name)
        wait_for("credentials from the next agent", 30,
                 lambda: (self.try_page(f"{base}/fetch?{ENDPOINT}{path}") or "")
                 .startswith("HTTP/1.1 200"))
        for name in ("p1", "p2"):
            for folder, _, files in os.walk(os.path.join(self.cluster.directory, name)):
                for file in (file for file in files if file.startswith("agent.db")):
                    with open(os.path.join(folder, file), "rb") as checkpoint:
                        self.assertNotIn(b"ASIA", checkpoint.read(), file)

    def test_a_host_that_was_deregistered_ends_its_agent_and_its_cluster_can_go(self):
        ecs = self.cluster.ecs
        arns = ecs.list_container_instances(cluster="roles")["containerInstanceArns"]
        gone = ecs.deregister_container_instance(cluster="roles", containerInstance=arns[0],
                                                 force=True)["containerInstance"]
        self.assertEqual(gone["status"], "INACTIVE")
        wait_for("one host fewer", 20, lambda: len(ecs.list_container_instances(
            cluster="roles")["containerInstanceArns"]) == len(arns) - 1)
        logs = [os.path.join(self.cluster.directory, name)
                for name in os.listdir(self.cluster.directory) if name.endswith(".log")]
        wait_for("the agent's last words", 20, lambda: any(
            "was deregistered" in open(log, errors="replace").read() for log in logs))


if __name__ == "__main__":
    unittest.main()
