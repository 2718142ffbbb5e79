#!/usr/bin/python3
"""What a task definition or an override says of containers reaches the host that runs them.

definition_members_test.py ECS-CONTROL ECSCTL BUILD

The host only pretends, so what it was told can be read member by member. What a container then has
of it is shown in tests/engine and tests/unit/agent_*.
"""

import unittest

import botocore.exceptions

from pretend_host import PretendHost
from signed_control import OPERATOR, WithControl, until

ROLE = f"arn:aws:iam::{OPERATOR}:role/"
SIDE = {"name": "side", "image": "side:1", "memory": 16, "essential": False,
        "healthCheck": {"command": ["CMD", "check"]}}
MAIN = {
    "name": "main", "image": "registry.test/web:2", "cpu": 100, "memory": 128,
    "memoryReservation": 80, "entryPoint": ["/entry"], "command": ["serve", "80"],
    "environment": [{"name": "MODE", "value": "test"}], "user": "7:8", "workingDirectory": "/work",
    "privileged": True, "readonlyRootFilesystem": True, "essential": True,
    "startTimeout": 33, "stopTimeout": 12, "dockerLabels": {"team": "blue"},
    "versionConsistency": "disabled",
    "dependsOn": [{"containerName": "side", "condition": "HEALTHY"}],
    "healthCheck": {"command": ["CMD-SHELL", "true"], "interval": 7, "timeout": 3, "retries": 2,
                    "startPeriod": 9},
    "restartPolicy": {"enabled": True, "ignoredExitCodes": [5], "restartAttemptPeriod": 77},
    "portMappings": [{"containerPort": 80, "hostPort": 8080, "protocol": "udp", "name": "web",
                      "appProtocol": "http2"}],
    "mountPoints": [{"sourceVolume": "own", "containerPath": "/own", "readOnly": True},
                    {"sourceVolume": "etc", "containerPath": "/host-etc", "readOnly": False}],
    "volumesFrom": [{"sourceContainer": "side", "readOnly": True}],
    "ulimits": [{"name": "nofile", "softLimit": 10, "hardLimit": 20}],
    "linuxParameters": {
        "capabilities": {"add": ["NET_ADMIN"], "drop": ["CHOWN"]},
        "devices": [{"hostPath": "/dev/fuse", "containerPath": "/dev/other",
                     "permissions": ["read"]}],
        "initProcessEnabled": True, "sharedMemorySize": 70, "maxSwap": 50, "swappiness": 30,
        "tmpfs": [{"containerPath": "/scratch", "size": 3, "mountOptions": ["noexec"]}]},
}
# The same as the host is told it.
TOLD = {
    "name": "main", "image": "registry.test/web:2", "cpu": 100, "memory": 128,
    "memory_reservation": 80, "entry_point": ["/entry"], "command": ["serve", "80"],
    "environment": [{"name": "MODE", "value": "test"}], "user": "7:8",
    "working_directory": "/work", "privileged": True, "readonly_root_filesystem": True,
    "essential": True, "start_timeout_ms": 33000, "stop_timeout_ms": 12000,
    "docker_labels": {"team": "blue"}, "version_consistency": "disabled",
    "depends_on": [{"container_name": "side", "condition": "healthy"}],
    "health_check": {"command": ["CMD-SHELL", "true"], "interval_ms": 7000, "timeout_ms": 3000,
                     "retries": 2, "start_period_ms": 9000},
    "restart_policy": {"enabled": True, "ignored_exit_codes": [5], "attempt_period_ms": 77000},
    "port_mappings": [{"container_port": 80, "host_port": 8080, "protocol": "udp", "name": "web",
                       "app_protocol": "http2"}],
    "mount_points": [{"source_volume": "own", "container_path": "/own", "read_only": True},
                     {"source_volume": "etc", "container_path": "/host-etc", "read_only": False}],
    "volumes_from": [{"source_container": "side", "read_only": True}],
    "ulimits": [{"name": "nofile", "soft": 10, "hard": 20}],
    "linux_parameters": {
        "capabilities_add": ["NET_ADMIN"], "capabilities_drop": ["CHOWN"],
        "devices": [{"host_path": "/dev/fuse", "container_path": "/dev/other",
                     "permissions": ["read"]}],
        "init_process_enabled": True, "shared_memory_size": 70, "max_swap": 50, "swappiness": 30,
        "tmpfs": [{"container_path": "/scratch", "size": 3, "mount_options": ["noexec"]}]},
}


class DefinitionMembers(WithControl):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ecs = cls.control.modelled()
        cls.ecs.create_cluster(clusterName="c")
        cls.host = PretendHost(cls.control, "c", memory=8192)
        cls.addClassCleanup(cls.host.leave)
        for role in ("app", "agent"):
            cls.control.ecsctl("role", "create", role)

    def define(self, family, *containers, **more):
        return self.ecs.register_task_definition(
            family=family, containerDefinitions=list(containers), **more)["taskDefinition"]

    def told(self, arn):
        """What the host was told of a task."""
        key = arn.rsplit("/", 1)[1]
        return until(lambda: self.host.tasks.get(key), "the task at its host")

    def run_one(self, family, **more):
        """A task as it is shown, and as its host was told of it."""
        answer = self.ecs.run_task(cluster="c", taskDefinition=family, **more)
        self.assertEqual(answer["failures"], [])
        task = answer["tasks"][0]
        told = self.told(task["taskArn"])
        self.ecs.stop_task(cluster="c", task=task["taskArn"])
        return task, told

    def refused(self, call, **given):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**given)
        return caught.exception.response["Error"]["Message"]

    def test_what_a_definition_says_of_a_container_is_shown_and_reaches_its_host(self):
        volumes = [{"name": "own", "host": {}}, {"name": "etc", "host": {"sourcePath": "/etc"}}]
        shown = self.define("whole", SIDE, MAIN, volumes=volumes, cpu="512", memory="1 GB",
                            taskRoleArn="app", executionRoleArn=ROLE + "agent",
                            networkMode="bridge")
        main = shown["containerDefinitions"][1]
        self.assertEqual({name: main.get(name) for name in MAIN}, MAIN)
        self.assertEqual(shown["volumes"], volumes)
        self.assertEqual((shown["family"], shown["revision"], shown["networkMode"]),
                         ("whole", 1, "bridge"))
        self.assertEqual((shown["cpu"], shown["memory"]), ("512", "1024"))
        self.assertEqual((shown["taskRoleArn"], shown["executionRoleArn"]),
                         (ROLE + "app", ROLE + "agent"))

        task, told = self.run_one("whole")
        self.assertEqual([each["name"] for each in task["containers"]], ["side", "main"])
        self.assertEqual([each["definition"]["name"] for each in told["containers"]],
                         ["side", "main"])
        self.assertIs(told["containers"][0]["definition"]["essential"], False)
        self.assertEqual(told["containers"][1]["definition"], TOLD)
        self.assertEqual(told["volumes"], [{"name": "own"},
                                           {"name": "etc", "source_path": "/etc"}])
        self.assertEqual((told["family"], told["revision"], told["network_mode"]),
                         ("whole", 1, "bridge"))
        self.assertEqual((told["cpu_limit"], told["memory_limit"]), (512, 1024))
        self.assertEqual((told["task_role_arn"], told["execution_role_arn"]),
                         (ROLE + "app", ROLE + "agent"))

    def test_a_soft_limit_is_what_placement_counts(self):
        soft = {"name": "main", "image": "web:1", "memoryReservation": 100}
        self.define("soft", soft)
        self.define("soft-and-hard", {**soft, "memory": 9000})
        self.define("hard", {"name": "main", "image": "web:1", "memory": 9000})
        self.define("too-soft", {**soft, "memoryReservation": 9000})
        self.run_one("soft")
        self.run_one("soft-and-hard")
        for family in ("hard", "too-soft"):
            answer = self.ecs.run_task(cluster="c", taskDefinition=family)
            self.assertEqual([each["reason"] for each in answer["failures"]], ["RESOURCE:MEMORY"])

    def test_a_definition_must_satisfy_the_launch_types_that_it_requires(self):
        plain = {"name": "main", "image": "web:1", "memory": 16}
        self.assertEqual(self.define("ec2", plain, requiresCompatibilities=["EC2"])
                         ["requiresCompatibilities"], ["EC2"])
        self.assertIn("Fargate", self.refused(
            self.define_refused, containers=[plain], requiresCompatibilities=["FARGATE"]))

    def define_refused(self, containers, **more):
        return self.ecs.register_task_definition(
            family="refused", containerDefinitions=containers, **more)

    def test_a_definition_is_for_the_platform_that_hosts_have(self):
        plain = {"name": "main", "image": "web:1", "memory": 16}
        platform = {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}
        self.assertEqual(self.define("here", plain, runtimePlatform=platform)["runtimePlatform"],
                         platform)
        for other in ({"cpuArchitecture": "ARM64"},
                      {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}):
            said = self.refused(self.define_refused, containers=[plain], runtimePlatform=other)
            self.assertIn("runtimePlatform." + next(iter(other)), said)

    def test_an_expression_binds_a_definition_whether_memberOf_is_said_or_not(self):
        plain = {"name": "main", "image": "web:1", "memory": 16}
        for family, more in (("said", {"type": "memberOf"}), ("unsaid", {})):
            for expression, started in (("agentConnected == true", 1),
                                        ("attribute:stack == prod", 0)):
                shown = self.define(family, plain, placementConstraints=[
                    {"expression": expression, **more}])["placementConstraints"]
                self.assertEqual(shown, [{"type": "memberOf", "expression": expression}])
                answer = self.ecs.run_task(cluster="c", taskDefinition=family)
                self.assertEqual(len(answer["tasks"]), started, expression)
        self.assertIn("placementConstraints[0].type", self.refused(
            self.define_refused, containers=[plain], placementConstraints=[
                {"type": "distinctInstance", "expression": "agentConnected == true"}]))

    def test_overrides_are_shown_and_reach_the_host_in_place_of_the_definition(self):
        self.define("over", {"name": "main", "image": "web:1", "memory": 64, "cpu": 10,
                             "command": ["old"]}, {**SIDE, "name": "beside"})
        container = {"name": "main", "command": ["new"], "cpu": 20, "memory": 256,
                     "memoryReservation": 128, "environment": [{"name": "A", "value": "b"}]}
        overrides = {"containerOverrides": [container], "cpu": "1024", "memory": "2048",
                     "taskRoleArn": ROLE + "app", "executionRoleArn": ROLE + "agent"}
        for start in (lambda: self.run_one("over", overrides=overrides),
                      lambda: self.start_one("over", overrides=overrides)):
            task, told = start()
            shown = {each["name"]: each for each in task["overrides"]["containerOverrides"]}
            self.assertEqual({name: shown["main"].get(name) for name in container}, container)
            for name in ("cpu", "memory", "taskRoleArn", "executionRoleArn"):
                self.assertEqual(task["overrides"][name], overrides[name])
            self.assertEqual((task["cpu"], task["memory"]), ("1024", "2048"))
            definition = told["containers"][0]["definition"]
            self.assertEqual(
                {name: definition[name] for name in ("command", "cpu", "memory",
                                                     "memory_reservation", "environment")},
                {"command": ["new"], "cpu": 20, "memory": 256, "memory_reservation": 128,
                 "environment": [{"name": "A", "value": "b"}]})
            self.assertEqual(told["containers"][1]["definition"]["memory"], 16)
            self.assertEqual((told["cpu_limit"], told["memory_limit"]), (1024, 2048))
            self.assertEqual((told["task_role_arn"], told["execution_role_arn"]),
                             (ROLE + "app", ROLE + "agent"))

    def start_one(self, family, **more):
        answer = self.ecs.start_task(cluster="c", taskDefinition=family,
                                     containerInstances=[self.host.instance], **more)
        self.assertEqual(answer["failures"], [])
        task = answer["tasks"][0]
        told = self.told(task["taskArn"])
        self.ecs.stop_task(cluster="c", task=task["taskArn"])
        return task, told


if __name__ == "__main__":
    unittest.main()
