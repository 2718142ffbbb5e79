"""A host whose disk is full: tasks stop and say why, the agent does not, and goes on once there is room."""

import os
import subprocess
import tempfile
import unittest

from cluster import Cluster, describe, wait_for

DISK_MIB = 96
WRITES_ALL = "dd if=/dev/zero of=/all bs=1M; dd if=/dev/zero of=/rest bs=4k; sleep 1000"


class FullDisk(unittest.TestCase):
    """One host, all of whose data lies on a small file system in memory."""

    @classmethod
    def setUpClass(cls):
        cls.disk = tempfile.mkdtemp(prefix="stowage-disk-")
        cls.addClassCleanup(os.rmdir, cls.disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", cls.disk],
                       check=True)
        cls.addClassCleanup(subprocess.run, ["umount", "-l", cls.disk], check=True)
        cls.cluster = Cluster("full", ec2=0, pool=0)
        cls.addClassCleanup(cls.cluster.down)
        cls.data = os.path.join(cls.disk, "data")
        os.mkdir(cls.data)
        os.symlink(cls.data, os.path.join(cls.cluster.directory, "h1"))
        cls.cluster.hosts("add", "h1")
        cls.cluster.hosts("agent", "h1", "--cluster", "full", "--cpu", "2048", "--memory", "4096",
                          "--az", "us-east-1a")
        cls.cluster.await_hosts(1)

    def setUp(self):
        self.before = self.agent()

    def tearDown(self):
        self.assertEqual(self.agent(), self.before, "the agent has gone on")

    def agent(self):
        with open(os.path.join(self.cluster.directory, "h1.agent.process"), encoding="utf-8") as file:
            name = file.read().strip()
        self.assertTrue(os.path.exists(f"/proc/{name.split(':')[0]}"), "the agent has ended")
        return name

    def free_mib(self):
        found = os.statvfs(self.disk)
        return found.f_bavail * found.f_frsize >> 20

    def run_task(self, image, command):
        family = f"{image}-{self.id().rsplit('_', 1)[1]}"
        definition = self.cluster.register(family, command, mode="host", image=image, stopTimeout=2)
        answer = self.cluster.ecs.run_task(cluster="full", taskDefinition=definition,
                                           launchType="EC2")
        self.assertEqual(answer["failures"], [])
        return answer["tasks"][0]["taskArn"]

    def run_and_stop(self, image, command):
        arn = self.run_task(image, command)
        self.cluster.await_status(arn, "RUNNING")
        self.cluster.ecs.stop_task(cluster="full", task=arn)
        self.cluster.await_status(arn, "STOPPED")

    def test_1_during_a_pull(self):
        ballast = os.path.join(self.disk, "ballast")
        with open(ballast, "wb") as file:
            file.write(b"x" * ((self.free_mib() - 1) << 20))
        task = self.cluster.await_status(self.run_task("probe", ["serve", "8085"]), "STOPPED")
        self.assertEqual(task["stopCode"], "TaskFailedToStart", describe(task))
        self.assertIn("CannotPullContainerError", describe(task))
        self.assertIn("no space left on device", describe(task))
        self.assertEqual(os.listdir(os.path.join(self.data, "images", "pulling")), [])
        os.remove(ballast)
        self.run_and_stop("probe", ["serve", "8085"])

    def test_2_by_a_container(self):
        self.run_and_stop("busybox", ["sleep", "1000"])
        before = self.free_mib()
        task = self.cluster.await_status(self.run_task("busybox", ["sh", "-c", WRITES_ALL]),
                                         "STOPPED", 60)
        self.assertEqual(task["stopCode"], "EssentialContainerExited", describe(task))
        self.assertEqual(task["containers"][0]["exitCode"], 137, describe(task))
        self.assertIn("OutOfDiskError", task["containers"][0]["reason"])
        wait_for("the room to come back", 30, lambda: self.free_mib() >= before - 3)
        self.run_and_stop("busybox", ["sleep", "1000"])

    def test_3_by_somebody_else(self):
        """What tasks did not write ends none of them, and is waited out."""
        running = self.run_task("busybox", ["sleep", "1000"])
        self.cluster.await_status(running, "RUNNING")
        ballast = os.path.join(self.disk, "ballast")
        subprocess.run(["dd", "if=/dev/zero", "of=" + ballast, "bs=4k"], check=False,
                       stderr=subprocess.DEVNULL)
        self.assertEqual(self.free_mib(), 0)
        refused = self.cluster.await_status(self.run_task("busybox", ["true"]), "STOPPED")
        self.assertEqual(refused["stopCode"], "TaskFailedToStart", describe(refused))
        self.assertEqual(self.cluster.task(running)["lastStatus"], "RUNNING")
        os.remove(ballast)
        self.cluster.ecs.stop_task(cluster="full", task=running)
        self.cluster.await_status(running, "STOPPED")
        self.run_and_stop("busybox", ["sleep", "1000"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
