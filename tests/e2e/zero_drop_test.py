"""A busy service of three hosts is rolled over, drained and stopped under its callers' hands: no
request fails. A caller picks, before each request, among the tasks that are to run and are healthy:
a program that has only just been started may not listen yet."""

import http.client
import json
import random
import threading
import time
import unittest

from cluster import Cluster, wait_for

REQUESTS = 20_000
CALLERS = 4
LINGER_S = 5  # how long the sample serves after SIGTERM


class Caller(threading.Thread):
    """Asks control which tasks there are, calls one of them, and again."""

    def __init__(self, endpoint, cluster, addresses, seed):
        super().__init__(daemon=True)
        self.control = http.client.HTTPConnection(endpoint.removeprefix("http://"), timeout=30)
        self.cluster = cluster
        self.addresses = addresses  # of hosts, by the ARN of their instance
        self.chance = random.Random(seed)
        self.ending = threading.Event()
        self.answered = 0
        self.failed = []

    def ask(self, operation, **body):
        self.control.request("POST", "/", json.dumps({"cluster": self.cluster, **body}), {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AmazonEC2ContainerServiceV20141113." + operation})
        answer = self.control.getresponse()
        said = json.loads(answer.read())
        if answer.status != 200:
            raise AssertionError(f"{operation}: {said}")
        return said

    def pick(self):
        """The place of a task that is to run and answers its health check."""
        arns = self.ask("ListTasks", serviceName="busy", desiredStatus="RUNNING")["taskArns"]
        tasks = self.ask("DescribeTasks", tasks=arns)["tasks"] if arns else []
        places = [(task["taskArn"], self.addresses[task["containerInstanceArn"]],
                   binding["hostPort"])
                  for task in tasks
                  if (task["desiredStatus"], task["healthStatus"]) == ("RUNNING", "HEALTHY")
                  for binding in task["containers"][0]["networkBindings"]]
        return self.chance.choice(places) if places else None

    def note(self, place, begun, what):
        """A failed request, with what became of its task."""
        task = self.ask("DescribeTasks", tasks=[place[0]])["tasks"][0]
        when = {name: round(task[name] - begun, 3) for name in
                ("createdAt", "startedAt", "stoppingAt", "stoppedAt") if name in task}
        self.failed.append(f"{place} after {time.time() - begun:.3f} s: {what}; its task is to be "
                           f"{task['desiredStatus']}, is {task['lastStatus']}, relative: {when}")

    def run(self):
        while not self.ending.is_set():
            begun = time.time()
            place = self.pick()
            if place is None:
                self.failed.append("no task was there to be called")
                continue
            link = http.client.HTTPConnection(*place[1:], timeout=10)
            try:
                link.request("GET", "/")
                answer = link.getresponse()
                body = answer.read()
                if answer.status != 200 or not body.startswith(b"hello from"):
                    self.note(place, begun, f"{answer.status} {body[:80]}")
            except (OSError, http.client.HTTPException) as failure:
                self.note(place, begun, repr(failure))
            finally:
                link.close()
            self.answered += 1


class ZeroDrop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster("zero", ec2=3, pool=0)
        cls.addClassCleanup(cls.cluster.down)
        cls.ecs = cls.cluster.ecs

    def revision(self):
        return self.cluster.register("busy", ["serve", "80", str(LINGER_S)], mode="bridge",
                                     portMappings=[{"containerPort": 80}], stopTimeout=30,
                                     healthCheck={"command": [
                                         "CMD", "/probe", "get", "http://127.0.0.1/healthz"],
                                         "interval": 5, "timeout": 2, "retries": 3})

    def host_addresses(self):
        arns = self.ecs.list_container_instances(cluster="zero")["containerInstanceArns"]
        found = {}
        for name in ("h1", "h2", "h3"):
            with open(f"{self.cluster.directory}/{name}/identity", encoding="utf-8") as file:
                instance = json.load(file)["instance"]
            arn = next(each for each in arns if each.endswith(instance))
            found[arn] = self.cluster.show("address", name)
        return found

    def test_five_updates_a_drain_and_a_stopped_task_fail_no_request_of_twenty_thousand(self):
        self.ecs.create_service(
            cluster="zero", serviceName="busy", desiredCount=3, launchType="EC2",
            taskDefinition=self.revision(), deploymentConfiguration={
                "minimumHealthyPercent": 100, "maximumPercent": 200})
        self.await_healthy()
        addresses = self.host_addresses()
        callers = [Caller(self.cluster.endpoint, "zero", addresses, seed)
                   for seed in range(CALLERS)]
        for caller in callers:
            caller.start()
        try:
            self.disturb(addresses)
            wait_for(f"{REQUESTS} requests", 240,
                     lambda: sum(caller.answered for caller in callers) >= REQUESTS
                     or any(caller.failed or not caller.is_alive() for caller in callers))
        finally:
            for caller in callers:
                caller.ending.set()
            for caller in callers:
                caller.join(30)
        failed = [each for caller in callers for each in caller.failed]
        answered = sum(caller.answered for caller in callers)
        print(f"{answered} requests, {len(failed)} failed", *failed, sep="\n")
        self.assertEqual(failed, [])
        self.assertGreaterEqual(answered, REQUESTS)

    def await_healthy(self):
        self.cluster.await_stable("busy")
        wait_for("three healthy tasks", 60, lambda: [
            task["healthStatus"] for task in self.cluster.service_tasks("busy")] == ["HEALTHY"] * 3)

    def disturb(self, addresses):
        for _ in range(5):
            wanted = self.revision()
            self.ecs.update_service(cluster="zero", service="busy", taskDefinition=wanted)
            self.cluster.await_stable("busy")
            self.assertEqual({task["taskDefinitionArn"]
                              for task in self.cluster.service_tasks("busy")}, {wanted})
        drained = sorted(addresses)[0]
        self.ecs.update_container_instances_state(
            cluster="zero", containerInstances=[drained], status="DRAINING")
        wait_for("nothing to run on the drained host", 60, lambda: all(
            task["containerInstanceArn"] != drained
            for task in self.cluster.service_tasks("busy")))
        self.cluster.await_stable("busy")
        stopped = self.cluster.service_tasks("busy")[0]["taskArn"]
        self.ecs.stop_task(cluster="zero", task=stopped)
        self.cluster.await_status(stopped, "STOPPED")
        self.await_healthy()


if __name__ == "__main__":
    unittest.main(verbosity=2)
