"""Pages, sites and files."""

import importlib
import sys

# nbformat imports jsonschema, and that, if it is there, a grammar of web addresses which takes a
# second to compile at every start. No notebook asks for it: here it is not there.
_GRAMMAR = "rfc3987_syntax"
if _GRAMMAR not in sys.modules:
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]  # what makes an import fail
    try:
        importlib.import_module("jsonschema")
    finally:
        del sys.modules[_GRAMMAR]
