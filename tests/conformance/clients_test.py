#!/usr/bin/python3
"""The clients that people have, unmodified: every paginator and every waiter of boto3, Debian's aws
and AWS's SDK for JavaScript, driven with the model that our build emits.

clients_test.py ECS-CONTROL ECSCTL BUILD
"""

import json
import os
import subprocess
import unittest

import botocore.exceptions
import botocore.session

import javascript_sdk
from pretend_host import PretendHost
from signed_control import BOUND_S, BUILD, OPERATOR, WithControl, modelled_session

MODELS = os.path.join(BUILD, "models")
COUNT = 7  # of everything that is listed, three a page
SETTINGS = {
    "awsvpcTrunking": "enabled", "containerInsights": "enhanced",
    "containerInstanceLongArnFormat": "enabled", "defaultLogDriverMode": "blocking",
    "fargateTaskRetirementWaitPeriod": "14", "serviceLongArnFormat": "enabled",
    "taskLongArnFormat": "enabled",
}
NOTHING_TO_LIST = {"ListServicesByNamespace"}  # until services can be of a namespace
LARGEST = {"ListAccountSettings": 10}  # entries a page, where they are not 100


def plural(count, make):
    return [make(number) for number in range(count)]


class Clients(WithControl):
    @classmethod
    def options(cls):
        return ("--healthy-after", "0")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ecs = cls.control.modelled()
        cls.ecs.create_cluster(clusterName="c")
        cls.hosts = plural(COUNT, lambda number: PretendHost(
            cls.control, "c", address=f"198.18.0.{number + 2}"))
        for host in cls.hosts:
            cls.addClassCleanup(host.leave)
        cls.define("web")

    @classmethod
    def define(cls, family, **more):
        return cls.ecs.register_task_definition(family=family, containerDefinitions=[
            {"name": "main", "image": "web:1", "cpu": 16, "memory": 16}],
            **more)["taskDefinition"]["taskDefinitionArn"]

    def data(self, kind):
        return modelled_session().get_component("data_loader").load_service_model("ecs", kind)

    # --- paginators -------------------------------------------------------------------------------

    # What has to be there for a list to have pages, and what else to ask it with.
    def fill_list_clusters(self):
        plural(COUNT, lambda number: self.ecs.create_cluster(clusterName=f"page-{number}"))
        return {}

    def fill_list_services(self):
        plural(COUNT, lambda number: self.ecs.create_service(
            cluster="c", serviceName=f"page-{number}", taskDefinition="web", desiredCount=0))
        return {"cluster": "c"}

    def fill_list_services_by_namespace(self):
        return {"namespace": "local"}

    def fill_list_task_definitions(self):
        plural(COUNT, lambda _: self.define("paged"))
        return {"familyPrefix": "paged"}

    def fill_list_task_definition_families(self):
        plural(COUNT, lambda number: self.define(f"family-{number}"))
        return {"familyPrefix": "family-"}

    def fill_list_tasks(self):
        self.ecs.run_task(cluster="c", taskDefinition="web", count=COUNT, startedBy="pages")
        return {"cluster": "c", "startedBy": "pages"}

    def fill_list_container_instances(self):
        return {"cluster": "c"}

    def fill_list_attributes(self):
        for host in self.hosts:
            self.ecs.put_attributes(cluster="c", attributes=[
                {"name": "page", "value": "one", "targetId": host.instance}])
        return {"cluster": "c", "targetType": "container-instance", "attributeName": "page"}

    def fill_list_account_settings(self):
        principal = f"arn:aws:iam::{OPERATOR}:user/pages"
        for name, value in SETTINGS.items():
            self.ecs.put_account_setting(name=name, value=value, principalArn=principal)
        return {"principalArn": principal}

    def test_every_paginator_gives_everything_once_in_pages_of_any_size(self):
        pagination = self.data("paginators-1")["pagination"]
        self.assertGreaterEqual(len(pagination), 6)
        for operation, words in pagination.items():
            name = botocore.xform_name(operation)
            with self.subTest(operation):
                given = getattr(self, "fill_" + name)()
                largest = LARGEST.get(operation, 100)
                whole = getattr(self.ecs, name)(**given)[words["result_key"]]
                if operation in NOTHING_TO_LIST:
                    self.assertEqual(whole, [])
                    continue
                self.assertGreaterEqual(len(whole), COUNT)
                for size in (1, 3, largest):
                    pages = list(self.ecs.get_paginator(name).paginate(
                        **given, PaginationConfig={"PageSize": size}))
                    self.assertEqual([each for page in pages for each in page[words["result_key"]]],
                                     whole)
                    self.assertEqual(len(pages), -(-len(whole) // size))
                    self.assertTrue(all(len(page[words["result_key"]]) <= size for page in pages))

    def test_aws_pages_through_a_list_and_goes_on_where_it_was_told_to_stop(self):
        self.fill_list_task_definition_families()
        first = self.aws("list-task-definition-families", "--family-prefix", "family-",
                         "--page-size", "2", "--max-items", "3")
        rest = self.aws("list-task-definition-families", "--family-prefix", "family-",
                        "--page-size", "2", "--starting-token", first["NextToken"])
        self.assertEqual(first["families"] + rest["families"],
                         [f"family-{number}" for number in range(COUNT)])

    # --- waiters ----------------------------------------------------------------------------------

    def wait(self, waiter, **given):
        self.ecs.get_waiter(waiter).wait(**given, WaiterConfig={"Delay": 1, "MaxAttempts": BOUND_S})

    def refuses_to_wait(self, waiter, **given):
        with self.assertRaises(botocore.exceptions.WaiterError) as failed:
            self.wait(waiter, **given)
        self.assertIn("terminal failure", str(failed.exception))

    def test_every_waiter_has_a_test(self):
        names = {botocore.xform_name(name) for name in self.data("waiters-2")["waiters"]}
        tried = {name[len("test_waiter_"):].split("__")[0] for name in dir(self)
                 if name.startswith("test_waiter_")}
        self.assertEqual(names, tried)

    def test_waiter_tasks_running__ends_when_all_run_and_fails_for_what_is_gone_or_stopped(self):
        started = self.ecs.run_task(cluster="c", taskDefinition="web", count=3)["tasks"]
        arns = [task["taskArn"] for task in started]
        self.wait("tasks_running", cluster="c", tasks=arns)
        self.assertEqual({task["lastStatus"] for task in self.ecs.describe_tasks(
            cluster="c", tasks=arns)["tasks"]}, {"RUNNING"})
        self.ecs.stop_task(cluster="c", task=arns[0])
        self.wait("tasks_stopped", cluster="c", tasks=arns[:1])
        self.refuses_to_wait("tasks_running", cluster="c", tasks=arns)
        self.refuses_to_wait("tasks_running", cluster="c", tasks=["0" * 32])

    def test_waiter_tasks_stopped__ends_when_all_have_stopped(self):
        arn = self.ecs.run_task(cluster="c", taskDefinition="web")["tasks"][0]["taskArn"]
        self.ecs.stop_task(cluster="c", task=arn, reason="seen enough")
        self.wait("tasks_stopped", cluster="c", tasks=[arn])
        task = self.ecs.describe_tasks(cluster="c", tasks=[arn])["tasks"][0]
        self.assertEqual((task["lastStatus"], task["stopCode"], task["stoppedReason"]),
                         ("STOPPED", "UserInitiated", "seen enough"))

    def test_waiter_services_stable__ends_after_every_change_and_fails_for_what_is_deleted(self):
        self.ecs.create_service(cluster="c", serviceName="stable", taskDefinition="web",
                                desiredCount=2)
        changes = [{}, {"desiredCount": 5}, {"taskDefinition": self.define("web")},
                   {"forceNewDeployment": True}, {"desiredCount": 0}]
        for change in changes:
            if change:
                self.ecs.update_service(cluster="c", service="stable", **change)
            self.wait("services_stable", cluster="c", services=["stable"])
            service = self.ecs.describe_services(cluster="c", services=["stable"])["services"][0]
            self.assertEqual(service["runningCount"], service["desiredCount"])
            self.assertEqual([each["status"] for each in service["deployments"]], ["PRIMARY"])
        self.ecs.delete_service(cluster="c", service="stable")
        self.refuses_to_wait("services_stable", cluster="c", services=["stable"])
        self.refuses_to_wait("services_stable", cluster="c", services=["never"])

    def test_waiter_services_inactive__ends_when_the_last_task_is_gone(self):
        self.ecs.create_service(cluster="c", serviceName="gone", taskDefinition="web",
                                desiredCount=2)
        self.wait("services_stable", cluster="c", services=["gone"])
        self.ecs.delete_service(cluster="c", service="gone", force=True)
        self.wait("services_inactive", cluster="c", services=["gone"])
        self.refuses_to_wait("services_inactive", cluster="c", services=["never"])

    # --- others -----------------------------------------------------------------------------------

    def aws(self, *arguments):
        done = subprocess.run(
            ["/usr/bin/aws", "--endpoint-url", self.control.endpoint, "ecs", *arguments],
            capture_output=True, text=True, timeout=BOUND_S, check=False,
            env={**self.control.environment(), "AWS_DATA_PATH": MODELS})
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout) if done.stdout else {}

    def test_aws_speaks_operations_that_it_has_never_heard_of_with_our_model(self):
        arn = self.define("doomed")
        self.aws("deregister-task-definition", "--task-definition", arn)
        deleted = self.aws("delete-task-definitions", "--task-definitions", arn)
        self.assertEqual(deleted["taskDefinitions"][0]["status"], "DELETE_IN_PROGRESS")

    def test_ecsctl_protects_tasks_of_a_service_for_a_time_and_ends_it(self):
        self.ecs.create_service(cluster="c", serviceName="kept", taskDefinition="web",
                                desiredCount=2)
        self.wait("services_stable", cluster="c", services=["kept"])
        tasks = self.ecs.list_tasks(cluster="c", serviceName="kept")["taskArns"]
        said = self.control.ecsctl("protect", *tasks, "--for", "2h", "--cluster", "c")
        self.assertEqual(said.count("protected until"), 2)
        self.ecs.update_service(cluster="c", service="kept", desiredCount=0)
        shown = self.ecs.get_task_protection(cluster="c", tasks=tasks)["protectedTasks"]
        self.assertEqual([task["protectionEnabled"] for task in shown], [True, True])
        said = self.control.ecsctl("protect", tasks[0], "--cluster", "c", expect=1)
        self.assertIn("DEPLOYMENT_BLOCKED", said)
        said = self.control.ecsctl("protect", *tasks, "--off", "--cluster", "c")
        self.assertEqual(said.count("not protected"), 2)
        self.wait("services_stable", cluster="c", services=["kept"])
        for wrong in (("--for", "49h"), ("--for", "0m"), ("--for", "soon"),
                      ("--for", "1h", "--off")):
            self.control.ecsctl("protect", tasks[0], *wrong, "--cluster", "c", expect=2)

    def test_the_sdk_for_javascript_pages_waits_and_tells_errors_apart(self):
        if not javascript_sdk.installed():
            self.skipTest("node or npm is not installed")
        said = javascript_sdk.run("flow.mjs", self.control, BUILD, self.base, "c")
        self.assertEqual(said["waited"], ["SUCCESS"] * 4)
        self.assertEqual(said["pages"], [2, 2, 1])
        self.assertEqual(said["status"], "INACTIVE")
        self.assertEqual(said["missing"], "ClusterNotFoundException")
        self.assertEqual(said["modelled"], True)


if __name__ == "__main__":
    unittest.main()
