"""A host whose tasks run in Docker: a service in each network mode, and an agent that is killed."""

import json
import subprocess
import unittest

import moved_tag
from cluster import Cluster, http_get, private_address, wait_for


class Docker(unittest.TestCase):
    """One cluster for the class: a host with a Docker of its own, and an agent that uses it."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster("docker", ec2=0, pool=0)
        cls.addClassCleanup(cls.cluster.down)
        cls.cluster.hosts("add", "h1")
        cls.socket = cls.cluster.hosts("docker", "h1").splitlines()[-1]
        cls.cluster.hosts("agent", "h1", "--cluster", "docker", "--cpu", "2048", "--memory", "4096",
                          "--engine", "docker", "--docker-socket", cls.socket)
        cls.cluster.await_hosts(1)
        cls.address = cls.cluster.show("address", "h1")

    def service(self, name, definition, count, **more):
        self.cluster.ecs.create_service(cluster="docker", serviceName=name, desiredCount=count,
                                        taskDefinition=definition, launchType="EC2", **more)
        self.addCleanup(lambda: self.cluster.ecs.delete_service(
            cluster="docker", service=name, force=True))
        self.cluster.await_stable(name, 120)
        return self.cluster.service_tasks(name)

    def containers(self):
        """What Docker itself says is running: id and start of each container."""
        said = subprocess.run(["curl", "-fsS", "--unix-socket", self.socket,
                               "http://docker/containers/json"], check=True, text=True,
                              capture_output=True, timeout=30).stdout
        return {one["Id"]: one["Names"][0] for one in json.loads(said)}

    def test_services_outlive_an_agent_that_is_killed_and_none_is_restarted(self):
        bridge = self.cluster.register("bridge", ["serve", "80"], mode="bridge",
                                       portMappings=[{"containerPort": 80}])
        own = self.cluster.register("own", ["serve", "80"])
        bridged = self.service("bridge", bridge, 2)
        with_interface = self.service(
            "own", own, 1, networkConfiguration=self.cluster.network())
        ports = [task["containers"][0]["networkBindings"][0]["hostPort"] for task in bridged]
        self.assertEqual(len(set(ports)), 2, ports)
        for port in ports:
            self.assertTrue(http_get(f"http://{self.address}:{port}/").startswith("hello from"))
        target = f"http://{private_address(with_interface[0])}/healthz"
        asks = self.cluster.register("asks", ["get", target])
        ended = self.cluster.await_status(self.cluster.run(asks, "EC2")[0], "STOPPED", 60)
        self.assertEqual(ended["containers"][0]["exitCode"], 0, ended)

        before = wait_for("only the services", 30, lambda: (
            lambda now: now if len(now) == 6 else None)(self.containers()))
        self.assertEqual(sum(name.startswith("/ecs-main-") for name in before.values()), 3, before)
        tasks = {task["taskArn"]: task["startedAt"] for task in bridged + with_interface}
        self.cluster.hosts("kill", "h1", "KILL")
        for port in ports:
            self.assertTrue(http_get(f"http://{self.address}:{port}/").startswith("hello from"))
        self.cluster.hosts("agent", "h1")
        # An agent that is back is one that does what it is told.
        again = self.cluster.await_status(self.cluster.run(asks, "EC2")[0], "STOPPED", 60)
        self.assertEqual(again["containers"][0]["exitCode"], 0, again)
        wait_for("only the services", 30, lambda: self.containers() == before)
        now = self.cluster.service_tasks("bridge") + self.cluster.service_tasks("own")
        self.assertEqual({task["taskArn"]: task["startedAt"] for task in now}, tasks)
        for task in now:
            self.assertEqual(task["lastStatus"], "RUNNING")

    def test_a_task_that_stops_leaves_nothing_in_docker_but_can_still_be_read(self):
        definition = self.cluster.register("says", ["lines", "3", "20"])
        arn = self.cluster.run(definition, "EC2")[0]
        ended = self.cluster.await_status(arn, "STOPPED", 60)
        self.assertEqual(ended["containers"][0]["exitCode"], 0, ended)
        self.assertEqual(ended["stopCode"], "EssentialContainerExited")
        task = arn.rsplit("/", 1)[1]
        wait_for("its containers gone", 30, lambda: not any(
            "says" in name for name in self.containers().values()))
        said = self.cluster.ecsctl("logs", task, "--cluster", "docker")
        self.assertEqual(len(said.splitlines()), 3, said)

    def test_a_tag_that_moves_changes_a_deployment_only_as_a_whole(self):
        moved_tag.try_it(self, self.cluster)

    def test_an_image_that_is_not_there_is_refused_in_ecs_words(self):
        definition = self.cluster.register("absent", ["serve"], image="nothing-here")
        ended = self.cluster.await_status(self.cluster.run(definition, "EC2")[0], "STOPPED", 60)
        self.assertEqual(ended["stopCode"], "TaskFailedToStart")
        self.assertTrue(ended["stoppedReason"].startswith(
            "CannotPullContainerError: Error response from daemon: "), ended["stoppedReason"])


if __name__ == "__main__":
    unittest.main()
