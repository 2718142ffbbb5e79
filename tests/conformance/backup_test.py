#!/usr/bin/python3
"""Backups of a control that runs, and what comes back of them: ecsctl backup, ecs-control restore.

    backup_test.py PATH-OF-ECS-CONTROL PATH-OF-ECSCTL BUILD-FOLDER [unittest arguments]
"""

import concurrent.futures
import hashlib
import http.client
import json
import os
import secrets
import shutil
import signal
import sqlite3
import stat
import subprocess
import threading
import unittest

from signed_control import ANOTHER, BOUND_S, ECSCTL, OPERATOR, PROGRAM, TARGET, Control, WithControl, until

DEFINITION = {"family": "web", "containerDefinitions": [
    {"name": "main", "image": "x", "cpu": 1, "memory": 6}]}


class Caller:
    """Calls with a session's token: Debian's boto3 knows no clientToken."""

    def __init__(self, control):
        self.token = control.ecsctl("session", "create").strip()
        self.link = http.client.HTTPConnection(control.address, timeout=BOUND_S)

    def call(self, operation, **body):
        self.link.request("POST", "/", json.dumps(body), {
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": TARGET + operation,
            "Authorization": "Bearer " + self.token})
        answer = self.link.getresponse()
        said = json.loads(answer.read())
        if answer.status != 200:
            raise AssertionError(f"{operation}: {answer.status} {said}")
        return said


class Host:
    """A host as control sees it: joins, syncs, runs what it is told."""

    def __init__(self, control, token):
        self.secret = secrets.token_hex(32)
        self.version = None
        self.tasks = set()
        self.sequence = 0
        answer = self.post(control, "/agent/v1/join", {
            "secret": self.secret, "token": token, "cluster": "c", "boot_id": "b",
            "inventory": {"cpu": 100_000, "memory": 1_000_000, "availability_zone": "us-east-1a",
                          "address": "198.18.0.2", "eni_capacity": 10}})[1]
        self.instance = answer["instance"]

    def post(self, control, path, body):
        link = http.client.HTTPConnection(control.address, timeout=BOUND_S)
        link.request("POST", path, json.dumps(body), {"Authorization": "Bearer " + self.secret})
        answer = link.getresponse()
        said = answer.status, json.loads(answer.read())
        link.close()
        return said

    def sync(self, control, reports=()):
        self.sequence += 1
        status, answer = self.post(control, "/agent/v1/sync", {
            "agent": self.instance, "boot_id": "b", "hold_ms": 0, "have_version": self.version,
            "report_sequence": self.sequence, "tasks": list(reports)})
        if status != 200:
            return status, answer
        if answer.get("full"):
            self.tasks.clear()
        self.tasks -= set(answer.get("tasks_gone", []))
        self.tasks |= {task["id"] for task in answer.get("tasks_set", [])}
        self.version = answer["version"]
        return status, answer


class Backup(WithControl):
    def file(self, name):
        return os.path.join(self.base, name)

    def restore(self, backup, data, expect=0, *options):
        done = subprocess.run([PROGRAM, "restore", backup, "--data", data, *options], text=True,
                              capture_output=True, timeout=BOUND_S, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def with_key(self, name):
        """A data directory that has this control's key file."""
        data = self.file(name)
        os.makedirs(data, 0o700)
        shutil.copy(os.path.join(self.control.directory, "key"), data)
        return data

    def restored(self, backup, name):
        """Another control, of what was restored."""
        data = self.with_key(name)
        self.restore(backup, data)
        shutil.copy(os.path.join(self.control.directory, "credentials"), data)
        other = Control(data)
        self.addCleanup(other.kill)
        return other

    def every_task(self, control):
        pages = control.boto().get_paginator("list_tasks").paginate(cluster="c")
        return {arn for page in pages for arn in page["taskArns"]}

    def test_backup_during_a_stream_of_calls_has_all_that_was_acknowledged_before(self):
        ecs = self.control.boto()
        ecs.create_cluster(clusterName="c")
        ecs.register_task_definition(**DEFINITION)
        token = self.control.ecsctl("token", "create", "--cluster", "c").strip()
        host = Host(self.control, token)
        acknowledged, refused, over = [], [], threading.Event()

        def stream(worker, caller):
            count = 0
            while not over.is_set():
                count += 1
                made = caller.call("RunTask", cluster="c", taskDefinition="web", count=2,
                                   clientToken=f"{worker}-{count}")
                acknowledged.extend(task["taskArn"] for task in made["tasks"])
                refused.extend(made["failures"])

        backup = self.file("stream.db")
        callers = [Caller(self.control) for _ in range(4)]
        with concurrent.futures.ThreadPoolExecutor(4) as workers:
            running = [workers.submit(stream, *each) for each in enumerate(callers)]

            def reached(goal):
                for one in running:
                    if one.done():
                        one.result()  # raises what ended it
                return len(acknowledged) >= goal

            until(lambda: reached(300), "some tasks")
            before = set(acknowledged)
            said = self.control.ecsctl("backup", backup)
            goal = len(acknowledged) + 50
            until(lambda: reached(goal), "tasks after the backup")
            over.set()
            for done in running:
                done.result()
        self.assertEqual(refused, [])
        self.assertIn(backup, said)
        self.assertEqual(stat.S_IMODE(os.stat(backup).st_mode), 0o600)
        self.assertEqual([name for name in os.listdir(self.base) if name.endswith(".part")], [])
        with open(backup, "rb") as file:
            self.assertIn(hashlib.sha256(file.read()).hexdigest(), said)
        host.sync(self.control)
        self.assertEqual(len(host.tasks), len(acknowledged))
        last_event = self.last_event(self.control)

        other = self.restored(backup, "stream")
        found = self.every_task(other)
        self.assertEqual(before - found, set(), "acknowledged before the backup began")
        self.assertEqual(found - set(acknowledged), set(), "never acknowledged")
        self.assertEqual(len(found), len(set(found)))

        # The host knows more than the restored control: it is told everything anew, in a version
        # that is none of those it has seen, and what control does not know is to go.
        seen = host.version
        status, answer = host.sync(other)
        self.assertEqual((status, answer["full"]), (200, True))
        self.assertGreater(host.version, seen)
        self.assertEqual(host.tasks, {arn.split("/")[-1] for arn in found})
        lost = sorted({arn.split("/")[-1] for arn in acknowledged} - host.tasks)
        self.assertTrue(lost)
        _, answer = host.sync(other, [{"id": lost[0], "status": "running"}])
        self.assertEqual(answer["tasks_gone"], [lost[0]])
        # And it works: what is started now runs there.
        other.boto().run_task(cluster="c", taskDefinition="web")
        host.sync(other)
        self.assertEqual(len(host.tasks), len(found) + 1)

        # Whoever has read events that were undone hears so; whoever reads anew sees the restore.
        status, name, answer, _ = other.raw(
            "GET", f"/v1/events?after={last_event}&follow=false",
            other.signed("GET", f"/v1/events?after={last_event}&follow=false"))
        self.assertEqual((status, name), (410, "EventsExpiredException"))
        self.assertIn("restored from a backup", answer["message"])
        self.assertIn("control.restored", other.ecsctl("events"))
        # A token of the same call as before still buys the same tasks.
        again = Caller(other).call("RunTask", cluster="c", taskDefinition="web", count=2,
                                   clientToken="0-1")
        self.assertLessEqual({task["taskArn"] for task in again["tasks"]}, found)

    def last_event(self, control):
        answer = control.raw("GET", "/v1/events?after=0&follow=false",
                             control.signed("GET", "/v1/events?after=0&follow=false"))[2]
        return int([line for line in answer.splitlines() if line.startswith("id: ")][-1][4:])

    def test_only_the_operators_administrator_takes_backups(self):
        build = self.control.key_of("build")
        stranger = self.control.key_of("admin", ANOTHER)
        for pair in (build, stranger):
            said = self.control.ecsctl("backup", self.file("no.db"), pair=pair, expect=1)
            self.assertIn("only user admin of the operator's account " + OPERATOR, said)
        self.assertFalse(os.path.exists(self.file("no.db")))
        self.assertEqual(self.control.raw("POST", "/v1/backup")[0], 403)
        status, _, answer, headers = self.control.raw("GET", "/v1/backup")
        self.assertEqual((status, headers["Allow"]), (405, "POST"), answer)

    def test_curl_with_a_session_gets_the_same_file(self):
        token = self.control.ecsctl("session", "create").strip()
        link = http.client.HTTPConnection(self.control.address, timeout=BOUND_S)
        link.request("POST", "/v1/backup", headers={"Authorization": "Bearer " + token})
        answer = link.getresponse()
        content = answer.read()
        link.close()
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["x-stowage-sha256"], hashlib.sha256(content).hexdigest())
        path = self.file("curl.db")
        with open(path, "wb") as file:
            file.write(content)
        self.restore(path, self.with_key("curl"))

    def test_no_secret_stands_in_a_backup_in_clear(self):
        key, secret = self.control.key_of("secretive")
        token = self.control.ecsctl("session", "create").strip()
        joining = self.control.ecsctl("token", "create", "--cluster", "s").strip()
        backup = self.file("secretive.db")
        self.control.ecsctl("backup", backup)
        with open(backup, "rb") as file:
            content = file.read()
        self.assertIn(key.encode(), content)
        for hidden in (secret, token, joining, self.control.credentials()[1]):
            self.assertNotIn(hidden.encode(), content)

    def test_a_file_that_is_there_is_never_replaced(self):
        backup = self.file("twice.db")
        self.control.ecsctl("backup", backup)
        with open(backup, "rb") as file:
            first = file.read()
        self.assertIn("name a new file", self.control.ecsctl("backup", backup, expect=1))
        with open(backup, "rb") as file:
            self.assertEqual(file.read(), first)
        self.assertIn("cannot be written",
                      self.control.ecsctl("backup", self.file("no/such/folder"), expect=1))

    def test_output_json_says_what_was_written(self):
        backup = self.file("json.db")
        said = json.loads(self.control.ecsctl("backup", backup, "--output", "json"))
        self.assertEqual(said["file"], backup)
        self.assertEqual(said["bytes"], os.path.getsize(backup))
        self.assertEqual(len(said["sha256"]), 64)

    def test_restore_refuses_a_running_control_and_a_directory_without_the_key(self):
        backup = self.file("refused.db")
        self.control.ecsctl("backup", backup)
        said = self.restore(backup, self.control.directory, 1)
        self.assertIn(f"process {self.control.process.pid}", said)
        self.assertIn("Stop that one first", said)
        empty = self.file("empty")
        said = self.restore(backup, empty, 1)
        self.assertIn("install -m 600 THAT-KEY " + os.path.join(empty, "key"), said)
        self.assertFalse(os.path.exists(os.path.join(empty, "control.db")))

    def test_restore_says_where_it_moved_what_was_there(self):
        other = Control(self.with_key("moved"))
        self.addCleanup(other.kill)
        backup = self.file("moved.db")
        self.control.ecsctl("backup", backup)
        other.boto().create_cluster(clusterName="of-the-other")
        other.kill()
        said = self.restore(backup, other.directory)
        aside = said.split("What was there is ")[1].split(" now.")[0]
        self.assertTrue(aside.startswith(os.path.join(other.directory, "control.db.replaced-")))
        database = sqlite3.connect(aside)
        self.assertEqual(database.execute("SELECT name FROM cluster").fetchall(),
                         [("of-the-other",)])
        database.close()

    def test_a_backup_that_was_copied_into_place_is_refused(self):
        backup = self.file("copied.db")
        self.control.ecsctl("backup", backup)
        data = self.with_key("copied")
        shutil.copy(backup, os.path.join(data, "control.db"))
        done = subprocess.run([PROGRAM, "--listen", "127.0.0.1:0", "--data", data], text=True,
                              capture_output=True, timeout=BOUND_S, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("ecs-control restore", done.stdout + done.stderr)

    def test_a_control_that_stops_gives_up_what_it_sends_and_leaves_nothing(self):
        data = self.with_key("stopped")
        other = Control(data)
        self.addCleanup(other.kill)
        database = other.boto()
        for number in range(30):
            database.create_cluster(clusterName=f"c{number}", tags=[
                {"key": f"k{at}", "value": "v" * 250} for at in range(40)])
        pair = other.credentials()
        link = http.client.HTTPConnection(other.address, timeout=BOUND_S)
        link.request("POST", "/v1/backup",
                     headers=other.signed("POST", "/v1/backup", pair=pair))
        answer = link.getresponse()
        self.assertEqual(answer.status, 200)
        other.process.send_signal(signal.SIGTERM)
        self.assertEqual(other.process.wait(BOUND_S), 0)
        link.close()
        self.assertEqual([name for name in os.listdir(data) if "backup" in name], [])

    def test_help_says_what_is_needed(self):
        said = subprocess.run([PROGRAM, "restore", "--help"], capture_output=True, text=True,
                              timeout=BOUND_S, check=True).stdout
        for word in ("FILE", "--data", "key", "replaced-TIME", "410", "Exit status", "Example"):
            self.assertIn(word, said)
        said = subprocess.run([ECSCTL, "backup", "--help"], capture_output=True, text=True,
                              timeout=BOUND_S, check=True).stdout
        for word in ("FILE", "0600", "key", "ecs-control restore FILE --data DIR", "Example"):
            self.assertIn(word, said)
        said = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True,
                              timeout=BOUND_S, check=True).stdout
        self.assertIn("ecs-control restore FILE --data DIR", said)


if __name__ == "__main__":
    os.environ["NO_PROXY"] = "*"
    unittest.main(verbosity=2, warnings="ignore")
