"""How a task's containers are kept: health checks, order by health, restarts, volumes."""

import json
import os
import shutil
import tempfile
import unittest
import urllib.error
import urllib.request

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
        """Registers containers of the busybox image; the definition's ARN, or the refusal's text.

        Not through boto3: Debian's knows no restartPolicy.
        """
        for container in containers:
            container["image"] = self.cluster.image("busybox")
        body = {"family": family, "networkMode": "awsvpc", "cpu": "256", "memory": "512",
                "containerDefinitions": containers, **definition}
        request = urllib.request.Request(
            self.cluster.endpoint + "/v1/task-definitions", json.dumps(body).encode(),
            {"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=10) as answer:
                return json.load(answer)["taskDefinition"]["taskDefinitionArn"]
        except urllib.error.HTTPError as refusal:
            return refusal.read().decode()

    def shell(self, name, line, **more):
        return {"name": name, "command": ["sh", "-c", line], **more}

    def test_an_unhealthy_task_of_a_service_is_replaced_by_one_that_is_healthy(self):
        # The first to come is never well; whoever comes later is.
        definition = self.register("checked", [self.shell(
            "main", "mkdir /shared/first || touch /well; exec sleep 1000", mountPoints=[
                {"sourceVolume": "shared", "containerPath": "/shared"}],
            healthCheck={"command": ["CMD-SHELL", "test -e /well"], "interval": 5, "retries": 1})],
            volumes=[{"name": "shared", "host": {"sourcePath": self.shared}}])
        self.cluster.ecs.create_service(
            cluster="kept", serviceName="checked", taskDefinition=definition, desiredCount=1,
            launchType="EC2", networkConfiguration=self.cluster.network())
        self.addCleanup(lambda: self.cluster.ecs.delete_service(
            cluster="kept", service="checked", force=True))
        first = wait_for("a first task", 30, lambda: self.cluster.service_tasks("checked"))[0]
        wait_for("the first task UNHEALTHY", 60, lambda: self.cluster.task(
            first["taskArn"])["healthStatus"] == "UNHEALTHY")
        ended = self.cluster.await_status(first["taskArn"], "STOPPED", 120)
        self.assertEqual(ended["stoppedReason"], "Task failed container health checks")
        well = self.cluster.service_tasks("checked")
        self.assertEqual([task["healthStatus"] for task in well], ["HEALTHY"])
        self.assertEqual(well[0]["containers"][0]["healthStatus"], "HEALTHY")

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
            refused = self.register("greedy", [self.shell("main", "true", **wish)],
                                    requiresCompatibilities=["FARGATE"])
            self.assertIn("ClientException", refused)
            self.assertIn(said, refused)


if __name__ == "__main__":
    unittest.main()
