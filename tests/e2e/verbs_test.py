"""Every verb of ecsctl against a real cluster: what it prints, how it ends, what it refuses."""

import json
import os
import re
import subprocess
import threading
import unittest

import moved_tag
from cluster import BIN, SURROUNDINGS, Cluster, http_get, wait_for

DONE, FAILED, MISUSED = 0, 1, 2


class Verbs(unittest.TestCase):
    """One cluster for the class; each test has services, tasks and families of its own."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster("verbs")
        cls.addClassCleanup(cls.cluster.down)

    def environment(self):
        return {"PATH": "/usr/bin:/bin", "HOME": self.cluster.directory, "NO_PROXY": "*",
                "AWS_ENDPOINT_URL": self.cluster.endpoint, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY": "example", **SURROUNDINGS}

    def ecsctl(self, *words, expect=DONE):
        """What it prints; with FAILED or MISUSED, what it complains of."""
        done = subprocess.run([os.path.join(BIN, "ecsctl"), *words], env=self.environment(),
                              text=True, capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, expect,
                         f"ecsctl {' '.join(words)}\n{done.stdout}\n{done.stderr}")
        return done.stderr if expect != DONE else done.stdout

    def answer(self, *words):
        return json.loads(self.ecsctl(*words, "--output", "json"))

    def here(self, *words):
        """Arguments of a verb that takes a cluster."""
        return (*words, "--cluster", "verbs")

    def definition(self, family, command, form="json", **container):
        """A file to register from: one container `main` that runs the probe."""
        path = os.path.join(self.cluster.directory, f"{family}.{form}")
        image = self.cluster.image("probe")
        with open(path, "w") as file:
            if form == "json":
                json.dump({"family": family, "networkMode": "bridge", "containerDefinitions": [
                    {"name": "main", "image": image, "memory": 32, "command": command,
                     **container}]}, file)
            else:
                file.write(f"family: {family}\n"
                           "networkMode: bridge\n"
                           "containerDefinitions:\n"
                           f"  - {{name: main, image: '{image}', memory: 32,\n"
                           f"     command: {json.dumps(command)}}}\n")
        return path

    def test_every_verb_explains_itself_and_wrong_words_end_with_2(self):
        verbs = re.findall(r"^  ([a-z][a-z-]*(?: [a-z]+)?)  ", self.ecsctl("--help"), re.MULTILINE)
        self.assertGreater(len(verbs), 15, verbs)
        for verb in verbs:
            page = self.ecsctl(*verb.split(), "--help")
            self.assertIn("ecsctl " + verb, page)
        for words in (("no-such-verb",), ("run",), ("ps", "--no-such-option"),
                      ("service", "scale", "web", "many"), ("logs",)):
            self.assertTrue(self.ecsctl(*words, expect=MISUSED), words)

    def test_clusters_are_created_listed_and_deleted(self):
        self.ecsctl("cluster", "create", "short-lived")
        self.assertIn("short-lived", self.ecsctl("cluster", "list"))
        self.assertIn("enhanced", self.ecsctl("cluster", "update", "short-lived",
                                              "--container-insights", "enhanced"))
        self.ecsctl("cluster", "delete", "short-lived")
        self.assertNotIn("short-lived", self.ecsctl("cluster", "list"))
        self.assertIn("ClusterNotFound",
                      self.ecsctl("cluster", "delete", "never-was", expect=FAILED))

    def test_a_tag_that_moves_changes_a_deployment_only_as_a_whole(self):
        moved_tag.try_it(self, self.cluster,
                         placementConstraints=[{"type": "distinctInstance"}],
                         deploymentConfiguration={"minimumHealthyPercent": 0,
                                                  "maximumPercent": 100})

    def test_definitions_are_registered_from_yaml_and_json(self):
        self.ecsctl("register", "-f", self.definition("of-yaml", ["serve", "80"], "yaml"))
        self.ecsctl("register", "-f", self.definition("of-json", ["serve", "80"]))
        listed = self.ecsctl("definitions")
        self.assertIn("of-yaml", listed)
        self.assertIn("of-json", listed)
        shown = self.answer("definition", "of-yaml")["taskDefinition"]
        self.assertEqual(shown["containerDefinitions"][0]["command"], ["serve", "80"])
        missing = os.path.join(self.cluster.directory, "no-such.yaml")
        self.assertIn("no-such.yaml", self.ecsctl("register", "-f", missing, expect=FAILED))

    def test_a_task_runs_is_shown_writes_and_is_stopped(self):
        self.ecsctl("register", "-f", self.definition("shown", ["serve", "80"]))
        self.ecsctl(*self.here("run", "shown", "--launch-type", "EC2", "--wait",
                               "--started-by", "verbs"))
        tasks = self.answer(*self.here("ps", "--family", "shown"))["tasks"]
        self.assertEqual(len(tasks), 1)
        task = tasks[0]["taskArn"].rsplit("/", 1)[1]
        self.assertIn("RUNNING", self.ecsctl(*self.here("task", task)))
        self.ecsctl(*self.here("stop", task, "--reason", "seen enough", "--wait"))
        ended = self.answer(*self.here("task", task))["tasks"][0]
        self.assertEqual((ended["lastStatus"], ended["stoppedReason"]), ("STOPPED", "seen enough"))
        self.assertIn(task[:8], self.ecsctl(*self.here("ps", "--all", "--family", "shown")))
        self.ecsctl(*self.here("run", "never-registered", "--launch-type", "EC2"), expect=FAILED)

    def test_logs_are_read_and_followed_through_control(self):
        path = self.definition("talks", ["serve", "80"],
                               portMappings=[{"containerPort": 80, "hostPort": 8090}])
        self.ecsctl("register", "-f", path)
        self.ecsctl(*self.here("run", "talks", "--launch-type", "EC2", "--wait"))
        found = self.answer(*self.here("ps", "--family", "talks"))["tasks"][0]
        task = found["taskArn"].rsplit("/", 1)[1]
        hosts = [self.cluster.show("address", host) for host in ("h1", "h2")]

        lines = []
        follower = subprocess.Popen(
            [os.path.join(BIN, "ecsctl"), *self.here("logs", task, "-f")], text=True,
            env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        reader = threading.Thread(target=lambda: lines.extend(iter(follower.stdout.readline, "")))
        reader.start()
        try:
            wait_for("the task's first line", 20, lambda: lines)
            before = len(lines)

            def asked():
                for host in hosts:
                    try:
                        http_get(f"http://{host}:8090/a-line-of-its-own")
                    except OSError:
                        continue
                return len(lines) > before
            wait_for("a line written while it was followed", 20, asked)
        finally:
            follower.terminate()
            follower.wait(10)
            reader.join(10)
            follower.stdout.close()
        read = self.ecsctl(*self.here("logs", task, "--tail", "1"))
        self.assertEqual(len(read.splitlines()), 1, read)
        self.ecsctl(*self.here("stop", task, "--wait"))

    def await_rolled_out(self, service, count):
        """A service is stable when its tasks run; its deployment succeeds when they are healthy."""
        wait_for(f"{count} deployments of {service} that succeeded", 30, lambda: self.ecsctl(
            *self.here("deployments", service)).count("SUCCESSFUL") == count)

    def test_a_service_is_created_scaled_updated_and_deleted(self):
        self.ecsctl("register", "-f", self.definition("kept", ["serve", "80"]))
        self.ecsctl(*self.here("service", "create", "kept", "--definition", "kept", "--count",
                               "1", "--launch-type", "EC2", "--wait"))
        self.assertIn("kept", self.ecsctl(*self.here("service", "list")))
        self.await_rolled_out("kept", 1)
        self.ecsctl(*self.here("service", "scale", "kept", "2", "--wait"))
        self.ecsctl("register", "-f", self.definition("kept", ["serve", "81"]))
        self.ecsctl(*self.here("service", "update", "kept", "--definition", "kept", "--wait"))
        shown = self.ecsctl(*self.here("service", "show", "kept"))
        self.assertIn("kept:2", shown)
        self.assertIn("steady state", shown)
        self.await_rolled_out("kept", 2)
        self.ecsctl(*self.here("service", "delete", "kept", "--force"))
        wait_for("kept INACTIVE", 60,
                 lambda: self.cluster.service("kept")["status"] == "INACTIVE")

    def test_hosts_events_and_the_bill_are_shown_in_every_form(self):
        self.assertEqual(len(self.answer(*self.here("hosts"))["containerInstances"]), 2)
        self.assertIn("cluster.created", self.ecsctl("events"))
        self.assertEqual(self.answer("bill")["currency"], "USD")
        for words in (self.here("hosts"), self.here("ps"), self.here("service", "list"),
                      ("cluster", "list"), ("definitions",), ("subnets",), ("bill",)):
            self.assertIsInstance(self.answer(*words), dict)
            self.assertTrue(self.ecsctl(*words, "--output", "yaml").strip(), words)
            widest = max((len(line) for line in self.ecsctl(*words).splitlines()), default=0)
            self.assertLessEqual(widest, 160, f"{words} does not fit")


if __name__ == "__main__":
    unittest.main()
