"""What goes wrong says so in ECS's words, so that a user knows what to mend."""

import unittest

from cluster import Cluster, describe, wait_for


class Refused(unittest.TestCase):
    """One small cluster: an EC2-mode host and a pool host."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster("refused", ec2=1, pool=1, cpu=1024, memory=2048)
        cls.addClassCleanup(cls.cluster.down)
        cls.ecs = cls.cluster.ecs

    def ended(self, definition, launch_type="FARGATE"):
        arn = self.cluster.run(definition, launch_type)[0]
        return wait_for("STOPPED", 60, lambda: (lambda task: task if task["lastStatus"] == "STOPPED"
                                                else None)(self.cluster.task(arn)))

    def test_an_image_that_does_not_exist(self):
        task = self.ended(self.cluster.register("gone", [], "FARGATE",
                                                image=self.cluster.image("nowhere")))
        self.assertEqual(task["stopCode"], "TaskFailedToStart", describe(task))
        self.assertIn("CannotPullContainerError",
                      task["stoppedReason"] + task["containers"][0].get("reason", ""))
        self.assertIn("nowhere", describe(task))

    def test_a_command_that_does_not_exist(self):
        task = self.ended(self.cluster.register("typo", [], "FARGATE",
                                                entryPoint=["/no/such/program"]))
        self.assertEqual(task["stopCode"], "TaskFailedToStart", describe(task))
        self.assertIn("CannotStartContainerError", describe(task))
        self.assertIn("/no/such/program", describe(task))

    def test_a_port_that_is_taken(self):
        definition = self.cluster.register(
            "port", ["serve", "80"], mode="bridge",
            portMappings=[{"containerPort": 80, "hostPort": 8090}])
        first = self.ecs.run_task(cluster="refused", taskDefinition=definition, launchType="EC2")
        self.assertEqual(first["failures"], [])
        second = self.ecs.run_task(cluster="refused", taskDefinition=definition, launchType="EC2")
        self.assertEqual(second["tasks"], [])
        self.assertEqual(second["failures"][0]["reason"], "RESOURCE:PORTS")
        self.ecs.stop_task(cluster="refused", task=first["tasks"][0]["taskArn"])

    def test_more_memory_than_any_host_has(self):
        definition = self.cluster.register("huge", ["serve", "80"], memory="16384")
        answer = self.ecs.run_task(cluster="refused", taskDefinition=definition, launchType="EC2",
                                   networkConfiguration=self.cluster.network())
        self.assertEqual(answer["tasks"], [])
        self.assertEqual(answer["failures"][0]["reason"], "RESOURCE:MEMORY")

    def test_more_memory_than_its_limit_kills_a_task_and_says_so(self):
        task = self.ended(self.cluster.register("eater", ["eat", "2000"], "FARGATE"))
        self.assertEqual(task["stopCode"], "EssentialContainerExited", describe(task))
        self.assertEqual(task["containers"][0]["exitCode"], 137, describe(task))
        self.assertIn("OutOfMemoryError", task["containers"][0]["reason"])

    def test_a_fargate_size_that_does_not_exist(self):
        with self.assertRaises(self.ecs.exceptions.ClientException) as caught:
            self.cluster.register("odd", ["serve", "80"], "FARGATE", cpu="256", memory="16384")
        self.assertIn("CPU", str(caught.exception).upper())
        self.assertIn("memory", str(caught.exception).lower())

    def test_a_service_that_cannot_be_placed_says_why_in_its_events(self):
        definition = self.cluster.register("wide", ["serve", "80"], memory="16384")
        self.ecs.create_service(cluster="refused", serviceName="wide", taskDefinition=definition,
                                desiredCount=1, launchType="EC2",
                                networkConfiguration=self.cluster.network())
        self.addCleanup(lambda: self.ecs.delete_service(cluster="refused", service="wide",
                                                        force=True))
        message = wait_for("an event that says why", 20, lambda: next(
            (event["message"] for event in self.cluster.service("wide")["events"]
             if "unable to place a task" in event["message"]), None))
        self.assertIn("memory", message.lower())

    def test_the_container_that_exits_decides_how_its_task_ended(self):
        task = self.ended(self.cluster.register("ends", ["exit", "3"], "FARGATE"))
        self.assertEqual(task["stopCode"], "EssentialContainerExited", describe(task))
        self.assertEqual(task["stoppedReason"], "Essential container in task exited")
        self.assertEqual(task["containers"][0]["exitCode"], 3)


if __name__ == "__main__":
    unittest.main()
