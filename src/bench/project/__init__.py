"""A project's files, read with checks and replaced whole, and what starts processes; the version.

CHANGELOG.md and pyproject.toml say the same version.
"""

__version__ = "0.1.0"
