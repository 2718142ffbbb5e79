"""Clusters, hosts and definitions for the tests of members: what is different when one is said."""

import json

import botocore.exceptions

from pretend_host import PretendHost
from signed_control import WithControl, until

PLAIN = {"name": "main", "image": "web:1", "cpu": 16, "memory": 16}


def tag(key, value):
    return {"key": key, "value": value}


class MemberStage(WithControl):
    """Two hosts in "c", one in "default" and two of the pool, all of which run what they are told."""

    @classmethod
    def options(cls):
        return ("--healthy-after", "0")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ecs = cls.control.modelled()
        for cluster in ("default", "c", "elsewhere"):
            cls.ecs.create_cluster(clusterName=cluster)
        cls.first, cls.second = (
            PretendHost(cls.control, "c", zone=zone, address=f"198.18.0.{last}")
            for last, zone in ((2, "us-east-1a"), (3, "us-east-1b")))
        cls.default = PretendHost(cls.control, "default", address="198.18.0.4")
        cls.pool = PretendHost(cls.control, pool=True, address="198.18.0.5")
        cls.far_pool = PretendHost(cls.control, pool=True, address="198.18.0.6",
                                   zone="us-east-1b")
        for host in (cls.first, cls.second, cls.default, cls.pool, cls.far_pool):
            cls.addClassCleanup(host.leave)
        cls.define("web", tags=[tag("of", "definition")])
        cls.define("job", networkMode="awsvpc", cpu="256", memory="512",
                   requiresCompatibilities=["FARGATE"])
        cls.subnets = {each["availabilityZone"]: each["subnetId"] for each in json.loads(
            cls.control.ecsctl("subnets", "--output", "json"))["subnets"]}

    @classmethod
    def define(cls, family, **more):
        return cls.ecs.register_task_definition(
            family=family, containerDefinitions=[PLAIN], **more)["taskDefinition"]

    @classmethod
    def network(cls, zone="us-east-1a"):
        return {"awsvpcConfiguration": {"subnets": [cls.subnets[zone]]}}

    def refusal(self, call, **given):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**given)
        return caught.exception.response["Error"]

    def code(self, call, **given):
        return self.refusal(call, **given)["Code"]

    def run_task(self, **given):
        answer = self.ecs.run_task(**{"cluster": "c", "taskDefinition": "web", **given})
        self.assertEqual(answer["failures"], [])
        return answer["tasks"]

    def tags_of(self, task, cluster="c"):
        found = self.ecs.describe_tasks(cluster=cluster, tasks=[task["taskArn"]],
                                        include=["TAGS"])["tasks"][0]
        return {each["key"]: each["value"] for each in found["tags"]}

    def service(self, name, **given):
        return self.ecs.create_service(**{"cluster": "c", "serviceName": name, "desiredCount": 0,
                                          "taskDefinition": "web", **given})["service"]

    def described(self, name, cluster="c", **given):
        found = self.ecs.describe_services(cluster=cluster, services=[name], **given)
        self.assertEqual(found["failures"], [])
        return found["services"][0]

    def tasks_of(self, service, count, cluster="c"):
        """The tasks of a service, once there are so many and all run."""
        def running():
            arns = self.ecs.list_tasks(cluster=cluster, serviceName=service)["taskArns"]
            if len(arns) != count:
                return None
            found = self.ecs.describe_tasks(cluster=cluster, tasks=arns, include=["TAGS"])["tasks"]
            return found if all(each["lastStatus"] == "RUNNING" for each in found) else None
        return until(running, f"{count} tasks of {service}")
