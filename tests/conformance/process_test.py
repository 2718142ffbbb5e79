#!/usr/bin/python3
"""ecs-control as a process: its options, its signals, its death, and the clients people have.

    process_test.py PATH-OF-ECS-CONTROL [unittest arguments]
"""

import concurrent.futures
import ctypes
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import boto3
import botocore.config
import botocore.exceptions

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else "build/dev/bin/ecs-control"
BOUND_S = 60
LIBC = ctypes.CDLL(None, use_errno=True)


def until(condition, what):
    """Waits for a condition to hold."""
    end = time.monotonic() + BOUND_S
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {BOUND_S} s: {what}")


class Control:
    """A process on a directory; kill it, start it again."""

    def __init__(self, directory, *options):
        self.directory = directory
        self.options = options
        self.process = None
        self.start()

    def start(self):
        address = os.path.join(self.directory, "address")
        if os.path.exists(address):
            os.remove(address)
        self.log = open(os.path.join(self.directory + ".log"), "a+", encoding="utf-8")
        self.process = subprocess.Popen(
            [PROGRAM, "--listen", "127.0.0.1:0", "--data", self.directory, "--auth", "off",
             *self.options], stdout=self.log, stderr=subprocess.STDOUT)
        until(lambda: os.path.exists(address) or self.process.poll() is not None, "an address")
        if self.process.poll() is not None:
            raise AssertionError(self.said())
        with open(address, encoding="utf-8") as file:
            self.address = file.read().split()[0]

    def said(self):
        with open(self.directory + ".log", encoding="utf-8") as log:
            return log.read()

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        code = self.process.wait(BOUND_S)
        self.log.close()
        return code

    def memory_kib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as status:
            return int(next(line for line in status if line.startswith("VmRSS:")).split()[1])

    def kill(self):
        if self.process.poll() is None:
            self.signal(signal.SIGKILL)
        return self.end()

    def connection(self):
        return http.client.HTTPConnection(self.address, timeout=BOUND_S)

    def call(self, operation, body, connection=None):
        link = connection or self.connection()
        link.request("POST", "/", json.dumps(body), {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AmazonEC2ContainerServiceV20141113." + operation})
        answer = link.getresponse()
        said = json.loads(answer.read())
        if connection is None:
            link.close()
        return answer.status, said

    def boto(self):
        return boto3.client(
            "ecs", endpoint_url="http://" + self.address, region_name="eu-west-1",
            aws_access_key_id="x", aws_secret_access_key="y",
            config=botocore.config.Config(retries={"max_attempts": 0}, proxies={}))

    def aws(self, *arguments):
        return subprocess.run(
            ["/usr/bin/aws", "--endpoint-url", "http://" + self.address, "ecs", *arguments],
            capture_output=True, text=True, timeout=BOUND_S, check=False,
            env={"PATH": "/usr/bin:/bin", "HOME": self.directory, "AWS_ACCESS_KEY_ID": "x",
                 "AWS_SECRET_ACCESS_KEY": "y", "AWS_DEFAULT_REGION": "eu-west-1"})


class WithDirectory(unittest.TestCase):
    def setUp(self):
        self.base = tempfile.mkdtemp(prefix="stowage-process-")
        self.data = os.path.join(self.base, "data")
        self.controls = []

    def tearDown(self):
        for control in self.controls:
            if control.process.poll() is None:
                control.kill()
        shutil.rmtree(self.base, ignore_errors=True)

    def control(self, *options):
        control = Control(self.data, *options)
        self.controls.append(control)
        return control


class Options(WithDirectory):
    def refused(self, options, *words):
        done = subprocess.run([PROGRAM, *options], capture_output=True, text=True, timeout=BOUND_S,
                              check=False)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stdout + done.stderr)

    def test_help_names_every_option(self):
        done = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, timeout=BOUND_S,
                              check=True)
        for option in ("--listen", "--data", "--region", "--account-id", "--auth", "--store",
                       "--config", "--allow-remote", "--healthy-after", "--prices"):
            self.assertIn(option, done.stdout)

    def test_what_is_not_built_or_not_safe_is_refused_by_name(self):
        data = ["--data", self.data]
        off = [*data, "--auth", "off"]
        self.refused(off[2:], "--data")
        self.refused([*data, "--allow-remote"], "--allow-remote belongs to --auth off")
        self.refused([*off, "--store", "postgresql://x/y"], "--store")
        self.refused([*off, "--store", "/some/path"], "sqlite:PATH")
        self.refused([*off, "--config", "/nonexistent"], "--config", "/nonexistent")
        self.refused([*off, "--tls-cert", "x.pem"], "--tls-cert")
        self.refused([*off, "--account-id", "12"], "12 digits")
        self.refused([*off, "--listen", "0.0.0.0:0"], "--allow-remote")
        self.refused([*off, "--listen", "nonsense"], "ADDRESS:PORT")
        self.refused([*off, "--lease", "5", "--poll-hold", "10"], "--lease")
        self.refused([*off, "--prices", "/nonexistent"], "/nonexistent")
        self.refused([*off, "--frobnicate"], "--frobnicate")
        self.assertFalse(os.path.exists(self.data))

    def test_two_controls_cannot_share_a_directory(self):
        first = self.control()
        second = subprocess.run([PROGRAM, "--listen", "127.0.0.1:0", "--data", self.data, "--auth",
                                 "off"], capture_output=True, text=True, timeout=BOUND_S,
                                check=False)
        self.assertEqual(second.returncode, 1)
        self.assertIn(f"process {first.process.pid}", second.stdout + second.stderr)
        self.assertEqual(first.call("ListClusters", {})[0], 200)

    def test_prices_come_from_the_file_that_is_named(self):
        prices = os.path.join(self.base, "prices.yaml")
        with open(prices, "w", encoding="utf-8") as file:
            file.write("currency: EUR\nminimum_seconds: 1\n"
                       "fargate: {vcpu_hour: 1, gb_hour: 1}\n")
        link = self.control("--prices", prices).connection()
        link.request("GET", "/v1/bill")
        self.assertEqual(json.loads(link.getresponse().read())["currency"], "EUR")

    def test_a_configuration_file_states_options_and_the_command_line_overrides_them(self):
        config = os.path.join(self.base, "control.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write("listen: [\"0.0.0.0:0\"]\nregion: eu-north-1\naccount-id: '210987654321'\n"
                       "healthy-after: 1\n")
        control = self.control("--config", config, "--account-id", "000000000001")
        _, made = control.call("CreateCluster", {})
        self.assertEqual(made["cluster"]["clusterArn"],
                         "arn:aws:ecs:eu-north-1:000000000001:cluster/default")
        off = ["--data", self.data, "--auth", "off", "--config", config]
        self.refused(off, "--allow-remote")  # the file's address, for there is no other
        with open(config, "w", encoding="utf-8") as file:
            file.write("regoin: eu-north-1\n")
        self.refused(off, "regoin")

    def test_says_loudly_that_authentication_is_off(self):
        self.assertIn("AUTHENTICATION IS OFF", self.control().said())


class Endings(WithDirectory):
    def join(self, control):
        link = control.connection()
        secret = secrets.token_hex(32)
        link.request("POST", "/agent/v1/join", json.dumps({
            "secret": secret, "cluster": "default", "boot_id": "b",
            "inventory": {"cpu": 1024, "memory": 1024, "availability_zone": "us-east-1a",
                          "address": "198.18.0.2"}}))
        answer = json.loads(link.getresponse().read())
        link.close()
        return {**answer, "secret": secret}

    def test_sigterm_answers_what_is_under_way_and_exits_0(self):
        control = self.control()
        host = self.join(control)
        parked = control.connection()
        parked.request("POST", "/agent/v1/sync", json.dumps(
            {"agent": host["instance"], "boot_id": "b", "hold_ms": 0}),
            {"Authorization": "Bearer " + host["secret"]})
        version = json.loads(parked.getresponse().read())["version"]
        parked.request("POST", "/agent/v1/sync", json.dumps(
            {"agent": host["instance"], "boot_id": "b", "have_version": version,
             "hold_ms": 20000}), {"Authorization": "Bearer " + host["secret"]})
        idle = socket.create_connection(control.address.split(":"), BOUND_S)
        self.assertEqual(control.call("ListClusters", {})[0], 200)
        control.signal(signal.SIGTERM)
        self.assertIn(parked.getresponse().status, (200, 503))
        self.assertEqual(idle.recv(1), b"")
        self.assertEqual(control.end(), 0)
        control.start()
        self.assertEqual(control.call("ListClusters", {})[1]["clusterArns"],
                         ["arn:aws:ecs:us-east-1:123456789012:cluster/default"])

    def test_kill_9_loses_nothing_that_was_acknowledged(self):
        control = self.control()
        acknowledged = set()
        for round_number in range(5):
            def create(worker, control=control, round_number=round_number):
                link = control.connection()
                for count in range(1000):
                    name = f"r{round_number}-w{worker}-{count}"
                    try:
                        status, _ = control.call("CreateCluster", {"clusterName": name}, link)
                    except (OSError, http.client.HTTPException):
                        return
                    if status == 200:
                        acknowledged.add(name)

            goal = len(acknowledged) + 20 + 10 * round_number
            with concurrent.futures.ThreadPoolExecutor(8) as workers:
                running = [workers.submit(create, worker) for worker in range(8)]
                until(lambda goal=goal: len(acknowledged) >= goal, "some clusters")
                control.kill()
                for done in running:
                    done.result()
            control.start()
            found, token = set(), None
            while True:
                body = {"nextToken": token} if token else {}
                _, page = control.call("ListClusters", body)
                found |= {arn.split("/")[-1] for arn in page["clusterArns"]}
                token = page.get("nextToken")
                if not token:
                    break
            self.assertEqual(acknowledged - found, set())

    @unittest.skipUnless(os.geteuid() == 0, "mounting a small filesystem needs root")
    def test_a_full_disk_ends_the_process_and_nothing_acknowledged_is_lost(self):
        disk = os.path.join(self.base, "disk")
        os.makedirs(disk)
        self.assertEqual(
            LIBC.mount(b"stowage-test", disk.encode(), b"tmpfs", 0, b"size=1500k"), 0)
        try:
            control = self.control("--store", "sqlite:" + disk + "/control.db")
            acknowledged = 0
            while acknowledged < 5000:
                status, said = control.call("CreateCluster", {
                    "clusterName": f"c{acknowledged}",
                    "tags": [{"key": f"k{at}", "value": "v" * 250} for at in range(40)]})
                if status != 200:
                    break
                acknowledged += 1
            self.assertEqual((status, said["__type"]), (500, "ServerException"))
            self.assertEqual(control.end(), 3)
            self.assertIn("disk is full", control.said())
            self.assertEqual(
                LIBC.mount(b"stowage-test", disk.encode(), b"tmpfs", 32, b"size=50m"), 0)
            control.start()
            status, last = control.call("DescribeClusters",
                                        {"clusters": [f"c{acknowledged - 1}"]})
            self.assertEqual((status, last["failures"]), (200, []))
            control.kill()
        finally:
            LIBC.umount2(disk.encode(), 2)


class Clients(WithDirectory):
    def test_debians_aws_and_boto_read_answers_and_errors(self):
        control = self.control()
        made = control.aws("create-cluster", "--cluster-name", "demo")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("arn:aws:ecs:eu-west-1:123456789012:cluster/demo", made.stdout)
        missing = control.aws("describe-services", "--cluster", "nope", "--services", "x")
        self.assertNotEqual(missing.returncode, 0)
        self.assertIn("ClusterNotFoundException", missing.stderr)
        ecs = control.boto()
        self.assertEqual(ecs.list_clusters()["clusterArns"],
                         ["arn:aws:ecs:eu-west-1:123456789012:cluster/demo"])
        with self.assertRaises(ecs.exceptions.ClusterNotFoundException):
            ecs.list_services(cluster="nope")
        with self.assertRaises(botocore.exceptions.ClientError) as unsupported:
            ecs.execute_command(cluster="demo", task="web", command="sh", interactive=True)
        self.assertEqual(unsupported.exception.response["Error"]["Code"],
                         "UnsupportedFeatureException")
        self.assertTrue(unsupported.exception.response["ResponseMetadata"]["RequestId"])

    def test_a_thousand_idle_connections_do_not_keep_others_waiting(self):
        control = self.control()
        address = control.address.split(":")
        self.assertEqual(control.call("ListClusters", {})[0], 200)
        before = control.memory_kib()
        idle = [socket.create_connection(address, BOUND_S) for _ in range(1000)]
        for connection in idle[::2]:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        try:
            for connection in idle[::2]:
                self.assertTrue(connection.recv(4096).startswith(b"HTTP/1.1 200 "))
            # 10 KB each, and what the sanitizers of a test build add.
            self.assertLess(control.memory_kib() - before, 64 << 10)
            link = control.connection()
            start = time.monotonic()
            for _ in range(20):
                self.assertEqual(control.call("ListClusters", {}, link)[0], 200)
            self.assertLess(time.monotonic() - start, 5)
        finally:
            for connection in idle:
                connection.close()


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
