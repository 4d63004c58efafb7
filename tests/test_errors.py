"""An error keeps its words wherever it goes."""

import pickle

import pytest

from bench import errors


@pytest.mark.parametrize(
    "error",
    [
        errors.BuildError("one", "two", mend="a mend"),
        errors.UnknownNameError("council", "Leads", ["Leeds", "Kent"], where="sites.yaml"),
        errors.ExecutionError("a cell raised", mend="look", details="Traceback ..."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_from_another_process_is_the_same(error):
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(again), str(again), again.args) == (type(error), str(error), error.args)
    assert vars(again) == vars(error)


def test_a_name_of_a_kind_of_which_there_is_none():
    assert (
        str(errors.UnknownNameError("site", "leeds", [])) == "Unknown site 'leeds'; there is none."
    )
