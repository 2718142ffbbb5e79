#!/usr/bin/python3
"""What the AWS provider of Terraform calls, in its order, and what it looks at in the answers.

terraform_test.py ECS-CONTROL ECSCTL BUILD

Terraform itself is no package of Debian's. Each test is the life of one kind of resource as the
provider leads it: create, wait, read, update, read, delete. A second read has to say what was asked
for, or every plan would show a difference.
"""

import json
import unittest

import botocore.exceptions

from pretend_host import PretendHost
from signed_control import OPERATOR, WithControl, until

TAGS = [{"key": "team", "value": "blue"}]


class Terraform(WithControl):
    @classmethod
    def options(cls):
        return ("--healthy-after", "0")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ecs = cls.control.modelled()
        cls.ecs.create_cluster(clusterName="hosts")
        cls.hosts = [PretendHost(cls.control, "hosts", address=f"198.18.0.{last}", zone=zone)
                     for last, zone in ((2, "us-east-1a"), (3, "us-east-1b"))]
        for host in cls.hosts:
            cls.addClassCleanup(host.leave)

    def code(self, call):
        with self.assertRaises(botocore.exceptions.ClientError) as refused:
            call()
        return refused.exception.response["Error"]["Code"]

    # --- aws_ecs_cluster ----------------------------------------------------------------------------

    def cluster(self, arn):
        """How the provider reads a cluster, and polls its status."""
        found = self.ecs.describe_clusters(
            clusters=[arn], include=["TAGS", "CONFIGURATIONS", "SETTINGS"])
        self.assertEqual(found["failures"], [])
        return found["clusters"][0]

    def test_aws_ecs_cluster(self):
        settings = [{"name": "containerInsights", "value": "enabled"}]
        made = self.ecs.create_cluster(clusterName="tf", settings=settings, tags=TAGS)["cluster"]
        read = self.cluster(made["clusterArn"])
        self.assertEqual((read["status"], read["settings"], read["tags"]),
                         ("ACTIVE", settings, TAGS))
        for value in ("disabled", "enhanced"):
            changed = [{"name": "containerInsights", "value": value}]
            self.ecs.update_cluster(cluster=made["clusterArn"], settings=changed)
            self.assertEqual(self.cluster(made["clusterArn"])["settings"], changed)
        configuration = {"executeCommandConfiguration": {"logging": "DEFAULT"}}
        self.ecs.update_cluster(cluster=made["clusterArn"], configuration=configuration)
        self.assertEqual(self.cluster(made["clusterArn"])["configuration"], configuration)

        self.ecs.tag_resource(resourceArn=made["clusterArn"],
                              tags=[{"key": "stage", "value": "test"}])
        self.ecs.untag_resource(resourceArn=made["clusterArn"], tagKeys=["team"])
        self.assertEqual(self.cluster(made["clusterArn"])["tags"],
                         [{"key": "stage", "value": "test"}])

        self.ecs.create_service(cluster="tf", serviceName="in-the-way", desiredCount=0,
                                taskDefinition=self.definition("in-the-way"))
        self.assertEqual(self.code(lambda: self.ecs.delete_cluster(cluster=made["clusterArn"])),
                         "ClusterContainsServicesException")
        self.ecs.delete_service(cluster="tf", service="in-the-way")
        until(lambda: self.service_of("tf", "in-the-way")["status"] == "INACTIVE", "no service")
        self.ecs.delete_cluster(cluster=made["clusterArn"])
        self.assertEqual(self.cluster(made["clusterArn"])["status"], "INACTIVE")

    # --- aws_ecs_task_definition --------------------------------------------------------------------

    def definition(self, family, **container):
        return self.ecs.register_task_definition(family=family, containerDefinitions=[
            {"name": "main", "image": "web:1", "cpu": 16, "memory": 16, **container}],
            tags=TAGS)["taskDefinition"]["taskDefinitionArn"]

    def same_for_the_provider(self, asked, read):
        """The provider compares container definitions after taking defaults out of both."""
        def bare(containers):
            plain = []
            for container in containers:
                kept = {name: value for name, value in container.items()
                        if value not in (None, [], {}, "")}
                kept["essential"] = kept.get("essential", True)
                if kept.get("cpu") == 0:
                    del kept["cpu"]
                for mapping in kept.get("portMappings", []):
                    if mapping.get("protocol") == "tcp":
                        del mapping["protocol"]
                    if mapping.get("hostPort") in (0, mapping["containerPort"]):
                        mapping.pop("hostPort", None)
                kept["environment"] = sorted(
                    (each for each in kept.get("environment", [])), key=lambda each: each["name"])
                plain.append(kept)
            return sorted(plain, key=lambda each: each["name"])
        self.assertEqual(bare(json.loads(json.dumps(asked))), bare(json.loads(json.dumps(read))))

    def test_aws_ecs_task_definition(self):
        asked = [
            {"name": "web", "image": "web:1", "cpu": 16, "memory": 64, "memoryReservation": 32,
             "portMappings": [{"containerPort": 80}, {"containerPort": 53, "protocol": "udp"}],
             "environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
             "command": ["serve"], "stopTimeout": 5, "dockerLabels": {"a": "b"},
             "ulimits": [{"name": "nofile", "softLimit": 10, "hardLimit": 20}],
             "healthCheck": {"command": ["CMD", "check"], "interval": 30, "timeout": 5,
                             "retries": 3},
             "dependsOn": [{"containerName": "init", "condition": "SUCCESS"}]},
            {"name": "init", "image": "init:1", "memory": 16, "essential": False},
        ]
        answer = self.ecs.register_task_definition(
            family="tf", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256",
            memory="512", containerDefinitions=asked, tags=TAGS,
            runtimePlatform={"operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"})
        arn = answer["taskDefinition"]["taskDefinitionArn"]
        for name in (arn, "tf", "tf:1"):
            found = self.ecs.describe_task_definition(taskDefinition=name, include=["TAGS"])
            read = found["taskDefinition"]
            self.assertEqual(found["tags"], TAGS)
            self.assertEqual((read["family"], read["revision"], read["status"]), ("tf", 1, "ACTIVE"))
            self.assertEqual((read["networkMode"], read["cpu"], read["memory"]),
                             ("awsvpc", "256", "512"))
            self.assertEqual(read["requiresCompatibilities"], ["FARGATE"])
            self.assertEqual((read["volumes"], read["placementConstraints"]), ([], []))
            self.same_for_the_provider(asked, read["containerDefinitions"])
            self.assertEqual(read["containerDefinitions"],
                             answer["taskDefinition"]["containerDefinitions"])

        again = self.ecs.register_task_definition(family="tf", containerDefinitions=asked)
        self.assertEqual(again["taskDefinition"]["revision"], 2)
        self.ecs.deregister_task_definition(taskDefinition=arn)
        gone = self.ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        self.assertEqual(gone["status"], "INACTIVE")

    # --- aws_ecs_task_set ---------------------------------------------------------------------------

    def test_aws_ecs_task_set(self):
        definition = self.definition("tf-set")
        service = self.ecs.create_service(
            cluster="hosts", serviceName="tf-sets", desiredCount=2, propagateTags="NONE",
            deploymentController={"type": "EXTERNAL"}, schedulingStrategy="REPLICA",
            deploymentConfiguration={"maximumPercent": 200, "minimumHealthyPercent": 100},
        )["service"]
        read = self.service_of("hosts", service["serviceArn"])
        self.assertEqual(read["deploymentController"], {"type": "EXTERNAL"})
        self.assertEqual((read["deployments"], read["taskSets"]), ([], []))
        where = {"cluster": "hosts", "service": service["serviceArn"]}
        made = self.ecs.create_task_set(
            **where, taskDefinition=definition, scale={"value": 50.0, "unit": "PERCENT"},
            externalId="tf", launchType="EC2", tags=TAGS, clientToken="terraform-2")["taskSet"]
        again = self.ecs.create_task_set(
            **where, taskDefinition=definition, scale={"value": 50.0, "unit": "PERCENT"},
            externalId="tf", launchType="EC2", tags=TAGS, clientToken="terraform-2")["taskSet"]
        self.assertEqual(again["id"], made["id"])

        def shown():
            found = self.ecs.describe_task_sets(**where, taskSets=[made["id"]], include=["TAGS"])
            self.assertEqual(found["failures"], [])
            return found["taskSets"][0]

        until(lambda: shown()["stabilityStatus"] == "STEADY_STATE", "a stable task set")
        read = shown()
        self.assertEqual((read["taskDefinition"], read["launchType"], read["externalId"]),
                         (definition, "EC2", "tf"))
        self.assertEqual(read["scale"], {"value": 50.0, "unit": "PERCENT"})
        self.assertNotIn("startedBy", read)  # only CodeDeploy fills it
        self.assertEqual((read["loadBalancers"], read["serviceRegistries"], read["tags"]),
                         ([], [], TAGS))
        self.assertEqual((read["computedDesiredCount"], read["runningCount"]), (1, 1))
        self.assertEqual(self.ecs.list_tags_for_resource(resourceArn=made["taskSetArn"])["tags"],
                         TAGS)
        self.ecs.update_task_set(**where, taskSet=made["id"],
                                 scale={"value": 100.0, "unit": "PERCENT"})
        until(lambda: shown()["runningCount"] == 2, "a scaled task set")
        self.ecs.delete_task_set(**where, taskSet=made["id"], force=True)
        until(lambda: not self.ecs.describe_task_sets(**where, taskSets=[made["id"]])["taskSets"],
              "the end of the task set")
        self.ecs.delete_service(cluster="hosts", service=service["serviceArn"], force=True)

    # --- aws_ecs_service ----------------------------------------------------------------------------

    def service_of(self, cluster, name):
        found = self.ecs.describe_services(cluster=cluster, services=[name], include=["TAGS"])
        self.assertEqual(found["failures"], [])
        return found["services"][0]

    def await_steady_state(self, cluster, name, after):
        """As `wait_for_steady_state = true` does: by the deployment that belongs to the primary."""
        service = self.service_of(cluster, name)
        self.assertEqual(service["deploymentController"], {"type": "ECS"})
        primary = next(each for each in service["deployments"] if each["status"] == "PRIMARY")
        prefix, digits = primary["id"].split("/")
        self.assertEqual((prefix, digits.isdigit()), ("ecs-svc", True))

        def brief():
            listed = self.ecs.list_service_deployments(
                cluster=cluster, service=name, createdAt={"after": after})["serviceDeployments"]
            return next((each for each in listed if digits in each["targetServiceRevisionArn"]),
                        None)

        arn = until(brief, "a deployment of the primary's revision")["serviceDeploymentArn"]

        def finished():
            found = self.ecs.describe_service_deployments(serviceDeploymentArns=[arn])
            deployment = found["serviceDeployments"][0]
            self.assertNotIn(deployment["status"], ("STOPPED", "ROLLBACK_FAILED",
                                                    "ROLLBACK_SUCCESSFUL"),
                             deployment.get("statusReason"))
            return deployment["status"] == "SUCCESSFUL"

        until(finished, "a successful deployment")

    def test_aws_ecs_service(self):
        asked = {"desiredCount": 2, "launchType": "EC2",
                 "deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100},
                 "placementConstraints": [], "placementStrategy": [],
                 "schedulingStrategy": "REPLICA", "enableECSManagedTags": False,
                 "propagateTags": "NONE"}
        first, second = self.definition("tf-service"), self.definition("tf-service", cpu=32)
        begun = self.now()
        made = self.ecs.create_service(cluster="hosts", serviceName="tf", taskDefinition=first,
                                       clientToken="terraform-1", tags=TAGS, **asked)["service"]
        again = self.ecs.create_service(cluster="hosts", serviceName="tf", taskDefinition=first,
                                        clientToken="terraform-1", tags=TAGS, **asked)["service"]
        self.assertEqual(again["serviceArn"], made["serviceArn"])
        self.await_steady_state("hosts", "tf", begun)

        read = self.service_of("hosts", made["serviceArn"])
        for name, value in asked.items():
            if isinstance(value, dict):
                self.assertLessEqual(value.items(), read[name].items())
            else:
                self.assertEqual(read[name], value, name)
        self.assertEqual((read["taskDefinition"], read["tags"], read["status"]),
                         (first, TAGS, "ACTIVE"))
        self.assertEqual(len(read["deployments"]), 1)

        begun = self.now()
        self.ecs.update_service(cluster="hosts", service="tf", taskDefinition=second,
                                desiredCount=3)
        self.await_steady_state("hosts", "tf", begun)
        read = self.service_of("hosts", "tf")
        self.assertEqual((read["taskDefinition"], read["runningCount"]), (second, 3))

        self.ecs.update_service(cluster="hosts", service="tf", desiredCount=0)
        self.ecs.delete_service(cluster="hosts", service="tf")
        until(lambda: self.service_of("hosts", "tf")["status"] == "INACTIVE", "no service")

    def now(self):
        """The instant of control's last answer, by which the provider remembers when it began."""
        return self.ecs.list_clusters()["ResponseMetadata"]["HTTPHeaders"]["date"]

    # --- aws_ecs_cluster_capacity_providers, aws_ecs_capacity_provider -----------------------------

    def providers(self, **what):
        found, token = [], {}
        while True:
            page = self.ecs.describe_capacity_providers(include=["TAGS"], **what, **token)
            found += page["capacityProviders"]
            if not page.get("nextToken"):
                return found
            token = {"nextToken": page["nextToken"]}

    def test_aws_ecs_capacity_provider_and_those_of_a_cluster(self):
        group = ("arn:aws:autoscaling:us-east-1:" + OPERATOR +
                 ":autoScalingGroup:00000000-0000-0000-0000-000000000000:"
                 "autoScalingGroupName/group")
        scaling = {"status": "ENABLED", "targetCapacity": 80, "minimumScalingStepSize": 1,
                   "maximumScalingStepSize": 10, "instanceWarmupPeriod": 300}
        made = self.ecs.create_capacity_provider(
            name="tf", tags=TAGS, autoScalingGroupProvider={
                "autoScalingGroupArn": group, "managedScaling": scaling,
                "managedTerminationProtection": "DISABLED"})["capacityProvider"]
        arn = made["capacityProviderArn"]
        read = self.providers(capacityProviders=[arn])[0]
        self.assertEqual((read["status"], read["tags"]), ("ACTIVE", TAGS))
        provider = read["autoScalingGroupProvider"]
        self.assertEqual((provider["autoScalingGroupArn"], provider["managedScaling"],
                          provider["managedTerminationProtection"], provider["managedDraining"]),
                         (group, scaling, "DISABLED", "ENABLED"))
        self.ecs.update_capacity_provider(name="tf", autoScalingGroupProvider={
            "managedScaling": {**scaling, "targetCapacity": 100}})
        read = until(lambda: next((each for each in self.providers(capacityProviders=[arn])
                                   if each.get("updateStatus") == "UPDATE_COMPLETE"), None),
                     "an update that is complete")
        self.assertEqual(
            read["autoScalingGroupProvider"]["managedScaling"]["targetCapacity"], 100)

        self.ecs.create_cluster(clusterName="tf-providers")
        strategy = [{"capacityProvider": "FARGATE", "weight": 1, "base": 2}]
        self.ecs.put_cluster_capacity_providers(
            cluster="tf-providers", capacityProviders=["FARGATE", "FARGATE_SPOT"],
            defaultCapacityProviderStrategy=strategy)
        cluster = self.cluster("tf-providers")
        self.assertEqual(sorted(cluster["capacityProviders"]), ["FARGATE", "FARGATE_SPOT"])
        self.assertEqual(cluster["defaultCapacityProviderStrategy"], strategy)
        self.ecs.put_cluster_capacity_providers(
            cluster="tf-providers", capacityProviders=["tf"], defaultCapacityProviderStrategy=[])
        self.assertEqual(self.cluster("tf-providers")["capacityProviders"], ["tf"])
        self.ecs.put_cluster_capacity_providers(
            cluster="tf-providers", capacityProviders=[], defaultCapacityProviderStrategy=[])
        self.ecs.delete_cluster(cluster="tf-providers")

        self.ecs.delete_capacity_provider(capacityProvider=arn)
        until(lambda: all(each["status"] == "INACTIVE"
                          for each in self.providers(capacityProviders=[arn])), "no provider")
        self.assertIn("FARGATE", [each["name"] for each in self.providers()])


if __name__ == "__main__":
    unittest.main()
