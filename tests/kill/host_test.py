"""Hosts that lose their power, their data, or their cable."""

import glob
import json
import os
import sqlite3
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "e2e"))
from cluster import Cluster, describe, private_address, wait_for  # noqa: E402

LEASE_S = 5


def supervisors(cluster, host):
    """The containers that run on a host, by the ids that their supervisors were given."""
    found = set()
    for file in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(file) as cmdline:
                words = cmdline.read().split("\0")
        except (OSError, UnicodeDecodeError):
            continue
        if words[0].endswith("conmon") and f"{cluster.directory}/{host}/" in " ".join(words):
            found.add(words[words.index("--cid") + 1])
    return found


class Faults(unittest.TestCase):
    """Two hosts with a service of two, a pool host with a task. Each test sees them whole again
    before it ends."""

    grace_s = None

    @classmethod
    def setUpClass(cls):
        if cls.grace_s is None:
            raise unittest.SkipTest("what the others have in common")
        cls.cluster = Cluster("faults", ec2=2, pool=1, control_options=[
            "--lease", str(LEASE_S), "--poll-hold", "1", "--loss-grace", str(cls.grace_s)])
        cls.addClassCleanup(cls.cluster.down)
        cls.ecs = cls.cluster.ecs
        web = cls.cluster.register("web", ["serve", "80"])
        cls.ecs.create_service(cluster="faults", serviceName="web", taskDefinition=web,
                               desiredCount=2, launchType="EC2",
                               networkConfiguration=cls.cluster.network())
        cls.pool_task = cls.cluster.run(
            cls.cluster.register("pool", ["serve", "80"], "FARGATE"))[0]
        cls.cluster.await_status(cls.pool_task, "RUNNING")
        cls.cluster.await_stable("web")

    def setUp(self):
        self.settled()

    # --- what is seen -----------------------------------------------------------------------------

    def hosts(self):
        """The cluster's instances, whatever became of them."""
        arns = self.ecs.list_container_instances(cluster="faults")["containerInstanceArns"]
        return self.ecs.describe_container_instances(
            cluster="faults", containerInstances=arns)["containerInstances"]

    def instance_of(self, host):
        """The instance that a host's identity names."""
        with open(os.path.join(self.cluster.directory, host, "identity")) as file:
            identity = json.load(file)["instance"]
        return next(each for each in self.hosts()
                    if each["containerInstanceArn"].endswith(identity))

    def connected(self, host):
        return self.instance_of(host)["agentConnected"]

    def tasks_on(self, host):
        arn = self.instance_of(host)["containerInstanceArn"]
        return [task for task in self.cluster.service_tasks("web")
                if task["containerInstanceArn"] == arn]

    def task_on_h1(self):
        """A task of the service on h1. What was replaced while it was away runs on h2, and is
        stopped until the least loaded host is h1 again."""
        for _ in range(4):
            here = self.tasks_on("h1")
            if here:
                return here[0]
            spare = self.settled()[0]
            self.ecs.stop_task(cluster="faults", task=spare["taskArn"])
            self.cluster.await_status(spare["taskArn"], "STOPPED")
            self.expect_as_told()
        raise AssertionError("no task of the service comes to h1 any more")

    def settled(self):
        """The service's tasks once two run, no more and no less."""
        def two_run():
            tasks = self.cluster.service_tasks("web")
            running = [task for task in tasks if task["lastStatus"] == "RUNNING"]
            return tasks if len(running) == len(tasks) == 2 else None
        return wait_for("two tasks of the service, both running", 60, two_run)

    def expect_as_told(self):
        """Each host runs exactly what control wants it to run."""
        def matching():
            wanted = {c["runtimeId"] for task in self.settled() for c in task["containers"]}
            return wanted == supervisors(self.cluster, "h1") | supervisors(self.cluster, "h2")
        wait_for("the hosts to run what the service has, and nothing else", 60, matching)

    def stays(self, arns):
        """What must not change while a cable is cut: which containers, and since when."""
        tasks = self.ecs.describe_tasks(cluster="faults", tasks=sorted(arns))["tasks"]
        return [(task["taskArn"], task["lastStatus"], task["desiredStatus"], task.get("startedAt"),
                 [c.get("runtimeId") for c in task["containers"]]) for task in tasks]

    def arns(self):
        return sorted(task["taskArn"] for task in self.cluster.service_tasks("web"))

    def expect_addresses_of_running_tasks_only(self):
        """As many new addresses can be had as the subnet has less what runs: none is held for the
        lost. Looked up where it is kept."""
        path = os.path.join(self.cluster.directory, "control", "control.db")
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            held = database.execute("SELECT task FROM eni WHERE released_at IS NULL").fetchall()
        finally:
            database.close()
        running = {arn.rsplit("/", 1)[1] for arn in self.arns() + [self.pool_task]}
        self.assertEqual({row[0] for row in held}, running)


class Patient(Faults):
    """Control waits long before it gives a host up."""

    grace_s = 120

    def test_a_host_that_boots_anew_reports_its_tasks_ended_and_they_are_replaced(self):
        lost = self.task_on_h1()
        before = self.instance_of("h1")["containerInstanceArn"]
        for host in ("h1", "p1"):
            self.cluster.hosts("reboot", host)
            self.cluster.hosts("agent", host)
        ended = self.cluster.await_status(lost["taskArn"], "STOPPED")
        self.assertNotIn("exitCode", ended["containers"][0])
        self.assertIn("restarted", describe(ended))
        pool = self.cluster.await_status(self.pool_task, "STOPPED")
        self.assertIn("restarted", describe(pool))
        self.expect_as_told()
        self.assertEqual(self.instance_of("h1")["containerInstanceArn"], before,
                         "it is the same host as before")
        self.assertEqual(supervisors(self.cluster, "p1"), set())
        # And it is a whole host again: a new task on it answers.
        type(self).pool_task = self.cluster.run("pool")[0]
        again = self.cluster.await_status(self.pool_task, "RUNNING")
        self.assertTrue(private_address(again))

    def cut_until_disconnected(self, direction, least_s=0):
        """A cut that is noticed, lasts for `least_s` or longer, and is healed before anybody is
        given up."""
        self.task_on_h1()
        arns = self.arns()
        before = self.stays(arns)
        running = supervisors(self.cluster, "h1")
        self.cluster.hosts("cut", "h1", direction)
        cut_at = time.monotonic()
        wait_for("h1 disconnected", LEASE_S + 20, lambda: not self.connected("h1"))
        while True:
            self.assertEqual(self.stays(arns), before, "tasks run on while their host is away")
            self.assertEqual(supervisors(self.cluster, "h1"), running)
            if time.monotonic() - cut_at >= least_s:
                break
            time.sleep(1)  # how long it lasts is what is tried
        self.cluster.hosts("heal", "h1")
        wait_for("h1 connected", 30, lambda: self.connected("h1"))
        self.expect_as_told()
        self.assertEqual(self.stays(arns), before)
        self.assertEqual(supervisors(self.cluster, "h1"), running, "nothing was started again")
        self.assertEqual(self.arns(), arns, "nothing was replaced")

    def test_a_cut_of_a_minute_that_is_shorter_than_the_grace_changes_nothing(self):
        self.cut_until_disconnected("both", least_s=60)

    def test_a_host_that_hears_nobody_is_taken_back_as_it_is(self):
        self.cut_until_disconnected("in")

    def test_a_host_that_nobody_hears_is_taken_back_as_it_is(self):
        self.cut_until_disconnected("out")


class Impatient(Faults):
    """Control gives a host up soon."""

    grace_s = 2

    def test_a_host_that_lost_its_data_is_another_and_the_tasks_of_the_old_one_are_lost(self):
        lost = self.task_on_h1()
        old = self.instance_of("h1")["containerInstanceArn"]
        self.cluster.hosts("reboot", "h1", "lose")
        self.cluster.hosts("agent", "h1")
        ended = self.cluster.await_status(lost["taskArn"], "STOPPED", LEASE_S + self.grace_s + 60)
        self.assertNotIn("exitCode", ended["containers"][0])
        self.expect_as_told()
        new = self.instance_of("h1")
        self.assertNotEqual(new["containerInstanceArn"], old)
        self.assertTrue(new["agentConnected"])
        gone = next(each for each in self.hosts() if each["containerInstanceArn"] == old)
        self.assertFalse(gone["agentConnected"])
        self.assertEqual(gone["runningTasksCount"], 0)
        self.expect_addresses_of_running_tasks_only()

    def test_a_cut_longer_than_the_grace_replaces_the_tasks_and_nothing_stays_doubled(self):
        lost = self.task_on_h1()
        running = supervisors(self.cluster, "h1")
        self.cluster.hosts("cut", "h1", "both")
        self.cluster.await_status(lost["taskArn"], "STOPPED", LEASE_S + self.grace_s + 60)
        self.settled()
        self.assertEqual(supervisors(self.cluster, "h1"), running,
                         "nobody can stop what runs behind a cut")
        self.cluster.hosts("heal", "h1")
        wait_for("h1 connected", 30, lambda: self.connected("h1"))
        self.expect_as_told()
        self.expect_addresses_of_running_tasks_only()


if __name__ == "__main__":
    unittest.main()
