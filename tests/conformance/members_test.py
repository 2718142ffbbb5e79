#!/usr/bin/python3
"""Members of requests that no other test shows: clusters, capacity providers, hosts, definitions.

members_test.py ECS-CONTROL ECSCTL BUILD

members.tsv names, for each member that acts, the test that shows it; many of them are here.
"""

import unittest

from member_stage import MemberStage, tag
from pretend_host import PretendHost
from signed_control import OPERATOR

GROUP = (f"arn:aws:autoscaling:us-east-1:{OPERATOR}:autoScalingGroup:"
         "00000000-0000-0000-0000-000000000000:autoScalingGroupName/")


class Members(MemberStage):
    # --- which cluster ----------------------------------------------------------------------------

    def test_an_operation_acts_in_the_cluster_that_it_names_and_in_default_when_it_names_none(self):
        """Each is asked for the same by all three names, and finds what is there."""
        made = {}
        for name, where in (("c", {"cluster": "c"}), ("default", {}),
                            ("arn", {"cluster": f"arn:aws:ecs:us-east-1:{OPERATOR}:cluster/c"})):
            cluster = "default" if name == "default" else "c"
            host = self.default if name == "default" else self.first
            mine = f"cluster/{cluster}"
            with self.subTest(name):
                task = self.ecs.run_task(taskDefinition="web", **where)["tasks"][0]
                self.assertTrue(task["clusterArn"].endswith(mine))
                made[name] = task["taskArn"]
                started = self.ecs.start_task(
                    taskDefinition="web", containerInstances=[host.instance], **where)
                self.assertTrue(started["tasks"][0]["clusterArn"].endswith(mine))
                self.assertEqual(self.ecs.describe_tasks(
                    tasks=[task["taskArn"].rsplit("/", 1)[1]], **where)["failures"], [])
                self.assertIn(task["taskArn"], self.ecs.list_tasks(**where)["taskArns"])
                stopped = self.ecs.stop_task(task=task["taskArn"].rsplit("/", 1)[1], **where)
                self.assertEqual(stopped["task"]["taskArn"], task["taskArn"])

                service = self.ecs.create_service(serviceName="in-" + name, taskDefinition="web",
                                                  desiredCount=0, **where)["service"]
                self.assertTrue(service["clusterArn"].endswith(mine))
                self.assertEqual(self.ecs.update_service(service="in-" + name, desiredCount=0,
                                                         **where)["service"]["clusterArn"],
                                 service["clusterArn"])
                self.assertEqual(self.ecs.describe_services(services=["in-" + name],
                                                            **where)["failures"], [])
                self.assertIn(service["serviceArn"], self.ecs.list_services(**where)["serviceArns"])
                self.assertEqual(len(self.ecs.list_service_deployments(
                    service="in-" + name, **where)["serviceDeployments"]), 1)
                self.ecs.delete_service(service="in-" + name, **where)

                self.assertIn(host.instance, " ".join(self.ecs.list_container_instances(
                    **where)["containerInstanceArns"]))
                self.assertEqual(self.ecs.describe_container_instances(
                    containerInstances=[host.instance], **where)["failures"], [])
                self.assertEqual(self.ecs.update_container_instances_state(
                    containerInstances=[host.instance], status="ACTIVE", **where)["failures"], [])
                wish = [{"name": "where", "value": name, "targetId": host.instance}]
                self.ecs.put_attributes(attributes=wish, **where)
                asked = {"targetType": "container-instance", "attributeName": "where", **where}
                self.assertEqual([each["value"] for each in self.ecs.list_attributes(
                    **asked)["attributes"]], [name])
                self.ecs.delete_attributes(attributes=wish, **where)
                self.assertEqual(self.ecs.list_attributes(**asked)["attributes"], [])

    def test_an_operation_finds_nothing_of_another_cluster(self):
        """What is looked for is in "default", so that a cluster that is not heeded is noticed."""
        elsewhere = {"cluster": "elsewhere"}
        task = self.run_task(cluster="default")[0]["taskArn"]
        key = task.rsplit("/", 1)[1]
        self.service("here", cluster="default")
        host = self.default.instance
        wish = [{"name": "there", "value": "x", "targetId": host}]
        self.assertEqual(self.ecs.describe_tasks(tasks=[key], **elsewhere)["tasks"], [])
        self.assertEqual(self.ecs.get_task_protection(
            tasks=[key], **elsewhere)["failures"][0]["reason"], "MISSING")
        self.assertEqual(self.ecs.update_task_protection(
            tasks=[key], protectionEnabled=True, **elsewhere)["failures"][0]["reason"], "MISSING")
        self.assertEqual(self.ecs.list_tasks(**elsewhere)["taskArns"], [])
        self.assertEqual(self.code(self.ecs.stop_task, task=key, **elsewhere),
                         "InvalidParameterException")
        self.assertEqual(self.ecs.start_task(
            taskDefinition="web", containerInstances=[host], **elsewhere)["tasks"], [])
        self.assertEqual(self.ecs.describe_services(services=["here"], **elsewhere)["services"], [])
        self.assertEqual(self.ecs.list_services(**elsewhere)["serviceArns"], [])
        for call in (self.ecs.update_service, self.ecs.delete_service,
                     self.ecs.list_service_deployments):
            self.assertEqual(self.code(call, service="here", **elsewhere),
                             "ServiceNotFoundException")
        self.assertEqual(self.ecs.list_container_instances(**elsewhere)["containerInstanceArns"],
                         [])
        self.assertEqual(self.ecs.describe_container_instances(
            containerInstances=[host], **elsewhere)["containerInstances"], [])
        self.assertEqual(self.ecs.update_container_instances_state(
            containerInstances=[host], status="DRAINING", **elsewhere)["containerInstances"], [])
        self.assertEqual(self.code(self.ecs.deregister_container_instance, containerInstance=host,
                                   force=True, **elsewhere), "InvalidParameterException")
        self.assertEqual(self.ecs.list_attributes(
            targetType="container-instance", **elsewhere)["attributes"], [])
        for call in (self.ecs.put_attributes, self.ecs.delete_attributes):
            self.assertEqual(self.code(call, attributes=wish, **elsewhere),
                             "TargetNotFoundException")

    # --- clusters ---------------------------------------------------------------------------------

    def test_a_cluster_is_shown_as_it_was_created_and_updated(self):
        strategy = [{"capacityProvider": "FARGATE", "weight": 1, "base": 2}]
        log = {"cloudWatchLogGroupName": "group", "cloudWatchEncryptionEnabled": True,
               "s3BucketName": "bucket", "s3EncryptionEnabled": True, "s3KeyPrefix": "prefix"}
        sessions = {"kmsKeyId": "key", "logging": "OVERRIDE", "logConfiguration": log}
        made = self.ecs.create_cluster(
            clusterName="shown", capacityProviders=["FARGATE", "FARGATE_SPOT"],
            defaultCapacityProviderStrategy=strategy, tags=[tag("team", "blue")],
            configuration={"executeCommandConfiguration": sessions})["cluster"]

        def read():
            return self.ecs.describe_clusters(
                clusters=["shown"], include=["TAGS", "CONFIGURATIONS", "SETTINGS"])["clusters"][0]
        self.assertEqual(made["clusterName"], "shown")
        self.assertEqual(read()["capacityProviders"], ["FARGATE", "FARGATE_SPOT"])
        self.assertEqual(read()["defaultCapacityProviderStrategy"], strategy)
        self.assertEqual(read()["configuration"], {"executeCommandConfiguration": sessions})
        self.assertEqual(read()["tags"], [tag("team", "blue")])
        changed = {**sessions, "logConfiguration": {**log, "cloudWatchEncryptionEnabled": False,
                                                    "s3KeyPrefix": "other"}}
        self.ecs.update_cluster(cluster="shown",
                                configuration={"executeCommandConfiguration": changed})
        self.assertEqual(read()["configuration"], {"executeCommandConfiguration": changed})
        self.ecs.put_cluster_capacity_providers(
            cluster="shown", capacityProviders=["FARGATE_SPOT"], defaultCapacityProviderStrategy=[])
        self.assertEqual((read()["capacityProviders"], read()["defaultCapacityProviderStrategy"]),
                         (["FARGATE_SPOT"], []))
        self.ecs.delete_cluster(cluster="shown")
        self.assertEqual(read()["status"], "INACTIVE")

    def test_a_namespace_of_a_clusters_services_can_only_be_none(self):
        self.ecs.create_cluster(clusterName="alone", serviceConnectDefaults={"namespace": ""})
        self.ecs.update_cluster(cluster="alone", serviceConnectDefaults={"namespace": ""})
        for call, name in ((self.ecs.create_cluster, "clusterName"),
                           (self.ecs.update_cluster, "cluster")):
            said = self.refusal(call, **{name: "alone"},
                                serviceConnectDefaults={"namespace": "local"})
            self.assertIn("serviceConnectDefaults.namespace", said["Message"])

    # --- capacity providers -----------------------------------------------------------------------

    def test_a_capacity_provider_is_shown_as_it_was_stated_and_changed(self):
        scaling = {"status": "ENABLED", "targetCapacity": 70, "minimumScalingStepSize": 2,
                   "maximumScalingStepSize": 20, "instanceWarmupPeriod": 90}
        stated = {"autoScalingGroupArn": GROUP + "stated", "managedScaling": scaling,
                  "managedTerminationProtection": "ENABLED", "managedDraining": "DISABLED"}
        self.ecs.create_capacity_provider(name="stated", autoScalingGroupProvider=stated,
                                          tags=[tag("team", "blue")])

        def read(**include):
            return self.ecs.describe_capacity_providers(
                capacityProviders=["stated"], **include)["capacityProviders"][0]
        self.assertEqual(read()["autoScalingGroupProvider"], stated)
        self.assertEqual(read()["tags"], [])
        self.assertEqual(read(include=["TAGS"])["tags"], [tag("team", "blue")])
        changed = {"managedTerminationProtection": "DISABLED", "managedDraining": "ENABLED",
                   "managedScaling": {"status": "DISABLED", "targetCapacity": 60,
                                      "minimumScalingStepSize": 3, "maximumScalingStepSize": 30,
                                      "instanceWarmupPeriod": 80}}
        self.ecs.update_capacity_provider(name="stated", autoScalingGroupProvider=changed)
        self.assertEqual(read()["autoScalingGroupProvider"],
                         {"autoScalingGroupArn": GROUP + "stated", **changed})

    def test_capacity_providers_come_in_pages_of_the_size_that_is_asked_for(self):
        names, token = [], {}
        while True:
            page = self.ecs.describe_capacity_providers(maxResults=1, **token)
            self.assertEqual(len(page["capacityProviders"]), 1)
            names.append(page["capacityProviders"][0]["name"])
            if "nextToken" not in page:
                break
            token = {"nextToken": page["nextToken"]}
        self.assertEqual(names[:2], ["FARGATE", "FARGATE_SPOT"])
        self.assertEqual(len(set(names)), len(names))

    # --- hosts ------------------------------------------------------------------------------------

    def test_an_attribute_is_of_a_container_instance_and_of_nothing_else(self):
        for more in ({}, {"targetType": "container-instance"}):
            wish = {"name": "kind", "value": "x", "targetId": self.first.instance, **more}
            put = self.ecs.put_attributes(cluster="c", attributes=[wish])["attributes"]
            self.assertEqual([each["targetType"] for each in put], ["container-instance"])
        asked = {"cluster": "c", "attributeName": "kind"}
        self.assertEqual(len(self.ecs.list_attributes(
            targetType="container-instance", **asked)["attributes"]), 1)
        self.assertIn("targetType", self.refusal(self.ecs.list_attributes, targetType="task",
                                                 **asked)["Message"])
        self.assertIn("targetType", self.refusal(
            self.ecs.put_attributes, cluster="c",
            attributes=[{"name": "kind", "targetType": "task",
                         "targetId": self.first.instance}])["Message"])

    def test_hosts_are_listed_by_status_and_shown_with_what_was_asked_for(self):
        self.ecs.create_cluster(clusterName="few")
        hosts = [PretendHost(self.control, "few", address=f"198.18.1.{last}") for last in (2, 3)]
        for host in hosts:
            self.addCleanup(host.leave)
        self.ecs.update_container_instances_state(
            cluster="few", containerInstances=[hosts[0].instance], status="DRAINING")

        def listed(**given):
            return {arn.rsplit("/", 1)[1] for arn in self.ecs.list_container_instances(
                cluster="few", **given)["containerInstanceArns"]}
        self.assertEqual(listed(), {host.instance for host in hosts})
        self.assertEqual(listed(status="DRAINING"), {hosts[0].instance})
        self.assertEqual(listed(status="ACTIVE"), {hosts[1].instance})
        arn = self.ecs.list_container_instances(cluster="few")["containerInstanceArns"][0]
        self.ecs.tag_resource(resourceArn=arn, tags=[tag("team", "blue")])

        def shown(**given):
            return self.ecs.describe_container_instances(
                cluster="few", containerInstances=[arn], **given)["containerInstances"][0]
        self.assertEqual(shown()["tags"], [])
        self.assertEqual(shown(include=["TAGS"])["tags"], [tag("team", "blue")])

    # --- definitions ------------------------------------------------------------------------------

    def test_definitions_are_listed_by_family_status_and_order(self):
        arns = [self.define("ordered")["taskDefinitionArn"] for _ in range(3)]
        self.define("ordered-otherwise")
        self.ecs.deregister_task_definition(taskDefinition=arns[1])

        def listed(**given):
            return self.ecs.list_task_definitions(familyPrefix="ordered",
                                                  **given)["taskDefinitionArns"]
        self.assertEqual(listed(), [arns[0], arns[2]])
        self.assertEqual(listed(sort="ASC"), [arns[0], arns[2]])
        self.assertEqual(listed(sort="DESC"), [arns[2], arns[0]])
        self.assertEqual(listed(status="INACTIVE"), [arns[1]])

    def test_families_are_listed_by_prefix_and_status(self):
        self.define("kin-of-old")
        self.define("kin-of-new")
        self.ecs.deregister_task_definition(taskDefinition="kin-of-old:1")

        def listed(**given):
            return self.ecs.list_task_definition_families(familyPrefix="kin-of-",
                                                          **given)["families"]
        self.assertEqual(listed(), ["kin-of-new", "kin-of-old"])
        self.assertEqual(listed(status="ACTIVE"), ["kin-of-new"])
        self.assertEqual(listed(status="INACTIVE"), ["kin-of-old"])
        self.assertEqual(listed(status="ALL"), ["kin-of-new", "kin-of-old"])

if __name__ == "__main__":
    unittest.main()
