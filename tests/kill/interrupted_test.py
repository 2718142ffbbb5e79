"""./quickstart and tests/check, interrupted at any moment: nothing of them runs on, and they can be
run again."""

import glob
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "e2e"))
from cluster import ROOT, wait_for  # noqa: E402  (the path comes first)

# An interruption falls so long after the beginning, or after the first file was compiled.
MOMENT_S_MAX = 3


class Interrupted(unittest.TestCase):
    """A clone of this tree that nothing was built in: real package, configure and build steps."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="stowage-interrupted-")
        cls.addClassCleanup(shutil.rmtree, cls.directory)
        cls.tree = os.path.join(cls.directory, "tree")
        files = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others",
                                "--exclude-standard"], stdout=subprocess.PIPE, check=True).stdout
        for file in files.decode().split("\0"):
            if file and os.path.isfile(os.path.join(ROOT, file)):
                target = os.path.join(cls.tree, file)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy2(os.path.join(ROOT, file), target)
        # tests/check asks git which files there are.
        subprocess.run(["git", "init", "-q", cls.tree], check=True)
        cls.temporary = os.path.join(cls.directory, "tmp")
        os.mkdir(cls.temporary)
        # The mark of the run that this test is part of is not the clone's.
        cls.environment = {name: value for name, value in os.environ.items()
                           if name != "STOWAGE_RUN"}
        cls.environment["TMPDIR"] = cls.temporary

    def processes(self):
        """Those that work in the clone, or were started from it."""
        found = []
        for directory in glob.glob("/proc/[0-9]*"):
            try:
                where = os.readlink(f"{directory}/cwd")
                with open(f"{directory}/cmdline") as file:
                    words = file.read().replace("\0", " ")
            except (OSError, UnicodeDecodeError):
                continue
            if (where + "/").startswith(self.tree + "/") or self.tree in words:
                found.append(f"{os.path.basename(directory)} {words}")
        return found

    def compiling(self, log):
        """Whether the log of the build says that something was built."""
        try:
            with open(os.path.join(self.tree, "build", log)) as file:
                return "] Building" in file.read()
        except OSError:
            return False

    def interrupt(self, command, number, seconds, build_log):
        """Sends the signal after so many seconds; what was said meanwhile."""
        log = os.path.join(self.directory, "said")
        with open(log, "w") as said:
            # Should this test be killed, its guard must see that, too.
            process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command],
                                       cwd=self.tree, env=self.environment, stdout=said,
                                       stderr=said, stdin=subprocess.DEVNULL,
                                       start_new_session=True)
        if build_log:
            wait_for("the build", 300, lambda: self.compiling(build_log))
        time.sleep(seconds)  # no waiting for anything: the moment is the point
        process.send_signal(number)
        process.wait(timeout=120)
        wait_for("all of it to end", 30, lambda: not self.processes())
        self.assertEqual(os.listdir(self.temporary), [], "temporary files are left")
        with open(log) as said:
            return said.read()

    def interrupt_often(self, command, build_log=None):
        """Once at its beginning; and while it compiles, if it does, asked to end and killed."""
        seed = random.randrange(1 << 32)
        moments = random.Random(seed)
        asked = [signal.SIGINT, signal.SIGTERM]
        plan = [(moments.choice([*asked, signal.SIGKILL]), None)]
        if build_log:
            plan += [(moments.choice(asked), build_log), (signal.SIGKILL, build_log)]
        for number, log in plan:
            seconds = moments.uniform(0.1, MOMENT_S_MAX)
            with self.subTest(command=command, signal=number.name, seconds=seconds, seed=seed,
                              log=log):
                if log and os.path.exists(os.path.join(self.tree, "build", log)):
                    os.remove(os.path.join(self.tree, "build", log))
                said = self.interrupt(command, number, seconds, log)
                self.assertNotIn("failed after", said)

    def test_quickstart_leaves_nothing_running_and_can_be_run_again(self):
        self.interrupt_often(["./quickstart", "--once"], "quickstart-build.log")
        self.builds("release")

    def test_the_check_leaves_nothing_running_and_can_be_run_again(self):
        self.interrupt_often(["tests/check", "unit"], "check/build-dev.log")
        self.interrupt_often(["tests/check", "format"])
        self.builds("dev")

    def builds(self, preset):
        """What was interrupted is taken up: a library is configured and built to its end."""
        for command in (["cmake", "--preset", preset],
                        ["ninja", "-C", f"build/{preset}", "netif_core"]):
            done = subprocess.run(command, cwd=self.tree, env=self.environment, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
