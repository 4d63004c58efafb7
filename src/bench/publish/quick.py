"""`nbformat`, imported a second sooner than it comes by itself.

It imports jsonschema, and that, if it is there, a grammar of web addresses which takes a
second to compile at every start. No notebook asks for it: while jsonschema is imported, it is not
there.
"""

import importlib
import sys
from typing import Any

__all__ = ["nbformat"]

_GRAMMAR = "rfc3987_syntax"

if _GRAMMAR not in sys.modules:
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]  # what makes an import fail
    try:
        importlib.import_module("jsonschema")
    finally:
        del sys.modules[_GRAMMAR]

nbformat: Any = importlib.import_module("nbformat")
