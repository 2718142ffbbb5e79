"""The tour of the root README, run as it stands there."""

import os
import re
import subprocess
import unittest

from cluster import BIN, ROOT, Cluster

# What ./quickstart prints for people, as functions, because scripts expand no aliases.
PREPARED = """
set -euo pipefail
aws() { /usr/bin/aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }
ecsctl() { "$BIN/ecsctl" "$@"; }
"""


def tour(heading):
    """The shell blocks below a heading of the README."""
    with open(os.path.join(ROOT, "README.md")) as file:
        text = file.read()
    section = re.split(r"^##", text.split(f"\n### {heading}\n")[1], flags=re.MULTILINE)[0]
    return re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


class Tour(unittest.TestCase):
    """On a cluster like quickstart's: its service and its task run."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster("demo", auth="sigv4")
        cls.addClassCleanup(cls.cluster.down)

    def walk(self, heading):
        blocks = tour(heading)
        self.assertGreater(len(blocks), 2)
        script = PREPARED + "".join(blocks)
        done = subprocess.run(["/bin/bash", "-c", script], cwd=ROOT, text=True, timeout=240,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              stdin=subprocess.DEVNULL,
                              env={**self.cluster.surroundings(), "BIN": os.path.abspath(BIN),
                                   "AWS_ENDPOINT_URL": self.cluster.endpoint,
                                   "REGISTRY": self.cluster.registry})
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_the_tour_with_aws_does_what_it_says(self):
        said = self.walk("With aws")
        self.assertIn("hello from the pool:", said)
        self.assertIn("networkInterfaceId", said)

    def test_the_tour_with_ecsctl_does_what_it_says(self):
        web = self.cluster.register("web", ["serve", "80"], mode="bridge", portMappings=[
            {"containerPort": 80, "hostPort": 8080}])
        self.cluster.ecs.create_service(cluster="demo", serviceName="web", taskDefinition=web,
                                        desiredCount=2, launchType="EC2")
        hello = self.cluster.run(self.cluster.register("hello", ["serve", "80"], "FARGATE"))[0]
        self.cluster.await_stable("web")
        self.cluster.await_status(hello, "RUNNING")
        said = self.walk("With ecsctl")
        self.assertIn("serving on port 80", said)
        self.assertIn("(service web) has started", said)
        self.assertRegex(said, r"USD")


if __name__ == "__main__":
    unittest.main()
