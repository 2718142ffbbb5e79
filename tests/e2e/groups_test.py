"""Security groups, changed with ecsctl while tasks run."""

import json
import time
import unittest

from cluster import Cluster, answers, detail, http_get, private_address, wait_for


class Groups(unittest.TestCase):
    """One cluster for the class; each test has groups and tasks of its own."""

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster("groups", ec2=1)
        cls.addClassCleanup(cls.cluster.down)
        cls.ecsctl = cls.cluster.ecsctl
        cls.serve = cls.cluster.register("serve", ["serve", "80"], "FARGATE")

    def create(self, name):
        return self.ecsctl("security-group", "create", name).strip()

    def public_address(self, task):
        return detail(task["attachments"][0], "publicIPv4Address")

    def await_change(self, what, condition):
        """Waits for a rule to act, and says how long it took."""
        begun = time.monotonic()
        wait_for(what, 10, condition, every=0.02)
        print(f"{what}: {(time.monotonic() - begun) * 1000:.0f} ms", flush=True)

    def test_a_rule_changed_with_ecsctl_acts_on_tasks_that_run(self):
        group = self.create("door")
        arn = self.cluster.run(self.serve, public="ENABLED", groups=[group])[0]
        url = f"http://{self.public_address(self.cluster.await_status(arn, 'RUNNING'))}/"
        self.assertIsNone(answers(url), "reached without a rule")

        said = self.ecsctl("security-group", "allow", "door", "--from", "0.0.0.0/0", "--port", "80")
        self.assertRegex(said, r"^allowed sgr-[0-9a-f]{17} from 0.0.0.0/0 tcp 80")
        self.await_change("an allowed call gets through", lambda: answers(url))
        self.assertIn("0.0.0.0/0", self.ecsctl("security-group", "show", "door"))

        self.ecsctl("security-group", "revoke", "door", "--from", "0.0.0.0/0", "--port", "80")
        self.await_change("a revoked call does not", lambda: not self.quickly(url))

        complaint = self.ecsctl("security-group", "delete", "door", expect=1)
        self.assertIn("DependencyViolation", complaint)
        self.cluster.ecs.stop_task(cluster="groups", task=arn)
        self.cluster.await_status(arn, "STOPPED")
        wait_for("the group to be free of interfaces", 30, lambda: self.deleted("door"))

    def quickly(self, url):
        try:
            return http_get(url, 1)
        except OSError:
            return None

    def deleted(self, name):
        try:
            self.ecsctl("security-group", "delete", name)
            return True
        except AssertionError:
            return False

    def test_a_group_that_names_another_lets_in_its_members_on_every_host(self):
        servers = self.create("servers")
        callers = self.create("callers")
        self.ecsctl("security-group", "allow", "servers", "--from", "callers", "--port", "80")
        self.ecsctl("security-group", "allow", "callers", "--from", "0.0.0.0/0", "--port", "80")
        inside = self.cluster.run(self.serve, count=2, groups=[servers])
        targets = [private_address(self.cluster.await_status(arn, "RUNNING")) for arn in inside]
        member = self.cluster.run(self.serve, public="ENABLED", groups=[callers])[0]
        address = self.public_address(self.cluster.await_status(member, "RUNNING"))
        for target in targets:
            said = wait_for("the members' call", 10, lambda target=target: (
                lambda body: body if "ok" in body else None)(
                    http_get(f"http://{address}/fetch?http://{target}/healthz")))
            self.assertIn("200", said)
        # From the host's side of things nobody is a member.
        self.ecsctl("security-group", "revoke", "servers", "--from", "callers", "--port", "80")
        for target in targets:
            self.await_change("a call of what was a member fails", lambda target=target: not
                              self.quickly(f"http://{address}/fetch?http://{target}/healthz"))

    def test_the_default_group_is_as_in_aws(self):
        groups = json.loads(self.ecsctl("security-group", "list", "--output", "json"))
        default = next(group for group in groups["securityGroups"]
                       if group["groupName"] == "default")
        rules = [(rule["isEgress"], rule["ipProtocol"],
                  rule.get("cidrIpv4", rule.get("referencedGroupId")))
                 for rule in default["securityGroupRules"]]
        self.assertEqual(rules, [(False, "-1", default["groupId"]), (True, "-1", "0.0.0.0/0")])
        arn = self.cluster.run(self.serve, public="ENABLED")[0]
        address = self.public_address(self.cluster.await_status(arn, "RUNNING"))
        self.assertIsNone(self.quickly(f"http://{address}/"))


if __name__ == "__main__":
    unittest.main()
