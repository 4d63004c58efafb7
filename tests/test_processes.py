"""What is heard when a process is asked to stop."""

import os
import signal
import threading

import pytest

from bench.project.processes import stopped_where_asked

posix = pytest.mark.skipif(os.name != "posix", reason="sends a signal")


class Stopped(Exception):  # noqa: N818 - it is none of ours
    pass


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM])
def number(request, monkeypatch):
    def stop(*_):
        raise Stopped

    before = signal.signal(request.param, stop)
    yield request.param
    signal.signal(request.param, before)


@posix
def test_it_is_stopped_where_it_asks(number):
    reached = []

    def work():
        with stopped_where_asked() as ask:
            os.kill(os.getpid(), number)
            reached.append("after the signal")
            ask()
            reached.append("after asking")

    with pytest.raises(Stopped):
        work()
    assert reached == ["after the signal"]


@posix
def test_it_is_stopped_at_the_end_if_it_never_asks(number):
    reached = []

    def work():
        with stopped_where_asked():
            os.kill(os.getpid(), number)
            reached.append("to the end")
        reached.append("beyond")

    with pytest.raises(Stopped):
        work()
    assert reached == ["to the end"]


@posix
def test_afterwards_signals_are_heard_as_before(number):
    with stopped_where_asked() as ask:
        ask()
    with pytest.raises(Stopped):
        os.kill(os.getpid(), number)


def test_a_thread_changes_no_handler():
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def work():
        with stopped_where_asked() as ask:
            ask()
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]
