"""A cluster of real hosts on this machine, as a test sees it: clients, hosts, and ways to hurt it."""

import json
import os
import subprocess
import tempfile
import time
import urllib.request

import boto3
import botocore.config

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HOSTS = os.path.join(ROOT, "tests", "hosts", "hosts")
BIN = os.environ.get("BIN", os.path.join(ROOT, "build", "release", "bin"))
# What clients of the command line find around them, whoever they are.
SURROUNDINGS = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_PAGER": "", "AWS_CONFIG_FILE": "/dev/null"}


def wait_for(what, seconds, condition, every=0.1):
    """The first true answer of `condition`; a failure that says what was awaited after `seconds`."""
    end = time.monotonic() + seconds
    last = None
    while True:
        last = condition()
        if last:
            return last
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s still not: {what} (last answer: {last!r})")
        time.sleep(every)


def alive(name):
    """Whether a process named "pid:starttime", as tests/hosts notes them, still runs."""
    pid, begin = name.strip().split(":")
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except OSError:
        return False
    return fields[19] == begin and fields[0] != "Z"


def http_get(url, seconds=5, headers=None):
    """The body of an answer 200; raises OSError otherwise. Proxies are not asked."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, headers=headers or {})
    with opener.open(request, timeout=seconds) as answer:
        return answer.read().decode()


def answers(url):
    """The body, or nothing when nobody answers yet."""
    try:
        return http_get(url, 2)
    except OSError:
        return None


class Cluster:
    """Control, a registry with the sample images, EC2-mode hosts h1… and pool hosts p1….

    With auth="sigv4" hosts join with tokens and every call is signed, with the key that control's
    first start wrote; with "off" anything goes.
    """

    def __init__(self, name="e2e", ec2=2, pool=2, cpu=2048, memory=4096, control_options=(),
                 auth="off"):
        self.name = name
        self.auth = auth
        self._token = None
        self.directory = tempfile.mkdtemp(prefix="stowage-")
        try:
            self.hosts("cluster", "--owner", str(os.getpid()), "--cluster", name,
                       "--ec2", str(ec2), "--pool", str(pool), "--cpu", str(cpu),
                       "--memory", str(memory), "--", "--healthy-after", "1",
                       *(("--auth", "sigv4") if auth == "sigv4" else ()), *control_options)
            self.endpoint = self.show("endpoint")
            self.registry = self.show("registry")
            self.ecs = self.client()
            self.await_hosts(ec2)
        except BaseException:
            self.keep_logs()
            self.down()
            raise

    def hosts(self, verb, *arguments):
        """Runs tests/hosts/hosts on this cluster; its output, or an error with what it said."""
        done = subprocess.run([HOSTS, verb, self.directory, *arguments], text=True,
                              env={**os.environ, "BIN": BIN}, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=180, check=False)
        if done.returncode != 0:
            raise AssertionError(f"hosts {verb} {arguments}: {done.stdout}")
        return done.stdout.strip()

    def show(self, *what):
        return self.hosts("show", *what)

    def down(self):
        """Takes everything down; what could not be is an error of the test."""
        self.hosts("down")

    def keep_logs(self):
        """The ends of all logs on standard output, for a failure's reader."""
        for file in sorted(os.listdir(self.directory)):
            if file.endswith(".log"):
                with open(os.path.join(self.directory, file), errors="replace") as log:
                    print(f"--- the end of {file}", *log.readlines()[-25:], sep="\n", flush=True)

    def client(self):
        config = botocore.config.Config(retries={"max_attempts": 1}, connect_timeout=5,
                                        read_timeout=30, proxies={})
        key, secret = self.credentials()
        return boto3.client("ecs", endpoint_url=self.endpoint, region_name="us-east-1",
                            aws_access_key_id=key, aws_secret_access_key=secret, config=config)

    def credentials(self):
        """The key that calls are signed with: (id, secret)."""
        if self.auth == "off":
            return "AKIDEXAMPLE", "example"
        with open(self.show("credentials")) as file:
            lines = dict(line.split(" = ") for line in file.read().splitlines() if " = " in line)
        return lines["aws_access_key_id"], lines["aws_secret_access_key"]

    def surroundings(self):
        """The environment of clients of the command line."""
        shared = self.show("credentials") if self.auth == "sigv4" else "/dev/null"
        known = {} if self.auth == "sigv4" else dict(zip(
            ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), self.credentials()))
        return {"PATH": "/usr/bin:/bin", "HOME": self.directory, "NO_PROXY": "*",
                "AWS_SHARED_CREDENTIALS_FILE": shared, **known, **SURROUNDINGS}

    def rest(self, path):
        """What a GET of the REST side answers, with a session's token where one is needed."""
        headers = {}
        if self.auth == "sigv4":
            if self._token is None:
                self._token = subprocess.run(
                    [os.path.join(BIN, "ecsctl"), "--endpoint", self.endpoint, "session",
                     "create"], env=self.surroundings(), text=True, timeout=60, check=True,
                    stdout=subprocess.PIPE).stdout.strip()
            headers["Authorization"] = "Bearer " + self._token
        return json.loads(http_get(self.endpoint + path, headers=headers))

    def aws(self, *arguments, expect=0):
        """Debian's own aws command; its JSON answer, or with `expect` > 0 what it complained of."""
        done = subprocess.run(["/usr/bin/aws", "--endpoint-url", self.endpoint, "ecs", *arguments],
                              text=True, capture_output=True, timeout=180, check=False,
                              env=self.surroundings())
        if (done.returncode != 0) != (expect != 0):
            raise AssertionError(f"aws ecs {' '.join(arguments)} ended with {done.returncode}:\n"
                                 f"{done.stdout}\n{done.stderr}")
        if expect:
            return done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def ecsctl(self, *arguments, expect=0):
        """What ecsctl prints; with `expect` > 0 what it complained of."""
        done = subprocess.run([os.path.join(BIN, "ecsctl"), "--endpoint", self.endpoint, *arguments],
                              text=True, capture_output=True, timeout=180, check=False,
                              env=self.surroundings())
        if (done.returncode != 0) != (expect != 0):
            raise AssertionError(f"ecsctl {' '.join(arguments)} ended with {done.returncode}:\n"
                                 f"{done.stdout}\n{done.stderr}")
        return done.stderr if expect else done.stdout

    def open_to_everybody(self, port=80):
        """Lets callers from outside in to tasks with the default group, as a person would."""
        self.ecsctl("security-group", "allow", "default", "--from", "0.0.0.0/0",
                    "--port", str(port))

    def image(self, name):
        return f"{self.registry}/{name}:latest"

    # --- what clients ask for ---------------------------------------------------------------------

    def default_subnets(self):
        """The subnets of the account's default VPC, by zone."""
        listed = self.rest("/v1/subnets")["subnets"]
        return {subnet["availabilityZone"]: subnet["subnetId"] for subnet in listed
                if subnet["default"]}

    def network(self, public="DISABLED", groups=()):
        return {"awsvpcConfiguration": {"subnets": sorted(self.default_subnets().values()),
                                        "securityGroups": list(groups),
                                        "assignPublicIp": public}}

    def register(self, family, command, launch_type="EC2", mode="awsvpc", image="probe",
                 cpu="256", memory="512", **container):
        """Registers one container `main` that runs the probe; the definition's ARN."""
        definition = {
            "family": family, "networkMode": mode, "requiresCompatibilities": [launch_type],
            "cpu": cpu, "memory": memory,
            "containerDefinitions": [{"name": "main", "command": command,
                                      "image": image if "/" in image else self.image(image),
                                      **container}]}
        return self.ecs.register_task_definition(
            **definition)["taskDefinition"]["taskDefinitionArn"]

    def run(self, definition, launch_type="FARGATE", public="DISABLED", count=1, groups=(),
            **more):
        """Runs tasks and returns their ARNs; a refusal is a failure of the test."""
        answer = self.ecs.run_task(cluster=self.name, taskDefinition=definition, count=count,
                                   launchType=launch_type,
                                   networkConfiguration=self.network(public, groups), **more)
        if answer["failures"]:
            raise AssertionError(f"RunTask refused: {answer['failures']}")
        return [task["taskArn"] for task in answer["tasks"]]

    def task(self, arn):
        return self.ecs.describe_tasks(cluster=self.name, tasks=[arn])["tasks"][0]

    def service(self, name):
        return self.ecs.describe_services(cluster=self.name, services=[name])["services"][0]

    def service_tasks(self, name):
        arns = self.ecs.list_tasks(cluster=self.name, serviceName=name)["taskArns"]
        if not arns:
            return []
        return self.ecs.describe_tasks(cluster=self.name, tasks=arns)["tasks"]

    def await_status(self, arn, status, seconds=30):
        """The task once it has that lastStatus; a stop while something else is awaited fails."""
        def reached():
            task = self.task(arn)
            if task["lastStatus"] == "STOPPED" and status != "STOPPED":
                raise AssertionError(f"the task stopped: {describe(task)}")
            return task if task["lastStatus"] == status else None
        return wait_for(f"{arn} {status}", seconds, reached)

    def await_stable(self, name, seconds=60):
        """What `aws ecs wait services-stable` waits for, asked more often."""
        def stable():
            service = self.service(name)
            deployments = service["deployments"]
            settled = (len(deployments) == 1
                       and service["runningCount"] == service["desiredCount"])
            return service if settled else None
        return wait_for(f"service {name} stable", seconds, stable)

    def await_hosts(self, count):
        wait_for(f"{count} hosts of {self.name}", 30, lambda: self._active_hosts() >= count)

    def _active_hosts(self):
        try:
            arns = self.ecs.list_container_instances(cluster=self.name)["containerInstanceArns"]
        except self.ecs.exceptions.ClusterNotFoundException:
            return 0
        return len(arns)


def describe(task):
    """A task's end in one line, for messages."""
    containers = [(c["name"], c.get("exitCode"), c.get("reason")) for c in task["containers"]]
    return f"{task.get('stopCode')}: {task.get('stoppedReason')} {containers}"


def private_address(task):
    """The address of the task's ENI, from its attachment as ECS shows it."""
    for attachment in task["attachments"]:
        if attachment["type"] == "ElasticNetworkInterface":
            return detail(attachment, "privateIPv4Address")
    raise AssertionError(f"no ENI among {task['attachments']}")


def detail(attachment, name):
    """One of an attachment's details; None when it has none of that name."""
    for entry in attachment["details"]:
        if entry["name"] == name:
            return entry["value"]
    return None
