#!/usr/bin/python3 -B
"""The audit trail as an operator reads it: ecs-control --auth sigv4, boto3, ecsctl.

audit_test.py ECS-CONTROL ECSCTL BUILD
"""

import json
import unittest
import urllib.parse

import botocore.exceptions

from signed_control import OPERATOR, WithControl, until

SECRET = "hunter2-not-for-the-trail"


class Audit(WithControl):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ecs = cls.control.boto()

    def trail(self, pair=None, **query):
        """(entries, token) of one page."""
        path = "/v1/audit?" + urllib.parse.urlencode(query)
        status, _, answer, _ = self.control.raw(
            "GET", path, self.control.signed("GET", path, pair=pair))
        self.assertEqual(status, 200, answer)
        return answer["entries"], answer.get("nextToken")

    def newest(self, **query):
        return self.trail(**query)[0][0]

    def test_a_change_is_told_of_with_who_from_where_what_and_the_requests_id(self):
        made = self.ecs.create_cluster(clusterName="told")
        entry = self.newest(operation="CreateCluster")
        self.assertEqual(entry["principal"], f"arn:aws:iam::{OPERATOR}:user/admin")
        self.assertEqual(entry["sourceAddress"], "127.0.0.1")
        self.assertEqual(entry["requestId"], made["ResponseMetadata"]["RequestId"])
        self.assertEqual(json.loads(entry["parameters"]), {"clusterName": "told"})
        self.assertEqual(entry["resources"], [made["cluster"]["clusterArn"]])
        self.assertNotIn("errorCode", entry)

    def test_what_was_refused_is_told_of_too_whoever_refused_it(self):
        causes = {
            "ClusterNotFoundException": lambda: self.ecs.delete_cluster(cluster="gone"),
            "InvalidParameterException": lambda: self.ecs.create_cluster(clusterName="not a name"),
        }
        for code, call in causes.items():
            with self.assertRaises(botocore.exceptions.ClientError):
                call()
            entry = until(lambda code=code: next(
                (each for each in self.trail(refused="true")[0] if each["errorCode"] == code),
                None), f"an entry with {code}")
            self.assertTrue(entry["errorMessage"])
            self.assertEqual(entry["resources"], [])

    def test_who_merely_looks_leaves_no_entry(self):
        before = self.trail()[0]
        self.ecs.list_clusters()
        self.ecs.describe_clusters()
        self.trail()
        self.assertEqual(self.trail()[0], before)

    def test_values_of_environment_variables_are_in_no_entry(self):
        self.ecs.register_task_definition(
            family="secretive", containerDefinitions=[{
                "name": "c", "image": "i", "memory": 8,
                "environment": [{"name": "PASSWORD", "value": SECRET}]}])
        entry = self.newest(operation="RegisterTaskDefinition")
        self.assertNotIn(SECRET, json.dumps(entry))
        container = json.loads(entry["parameters"])["containerDefinitions"][0]
        self.assertEqual(container["environment"], [{"name": "PASSWORD", "value": "***"}])
        self.assertNotIn(SECRET, self.control.ecsctl("audit", "--output", "json"))

    def test_a_large_call_leaves_its_size(self):
        self.ecs.register_task_definition(family="large", containerDefinitions=[{
            "name": "c", "image": "i", "memory": 8, "command": ["x" * 6000]}])
        parameters = json.loads(self.newest(operation="RegisterTaskDefinition")["parameters"])
        self.assertGreater(parameters["omittedBytes"], 6000)

    def test_pages_lead_to_the_oldest_entry_and_their_tokens_to_nothing_else(self):
        for number in range(5):
            self.ecs.create_cluster(clusterName=f"page-{number}")
        whole, _ = self.trail(operation="CreateCluster", maxResults=1000)
        found, token, pages = [], None, 0
        while pages == 0 or token:
            query = {"operation": "CreateCluster", "maxResults": 2}
            entries, token = self.trail(**query, **({"nextToken": token} if token else {}))
            self.assertLessEqual(len(entries), 2)
            found += entries
            pages += 1
            self.assertLess(pages, 1000)
        self.assertEqual(found, whole)
        sequences = [entry["sequence"] for entry in found]
        self.assertEqual(sequences, sorted(sequences, reverse=True))
        _, token = self.trail(maxResults=1)
        path = "/v1/audit?" + urllib.parse.urlencode({"operation": "RunTask", "nextToken": token})
        self.assertEqual(self.control.raw("GET", path, self.control.signed("GET", path))[:2],
                         (400, "InvalidParameterException"))

    def test_another_account_and_another_region_see_nothing_of_it(self):
        pair = self.control.key_of("auditor", "210987654321")
        self.assertEqual(self.trail(pair=pair)[0], [])
        self.control.boto(pair).create_cluster(clusterName="theirs")
        mine, theirs = self.trail()[0], self.trail(pair=pair)[0]
        self.assertEqual([entry["operation"] for entry in theirs], ["CreateCluster"])
        self.assertNotIn("theirs", json.dumps(mine))

    def test_what_was_told_is_told_after_a_kill(self):
        self.ecs.create_cluster(clusterName="durable")
        before = self.newest()
        self.control.kill()
        self.control.start()
        type(self).ecs = self.control.boto()
        self.assertEqual(self.newest(), before)

    def test_ecsctl_shows_it_to_people(self):
        self.control.ecsctl("cluster", "create", "shown")
        text = self.control.ecsctl("audit", "--limit", "1")
        self.assertIn("WHO", text)
        for word in ("admin", "CreateCluster", "done", "shown", "127.0.0.1"):
            self.assertIn(word, text)
        self.assertIn("no call", self.control.ecsctl("audit", "--operation", "StopTask"))


if __name__ == "__main__":
    unittest.main()
