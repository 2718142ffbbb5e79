"""Users, keys, sessions and join tokens: what each opens, for how long, and what it does not.

access_grants_test.py ECS-CONTROL ECSCTL BUILD
"""

import json
import os
import threading
import unittest

import botocore.exceptions

from signed_control import ANOTHER, OPERATOR, TARGET, WithControl


class UsersAndKeys(WithControl):
    def test_a_key_works_from_its_answer_on_and_not_a_call_longer_than_it_exists(self):
        pair = self.control.key_of("anna")
        client = self.control.boto(pair)
        client.list_clusters()
        self.control.ecsctl("key", "disable", pair[0])
        self.refused(client, "UnrecognizedClientException")
        self.control.ecsctl("key", "enable", pair[0])
        client.list_clusters()
        self.control.ecsctl("key", "delete", pair[0])
        self.refused(client, "UnrecognizedClientException")
        self.assertNotIn(pair[0], self.control.ecsctl("key", "list"))

    def test_what_was_made_is_there_after_kill_9(self):
        pair = self.control.key_of("berta")
        gone = self.control.key_of("bruno")
        self.control.ecsctl("key", "delete", gone[0])
        self.control.kill()
        self.control.start()
        self.control.boto(pair).list_clusters()
        self.refused(self.control.boto(gone), "UnrecognizedClientException")

    def test_keys_and_users_have_limits_and_refusals_say_them(self):
        pair = self.control.key_of("carl")
        self.control.ecsctl("key", "create", pair=pair)  # the caller's own
        self.assertIn("LimitExceededException",
                      self.control.ecsctl("key", "create", "--user", "carl", expect=1))
        self.assertIn("delete them first", self.control.ecsctl("user", "delete", "carl", expect=1))
        self.assertIn("ConflictException", self.control.ecsctl("user", "create", "carl", expect=1))
        self.assertIn("InvalidParameterException",
                      self.control.ecsctl("user", "create", "a b", expect=1))
        self.assertIn("ResourceNotFoundException",
                      self.control.ecsctl("key", "create", "--user", "nobody", expect=1))
        self.assertIn("ResourceNotFoundException",
                      self.control.ecsctl("key", "delete", "AKIAAAAAAAAAAAAAAAAA", expect=1))
        for line in self.control.ecsctl("key", "list", "--user", "carl").splitlines()[1:]:
            self.control.ecsctl("key", "delete", line.split()[0])
        self.control.ecsctl("user", "delete", "carl")
        self.assertNotIn("carl", self.control.ecsctl("user", "list"))

    def test_another_accounts_key_sees_nothing_of_this_account(self):
        self.control.boto().create_cluster(clusterName="ours")
        pair = self.control.key_of("dora", ANOTHER)
        other = self.control.boto(pair)
        self.assertEqual(other.list_clusters()["clusterArns"], [])
        arn = f"arn:aws:ecs:us-east-1:{OPERATOR}:cluster/ours"
        answer = other.describe_clusters(clusters=["ours", arn])
        self.assertEqual(answer["clusters"], [])
        made = other.create_cluster(clusterName="ours")["cluster"]["clusterArn"]
        self.assertEqual(made, f"arn:aws:ecs:us-east-1:{ANOTHER}:cluster/ours")
        self.assertNotIn("admin", self.control.ecsctl("user", "list", pair=pair))
        ours = self.control.credentials()[0]
        self.assertIn("ResourceNotFound",
                      self.control.ecsctl("key", "delete", ours, pair=pair, expect=1))
        self.assertIn("AccessDenied", self.control.ecsctl(
            "user", "create", "mole", "--account", OPERATOR, pair=pair, expect=1))
        self.assertIn("AccessDenied",
                      self.control.ecsctl("token", "create", "--pool", pair=pair, expect=1))
        token = self.control.ecsctl("session", "create", pair=pair).strip()
        events = self.control.raw("GET", "/v1/events?after=0&follow=false",
                                  {"Authorization": "Bearer " + token})[2]
        self.assertIn(ANOTHER, events)
        self.assertNotIn(OPERATOR, events)

    def test_a_pages_token_is_good_for_its_account_and_list_only_also_after_a_restart(self):
        ours = self.control.boto()
        pair = self.control.key_of("pat", "333333333333")
        for ecs in (ours, self.control.boto(pair)):
            for name in ("a", "b", "c"):
                ecs.create_cluster(clusterName=name)
        every = ours.list_clusters()["clusterArns"]
        first = ours.list_clusters(maxResults=1)
        token = first["nextToken"]
        self.control.kill()
        self.control.start()
        ours, theirs = self.control.boto(), self.control.boto(pair)
        second = ours.list_clusters(maxResults=1, nextToken=token)
        self.assertEqual(first["clusterArns"] + second["clusterArns"], every[:2])
        altered = token[:-1] + ("0" if token[-1] != "0" else "1")
        for call in (lambda: theirs.list_clusters(nextToken=token),
                     lambda: ours.list_services(cluster="a", nextToken=token),
                     lambda: ours.list_clusters(nextToken=altered),
                     lambda: ours.list_clusters(nextToken=token.upper())):
            with self.assertRaises(botocore.exceptions.ClientError) as refused:
                call()
            self.assertEqual(refused.exception.response["Error"]["Code"],
                             "InvalidParameterException")


class Sessions(WithControl):
    def bearer(self, token, path="/v1/clusters", method="GET"):
        return self.control.raw(method, path, {"Authorization": "Bearer " + token})

    def test_a_token_opens_every_route_for_its_owner_until_it_is_ended(self):
        self.control.boto().create_cluster(clusterName="mine")
        token = self.control.ecsctl("session", "create").strip()
        status, _, answer, _ = self.bearer(token)
        self.assertEqual((status, answer["clusterArns"]),
                         (200, [f"arn:aws:ecs:us-east-1:{OPERATOR}:cluster/mine"]))
        self.assertIn("cluster.created",
                      self.bearer(token, "/v1/events?after=0&follow=false")[2])
        self.assertEqual(self.bearer(token, "/v1/tasks/" + "0" * 32 + "/logs?cluster=mine")[1],
                         "InvalidParameterException")
        json_call = self.control.raw("POST", "/", {
            "Authorization": "Bearer " + token, "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": TARGET + "ListClusters"}, b"{}")
        self.assertEqual(json_call[0], 200)
        self.control.kill()
        self.control.start()
        self.assertEqual(self.bearer(token)[0], 200)
        self.assertEqual(self.bearer(token, "/v1/sessions", "DELETE")[2], {"ended": 1})
        status, error, _, _ = self.bearer(token)
        self.assertEqual((status, error), (403, "UnrecognizedClientException"))

    def test_a_session_is_bought_with_a_signature_only(self):
        token = self.control.ecsctl("session", "create").strip()
        self.assertEqual(self.bearer(token, "/v1/sessions", "POST")[1], "AccessDeniedException")
        self.assertEqual(self.control.raw("POST", "/v1/sessions")[1],
                         "MissingAuthenticationTokenException")
        self.assertEqual(self.bearer("0" * 64)[1], "UnrecognizedClientException")
        self.assertEqual(self.bearer("x")[1], "UnrecognizedClientException")

    def test_sessions_end_with_the_key_of_their_owner_and_all_at_once_when_asked(self):
        pair = self.control.key_of("emil")
        first = self.control.ecsctl("session", "create", pair=pair).strip()
        second = self.control.ecsctl("session", "create", pair=pair).strip()
        own = self.control.ecsctl("session", "create").strip()
        self.assertIn("2 sessions", self.control.ecsctl("session", "end", pair=pair))
        self.assertEqual(self.bearer(first)[1], "UnrecognizedClientException")
        self.assertEqual(self.bearer(second)[1], "UnrecognizedClientException")
        third = self.control.ecsctl("session", "create", pair=pair).strip()
        self.control.ecsctl("key", "delete", pair[0])
        self.assertEqual(self.bearer(third)[1], "UnrecognizedClientException")
        self.assertEqual(self.bearer(own)[0], 200)


class JoinTokens(WithControl):
    def join(self, token="", secret=None, **asked):
        body = {"secret": secret or os.urandom(32).hex(), "token": token, "boot_id": "b",
                "inventory": {"cpu": 1024, "memory": 1024, "availability_zone": "us-east-1a",
                              "address": "198.18.0.2"}, **({"cluster": "web"} | asked)}
        status, error, answer, _ = self.control.raw("POST", "/agent/v1/join",
                                                    {"Content-Type": "application/json"},
                                                    json.dumps(body).encode())
        return status, error, {**answer, "secret": body["secret"]}

    def token(self, *options):
        return self.control.ecsctl("token", "create", *(options or ("--cluster", "web"))).strip()

    def test_a_token_lets_one_host_join_where_it_says_and_no_second(self):
        token = self.token()
        status, _, host = self.join(token)
        self.assertEqual(status, 200, host)
        self.assertIn(f":{OPERATOR}:cluster/web", host["cluster_arn"])
        status, error, answer = self.join(token)
        self.assertEqual((status, error), (401, "AccessDeniedException"))
        self.assertIn("used before", answer["message"])
        listed = self.control.boto().list_container_instances(cluster="web")
        self.assertEqual(len(listed["containerInstanceArns"]), 1)

    def test_a_join_whose_answer_was_lost_is_asked_again_and_is_the_same_host(self):
        token = self.token("--cluster", "lost")
        _, _, first = self.join(token, cluster="lost")
        status, _, again = self.join(token, secret=first["secret"], cluster="lost")
        self.assertEqual(status, 200)
        self.assertEqual(again["instance"], first["instance"])
        listed = self.control.boto().list_container_instances(cluster="lost")
        self.assertEqual(len(listed["containerInstanceArns"]), 1)

    def test_without_a_token_with_a_made_up_or_a_misused_one_nobody_joins(self):
        self.assertEqual(self.join()[:2], (401, "AccessDeniedException"))
        self.assertIn("ecsctl token create", self.join()[2]["message"])
        self.assertEqual(self.join("0" * 64)[:2], (401, "AccessDeniedException"))
        token = self.token()
        self.assertIn("is for cluster web", self.join(token, cluster="other")[2]["message"])
        self.assertIn("asks for the pool",
                      self.join(token, cluster="", pool=True)[2]["message"])
        self.assertEqual(self.join(token, secret="short")[0], 400)
        self.assertEqual(self.join(token)[0], 200)  # it was not spent on any of these
        pool = self.token("--pool")
        self.assertIn("is for the pool", self.join(pool)[2]["message"])
        self.assertEqual(self.join(pool, cluster="", pool=True)[0], 200)

    def test_of_two_hosts_that_show_one_token_at_once_one_joins(self):
        token = self.token("--cluster", "race")
        found = []
        hosts = [threading.Thread(target=lambda: found.append(
            self.join(token, cluster="race")[0])) for _ in range(8)]
        for host in hosts:
            host.start()
        for host in hosts:
            host.join()
        self.assertEqual(sorted(found), [200] + [401] * 7)

    def test_a_hosts_secret_opens_nothing_but_its_own_channel(self):
        _, _, host = self.join(self.token("--cluster", "one"), cluster="one")
        _, _, other = self.join(self.token("--cluster", "two"), cluster="two")
        as_host = {"Authorization": "Bearer " + host["secret"]}
        for path in ("/v1/clusters", "/v1/events", "/v1/bill"):
            self.assertEqual(self.control.raw("GET", path, as_host)[0], 403, path)
        self.assertEqual(self.control.raw("POST", "/", {
            **as_host, "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": TARGET + "ListClusters"}, b"{}")[1], "UnrecognizedClientException")
        self.assertEqual(self.control.raw("POST", "/v1/join-tokens", {
            **as_host, "Content-Type": "application/json"}, b'{"cluster":"one"}')[0], 403)
        # Who it is follows from its secret, whatever it says.
        said = json.dumps({"agent": other["instance"], "boot_id": "b2", "hold_ms": 0}).encode()
        self.control.raw("POST", "/agent/v1/sync", as_host, said)
        events = self.control.raw("GET", "/v1/events?after=0&follow=false", {
            "Authorization": "Bearer " + self.control.ecsctl("session", "create").strip()})[2]
        changed = [line for line in events.splitlines() if "instance.changed" in line
                   and line.startswith("data:")]
        self.assertEqual(len(changed), 1)
        self.assertIn(host["instance"], changed[0])
        token = self.control.ecsctl("session", "create").strip()
        self.assertEqual(self.control.raw("POST", "/agent/v1/sync",
                                          {"Authorization": "Bearer " + token}, said)[0], 401)

    def test_wrong_words_are_refused(self):
        self.assertIn("either", self.control.ecsctl("token", "create", expect=2))
        self.assertIn("either", self.control.ecsctl("token", "create", "--pool", "--cluster", "w",
                                                    expect=2))
        self.assertIn("30m", self.control.ecsctl("token", "create", "--pool", "--expires", "soon",
                                                 expect=2))
        self.assertIn("InvalidParameterException", self.control.ecsctl(
            "token", "create", "--pool", "--expires", "1s", expect=1))


if __name__ == "__main__":
    unittest.main(warnings="ignore")
