#!/usr/bin/python3
"""Every error that an operation declares is caused here, or a reason says why nobody meets it.

errors_test.py ECS-CONTROL ECSCTL BUILD

An operation or an error that is added to the API without a case or a reason fails a test.
"""

import collections
import json
import unittest

import botocore.exceptions

from model import Model
from pretend_host import PretendHost
from signed_control import BUILD, OPERATOR, TARGET, WithControl, until

NOBODY = "f" * 32
# Declared, because clients know them, and met by nobody.
NEVER = {
    **{(operation, "NamespaceNotFoundException"):
       "there are no namespaces: a member that names one is refused"
       for operation in ("CreateCluster", "UpdateCluster", "CreateService", "UpdateService",
                         "StartTask", "CreateTaskSet")},
    "UpdateInProgressException": "a change is complete when it is answered",
    "BlockedException": "no account is ever blocked",
    "ServerException": "what fails is the store, and process_test fills its disk",
    "PlatformTaskDefinitionIncompatibilityException":
        "every platform version runs every definition that FARGATE takes",
    **{(operation + "TaskSet", "LimitExceededException"): "a set that is there may always change"
       for operation in ("Update", "Delete")},
    ("RegisterTaskDefinition", "LimitExceededException"): "a family may have any number of revisions",
    ("CreateCapacityProvider", "LimitExceededException"):
        "an account may have any number of capacity providers",
    **{(operation + "CapacityProvider", "ClusterNotFoundException"):
       "its cluster, which only a provider of managed instances has, is refused by name"
       for operation in ("Create", "Update", "Delete")},
    ("DescribeServiceDeployments", "ServiceNotFoundException"): "what is not there is a failure",
    ("DescribeServiceDeployments", "ClusterNotFoundException"): "what is not there is a failure",
    ("DescribeServiceRevisions", "ServiceNotFoundException"): "what is not there is a failure",
    ("DescribeServiceRevisions", "ClusterNotFoundException"): "what is not there is a failure",
    **{(operation + "TaskProtection", "ResourceNotFoundException"): "what is not there is a failure"
       for operation in ("Get", "Update")},
}


class Errors(WithControl):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = Model(BUILD, {
            "settings": [{"name": "containerInsights", "value": "enabled"}],
            "tags": [{"key": "a", "value": "b"}]})
        cls.ecs = cls.control.modelled(parameter_validation=False)
        cls.ecs.create_cluster(clusterName="c")
        cls.host = PretendHost(cls.control, "c")
        cls.addClassCleanup(cls.host.leave)
        cls.control.ecsctl("role", "create", "cashier", "--allow", "ecs:ExecuteCommand")
        cls.ecs.register_task_definition(
            family="web", taskRoleArn=f"arn:aws:iam::{OPERATOR}:role/cashier",
            containerDefinitions=[{"name": "main", "image": "web:1", "cpu": 16, "memory": 16}])
        cls.ecs.register_task_definition(
            family="pool", networkMode="awsvpc", cpu="256", memory="512",
            requiresCompatibilities=["FARGATE"],
            containerDefinitions=[{"name": "main", "image": "web:1"}])
        subnets = json.loads(cls.control.ecsctl("subnets", "--output", "json"))["subnets"]
        cls.network = {"awsvpcConfiguration": {"subnets": [each["subnetId"] for each in subnets]}}
        cls.service = cls.ecs.create_service(cluster="c", serviceName="s", taskDefinition="web",
                                             desiredCount=1)["service"]["serviceArn"]
        cls.ecs.create_service(cluster="c", serviceName="gone", taskDefinition="web",
                               desiredCount=0)
        cls.ecs.delete_service(cluster="c", service="gone")
        until(lambda: cls.ecs.describe_services(cluster="c", services=["gone"])["services"][0][
            "status"] == "INACTIVE", "an inactive service")
        cls.ecs.create_service(cluster="c", serviceName="pool", taskDefinition="pool",
                               launchType="FARGATE", networkConfiguration=cls.network,
                               desiredCount=0)
        for name, sets in (("sets", 1), ("full", 5)):
            cls.ecs.create_service(cluster="c", serviceName=name,
                                   deploymentController={"type": "EXTERNAL"})
            for _ in range(sets):
                cls.ecs.create_task_set(cluster="c", service=name, taskDefinition="web")
        for cluster, pool in (("with-a-host", False), ("with-a-task", True)):
            cls.ecs.create_cluster(clusterName=cluster)
            host = PretendHost(cls.control, cluster, pool=pool, address="198.18.0.3")
            cls.addClassCleanup(host.leave)
        cls.ecs.create_cluster(clusterName="with-a-service")
        cls.ecs.create_service(cluster="with-a-service", serviceName="s", taskDefinition="web",
                               desiredCount=0)
        for provider in ("idle", "busy"):
            cls.ecs.create_capacity_provider(
                name=provider, autoScalingGroupProvider={"autoScalingGroupArn": provider})
        cls.ecs.create_cluster(clusterName="with-a-provider", capacityProviders=["idle"])
        cls.ecs.put_cluster_capacity_providers(cluster="c", capacityProviders=["busy"],
                                               defaultCapacityProviderStrategy=[])
        cls.ecs.create_service(cluster="c", serviceName="busy", taskDefinition="web",
                               desiredCount=0,
                               capacityProviderStrategy=[{"capacityProvider": "busy"}])
        cls.ecs.run_task(cluster="with-a-task", taskDefinition="pool", launchType="FARGATE",
                         networkConfiguration=cls.network)
        cls.ecs.run_task(cluster="c", taskDefinition="web", clientToken="once")
        cls.ecs.put_attributes(cluster="c", attributes=[
            {"name": f"a{number}", "value": "v", "targetType": "container-instance",
             "targetId": cls.host.instance} for number in range(10)])
        cls.ecs.tag_resource(resourceArn=f"arn:aws:ecs:us-east-1:{OPERATOR}:cluster/c", tags=[
            {"key": f"k{number}", "value": "v"} for number in range(50)])
        cls.registered = cls.ecs.register_container_instance(
            cluster="c", versionInfo={"agentVersion": "1"},
            totalResources=[{"name": name, "type": "INTEGER", "integerValue": 1}
                            for name in ("CPU", "MEMORY")],
            instanceIdentityDocument=json.dumps({
                "accountId": OPERATOR, "region": "us-east-1", "availabilityZone": "us-east-1a",
                "identityHash": "a" * 64}))["containerInstance"]
        cls.task = cls.ecs.run_task(cluster="c", taskDefinition="web")["tasks"][0]["taskArn"]
        key = cls.task.rsplit("/", 1)[1]
        cls.as_task = until(lambda: cls.host.credentials.get(key), "credentials of the task's role")

    # --- the causes -------------------------------------------------------------------------------

    def cases(self):
        """(operation, error) -> what to ask with, of errors that take something special."""
        web = {"taskDefinition": "web"}
        pool = {"taskDefinition": "pool", "launchType": "FARGATE",
                "networkConfiguration": self.network, "platformVersion": "9.9.9"}
        arn = f"arn:aws:ecs:us-east-1:{OPERATOR}:cluster/"
        service = f"arn:aws:ecs:us-east-1:{OPERATOR}:service/c/nobody"
        # The first deployment of a service has nothing to go back to.
        deployment = self.ecs.describe_services(cluster="c", services=["s"])["services"][0][
            "currentServiceDeployment"]
        attribute = {"name": "rack", "value": "1", "targetType": "container-instance"}
        tags = [{"key": f"k{number}", "value": "v"} for number in range(51)]
        return {
            ("CreateService", "PlatformUnknown"): {"serviceName": "new", "desiredCount": 1,
                                                   **pool},
            ("UpdateService", "PlatformUnknown"): {"service": "pool",
                                                   "platformVersion": "9.9.9"},
            ("RunTask", "PlatformUnknown"): pool,
            ("RunTask", "Conflict"): {**web, "clientToken": "once", "count": 2},
            ("UpdateService", "ServiceNotActive"): {"service": "gone", "desiredCount": 1},
            ("UpdateService", "ServiceNotFound"): {"service": "nobody", "desiredCount": 1},
            ("DeleteService", "ServiceNotFound"): {"service": "nobody"},
            ("ListServiceDeployments", "ServiceNotFound"): {"service": "nobody"},
            ("StopServiceDeployment", "Conflict"): {"serviceDeploymentArn": deployment},
            ("StopServiceDeployment", "ServiceDeploymentNotFound"): {
                "serviceDeploymentArn": deployment + "1"},
            ("ContinueServiceDeployment", "ServiceDeploymentNotFound"): {
                "serviceDeploymentArn": deployment + "1", "hookId": "hook"},
            ("ListTasks", "ServiceNotFound"): {"serviceName": "nobody"},
            **self.task_set_cases(web, pool),
            ("UpdateContainerAgent", "NoUpdateAvailable"): {
                "containerInstance": self.registered["containerInstanceArn"]},
            ("UpdateContainerAgent", "MissingVersion"): {"containerInstance": self.host.instance},
            ("ListServicesByNamespace", "NamespaceNotFound"): {
                "namespace": "arn:aws:servicediscovery:us-east-1:999999999999:namespace/ns-1"},
            ("DeleteCluster", "ClusterContainsServices"): {"cluster": "with-a-service"},
            ("DeleteCluster", "ClusterContainsContainerInstances"): {"cluster": "with-a-host"},
            ("DeleteCluster", "ClusterContainsTasks"): {"cluster": "with-a-task"},
            ("DeleteCluster", "ClusterContainsCapacityProvider"): {"cluster": "with-a-provider"},
            ("PutClusterCapacityProviders", "ResourceInUse"): {
                "capacityProviders": [], "defaultCapacityProviderStrategy": []},
            ("TagResource", "ClusterNotFound"): {"resourceArn": arn + "nobody", "tags": tags[:1]},
            ("TagResource", "ResourceNotFound"): {"resourceArn": service, "tags": tags[:1]},
            ("TagResource", "LimitExceeded"): {"resourceArn": arn + "c", "tags": tags[-1:]},
            ("UntagResource", "ClusterNotFound"): {"resourceArn": arn + "nobody",
                                                   "tagKeys": ["k"]},
            ("UntagResource", "ResourceNotFound"): {"resourceArn": service, "tagKeys": ["k"]},
            ("ListTagsForResource", "ClusterNotFound"): {"resourceArn": arn + "nobody"},
            ("PutAttributes", "TargetNotFound"): {
                "attributes": [{**attribute, "targetId": NOBODY}]},
            ("DeleteAttributes", "TargetNotFound"): {
                "attributes": [{**attribute, "targetId": NOBODY}]},
            ("PutAttributes", "AttributeLimitExceeded"): {"attributes": [
                {**attribute, "name": "eleventh", "targetId": self.host.instance}]},
        }

    def task_set_cases(self, web, pool):
        """The same of operations on task sets: on one of nobody, of one that is gone, and so on."""
        cases = {}
        for operation, more in (("CreateTaskSet", web), ("DescribeTaskSets", {}),
                                ("UpdateTaskSet", {"taskSet": "x", "scale": {"value": 1.0}}),
                                ("DeleteTaskSet", {"taskSet": "x"}),
                                ("UpdateServicePrimaryTaskSet", {"primaryTaskSet": "x"})):
            cases[operation, "ServiceNotFound"] = {"service": "nobody", **more}
            cases[operation, "ServiceNotActive"] = {"service": "gone", **more}
            if "x" in more.values():
                cases[operation, "TaskSetNotFound"] = {"service": "sets", **more}
        return {**cases,
                ("CreateTaskSet", "PlatformUnknown"): {"service": "sets", **pool},
                ("CreateTaskSet", "LimitExceeded"): {"service": "full", **web}}

    # --- that each is met -------------------------------------------------------------------------

    def errors(self):
        """(operation, error) of all that is declared and met by somebody."""
        for operation in self.model.operations:
            if operation == "ExecuteCommand":
                continue  # refused whole, whatever it is asked with
            for error in self.model.errors_of(operation):
                if error not in NEVER and (operation, error) not in NEVER:
                    yield operation, error

    def code(self, client, operation, body):
        try:
            client._make_api_call(operation, body)  # every operation by its name
        except botocore.exceptions.ClientError as refused:
            self.assertTrue(refused.response["Error"]["Message"])
            return refused.response["Error"]["Code"]
        return "no error"

    def code_of_unknown_member(self, operation):
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": TARGET + operation}
        body = b'{"nobody":1}'
        _, code, said, _ = self.control.raw(
            "POST", "/", self.control.signed("POST", "/", body, headers=headers), body)
        self.assertIn("nobody", said["message"])
        return code

    def test_every_error_that_is_declared_is_met_or_a_reason_says_why_not(self):
        special = {(operation, error + "Exception"): body
                   for (operation, error), body in self.cases().items()}
        nobody = self.control.modelled(self.as_task[:2], self.as_task[2],
                                       parameter_validation=False)
        missing, unknown = [], collections.defaultdict(set)
        for operation, error in self.errors():
            least = self.model.least(operation)
            with self.subTest(operation=operation, error=error):
                if (operation, error) in special:
                    body = special.pop((operation, error))
                    if "cluster" in self.model.input_of(operation)["members"]:
                        body = {"cluster": "c", **body}
                    self.assertEqual(self.code(self.ecs, operation, body), error)
                elif error == "AccessDeniedException":
                    self.assertEqual(self.code(nobody, operation, least), error)
                elif error == "ClusterNotFoundException":
                    self.assertEqual(
                        self.code(self.ecs, operation, {**least, "cluster": "nobody"}), error)
                elif error in ("ClientException", "InvalidParameterException",
                               "UnsupportedFeatureException"):
                    unknown[operation].add(error)
                else:
                    missing.append(f"{operation}: {error}")
        for operation, errors in unknown.items():
            with self.subTest(operation=operation, error="a member that nobody knows"):
                code = self.code_of_unknown_member(operation)
                self.assertIn(code, errors)
                self.assertEqual(code == "UnsupportedFeatureException",
                                 "UnsupportedFeatureException" in errors)
        self.assertEqual(missing, [], "declared, and neither caused nor explained")
        self.assertEqual(special, {}, "a case for what is not declared")

    def test_no_reason_is_given_for_what_is_not_declared(self):
        declared = {(operation, error) for operation in self.model.operations
                    for error in self.model.errors_of(operation)}
        names = declared | {error for _, error in declared}
        self.assertEqual([each for each in NEVER if each not in names], [])

    def test_what_is_tagged_must_be_there(self):
        for operation, more in (("TagResource", {"tags": [{"key": "a", "value": "b"}]}),
                                ("UntagResource", {"tagKeys": ["a"]}), ("ListTagsForResource", {})):
            for kind in ("cluster/nobody", "service/c/nobody", f"task/c/{NOBODY}",
                         f"container-instance/c/{NOBODY}", "task-definition/nobody:1"):
                body = {"resourceArn": f"arn:aws:ecs:us-east-1:{OPERATOR}:{kind}", **more}
                with self.subTest(operation=operation, kind=kind):
                    self.assertIn(self.code(self.ecs, operation, body),
                                  ("ResourceNotFoundException", "InvalidParameterException",
                                   "ClusterNotFoundException"))


if __name__ == "__main__":
    unittest.main()
