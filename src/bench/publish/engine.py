"""papermill's engine `bench-fork`: a notebook's cells in a shell forked from a warm parent.

papermill finds it by its entry point, so that its own command can use it:
`papermill --engine bench-fork IN.ipynb OUT.ipynb`. It parametrises, records and writes the notebook
as with any other engine. Whoever makes many pages gives it the managers of one parent.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, Final

from papermill.engines import NBClientEngine, papermill_engines
from papermill.log import logger

from bench.publish.kernels import manager_class
from bench.publish.warm import warming

NAME: Final = "bench-fork"


class ForkEngine(NBClientEngine):  # type: ignore[misc]
    """Runs a notebook in a forked shell; in an ordinary kernel where nothing can be forked."""

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
            logger.warning("%s runs Python alone; this one is run in its own kernel.", NAME)
            return run(nb_man, kernel_name, **settings)
        with contextlib.ExitStack() as parents:
            socket = parents.enter_context(warming(Path.cwd()))()
            if socket is None:
                logger.warning("Nothing can be forked safely here: an ordinary kernel is used.")
            return run(
                nb_man,
                kernel_name,
                kernel_manager_class=manager_class(socket),
                shutdown_kernel="immediate",
                **settings,
            )


# As its entry point does, where the package is used without being installed.
papermill_engines.register(NAME, ForkEngine)
