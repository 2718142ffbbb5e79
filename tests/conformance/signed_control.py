"""An ecs-control with --auth sigv4, as the tests of who may call see it."""

import datetime
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
import botocore.session

PROGRAM, ECSCTL, BUILD = (sys.argv[1:4] if len(sys.argv) > 3 else
                          ["build/dev/bin/ecs-control", "build/dev/bin/ecsctl", "build/dev"])
PROGRAM, ECSCTL, BUILD = (os.path.abspath(path) for path in (PROGRAM, ECSCTL, BUILD))
del sys.argv[1:4]
BOUND_S = 60
TARGET = "AmazonEC2ContainerServiceV20141113."
OPERATOR = "123456789012"
ANOTHER = "222222222222"


def until(condition, what):
    """Waits for a condition to hold."""
    end = time.monotonic() + BOUND_S
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {BOUND_S} s: {what}")


def modelled_session():
    """A session of botocore that reads the model of the build."""
    session = botocore.session.get_session()
    session.set_config_variable("data_path", os.path.join(BUILD, "models"))
    return session


class Control:
    """A process with --auth sigv4 and a directory of its own."""

    def __init__(self, directory, *options):
        self.directory = directory
        self.options = options
        self.start()

    def start(self):
        address = os.path.join(self.directory, "address")
        if os.path.exists(address):
            os.remove(address)
        with open(self.directory + ".log", "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([PROGRAM, "--listen", "127.0.0.1:0", "--data",
                                             self.directory, "--log-level", "debug",
                                             *self.options], stdout=log, stderr=subprocess.STDOUT)
        until(lambda: os.path.exists(address) or self.process.poll() is not None, "an address")
        if self.process.poll() is not None:
            raise AssertionError(self.said())
        with open(address, encoding="utf-8") as file:
            self.address = file.read().split()[0]
        self.endpoint = "http://" + self.address

    def said(self):
        with open(self.directory + ".log", encoding="utf-8") as log:
            return log.read()

    def kill(self):
        self.process.kill()
        self.process.wait(BOUND_S)

    def credentials(self):
        """The pair of the file that the first start wrote."""
        with open(os.path.join(self.directory, "credentials"), encoding="utf-8") as file:
            lines = dict(line.split(" = ") for line in file.read().splitlines() if " = " in line)
        return lines["aws_access_key_id"], lines["aws_secret_access_key"]

    def boto(self, pair=None, region="us-east-1", token=None):
        key, secret = pair or self.credentials()
        return boto3.client("ecs", endpoint_url=self.endpoint, region_name=region,
                            aws_access_key_id=key, aws_secret_access_key=secret,
                            aws_session_token=token,
                            config=botocore.config.Config(retries={"max_attempts": 0}, proxies={}))

    def modelled(self, pair=None, token=None, **configuration):
        """A client that knows the operations of our build's model, old as botocore may be."""
        key, secret = pair or self.credentials()
        return modelled_session().create_client(
            "ecs", endpoint_url=self.endpoint, region_name="us-east-1", aws_access_key_id=key,
            aws_secret_access_key=secret, aws_session_token=token,
            config=botocore.config.Config(retries={"max_attempts": 0}, proxies={},
                                          **configuration))

    def environment(self, pair=None):
        """What a client of the command line finds around it."""
        key, secret = pair or self.credentials()
        return {"PATH": "/usr/bin:/bin", "HOME": self.directory, "AWS_ACCESS_KEY_ID": key,
                "AWS_SECRET_ACCESS_KEY": secret, "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_CONFIG_FILE": "/dev/null", "AWS_PAGER": "", "NO_PROXY": "*",
                "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": self.endpoint}

    def ecsctl(self, *arguments, pair=None, expect=0):
        done = subprocess.run([ECSCTL, *arguments], env=self.environment(pair), text=True,
                              capture_output=True, timeout=BOUND_S, check=False)
        if done.returncode != expect:
            raise AssertionError(f"ecsctl {arguments} ended with {done.returncode}: "
                                 f"{done.stdout}{done.stderr}")
        return done.stdout if expect == 0 else done.stderr

    def key_of(self, user, account=OPERATOR):
        """A new user's access key: (id, secret)."""
        self.ecsctl("user", "create", user, "--account", account)
        made = json.loads(self.ecsctl("key", "create", "--user", user, "--account", account,
                                      "--output", "json"))
        return made["accessKey"]["accessKeyId"], made["secretAccessKey"]

    def raw(self, method, path, headers=None, body=b""):
        """(status, error or None, answer, headers) of one request as it is."""
        link = http.client.HTTPConnection(self.address, timeout=BOUND_S)
        link.request(method, path, body, headers or {})
        answer = link.getresponse()
        text = answer.read().decode()
        link.close()
        said = json.loads(text) if text.startswith("{") else {}
        return answer.status, said.get("__type"), said or text, answer.headers

    def signed(self, method, path, body=b"", pair=None, region="us-east-1", headers=None, at=None):
        """The headers of a request that botocore signed, at another instant if need be."""
        key, secret = pair or self.credentials()
        request = botocore.awsrequest.AWSRequest(method=method, url=self.endpoint + path,
                                                 headers=headers or {}, data=body)
        signer = botocore.auth.SigV4Auth(botocore.credentials.Credentials(key, secret), "ecs",
                                         region)
        instant = at or datetime.datetime.utcnow()

        class Clock(datetime.datetime):
            @classmethod
            def utcnow(cls):
                return instant

        with mock.patch.object(botocore.auth.datetime, "datetime", Clock):
            signer.add_auth(request)
        return dict(request.headers.items())


class WithControl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="stowage-access-")
        cls.addClassCleanup(shutil.rmtree, cls.base, True)
        cls.control = Control(os.path.join(cls.base, "data"), *cls.options())
        cls.addClassCleanup(cls.control.kill)

    @classmethod
    def options(cls):
        return ()

    def refused(self, client, name):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            client.list_clusters()
        self.assertEqual(caught.exception.response["Error"]["Code"], name)
        return caught.exception.response["Error"]["Message"]
