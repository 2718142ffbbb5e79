#!/usr/bin/python3
"""The event log as its readers have it: every event once and in order, whatever happens to control.

    events_test.py PATH-OF-ECS-CONTROL PATH-OF-ECSCTL [unittest arguments]
"""

import json
import os
import re
import subprocess
import sys
import threading
import unittest

from process_test import BOUND_S, Control, WithDirectory, until

ECSCTL = sys.argv.pop(1) if len(sys.argv) > 1 else "build/dev/bin/ecsctl"


class Fixed(Control):
    """A control that listens where it did before, so that clients find it again."""

    def start(self):
        if self.process is not None and "--listen" not in self.options:
            self.options = ("--listen", self.address, *self.options)
        super().start()


class Lines:
    """What a process writes, line by line, as it comes."""

    def __init__(self, stream):
        self.all = []
        self.thread = threading.Thread(target=self.read, args=(stream,), daemon=True)
        self.thread.start()

    def read(self, stream):
        for line in stream:
            self.all.append(line.rstrip("\n"))


class Events(WithDirectory):
    def control(self, *options):
        control = Fixed(self.data, *options)
        self.controls.append(control)
        return control

    def stream(self, control, query, headers=None):
        link = control.connection()
        link.request("GET", "/v1/events?" + query, headers=headers or {})
        return link, link.getresponse()

    def sequences(self, control, query, headers=None):
        """The numbers of a stream that ends by itself."""
        link, answer = self.stream(control, query + "&follow=false", headers)
        self.assertEqual(answer.status, 200)
        text = answer.read().decode()
        link.close()
        return [int(number) for number in re.findall(r"^id: (\d+)$", text, re.MULTILINE)]

    def make(self, control, *names):
        for name in names:
            self.assertEqual(control.call("CreateCluster", {"clusterName": name})[0], 200)

    def test_a_stream_goes_on_behind_any_event_also_in_the_next_process(self):
        control = self.control()
        self.make(control, "a", "b", "c", "d")
        everything = self.sequences(control, "after=0")
        self.assertEqual(everything, list(range(1, len(everything) + 1)))
        self.assertGreaterEqual(len(everything), 4)
        control.kill()
        control.start()
        self.make(control, "e")
        for seen in (0, 1, 3, everything[-1]):
            later = self.sequences(control, f"after={seen}")
            self.assertEqual(later, list(range(seen + 1, len(everything) + 2)))
            self.assertEqual(
                self.sequences(control, "", {"Last-Event-ID": str(seen)}), later)

    def test_a_follower_is_told_at_once_that_it_is_served_and_then_what_happens(self):
        control = self.control()
        self.make(control, "before")
        last = self.sequences(control, "after=0")[-1]
        link, answer = self.stream(control, f"after={last}")
        self.assertEqual(answer.headers["Content-Type"], "text/event-stream")
        first = answer.readline().decode()
        self.assertTrue(first.startswith(":"), first)
        self.make(control, "now")
        while not first.startswith("data: "):
            first = answer.readline().decode()
        event = json.loads(first.removeprefix("data: "))
        self.assertEqual((event["sequence"], event["kind"]), (last + 1, "cluster.created"))
        self.assertTrue(event["subject"].endswith(":cluster/now"))
        link.close()

    def test_ecsctl_goes_on_where_it_was_when_control_comes_back(self):
        control = self.control()
        self.make(control, "one")
        follower = subprocess.Popen(
            [ECSCTL, "--endpoint", "http://" + control.address, "--output", "json", "events", "-f"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={"PATH": "/usr/bin:/bin", "HOME": self.base, "NO_PROXY": "*"})
        try:
            events, said = Lines(follower.stdout), Lines(follower.stderr)

            def seen(name):
                return any(f":cluster/{name}\"" in line for line in events.all)

            until(lambda: seen("one"), "the first event")
            control.kill()
            until(lambda: any("trying again, behind event" in line for line in said.all),
                  f"word of the loss, but it said {said.all}")
            control.start()
            self.make(control, "two")
            until(lambda: seen("two"), "the event after the restart")
            self.assertIn("ecsctl: connected again", said.all)
            control.signal(15)
            self.assertEqual(control.end(), 0)
            control.start()
            self.make(control, "three")
            until(lambda: seen("three"), "the event after the second restart")
            numbers = [json.loads(line)["sequence"] for line in events.all]
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        finally:
            follower.terminate()
            follower.wait(BOUND_S)
            follower.stdout.close()
            follower.stderr.close()

    def test_ecsctl_does_not_wait_for_a_control_that_was_never_there(self):
        control = self.control()
        control.kill()
        done = subprocess.run(
            [ECSCTL, "--endpoint", "http://" + control.address, "events", "-f"],
            capture_output=True, text=True, timeout=BOUND_S, check=False,
            env={"PATH": "/usr/bin:/bin", "HOME": self.base, "NO_PROXY": "*"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("no answer from", done.stderr)


if __name__ == "__main__":
    os.environ["NO_PROXY"] = "*"
    unittest.main(verbosity=2, warnings="ignore")
