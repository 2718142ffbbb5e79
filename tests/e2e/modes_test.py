"""Network modes besides awsvpc, on one host: bridge with ports the host picks, host, none."""

import unittest

from cluster import Cluster, http_get, wait_for


class Modes(unittest.TestCase):
    """One cluster for the class, of one host; each test has tasks of its own."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster("modes", ec2=1, pool=0)
        cls.addClassCleanup(cls.cluster.down)
        cls.address = cls.cluster.show("address", "h1")

    def run_mode(self, definition):
        answer = self.cluster.ecs.run_task(cluster="modes", taskDefinition=definition,
                                           launchType="EC2")
        return answer["tasks"], answer["failures"]

    def bound_ports(self, name):
        """The host ports of a service's running tasks, as clients are told of them."""
        ports = {}
        for task in self.cluster.service_tasks(name):
            for binding in task["containers"][0]["networkBindings"]:
                self.assertEqual((binding["bindIP"], binding["containerPort"],
                                  binding["protocol"]), ("0.0.0.0", 80, "tcp"))
                ports[task["taskArn"]] = binding["hostPort"]
        return ports

    def test_a_service_twice_on_one_host_is_reached_by_the_ports_that_the_host_picked(self):
        definition = self.cluster.register("any-port", ["serve", "80"], mode="bridge",
                                           portMappings=[{"containerPort": 80}])
        shown = self.cluster.ecs.describe_task_definition(taskDefinition=definition)
        mapping = shown["taskDefinition"]["containerDefinitions"][0]["portMappings"][0]
        self.assertEqual(mapping["hostPort"], 0)
        self.cluster.ecs.create_service(cluster="modes", serviceName="any", desiredCount=2,
                                        taskDefinition=definition, launchType="EC2")
        self.cluster.await_stable("any")
        ports = self.bound_ports("any")
        self.assertEqual(len(set(ports.values())), 2, ports)
        for port in ports.values():
            self.assertTrue(49153 <= port <= 65535, ports)
            self.assertTrue(http_get(f"http://{self.address}:{port}/").startswith("hello from"))

        self.cluster.hosts("kill", "h1", "KILL")
        self.cluster.hosts("agent", "h1")
        for port in ports.values():
            self.assertTrue(http_get(f"http://{self.address}:{port}/").startswith("hello from"))
        self.cluster.ecs.update_service(cluster="modes", service="any", desiredCount=3)
        wait_for("a third task", 30, lambda: len(self.bound_ports("any")) == 3)
        after = self.bound_ports("any")
        self.assertEqual({arn: after[arn] for arn in ports}, ports, "the first two kept theirs")
        self.assertEqual(len(set(after.values())), 3, after)
        self.cluster.ecs.delete_service(cluster="modes", service="any", force=True)

    def test_a_host_mode_task_has_the_hosts_network_and_its_port_once(self):
        definition = self.cluster.register("own", ["serve", "8085"], mode="host",
                                           portMappings=[{"containerPort": 8085}])
        arn = self.run_mode(definition)[0][0]["taskArn"]
        task = self.cluster.await_status(arn, "RUNNING")
        self.assertEqual(task["containers"][0]["networkBindings"],
                         [{"bindIP": "0.0.0.0", "containerPort": 8085, "hostPort": 8085,
                           "protocol": "tcp"}])
        environment = wait_for("an answer", 10, lambda: http_get(
            f"http://{self.address}:8085/env"))
        # There is no namespace to tell tasks apart by, so there is nothing to ask.
        self.assertNotIn("ECS_CONTAINER_METADATA_URI", environment)
        tasks, failures = self.run_mode(definition)
        self.assertEqual((tasks, [failure["reason"] for failure in failures]),
                         ([], ["RESOURCE:PORTS"]))
        self.cluster.ecs.stop_task(cluster="modes", task=arn)
        self.cluster.await_status(arn, "STOPPED")

    def test_a_task_without_a_network_has_loopback_only_and_can_ask_for_its_metadata(self):
        asks = ('[ "$(ls /sys/class/net)" = lo ] && '
                'wget -q -O - "$ECS_CONTAINER_METADATA_URI_V4/task" | grep -q TaskARN')
        definition = self.cluster.register("alone", ["sh", "-c", asks], mode="none",
                                           image="busybox")
        arn = self.run_mode(definition)[0][0]["taskArn"]
        ended = self.cluster.await_status(arn, "STOPPED")
        self.assertEqual(ended["containers"][0]["exitCode"], 0, ended)
        self.assertEqual(ended["containers"][0]["networkBindings"], [])


if __name__ == "__main__":
    unittest.main()
