"""Who may call: ecs-control with --auth sigv4 before the clients that people have.

access_test.py ECS-CONTROL ECSCTL BUILD: Debian's aws and boto3, AWS's SDK for JavaScript (installed
into BUILD by the test itself), ecsctl, and requests that were tampered with on their way.
"""

import datetime
import json
import os
import subprocess
import time
import unittest

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.utils

import javascript_sdk
from signed_control import BOUND_S, BUILD, OPERATOR, PROGRAM, TARGET, WithControl


class FirstStart(WithControl):
    def test_the_files_are_the_owners_only_and_survive_a_restart(self):
        for name in ("credentials", "key", "control.db"):
            mode = os.stat(os.path.join(self.control.directory, name)).st_mode & 0o777
            self.assertEqual(mode, 0o600, name)
        pair = self.control.credentials()
        self.assertRegex(pair[0], r"^AKIA[A-Z2-7]{16}$")
        self.assertEqual(len(pair[1]), 40)
        self.control.kill()
        self.control.start()
        self.assertEqual(self.control.credentials(), pair)
        self.control.boto().list_clusters()

    def test_no_secret_is_in_the_log_or_in_the_database(self):
        key, secret = self.control.key_of("logged")
        self.control.boto((key, secret)).create_cluster(clusterName="logged")
        token = self.control.ecsctl("session", "create").strip()
        held = open(os.path.join(self.control.directory, "control.db"), "rb").read()
        wal = os.path.join(self.control.directory, "control.db-wal")
        if os.path.exists(wal):
            held += open(wal, "rb").read()
        self.assertIn(key.encode(), held)
        for hidden in (secret, token, self.control.credentials()[1]):
            self.assertNotIn(hidden.encode(), held)
            self.assertNotIn(hidden, self.control.said())

    def start_fails(self, *words):
        done = subprocess.run([PROGRAM, "--listen", "127.0.0.1:0", "--data",
                               self.control.directory], capture_output=True, text=True,
                              timeout=BOUND_S, check=False)
        self.assertEqual(done.returncode, 1)
        for word in words:
            self.assertIn(word, done.stdout + done.stderr)

    def test_without_its_key_file_or_with_another_it_does_not_start(self):
        self.control.kill()
        key = os.path.join(self.control.directory, "key")
        aside = key + ".aside"
        os.rename(key, aside)
        self.start_fails("key is missing")
        self.assertFalse(os.path.exists(key))
        with open(key, "w", encoding="utf-8") as file:
            file.write("00" * 32 + "\n")
        os.chmod(key, 0o644)
        self.start_fails("chmod 600")
        os.chmod(key, 0o600)
        self.start_fails("does not open with the key file")
        os.rename(aside, key)
        self.control.start()
        self.control.boto().list_clusters()


class Clients(WithControl):
    def test_boto3_describes_and_changes(self):
        client = self.control.boto()
        made = client.create_cluster(clusterName="boto", tags=[{"key": "a b", "value": "ü/+"}])
        self.assertEqual(made["cluster"]["clusterArn"],
                         f"arn:aws:ecs:us-east-1:{OPERATOR}:cluster/boto")
        shown = client.describe_clusters(clusters=["boto"])["clusters"]
        self.assertEqual([cluster["status"] for cluster in shown], ["ACTIVE"])

    def test_aws_describes_and_changes(self):
        def aws(*arguments, pair=None):
            return subprocess.run(["/usr/bin/aws", "--endpoint-url", self.control.endpoint, "ecs",
                                   *arguments], env=self.control.environment(pair), text=True,
                                  capture_output=True, timeout=BOUND_S, check=False)
        made = aws("create-cluster", "--cluster-name", "cli")
        self.assertEqual(made.returncode, 0, made.stderr)
        shown = aws("describe-clusters", "--clusters", "cli")
        self.assertEqual(json.loads(shown.stdout)["clusters"][0]["status"], "ACTIVE")
        wrong = aws("list-clusters", pair=(self.control.credentials()[0], "wrong"))
        self.assertNotEqual(wrong.returncode, 0)
        self.assertIn("InvalidSignatureException", wrong.stderr)

    def test_the_sdk_for_javascript_describes_and_changes_and_mends_its_clock(self):
        if not javascript_sdk.installed():
            self.skipTest("node or npm is not installed")
        said = javascript_sdk.run("access.mjs", self.control, BUILD, self.base)
        self.assertEqual(said["created"], f"arn:aws:ecs:us-east-1:{OPERATOR}:cluster/javascript")
        self.assertEqual(said["described"], "ACTIVE")
        self.assertEqual(said["late"], "ACTIVE")
        self.assertEqual(said["early"], "ACTIVE")
        self.assertEqual(said["wrong"], "InvalidSignatureException")

    def test_ecsctl_and_curl_speak_rest(self):
        self.control.ecsctl("cluster", "create", "tool")
        self.assertIn("subnet-", self.control.ecsctl("subnets"))
        key, secret = self.control.credentials()
        signed = subprocess.run(
            ["/usr/bin/curl", "-sS", "--noproxy", "*", "--aws-sigv4", "aws:amz:us-east-1:ecs",
             "-K", "-", self.control.endpoint + "/v1/subnets"], input=f"user = \"{key}:{secret}\"",
            text=True, capture_output=True, timeout=BOUND_S, check=True)
        self.assertEqual(len(json.loads(signed.stdout)["subnets"]), 2)

    def test_the_region_is_the_signatures_and_another_region_is_another_world(self):
        self.control.boto().create_cluster(clusterName="here")
        there = self.control.boto(region="eu-west-3")
        self.assertEqual(there.list_clusters()["clusterArns"], [])
        made = there.create_cluster(clusterName="there")["cluster"]["clusterArn"]
        self.assertEqual(made, f"arn:aws:ecs:eu-west-3:{OPERATOR}:cluster/there")
        self.assertNotIn(made, self.control.boto().list_clusters()["clusterArns"])


class Refusals(WithControl):
    def call(self, body=b"{}", change=None, **signing):
        """One ListClusters, signed by botocore and then changed; (status, error, answer)."""
        headers = self.control.signed("POST", "/", body, headers={
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": TARGET + "ListClusters"},
            **signing)
        if change:
            change(headers)
        return self.control.raw("POST", "/", headers, body)[:3]

    def test_what_botocore_signs_is_let_in(self):
        self.assertEqual(self.call()[0], 200)

    def test_a_wrong_secret_an_unknown_key_and_nothing_at_all_are_refused(self):
        key, secret = self.control.credentials()
        message = self.refused(self.control.boto((key, "wrong")), "InvalidSignatureException")
        self.assertIn("does not match the signature you provided", message)
        self.refused(self.control.boto(("AKIAAAAAAAAAAAAAAAAA", secret)),
                     "UnrecognizedClientException")
        self.refused(self.control.boto((key, secret), token="a token"),
                     "UnrecognizedClientException")
        status, error, _, _ = self.control.raw("POST", "/", {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": TARGET + "ListClusters"}, b"{}")
        self.assertEqual((status, error), (400, "MissingAuthenticationTokenException"))
        for path in ("/v1/clusters", "/v1/events", "/v1/tasks/x/logs", "/v1/bill"):
            status, error, _, _ = self.control.raw("GET", path)
            self.assertEqual((status, error), (403, "MissingAuthenticationTokenException"), path)

    def test_an_altered_body_or_header_is_refused(self):
        headers = self.control.signed("POST", "/", b"{}", headers={
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": TARGET + "ListClusters"})
        altered = self.control.raw("POST", "/", headers, b'{"maxResults":1}')
        self.assertEqual(altered[1], "InvalidSignatureException")
        self.assertEqual(self.call(change=lambda headers: headers.update(
            {"X-Amz-Target": TARGET + "DeleteCluster"}))[1], "InvalidSignatureException")
        self.assertEqual(self.call(change=lambda headers: headers.update(
            {"X-Amz-Extra": "1"}))[1], "IncompleteSignatureException")
        self.assertEqual(self.call(change=lambda headers: headers.update(
            {"Authorization": headers["Authorization"].replace("us-east-1", "us-east-2")}))[1],
            "InvalidSignatureException")
        self.assertEqual(self.call(change=lambda headers: headers.update(
            {"Authorization": "AWS4-HMAC-SHA256 Credential="}))[1], "IncompleteSignatureException")

    def test_an_old_or_a_future_date_is_refused_with_a_date_to_correct_by(self):
        now = datetime.datetime.utcnow()
        for minutes, word in ((-6, "Signature expired"), (6, "Signature not yet current")):
            status, error, answer = self.call(at=now + datetime.timedelta(minutes=minutes))
            self.assertEqual((status, error), (400, "InvalidSignatureException"))
            self.assertIn(word, answer["message"])
        for minutes in (-4, 4):
            self.assertEqual(self.call(at=now + datetime.timedelta(minutes=minutes))[0], 200)
        date = self.control.raw("GET", "/v1/bill")[3]["Date"]
        self.assertLess(abs(time.time() - botocore.utils.parse_timestamp(date).timestamp()), 30)

    def test_unsigned_payloads_presigned_urls_and_other_services_are_refused_by_name(self):
        key, secret = self.control.credentials()
        request = botocore.awsrequest.AWSRequest(
            method="GET", url=self.control.endpoint + "/v1/bill",
            headers={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"})
        botocore.auth.SigV4Auth(botocore.credentials.Credentials(key, secret), "ecs",
                                "us-east-1").add_auth(request)
        self.assertEqual(self.control.raw("GET", "/v1/bill", dict(request.headers.items()))[1],
                         "IncompleteSignatureException")
        request = botocore.awsrequest.AWSRequest(method="GET",
                                                 url=self.control.endpoint + "/v1/bill")
        botocore.auth.SigV4QueryAuth(botocore.credentials.Credentials(key, secret), "ecs",
                                     "us-east-1").add_auth(request)
        path = request.url[len(self.control.endpoint):]
        _, error, answer, _ = self.control.raw("GET", path)
        self.assertEqual(error, "IncompleteSignatureException")
        self.assertIn("Presigned", answer["message"])
        request = botocore.awsrequest.AWSRequest(method="GET",
                                                 url=self.control.endpoint + "/v1/bill")
        botocore.auth.SigV4Auth(botocore.credentials.Credentials(key, secret), "s3",
                                "us-east-1").add_auth(request)
        _, error, answer, _ = self.control.raw("GET", "/v1/bill", dict(request.headers.items()))
        self.assertEqual(error, "InvalidSignatureException")
        self.assertIn("'ecs'", answer["message"])


if __name__ == "__main__":
    unittest.main(warnings="ignore")
