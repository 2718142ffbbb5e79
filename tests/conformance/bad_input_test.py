#!/usr/bin/python3
"""Input that no honest client sends, against a real ecs-control: each is answered with an error or a
closed connection, at once, and the next caller is served as if nothing had been.

    bad_input_test.py PATH-OF-ECS-CONTROL [unittest arguments]
"""

import json
import socket
import unittest

from process_test import BOUND_S, WithDirectory

TARGET = "AmazonEC2ContainerServiceV20141113."
SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def head(*lines):
    return "\r\n".join(["POST / HTTP/1.1", "Host: 127.0.0.1", *lines]).encode("latin-1") + b"\r\n\r\n"


class Framing(WithDirectory):
    """Two readers of one stream must never see different requests in it."""

    def exchange(self, control, request):
        host, port = control.address.split(":")
        with socket.create_connection((host, int(port)), BOUND_S) as link:
            link.sendall(request)
            link.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := link.recv(65536):
                answer += piece
        return answer

    def test_a_request_whose_end_is_in_doubt_is_refused_and_nothing_behind_it_is_read(self):
        control = self.control()
        chunked = "Transfer-Encoding: chunked"
        shapes = {
            "a length and chunks": head("Content-Length: 4", chunked) + b"0\r\n\r\n",
            "chunks and a length": head(chunked, "Content-Length: 4") + b"0\r\n\r\n",
            "two lengths": head("Content-Length: 4", "Content-Length: 5") + b"{}  ",
            "a negative length": head("Content-Length: -1"),
            "a length with a sign": head("Content-Length: +5") + b"{}   ",
            "a length in hexadecimal": head("Content-Length: 0x2") + b"{}",
            "a length beyond 64 bits": head("Content-Length: 18446744073709551617") + b"{}",
            "a chunk of size -1": head(chunked) + b"-1\r\n",
            "a chunk beyond 64 bits": head(chunked) + b"10000000000000002\r\n{}\r\n0\r\n\r\n",
            "a chunk without a size": head(chunked) + b"\r\n{}\r\n0\r\n\r\n",
            "a chunk longer than it says": head(chunked) + b"1\r\n{}\r\n0\r\n\r\n",
            "a NUL in a header": head("X-Odd: a\0b", "Content-Length: 2") + b"{}",
            "a space before the colon": head("Content-Length : 2") + b"{}",
            "a header without a name": head(": x", "Content-Length: 2") + b"{}",
            "a NUL in the path": b"GET /\0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
            "an unknown version": b"GET / HTTP/3.0\r\nHost: 127.0.0.1\r\n\r\n",
            "no version": b"GET /\r\n\r\n",
        }
        for name, shape in shapes.items():
            with self.subTest(name):
                answer = self.exchange(control, shape + SMUGGLED)
                self.assertLessEqual(answer.count(b"\r\nDate: "), 1, answer)
                self.assertTrue(answer == b"" or answer.startswith((b"HTTP/1.1 400 ",
                                                                    b"HTTP/1.1 413 ")), answer)
                self.assertEqual(control.call("ListClusters", {})[0], 200)

    def test_a_flood_of_headers_is_answered_431(self):
        control = self.control()
        flood = head(*[f"X-{at}: {'x' * 50}" for at in range(2000)], "Content-Length: 2")
        self.assertTrue(self.exchange(control, flood).startswith(b"HTTP/1.1 431 "))

    def test_requests_that_come_at_once_are_answered_in_their_order(self):
        control = self.control()
        answer = self.exchange(control, SMUGGLED * 50)
        self.assertEqual(answer.count(b"HTTP/1.1 200 OK"), 50)


class Bodies(WithDirectory):
    def refused(self, control, operation, body, *types):
        link = control.connection()
        link.request("POST", "/", body, {"Content-Type": "application/x-amz-json-1.1",
                                         "X-Amz-Target": TARGET + operation})
        answer = link.getresponse()
        said = json.loads(answer.read())
        link.close()
        self.assertEqual(answer.status, 400, said)
        self.assertIn(said["__type"], types, said)

    def test_bodies_that_are_no_such_thing(self):
        control = self.control()
        for body in (b"{", b"[]", b"null", b"\"x\"", b"{\"clusterName\":\"\xff\xfe\"}",
                     b"\xef\xbb\xbf{}x", b"{\"clusterName\":\"a\"}{}", b"{\"clusterName\":\"\\ud800\"}",
                     b"{" + b"\"a\":{" * 100 + b"}" * 101, b"\0", b"{\"clusterName\":\"a\x00\"}"):
            with self.subTest(body=body[:40]):
                self.refused(control, "CreateCluster", body, "SerializationException",
                             "InvalidParameterException", "ClientException")
        self.assertEqual(control.call("ListClusters", {})[1]["clusterArns"], [])

    def test_numbers_that_no_counter_holds(self):
        control = self.control()
        for number in ("1e999", "-1e999", "9223372036854775808", "-9223372036854775809", "1.5", "-1",
                       "99999999999999999999999999", "true", "\"7\""):
            with self.subTest(number=number):
                body = ('{"family":"f","containerDefinitions":[{"name":"m","image":"i","memory":%s}]}'
                        % number).encode()
                self.refused(control, "RegisterTaskDefinition", body, "SerializationException",
                             "InvalidParameterException", "ClientException")

    def test_page_tokens_that_control_never_gave(self):
        control = self.control()
        for token in ("", "x", "A" * 5000, "%00", "eyJhIjoxfQ==", "\u0000", "9" * 40):
            with self.subTest(token=token[:20]):
                self.refused(control, "ListClusters", json.dumps({"nextToken": token or " "}).encode(),
                             "InvalidParameterException", "SerializationException")


class Agents(WithDirectory):
    def test_a_report_that_is_no_report_changes_nothing(self):
        control = self.control()
        link = control.connection()
        for path in ("/agent/v1/join", "/agent/v1/sync"):
            for body in (b"", b"[]", b"{\"inventory\":" + b"[" * 200, b"{\"cluster\":7}", b"\xff",
                         b"{\"boot_id\":\"a\",\"boot_id\":\"b\"}"):
                with self.subTest(path=path, body=body[:30]):
                    link.request("POST", path, body, {"Authorization": "Bearer " + "0" * 64})
                    answer = link.getresponse()
                    answer.read()
                    self.assertIn(answer.status, (400, 401))
        self.assertEqual(control.call("ListClusters", {})[1]["clusterArns"], [])
        link.request("POST", "/agent/v1/sync", b" " * (16 * 1024 * 1024 + 1),
                     {"Authorization": "Bearer " + "0" * 64})
        self.assertEqual(link.getresponse().status, 413)
        self.assertEqual(control.call("ListClusters", {})[0], 200)


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
