"""However a cluster on this machine ends, nothing of it stays."""

import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import unittest

from cluster import BIN, HOSTS, ROOT, Cluster, wait_for

LEFTOVERS = os.path.join(ROOT, "tests", "hosts", "leftovers")
# Makes a cluster and then waits to be killed; the cluster's owner is this very process.
OWNER = """
import os, subprocess, sys
subprocess.run([sys.argv[1], "cluster", sys.argv[2], "--owner", str(os.getpid())])
sys.stdin.read()
"""


class LeavesNothing(unittest.TestCase):
    """What was there before each test is all that is there after it."""

    def setUp(self):
        self.before = tempfile.NamedTemporaryFile(prefix="leftovers-", mode="w+")
        self.addCleanup(self.before.close)
        subprocess.run([LEFTOVERS], stdout=self.before, check=True)
        self.before.flush()

    def expect_nothing(self):
        found = subprocess.run([LEFTOVERS, "since", self.before.name], text=True, check=False,
                               stdout=subprocess.PIPE)
        self.assertEqual(found.stdout, "")

    def test_a_cluster_that_ran_tasks_and_is_taken_down(self):
        cluster = Cluster("tidy", ec2=1, pool=1)
        try:
            pool = cluster.register("p", ["serve", "80"], "FARGATE")
            host = cluster.register("h", ["serve", "80"], mode="bridge",
                                    portMappings=[{"containerPort": 80, "hostPort": 8091}])
            arn = cluster.run(pool, public="ENABLED")[0]
            cluster.ecs.run_task(cluster="tidy", taskDefinition=host, launchType="EC2")
            cluster.await_status(arn, "RUNNING")
        finally:
            cluster.down()
        self.expect_nothing()

    def test_agents_and_control_that_were_killed_before(self):
        cluster = Cluster("killed", ec2=1, pool=1)
        try:
            arn = cluster.run(cluster.register("p", ["serve", "80"], "FARGATE"))[0]
            cluster.await_status(arn, "RUNNING")
            for program in ("h1", "p1", "control"):
                cluster.hosts("kill", program, "KILL")
        finally:
            cluster.down()
        self.expect_nothing()

    def test_an_owner_that_is_killed_at_any_moment_of_the_start(self):
        seed = random.randrange(1 << 32)
        moments = random.Random(seed)
        for moment in sorted(moments.uniform(0, 4) for _ in range(6)):
            with self.subTest(seconds=moment, seed=seed):
                self.kill_owner_after(moment)

    def kill_owner_after(self, seconds):
        """kill -9 of the owner while it builds: its guard does the rest."""
        directory = os.path.join("/tmp", "stowage-" + secrets.token_hex(4))
        owner = subprocess.Popen([sys.executable, "-c", OWNER, HOSTS, directory],
                                 stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, env={**os.environ, "BIN": BIN})
        try:
            owner.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        owner.stdin.close()
        wait_for("the guard's end", 60, lambda: not os.path.exists(directory))
        self.expect_nothing()


if __name__ == "__main__":
    unittest.main()
