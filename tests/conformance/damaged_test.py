#!/usr/bin/python3
"""ecs-control in front of a database that it cannot trust: it does not start, says what it found and
what to do, and leaves the file as it is.

    damaged_test.py PATH-OF-ECS-CONTROL [unittest arguments]
"""

import os
import shutil
import sqlite3
import subprocess
import unittest

from process_test import BOUND_S, PROGRAM, WithDirectory


class Damaged(WithDirectory):
    def setUp(self):
        super().setUp()
        control = self.control()
        for name in ("one", "two", "three"):
            self.assertEqual(control.call("CreateCluster", {"clusterName": name})[0], 200)
        control.process.terminate()
        self.assertEqual(control.end(), 0)
        self.path = os.path.join(self.data, "control.db")
        with open(self.path, "rb") as file:
            self.whole = file.read()

    def write(self, content):
        with open(self.path, "wb") as file:
            file.write(content)

    def sql(self, text):
        database = sqlite3.connect(self.path)
        database.executescript(text)
        database.close()

    def refused(self, *words, **options):
        with open(self.path, "rb") as file:
            before = file.read()
        done = subprocess.run(
            [PROGRAM, "--listen", "127.0.0.1:0", "--data", self.data, "--auth", "off"],
            capture_output=True, text=True, timeout=BOUND_S, check=False, **options)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, 1, said)
        for word in ("control.db", *words):
            self.assertIn(word, said)
        with open(self.path, "rb") as file:
            self.assertEqual(file.read(), before, "the file was changed")

    def test_a_garbage_header(self):
        self.write(b"\xa5" * 100 + self.whole[100:])
        self.refused("no database's header", "the last backup")

    def test_a_file_that_was_cut_short(self):
        self.write(self.whole[:len(self.whole) // 2])
        self.refused("cut short", "the last backup")

    def test_pages_of_garbage(self):
        self.write(self.whole[:4096] + b"\x5a" * (len(self.whole) - 4096))
        self.refused("damaged", "the last backup")

    def test_another_programs_database(self):
        os.remove(self.path)
        self.sql("CREATE TABLE other (x)")
        self.refused("another program's", "--store")

    def test_a_newer_version(self):
        self.sql("PRAGMA user_version = 99")
        self.refused("newer Stowage", "before the upgrade")

    def test_a_row_that_cannot_be_read_is_named(self):
        self.sql("UPDATE cluster SET tags = 'garbage' WHERE name = 'two'")
        done = subprocess.run(
            [PROGRAM, "--listen", "127.0.0.1:0", "--data", self.data, "--auth", "off"],
            capture_output=True, text=True, timeout=BOUND_S, check=False)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, 1, said)
        for word in ("table cluster", "column tags", "backup"):
            self.assertIn(word, said)

    def test_a_log_that_was_taken_away_from_a_killed_control(self):
        control = self.controls[0]
        control.start()
        self.assertEqual(control.call("CreateCluster", {"clusterName": "four"})[0], 200)
        control.kill()
        log = self.path + "-wal"
        aside = self.path + ".aside"
        self.assertGreater(os.path.getsize(log), 0)
        shutil.move(log, aside)
        self.refused("no write-ahead log", "Put it back")
        shutil.move(aside, log)
        control.start()
        self.assertEqual(control.call("DescribeClusters", {"clusters": ["four"]})[1]["failures"], [])

    @unittest.skipUnless(os.geteuid() == 0, "being somebody else needs root")
    def test_a_file_that_it_may_not_read(self):
        os.chmod(self.base, 0o755)
        for name in os.listdir(self.data):
            os.chown(os.path.join(self.data, name), 65534, 65534)
        os.chown(self.data, 65534, 65534)
        os.chown(self.path, 0, 0)
        os.chmod(self.path, 0o600)
        self.refused("Permission denied", "Check who owns", user=65534, group=65534,
                     extra_groups=[])


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
