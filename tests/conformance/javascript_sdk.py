"""AWS's SDK for JavaScript, installed once a build from the lock file beside its scripts."""

import fcntl
import json
import os
import shutil
import subprocess

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "javascript")


def installed():
    return bool(shutil.which("node") and shutil.which("npm"))


def run(script, control, build, home, *arguments):
    """What a script of tests/conformance/javascript prints, as the control's first user."""
    place = os.path.join(build, "javascript")
    os.makedirs(place, exist_ok=True)
    with open(os.path.join(place, "lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another test may install, too
        for name in ("package.json", "package-lock.json", ".npmrc", script):
            shutil.copy(os.path.join(FOLDER, name), place)
        if not os.path.exists(os.path.join(place, "node_modules", ".package-lock.json")):
            npm = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=place, text=True,
                                 capture_output=True, timeout=300, check=False)
            if npm.returncode != 0:
                raise AssertionError(npm.stdout + npm.stderr)
    key, secret = control.credentials()
    done = subprocess.run(["node", script, control.endpoint, *arguments], cwd=place, text=True,
                          capture_output=True, timeout=240, check=False,
                          env={"PATH": os.environ["PATH"], "HOME": home, "NO_PROXY": "*",
                               "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret,
                               "AWS_REGION": "us-east-1"})
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)
    return json.loads(done.stdout)
