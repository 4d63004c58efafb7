"""The version of the package; CHANGELOG.md and pyproject.toml say the same."""

__version__ = "0.1.0"
