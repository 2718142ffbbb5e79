"""What a user of ECS does in a first hour, with Debian's unmodified aws command."""

import json
import os
import subprocess
import unittest

from cluster import BIN, HOSTS, Cluster, answers, detail, http_get, private_address, wait_for


class Journey(unittest.TestCase):
    """One cluster for the class; each test has services and tasks of its own."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster("journey", auth="sigv4")
        cls.addClassCleanup(cls.cluster.down)
        cls.aws = cls.cluster.aws
        cls.cluster.open_to_everybody()

    def register(self, family, **definition):
        """register-task-definition through the aws command, as from a file."""
        text = json.dumps({"family": family, **definition})
        answer = self.aws("register-task-definition", "--cli-input-json", text)
        return answer["taskDefinition"]["taskDefinitionArn"]

    def subnets(self):
        subnets = ",".join(sorted(self.cluster.default_subnets().values()))
        return f"subnets=[{subnets}]"

    def test_a_service_on_hosts_becomes_stable_rolls_to_a_new_revision_and_goes(self):
        created = self.aws("create-cluster", "--cluster-name", "journey")
        self.assertEqual(created["cluster"]["status"], "ACTIVE")
        self.assertEqual(created["cluster"]["registeredContainerInstancesCount"], 2)
        containers = [{"name": "web", "image": self.cluster.image("probe"),
                       "command": ["serve", "80"], "memory": 64, "essential": True,
                       "portMappings": [{"containerPort": 80, "hostPort": 8081}],
                       "environment": [{"name": "GREETING", "value": "first"}]}]
        first = self.register("web", networkMode="bridge", containerDefinitions=containers)
        self.assertTrue(first.endswith("task-definition/web:1"), first)
        service = self.aws("create-service", "--cluster", "journey", "--service-name", "web",
                           "--task-definition", "web", "--desired-count", "2",
                           "--launch-type", "EC2", "--deployment-configuration",
                           "minimumHealthyPercent=50,maximumPercent=100")["service"]
        self.assertEqual((service["status"], service["desiredCount"]), ("ACTIVE", 2))
        self.cluster.await_stable("web")
        self.aws("wait", "services-stable", "--cluster", "journey", "--services", "web")

        addresses = [self.cluster.show("address", host) for host in ("h1", "h2")]
        for address in addresses:
            self.assertTrue(http_get(f"http://{address}:8081/").startswith("first"))
        hosts = {task["containerInstanceArn"] for task in self.cluster.service_tasks("web")}
        self.assertEqual(len(hosts), 2, "one task on each host")

        containers[0]["environment"][0]["value"] = "second"
        second = self.register("web", networkMode="bridge", containerDefinitions=containers)
        rolled = self.aws("update-service", "--cluster", "journey", "--service", "web",
                          "--task-definition", second)["service"]
        self.assertEqual(len(rolled["deployments"]), 2)
        self.cluster.await_stable("web")
        self.aws("wait", "services-stable", "--cluster", "journey", "--services", "web")
        for address in addresses:
            self.assertTrue(http_get(f"http://{address}:8081/").startswith("second"))
        told = [event["message"] for event in self.cluster.service("web")["events"]]
        self.assertTrue(any("has reached a steady state" in message for message in told), told)

        self.aws("delete-service", "--cluster", "journey", "--service", "web", "--force")
        wait_for("web INACTIVE", 60, lambda: self.cluster.service("web")["status"] == "INACTIVE")
        self.aws("wait", "services-inactive", "--cluster", "journey", "--services", "web")
        self.assertIsNone(answers(f"http://{addresses[0]}:8081/"))

    def test_a_pool_task_has_its_own_interface_and_answers_at_its_public_address(self):
        self.register("hello", networkMode="awsvpc", requiresCompatibilities=["FARGATE"],
                      cpu="256", memory="512", containerDefinitions=[
                          {"name": "main", "image": self.cluster.image("probe"),
                           "command": ["serve", "80"]}])
        ran = self.aws("run-task", "--cluster", "journey", "--task-definition", "hello",
                       "--launch-type", "FARGATE", "--network-configuration",
                       f"awsvpcConfiguration={{{self.subnets()},assignPublicIp=ENABLED}}")
        self.assertEqual(ran["failures"], [])
        arn = ran["tasks"][0]["taskArn"]
        self.cluster.await_status(arn, "RUNNING")
        self.aws("wait", "tasks-running", "--cluster", "journey", "--tasks", arn)
        task = self.aws("describe-tasks", "--cluster", "journey", "--tasks", arn)["tasks"][0]

        attachment = task["attachments"][0]
        self.assertEqual(attachment["type"], "ElasticNetworkInterface")
        self.assertEqual(attachment["status"], "ATTACHED")
        self.assertRegex(detail(attachment, "networkInterfaceId"), r"^eni-[0-9a-f]{17}$")
        self.assertRegex(detail(attachment, "macAddress"), r"^0a:")
        self.assertIn(detail(attachment, "subnetId"), self.cluster.default_subnets().values())
        self.assertEqual(task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"],
                         private_address(task))
        public = self.public_address(arn)
        self.assertRegex(public, r"^198\.19\.")
        self.assertTrue(http_get(f"http://{public}/").startswith("hello from"))

        self.aws("stop-task", "--cluster", "journey", "--task", arn, "--reason", "seen enough")
        self.cluster.await_status(arn, "STOPPED")
        self.aws("wait", "tasks-stopped", "--cluster", "journey", "--tasks", arn)
        stopped = self.cluster.task(arn)
        self.assertEqual((stopped["stopCode"], stopped["stoppedReason"]),
                         ("UserInitiated", "seen enough"))
        self.assertIsNone(answers(f"http://{public}/"))

    def public_address(self, arn):
        attachment = self.cluster.task(arn)["attachments"][0]
        public = detail(attachment, "publicIPv4Address")
        self.assertIsNotNone(public, f"no public address among {attachment['details']}")
        return public

    def test_tasks_on_different_hosts_reach_each_other_by_private_address(self):
        definition = self.cluster.register("talk", ["serve", "80"], "FARGATE")
        arns = self.cluster.run(definition, public="ENABLED", count=2)
        tasks = [self.cluster.await_status(arn, "RUNNING") for arn in arns]
        publics = [self.public_address(arn) for arn in arns]
        # Each pool host has a sixteenth of 198.19.n.0/24: the ranges tell the hosts apart.
        ranges = {int(address.split(".")[3]) // 16 for address in publics}
        self.assertEqual(len(ranges), 2, f"both tasks on one host: {publics}")
        for asked, other in ((0, 1), (1, 0)):
            target = f"http://{private_address(tasks[other])}/healthz"
            said = wait_for("an answer from the other task", 10, lambda: (
                lambda body: body if "ok" in body else None)(
                    http_get(f"http://{publics[asked]}/fetch?{target}")))
            self.assertIn("200", said)

    def test_a_host_task_with_an_interface_reaches_a_pool_task_by_its_private_address(self):
        pool = self.cluster.run(self.cluster.register("far", ["serve", "80"], "FARGATE"))[0]
        target = private_address(self.cluster.await_status(pool, "RUNNING"))
        asks = self.cluster.register("asks", ["get", f"http://{target}/healthz"])
        arn = self.cluster.run(asks, "EC2")[0]
        ended = self.cluster.await_status(arn, "STOPPED")
        self.assertEqual(ended["containers"][0]["exitCode"], 0, ended)
        self.assertEqual(ended["stopCode"], "EssentialContainerExited")

    def test_metadata_answers_inside_a_task_and_speaks_of_that_task(self):
        definition = self.cluster.register("meta", ["serve", "80"], "FARGATE")
        arn = self.cluster.run(definition, public="ENABLED")[0]
        self.cluster.await_status(arn, "RUNNING")
        public = self.public_address(arn)
        environment = dict(line.split("=", 1) for line in
                           http_get(f"http://{public}/env").splitlines() if "=" in line)
        uri = environment["ECS_CONTAINER_METADATA_URI_V4"]
        self.assertTrue(uri.startswith("http://169.254.170.2/v4/"), uri)
        said = http_get(f"http://{public}/fetch?{uri}/task")
        body = json.loads(said[said.index("{"):])
        self.assertEqual(body["TaskARN"], arn)
        self.assertEqual(body["LaunchType"], "FARGATE")

    def test_a_host_without_a_good_token_is_refused_and_says_why(self):
        self.cluster.hosts("add", "x1")
        data = os.path.join(self.cluster.directory, "x1")
        spent = os.path.join(self.cluster.directory, "spent.token")
        with open(spent, "w") as file:
            file.write("0" * 64 + "\n")
        with open(os.path.join(self.cluster.directory, "control.listen")) as file:
            control = "http://" + file.read().split()[1]

        def agent(*options):
            return subprocess.run(
                [HOSTS, "in", self.cluster.directory, "x1", os.path.abspath(
                    os.path.join(BIN, "ecs-agent")), *options, "--data", data],
                text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
                check=False)

        try:
            for options, words in (((), "ecsctl token create --cluster"),
                                   (("--token-file", spent), "was used before, or has expired")):
                ended = agent("--control", control, "--cluster", "journey", "--address",
                              self.cluster.show("address", "x1"), *options)
                self.assertEqual(ended.returncode, 3, ended.stdout)
                self.assertIn(words, ended.stdout)
                self.assertNotIn("0" * 64, ended.stdout)
        finally:
            self.assertEqual(agent("cleanup").returncode, 0)
        hosts = self.cluster.ecs.list_container_instances(cluster="journey")
        self.assertEqual(len(hosts["containerInstanceArns"]), 2)


if __name__ == "__main__":
    unittest.main()
