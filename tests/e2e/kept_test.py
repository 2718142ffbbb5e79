"""How a task's containers are kept: health checks, order by health, restarts, volumes."""

import json
import os
import shutil
import tempfile
import unittest

from cluster import Cluster, wait_for


class Kept(unittest.TestCase):
    """One cluster for the class; each test has services and tasks of its own."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster("kept", ec2=1, pool=1)
        cls.addClassCleanup(cls.cluster.down)
        # Hosts of a test have networks of their own and this machine's files.
        cls.shared = tempfile.mkdtemp(prefix="stowage-kept-")
        cls.addClassCleanup(shutil.rmtree, cls.shared, ignore_errors=True)

    def register(self, family, containers, **definition):
        """Registers containers of the busybox image; the definition's ARN."""
        for container in containers:
            container["image"] = self.cluster.image("busybox")
        return self.cluster.ecs.register_task_definition(
            family=family, networkMode="awsvpc", cpu="256", memory="512",
            containerDefinitions=containers, **definition)["taskDefinition"]["taskDefinitionArn"]

    def shell(self, name, line, **more):
        return {"name": name, "command": ["sh", "-c", line], **more}

    def test_an_unhealthy_task_of_a_service_is_replaced_until_one_is_healthy(self):
        definition = self.register("checked", [self.shell(
            "main", "exec sleep 1000", mountPoints=[
                {"sourceVolume": "flag", "containerPath": "/flag", "readOnly": True}],
            healthCheck={"command": ["CMD-SHELL", "test -e /flag/well"],
                         "interval": 5, "retries": 1})],
            volumes=[{"name": "flag", "host": {"sourcePath": self.shared}}])
        self.cluster.ecs.create_service(
            cluster="kept", serviceName="checked", taskDefinition=definition, desiredCount=1,
            launchType="EC2", networkConfiguration=self.cluster.network())
        self.addCleanup(lambda: self.cluster.ecs.delete_service(
            cluster="kept", service="checked", force=True))
        first = wait_for("a first task", 30, lambda: self.cluster.service_tasks("checked"))[0]
        ended = self.cluster.await_status(first["taskArn"], "STOPPED", 90)
        self.assertEqual(ended["stoppedReason"], "Task failed container health checks")
        with open(os.path.join(self.shared, "well"), "w", encoding="ascii"):
            pass
        well = wait_for("a healthy task", 60, lambda: [
            task for task in self.cluster.service_tasks("checked")
            if task["healthStatus"] == "HEALTHY"])[0]
        self.assertNotEqual(well["taskArn"], first["taskArn"])
        self.assertEqual(well["containers"][0]["healthStatus"], "HEALTHY")

    def test_a_container_waits_until_the_one_it_depends_on_is_healthy(self):
        definition = self.register("ordered", [
            self.shell("db", "sleep 6; touch /ready; exec sleep 1000", essential=True,
                       healthCheck={"command": ["CMD", "test", "-e", "/ready"], "interval": 5}),
            self.shell("web", "exec sleep 1000", dependsOn=[
                {"containerName": "db", "condition": "HEALTHY"}])],
            requiresCompatibilities=["FARGATE"])
        arn = self.cluster.run(definition)[0]
        self.addCleanup(lambda: self.cluster.ecs.stop_task(cluster="kept", task=arn))

        def running():
            task = self.cluster.task(arn)
            named = {container["name"]: container for container in task["containers"]}
            if named["web"]["lastStatus"] == "RUNNING":
                self.assertEqual(named["db"]["healthStatus"], "HEALTHY", task)
            return task if task["lastStatus"] == "RUNNING" else None
        task = wait_for("the task RUNNING", 60, running)
        self.assertEqual(task["healthStatus"], "HEALTHY")

    def test_a_container_is_restarted_inside_its_task(self):
        out = os.path.join(self.shared, "restarts")
        definition = self.register("again", [self.shell(
            "main", "echo x >> /runs; test $(wc -l < /runs) = 1 && { sleep 61; exit 1; }; "
                    "wget -qO /out/new $ECS_CONTAINER_METADATA_URI_V4; mv /out/new /out/document; "
                    "exec sleep 1000",
            mountPoints=[{"sourceVolume": "out", "containerPath": "/out"}],
            restartPolicy={"enabled": True, "restartAttemptPeriod": 60})],
            volumes=[{"name": "out", "host": {"sourcePath": out}}])
        arn = self.cluster.run(definition, "EC2")[0]
        self.addCleanup(lambda: self.cluster.ecs.stop_task(cluster="kept", task=arn))
        before = self.cluster.await_status(arn, "RUNNING")
        document = os.path.join(out, "document")
        wait_for("the second run", 120, lambda: os.path.exists(document), every=1)
        with open(document, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["RestartCount"], 1)
        after = self.cluster.task(arn)
        self.assertEqual(after["lastStatus"], "RUNNING")
        self.assertEqual(after["startedAt"], before["startedAt"])
        self.assertEqual([c["runtimeId"] for c in after["containers"]],
                         [c["runtimeId"] for c in before["containers"]])

    def test_containers_share_a_volume_that_goes_with_their_task(self):
        definition = self.register("shared", [
            self.shell("writer", "echo hello > /a/note", essential=False, mountPoints=[
                {"sourceVolume": "scratch", "containerPath": "/a"}]),
            self.shell("reader", "test $(cat /a/note) = hello && ! touch /a/other", dependsOn=[
                {"containerName": "writer", "condition": "SUCCESS"}],
                volumesFrom=[{"sourceContainer": "writer", "readOnly": True}])],
            volumes=[{"name": "scratch", "host": {}}], requiresCompatibilities=["FARGATE"])
        ended = self.cluster.await_status(self.cluster.run(definition)[0], "STOPPED", 60)
        codes = {container["name"]: container["exitCode"] for container in ended["containers"]}
        self.assertEqual(codes, {"writer": 0, "reader": 0})

    def test_what_the_pool_must_not_have_is_refused_by_name(self):
        for wish, said in (({"privileged": True}, "privileged"),
                           ({"linuxParameters": {"devices": [{"hostPath": "/dev/kmsg"}]}},
                            "devices")):
            with self.assertRaises(self.cluster.ecs.exceptions.ClientException) as refused:
                self.register("greedy", [self.shell("main", "true", **wish)],
                              requiresCompatibilities=["FARGATE"])
            self.assertIn(said, str(refused.exception))


if __name__ == "__main__":
    unittest.main()
