"""A host that says it runs whatever control gives it: for tests of what clients see, where no
container matters. Real hosts are in tests/e2e."""

import http.client
import json
import secrets
import threading

from signed_control import BOUND_S


# As our agent registers them: schemas/model/capability.h.
CAPABILITIES = (
    "com.amazonaws.ecs.capability.privileged-container",
    "com.amazonaws.ecs.capability.task-iam-role", "ecs.capability.container-health-check",
    "ecs.capability.container-ordering", "ecs.capability.container-restart-policy",
    "ecs.capability.task-cpu-mem-limit", "ecs.capability.task-eni",
)


class PretendHost:
    """Joins on a thread of its own and runs every task at once, until it is told to stop it."""

    def __init__(self, control, cluster="default", zone="us-east-1a", address="198.18.0.2",
                 pool=False, cpu=16384, memory=32768, sick=()):
        self.control = control
        self.sick = sick  # families whose tasks end as soon as they start
        self.ending = threading.Event()
        self.reported = {}
        self.tasks = {}
        self.credentials = {}  # of tasks' roles, as told last
        self.sequence = 0
        self.version = None
        self.secret = secrets.token_hex(32)
        where = ["--pool"] if pool else ["--cluster", cluster]
        token = control.ecsctl("token", "create", *where).strip()
        joined = self.post("/agent/v1/join", {
            "token": token, "secret": self.secret, "boot_id": "b",
            **({"pool": True} if pool else {"cluster": cluster}),
            "inventory": {"cpu": cpu, "memory": memory, "availability_zone": zone,
                          "eni_capacity": 100, "address": address,
                          "attributes": {"ecs.os-type": "linux",
                                         "ecs.cpu-architecture": "x86_64",
                                         **dict.fromkeys(CAPABILITIES, "")}}})
        self.instance = joined["instance"]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def post(self, path, body):
        link = http.client.HTTPConnection(self.control.address, timeout=BOUND_S)
        try:
            link.request("POST", path, json.dumps(body),
                         {"Authorization": "Bearer " + self.secret})
            answer = link.getresponse()
            said = json.loads(answer.read())
        finally:
            link.close()
        if answer.status != 200:
            raise AssertionError(f"{path}: {answer.status} {said}")
        return said

    def report_of(self, task):
        stopping = task["desired_status"] == "stopped"
        sick = task["family"] in self.sick
        over = stopping or sick
        report = {"id": task["id"], "status": "stopped" if over else "running",
                  "containers": [{"name": each["definition"]["name"],
                                  "status": "stopped" if over else "running",
                                  "image_digest": "sha256:" + "0" * 64,
                                  **({"exit_code": 1 if sick else 0} if over else {})}
                                 for each in task["containers"]]}
        if sick and not stopping:
            report.update(stop_code="task_failed_to_start",
                          stopped_reason="Task failed to start")
        return report

    def step(self):
        news = [self.report_of(task) for key, task in self.tasks.items()
                if self.reported.get(key) != task["desired_status"]]
        self.sequence += 1
        answer = self.post("/agent/v1/sync", {
            "agent": self.instance, "boot_id": "b", "hold_ms": 0 if news else 500,
            "report_sequence": self.sequence, "tasks": news,
            "removed_enis": [self.tasks[each["id"]]["eni"] for each in news
                             if each["status"] == "stopped" and self.tasks[each["id"]].get("eni")],
            **({} if self.version is None else {"have_version": self.version})})
        for each in news:
            self.reported[each["id"]] = self.tasks[each["id"]]["desired_status"]
        self.version = answer["version"]
        for told in answer.get("credentials", []):
            self.credentials[told["task"]] = (told["access_key_id"], told["secret_access_key"],
                                              told["session_token"])
        for task in answer.get("tasks_set", []):
            self.tasks[task["id"]] = task
        for key in answer.get("tasks_gone", []):
            self.tasks.pop(key, None)

    def serve(self):
        while not self.ending.is_set():
            try:
                self.step()
            except (OSError, http.client.HTTPException, AssertionError):
                if self.ending.wait(0.2):  # control is away for a moment, or for good
                    return

    def leave(self):
        self.ending.set()
        self.thread.join(BOUND_S)
