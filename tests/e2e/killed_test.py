"""kill -9 of agents and of control, under tasks that run."""

import json
import unittest

from cluster import Cluster, wait_for


class Killed(unittest.TestCase):
    """Each test hurts the cluster and sees it whole again before it ends."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster("killed", ec2=1, pool=1)
        cls.addClassCleanup(cls.cluster.down)

    def setUp(self):
        self.name = self.id().rsplit(".", 1)[1][-20:].replace("_", "-").strip("-")

    def service_and_task(self):
        """A service of two on the host and a pool task; their ARNs once all run."""
        web = self.cluster.register(f"web-{self.name}", ["serve", "80"])
        self.cluster.ecs.create_service(
            cluster="killed", serviceName=self.name, taskDefinition=web, desiredCount=2,
            launchType="EC2", networkConfiguration=self.cluster.network())
        self.addCleanup(lambda: self.cluster.ecs.delete_service(
            cluster="killed", service=self.name, force=True))
        pool = self.cluster.run(
            self.cluster.register(f"pool-{self.name}", ["serve", "80"], "FARGATE"))[0]
        self.addCleanup(lambda: self.cluster.ecs.stop_task(cluster="killed", task=pool))
        self.cluster.await_status(pool, "RUNNING")
        self.cluster.await_stable(self.name)
        return sorted(task["taskArn"] for task in self.cluster.service_tasks(self.name)) + [pool]

    def snapshot(self, arns):
        """What must not change: which containers run, and since when."""
        tasks = self.cluster.ecs.describe_tasks(cluster="killed", tasks=arns)["tasks"]
        return sorted((task["taskArn"], task["lastStatus"], task["startedAt"],
                       tuple(c["runtimeId"] for c in task["containers"])) for task in tasks)

    def test_an_agent_that_is_killed_finds_its_tasks_running_and_restarts_none(self):
        arns = self.service_and_task()
        before = self.snapshot(arns)
        for host in ("h1", "p1"):
            self.cluster.hosts("kill", host, "KILL")
            self.cluster.hosts("agent", host)
        # An agent that is back is one that does what it is told: a new task runs on each host.
        for launch_type in ("EC2", "FARGATE"):
            definition = self.cluster.register(f"again-{launch_type}", ["serve", "80"], launch_type)
            arn = self.cluster.run(definition, launch_type)[0]
            self.cluster.await_status(arn, "RUNNING")
            self.cluster.ecs.stop_task(cluster="killed", task=arn)
        self.assertEqual(self.snapshot(arns), before)
        running = {task["taskArn"] for task in self.cluster.service_tasks(self.name)}
        self.assertEqual(running, set(arns[:2]), "the service needed no other task")

    def test_a_task_that_ends_while_its_agent_is_dead_is_reported_when_the_agent_is_back(self):
        definition = self.cluster.register("brief", ["burn", "3000"], "FARGATE")
        arn = self.cluster.run(definition)[0]
        self.cluster.await_status(arn, "RUNNING")
        self.cluster.hosts("kill", "p1", "KILL")
        # Nobody can tell from outside when it has ended: the agent comes back either way.
        self.cluster.hosts("agent", "p1")
        ended = self.cluster.await_status(arn, "STOPPED")
        self.assertEqual(ended["containers"][0]["exitCode"], 0, ended)

    def test_control_that_is_killed_comes_back_with_the_same_tasks_service_and_bill(self):
        arns = self.service_and_task()
        ended = self.cluster.run(
            self.cluster.register("paid", ["exit", "0"], "FARGATE"))[0]
        self.cluster.await_status(ended, "STOPPED")
        line = wait_for("the ended task on the bill", 20, lambda: self.bill_of(ended))
        before = self.snapshot(arns)
        deployment = self.cluster.service(self.name)["deployments"][0]["id"]

        self.cluster.hosts("kill", "control", "KILL")
        self.cluster.hosts("control")
        self.assertEqual(self.snapshot(arns), before)
        self.assertEqual(self.cluster.service(self.name)["deployments"][0]["id"], deployment)
        self.assertEqual(self.bill_of(ended), line)
        # And it goes on: the agents found it again.
        arn = self.cluster.run(self.cluster.register("after", ["serve", "80"], "FARGATE"))[0]
        self.cluster.await_status(arn, "RUNNING")
        self.cluster.ecs.stop_task(cluster="killed", task=arn)
        self.assertEqual(self.snapshot(arns), before)

    def bill_of(self, arn):
        """The bill's lines of one task; nothing while it has none."""
        bill = self.cluster.rest("/v1/bill")
        lines = [line for line in bill["lines"] if line["taskArn"] == arn]
        return sorted(lines, key=json.dumps) or None


if __name__ == "__main__":
    unittest.main()
