#!/usr/bin/python3
"""Members of requests that no other test shows: tasks and services.

task_members_test.py ECS-CONTROL ECSCTL BUILD
"""

import unittest

from member_stage import MemberStage, tag
from pretend_host import PretendHost
from signed_control import until


class TaskMembers(MemberStage):
    # --- tasks ------------------------------------------------------------------------------------

    def test_what_is_said_of_a_task_when_it_is_run_or_started_is_shown(self):
        said = {"group": "mine", "startedBy": "me", "tags": [tag("team", "blue")]}
        run = self.run_task(**said)[0]
        started = self.ecs.start_task(cluster="c", taskDefinition="web",
                                      containerInstances=[self.second.instance], **said)["tasks"][0]
        for task in (run, started):
            self.assertEqual((task["group"], task["startedBy"]), ("mine", "me"))
            self.assertEqual(task["taskDefinitionArn"].rsplit("/", 1)[1], "web:1")
            self.assertEqual(self.tags_of(task), {"team": "blue"})
            plain = self.ecs.describe_tasks(cluster="c", tasks=[task["taskArn"]])["tasks"][0]
            self.assertEqual(plain["tags"], [])  # nobody asked for TAGS
        self.assertEqual(len(self.run_task(count=3)), 3)

    def test_a_task_has_the_tags_of_its_definition_and_of_its_cluster_where_that_is_asked_for(self):
        more = {"propagateTags": "TASK_DEFINITION", "enableECSManagedTags": True}
        start = {"cluster": "c", "taskDefinition": "web",
                 "containerInstances": [self.first.instance]}
        for task in (self.run_task(**more)[0], self.ecs.start_task(**start, **more)["tasks"][0]):
            self.assertEqual(self.tags_of(task),
                             {"of": "definition", "aws:ecs:clusterName": "c"})
        for task in (self.run_task()[0], self.ecs.start_task(**start)["tasks"][0]):
            self.assertEqual(self.tags_of(task), {})

    def test_tasks_are_placed_by_the_strategies_and_constraints_that_are_stated(self):
        distinct = {"group": "distinct", "placementConstraints": [{"type": "distinctInstance"}]}
        apart = self.run_task(count=2, **distinct)
        self.assertEqual(len({task["containerInstanceArn"] for task in apart}), 2)
        third = self.ecs.run_task(cluster="c", taskDefinition="web", **distinct)
        self.assertEqual((third["tasks"], third["failures"][0]["reason"]),
                         ([], "distinctInstance placement constraint unsatisfied."))
        packed = self.run_task(count=4, placementStrategy=[{"type": "binpack", "field": "memory"}])
        self.assertEqual(len({task["containerInstanceArn"] for task in packed}), 1)
        spread = self.run_task(count=4, group="apart", placementStrategy=[
            {"type": "spread", "field": "attribute:ecs.availability-zone"}])
        zones = [task["availabilityZone"] for task in spread]
        self.assertEqual((zones.count("us-east-1a"), zones.count("us-east-1b")), (2, 2))

    def test_an_interface_is_in_the_subnet_that_is_asked_for(self):
        def details(task):
            return {each["name"]: each["value"] for each in task["attachments"][0]["details"]}
        for zone in ("us-east-1a", "us-east-1b"):
            task = self.run_task(taskDefinition="job", launchType="FARGATE",
                                 networkConfiguration=self.network(zone))[0]
            self.assertEqual(details(task)["subnetId"], self.subnets[zone])
        started = self.ecs.start_task(
            cluster="c", taskDefinition="job", containerInstances=[self.second.instance],
            networkConfiguration=self.network("us-east-1b"))["tasks"][0]
        self.assertEqual(details(started)["subnetId"], self.subnets["us-east-1b"])

    def test_a_platform_version_is_fargates_and_must_be_one_that_there_is(self):
        job = {"taskDefinition": "job", "launchType": "FARGATE",
               "networkConfiguration": self.network()}
        self.assertEqual(self.run_task(platformVersion="1.4.0", **job)[0]["platformVersion"],
                         "1.4.0")
        self.assertEqual(self.service("platform", platformVersion="LATEST", **job)
                         ["platformVersion"], "1.4.0")
        self.assertEqual(self.ecs.update_service(cluster="c", service="platform",
                                                 platformVersion="1.4.0")
                         ["service"]["platformVersion"], "1.4.0")
        for call, given in (
                (self.ecs.run_task, {"cluster": "c", **job}),
                (self.ecs.create_service, {"cluster": "c", "serviceName": "old", "desiredCount": 1,
                                           **job}),
                (self.ecs.update_service, {"cluster": "c", "service": "platform"})):
            self.assertEqual(self.code(call, platformVersion="9.9.9", **given),
                             "PlatformUnknownException")

    def test_tasks_are_listed_by_everything_that_a_list_can_be_asked_for(self):
        self.ecs.create_cluster(clusterName="lists")
        host = PretendHost(self.control, "lists", address="198.18.2.2")
        self.addCleanup(host.leave)
        self.define("other")
        other = self.run_task(cluster="lists", taskDefinition="other", startedBy="me")[0]["taskArn"]
        job = self.run_task(cluster="lists", taskDefinition="job", launchType="FARGATE",
                            networkConfiguration=self.network())[0]["taskArn"]
        self.service("listed", cluster="lists", desiredCount=1)
        of_service = self.tasks_of("listed", 1, "lists")[0]["taskArn"]

        def listed(**given):
            return set(self.ecs.list_tasks(cluster="lists", **given)["taskArns"])
        self.assertEqual(listed(), {other, job, of_service})
        self.assertEqual(listed(family="other"), {other})
        self.assertEqual(listed(startedBy="me"), {other})
        self.assertEqual(listed(serviceName="listed"), {of_service})
        self.assertEqual(listed(launchType="FARGATE"), {job})
        self.assertEqual(listed(launchType="EC2"), {other, of_service})
        self.assertEqual(listed(containerInstance=host.instance), {other, of_service})
        self.ecs.stop_task(cluster="lists", task=other)
        self.assertEqual(listed(desiredStatus="STOPPED"), {other})
        self.assertEqual(listed(desiredStatus="PENDING"), set())
        self.assertEqual(listed(), {job, of_service})

    # --- services ---------------------------------------------------------------------------------

    def test_a_service_is_shown_as_it_was_created_and_updated(self):
        stated = {"schedulingStrategy": "REPLICA", "deploymentController": {"type": "ECS"},
                  "placementStrategy": [{"type": "spread", "field": "instanceId"}],
                  "placementConstraints": [{"type": "distinctInstance"}],
                  "propagateTags": "TASK_DEFINITION", "enableECSManagedTags": True,
                  "launchType": "EC2"}
        breaker = {"enable": True, "rollback": False, "resetOnHealthyTask": False,
                   "thresholdConfiguration": {"type": "UNBOUNDED_PERCENT", "value": 40}}
        deployment = {"strategy": "ROLLING", "maximumPercent": 150, "minimumHealthyPercent": 50,
                      "deploymentCircuitBreaker": breaker}
        self.service("shown", tags=[tag("team", "blue")], deploymentConfiguration=deployment,
                     **stated)
        read = self.described("shown")
        self.assertEqual({name: read.get(name) for name in stated}, stated)
        self.assertEqual({name: read["deploymentConfiguration"].get(name) for name in deployment},
                         deployment)
        self.assertNotIn("tags", read)
        self.assertEqual(self.described("shown", include=["TAGS"])["tags"], [tag("team", "blue")])

        changed = {"placementStrategy": [{"type": "binpack", "field": "cpu"}],
                   "placementConstraints": [], "propagateTags": "SERVICE",
                   "enableECSManagedTags": False, "deploymentController": {"type": "ECS"}}
        breaker = {"enable": True, "rollback": True, "resetOnHealthyTask": True,
                   "thresholdConfiguration": {"type": "COUNT", "value": 9}}
        self.ecs.update_service(cluster="c", service="shown", **changed,
                                deploymentConfiguration={"maximumPercent": 120,
                                                         "deploymentCircuitBreaker": breaker})
        read = self.described("shown")
        self.assertEqual({name: read.get(name) for name in changed}, changed)
        self.assertEqual(read["deploymentConfiguration"]["maximumPercent"], 120)
        self.assertEqual(read["deploymentConfiguration"]["deploymentCircuitBreaker"], breaker)

    def test_who_rolls_a_service_out_and_how_can_only_be_ecs_one_by_one(self):
        for member, wish in (
                ("deploymentController.type", {"deploymentController": {"type": "CODE_DEPLOY"}}),
                ("deploymentConfiguration.strategy",
                 {"deploymentConfiguration": {"strategy": "BLUE_GREEN"}})):
            for call, name in ((self.ecs.create_service, {"serviceName": "other",
                                                          "taskDefinition": "web"}),
                               (self.ecs.update_service, {"service": "other"})):
                said = self.refusal(call, cluster="c", **name, **wish)
                self.assertIn(member, said["Message"])

    def test_alarms_of_a_deployment_can_only_be_none(self):
        none = {"alarmNames": [], "enable": False, "rollback": False}
        self.service("quiet", deploymentConfiguration={"alarms": none})
        for name, value in (("alarmNames", ["loud"]), ("enable", True), ("rollback", True)):
            said = self.refusal(self.ecs.update_service, cluster="c", service="quiet",
                                deploymentConfiguration={"alarms": {**none, name: value}})
            self.assertIn("deploymentConfiguration.alarms." + name, said["Message"])

    def test_the_tasks_of_a_service_are_placed_and_tagged_as_it_says(self):
        tags = [tag("of", "service")]
        self.service("packed", desiredCount=4, tags=tags, propagateTags="SERVICE",
                     enableECSManagedTags=True,
                     placementStrategy=[{"type": "binpack", "field": "memory"}])
        tasks = self.tasks_of("packed", 4)
        self.assertEqual(len({task["containerInstanceArn"] for task in tasks}), 1)
        for task in tasks:
            self.assertEqual(self.tags_of(task), {
                "of": "service", "aws:ecs:clusterName": "c", "aws:ecs:serviceName": "packed"})
        self.ecs.update_service(
            cluster="c", service="packed", desiredCount=2, propagateTags="TASK_DEFINITION",
            enableECSManagedTags=False, forceNewDeployment=True, placementStrategy=[],
            placementConstraints=[{"type": "distinctInstance"}],
            deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 100})
        old = {task["taskArn"] for task in tasks}
        renewed = until(lambda: [task for task in self.tasks_of("packed", 2)
                                 if task["taskArn"] not in old] or None, "new tasks")
        until(lambda: not old & {task["taskArn"] for task in self.tasks_of("packed", 2)},
              "no old task")
        renewed = self.tasks_of("packed", 2)
        self.assertEqual(len({task["containerInstanceArn"] for task in renewed}), 2)
        for task in renewed:
            self.assertEqual(self.tags_of(task), {"of": "definition"})

    def test_an_update_moves_a_services_interfaces_to_the_subnet_that_it_names(self):
        self.service("moving", taskDefinition="job", launchType="FARGATE", desiredCount=1,
                     networkConfiguration=self.network("us-east-1a"))
        first = self.tasks_of("moving", 1)[0]["taskArn"]
        self.ecs.update_service(cluster="c", service="moving",
                                networkConfiguration=self.network("us-east-1b"))
        self.assertEqual(self.described("moving")["networkConfiguration"]["awsvpcConfiguration"]
                         ["subnets"], [self.subnets["us-east-1b"]])
        moved = until(lambda: next((task for task in self.tasks_of("moving", 1)
                                    if task["taskArn"] != first), None), "another task")
        self.assertIn({"name": "subnetId", "value": self.subnets["us-east-1b"]},
                      moved["attachments"][0]["details"])

    def test_a_creation_that_is_repeated_with_its_token_is_answered_though_the_service_changed(self):
        made = self.service("once", clientToken="once")
        self.ecs.update_service(cluster="c", service="once", desiredCount=1)
        again = self.service("once", clientToken="once")
        self.assertEqual((again["serviceArn"], again["desiredCount"]), (made["serviceArn"], 1))
        for other in ({}, {"clientToken": "twice"}):
            self.assertIn("not idempotent", self.refusal(self.service, name="once",
                                                         **other)["Message"])

    def test_services_are_listed_by_launch_type_and_scheduling_strategy(self):
        self.ecs.create_cluster(clusterName="kinds")
        on_hosts = self.service("on-hosts", cluster="kinds",
                                schedulingStrategy="REPLICA")["serviceArn"]
        on_pool = self.service("on-pool", cluster="kinds", taskDefinition="job",
                               launchType="FARGATE",
                               networkConfiguration=self.network())["serviceArn"]

        def listed(**given):
            return set(self.ecs.list_services(cluster="kinds", **given)["serviceArns"])
        self.assertEqual(listed(launchType="EC2"), {on_hosts})
        self.assertEqual(listed(launchType="FARGATE"), {on_pool})
        self.assertEqual(listed(schedulingStrategy="REPLICA"), {on_hosts, on_pool})
        daemon = self.ecs.create_service(cluster="kinds", serviceName="on-each",
                                         taskDefinition="web",
                                         schedulingStrategy="DAEMON")["service"]
        self.assertEqual(daemon["schedulingStrategy"], "DAEMON")
        self.assertEqual(listed(schedulingStrategy="DAEMON"), {daemon["serviceArn"]})
        self.assertEqual(listed(schedulingStrategy="REPLICA"), {on_hosts, on_pool})

    def test_deployments_are_listed_that_began_in_a_span_of_time(self):
        self.service("timed")

        def listed(**span):
            return self.ecs.list_service_deployments(cluster="c", service="timed",
                                                     createdAt=span)["serviceDeployments"]
        began = self.ecs.list_service_deployments(
            cluster="c", service="timed")["serviceDeployments"][0]["createdAt"].timestamp()
        self.assertEqual(len(listed(after=began - 1, before=began + 1)), 1)
        self.assertEqual(listed(before=began - 1), [])
        self.assertEqual(listed(after=began + 1), [])

    def test_a_page_of_the_services_of_a_namespace_has_one_to_a_hundred(self):
        for size in (1, 100):
            self.assertEqual(self.ecs.list_services_by_namespace(
                namespace="local", maxResults=size)["serviceArns"], [])
        for size in (0, 101):
            self.assertIn("maxResults", self.refusal(
                self.ecs.list_services_by_namespace, namespace="local", maxResults=size)["Message"])

if __name__ == "__main__":
    unittest.main()
