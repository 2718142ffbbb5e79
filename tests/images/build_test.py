"""The images of the tests are packed by whichever test comes first."""

import pathlib
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(__file__).resolve().parent / "build"


class Build(unittest.TestCase):
    def test_tests_that_begin_side_by_side_on_a_fresh_machine_all_have_their_images(self):
        with tempfile.TemporaryDirectory() as directory:
            runs = [
                subprocess.Popen([BUILD, directory], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                for _ in range(3)
            ]
            for run in runs:
                said, _ = run.communicate(timeout=120)
                self.assertEqual(run.returncode, 0, said)
            tags = (pathlib.Path(directory) / "layout" / "index.json").read_text()
            for name in ["probe", "busybox", "dressed"]:
                self.assertIn(f'"{name}"', tags)


if __name__ == "__main__":
    unittest.main()
