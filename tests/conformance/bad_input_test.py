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
        answer = b""
        with socket.create_connection((host, int(port)), BOUND_S) as link:
            try:
                link.sendall(request)
                link.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # it has heard enough: what it says of that is there to be read
            try:
                while piece := link.recv(65536):
                    answer += piece
            except ConnectionResetError:
                pass
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
            "a chunk's extension that is none": head(chunked) + b"2;\x01=a\r\n{}\r\n0\r\n\r\n",
            "an extension's quote that never ends": head(chunked) + b"2;a=\"b\r\n{}\r\n0\r\n\r\n",
            "an extension of the last chunk": head(chunked) + b"2\r\n{}\r\n0;\x7f\r\n\r\n",
            "chunks without carriage returns": head(chunked) + b"2\n{}\n0\n\n",
            "a coding behind the chunks": head("Transfer-Encoding: chunked, gzip") + b"{}",
            "a coding in the chunks": head("Transfer-Encoding: gzip, chunked") + b"2\r\n{}\r\n0\r\n\r\n",
            "a coding that is none": head("Transfer-Encoding: identity", "Content-Length: 2") + b"{}",
            "chunks said twice": head(chunked, chunked) + b"2\r\n{}\r\n0\r\n\r\n",
            "chunks behind a tab": head("Transfer-Encoding:\x0bchunked") + b"2\r\n{}\r\n0\r\n\r\n",
            "a NUL in a header's name": head("X-O\0dd: a", "Content-Length: 2") + b"{}",
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

    def test_a_header_that_goes_on_in_the_next_line_is_one_header(self):
        # As HTTP lets us: what a folded line says is its header's value, whoever reads it.
        control = self.control()
        for folded in ("X-Odd: a\r\n Content-Length: 4", "X-Odd: a\r\n\tTransfer-Encoding: chunked"):
            with self.subTest(folded):
                answer = self.exchange(control, head(folded, "Content-Length: 2") + b"{}" + SMUGGLED)
                self.assertEqual(answer.count(b"HTTP/1.1 "), 2, answer)
                self.assertEqual(answer.count(b"HTTP/1.1 200 OK"), 1, answer)
        answer = self.exchange(control, head("Content-Length: 2\r\n 2") + b"{}" + SMUGGLED)
        self.assertTrue(answer == b"" or answer.startswith(b"HTTP/1.1 400 "), answer)

    def test_chunks_whose_frame_has_no_end_cost_nothing(self):
        control = self.control()
        before = control.memory_kib()
        for frame in (b"2;x=", b"0\r\nX-Trailer: "):
            with self.subTest(frame):
                request = head("Transfer-Encoding: chunked") + frame + b"a" * (48 << 20)
                self.assertTrue(self.exchange(control, request).startswith(b"HTTP/1.1 400 "))
        self.assertEqual(control.call("ListClusters", {})[0], 200)
        self.assertLess(control.memory_kib() - before, 16 << 10)

    def test_a_body_of_ten_mebibytes_is_answered_413(self):
        control = self.control()
        body = b"{\"clusterName\":\"" + b"x" * (10 << 20) + b"\"}"
        for framed in (head("Content-Length: %d" % len(body)) + body,
                       head("Transfer-Encoding: chunked") + b"%x\r\n" % len(body) + body +
                       b"\r\n0\r\n\r\n"):
            self.assertTrue(self.exchange(control, framed).startswith(b"HTTP/1.1 413 "))
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

    def test_a_member_that_is_given_twice_and_an_operation_that_nobody_knows(self):
        control = self.control()
        for body in (b"{\"clusterName\":\"a\",\"clusterName\":\"a\"}",
                     b"{\"clusterName\":\"a\",\"clusterName\":null}",
                     b"{\"clusterName\":null,\"clusterName\":\"a\"}"):
            with self.subTest(body=body):
                self.refused(control, "CreateCluster", body, "SerializationException")
        self.refused(control, "FormatDisk", b"{}", "UnknownOperationException")
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
                         b"{\"boot_id\":\"a\",\"boot_id\":\"b\"}",
                         b"{\"inventory\":{\"attributes\":{\"a\":\"1\",\"a\":\"2\"}}}",
                         b"{\"inventory\":{\"cpu\":1,\"cpu\":2}}"):
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

    def test_a_host_that_claims_what_no_host_has_is_refused_with_the_reason(self):
        control = self.control()
        link = control.connection()
        whole = {"cpu": 1024, "memory": 1024, "eni_capacity": 1, "availability_zone": "us-east-1a",
                 "address": "198.18.0.1"}
        message = {"cluster": "c", "secret": "ab" * 32, "boot_id": "b", "inventory": whole}

        def post(path, body):
            link.request("POST", path, json.dumps(body), {"Authorization": "Bearer " + "ab" * 32})
            answer = link.getresponse()
            return answer.status, json.loads(answer.read())

        for member, value in (("cpu", 2 ** 63 - 1), ("memory", -1), ("eni_capacity", 2 ** 62),
                              ("public_cidr", "0.0.0.0/0"), ("attributes", {"a": "x" * 10_000})):
            with self.subTest(member):
                status, said = post("/agent/v1/join",
                                    {**message, "inventory": {**whole, member: value}})
                self.assertEqual((status, said["__type"]), (400, "InvalidParameterException"))
        self.assertEqual(control.call("ListClusters", {})[1]["clusterArns"], [])
        self.assertEqual(post("/agent/v1/join", message)[0], 200)
        status, said = post("/agent/v1/sync", {"report_sequence": 1, "meters": [
            {"task": "0" * 32, "sequence": 1, "cpu_time_ns": 2 ** 63 - 1}]})
        self.assertEqual(status, 400)
        self.assertIn("meters[0].cpu_time_ns", said["message"])


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
