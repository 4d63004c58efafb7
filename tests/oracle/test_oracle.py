"""Sites, tables, lists, messages and help put out the bytes that they did before."""

import subprocess
import sys

import pytest

from .__main__ import NOT_COMPARABLE

pytestmark = pytest.mark.slow


def test_the_program_puts_out_what_it_did(root):
    command = [sys.executable, "-m", "tests.oracle"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode == NOT_COMPARABLE:
        pytest.skip(done.stdout)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\nif this is meant: make oracle"
