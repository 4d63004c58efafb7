"""papermill's engine `bench-fork`: a notebook's cells in a shell forked from a warm parent.

papermill finds it by its entry point, so that its own command can use it:
`papermill --engine bench-fork IN.ipynb OUT.ipynb`. It parametrises, records and writes the notebook
as with any other engine. Whoever makes many pages gives it the managers of one parent.
"""

from __future__ import annotations

import contextlib
import functools
import logging
from pathlib import Path
from typing import Any, Final

from bench.publish.kernels import manager_class
from bench.publish.warm import warming

NAME: Final = "bench-fork"
# As papermill calls its own.
_LOGGER: Final = logging.getLogger("papermill")


class ForkEngine:
    """Runs a notebook in a forked shell; in an ordinary kernel where nothing can be forked.

    It stands without papermill, which loads it by its entry point while it is itself imported.
    """

    @staticmethod
    def execute_notebook(notebook: Any, kernel_name: str, **settings: Any) -> Any:
        """Run a notebook as papermill asks any engine to."""
        return _engine().execute_notebook(notebook, kernel_name, **settings)

    @staticmethod
    def nb_kernel_name(notebook: Any, name: str | None = None) -> str:
        """The kernel that a notebook names."""
        return str(_engine().nb_kernel_name(notebook, name))

    @staticmethod
    def nb_language(notebook: Any, language: str | None = None) -> str:
        """The language that a notebook names."""
        return str(_engine().nb_language(notebook, language))


@functools.cache
def _engine() -> Any:
    """Papermill's own engine, but for where the cells are run."""
    from papermill.engines import NBClientEngine

    class InShell(NBClientEngine):  # type: ignore[misc]
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **settings: Any) -> Any:
            """Run the cells of a notebook.

            Args:
                nb_man: papermill's manager of the notebook.
                kernel_name: the notebook's kernel.
                settings: as of papermill's own engine; `kernel_manager_class` says whose shells or
                    kernels to use, and without it a warm parent is started for this notebook alone.
            """
            run = super().execute_managed_notebook
            if "kernel_manager_class" in settings:
                return run(nb_man, kernel_name, **settings)
            language = nb_man.nb.metadata.get("kernelspec", {}).get("language", "python")
            if language != "python":
                _LOGGER.warning("%s runs Python alone; this one is run in its own kernel.", NAME)
                return run(nb_man, kernel_name, **settings)
            with contextlib.ExitStack() as parents:
                socket = parents.enter_context(warming(Path.cwd()))()
                if socket is None:
                    _LOGGER.warning("Nothing can be forked safely here: an ordinary kernel runs.")
                return run(
                    nb_man,
                    kernel_name,
                    kernel_manager_class=manager_class(socket),
                    shutdown_kernel="immediate",
                    **settings,
                )

    return InShell
