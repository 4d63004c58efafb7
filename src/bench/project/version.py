"""The version of the package; CHANGELOG.md and pyproject.toml say the same."""

__all__ = ["__version__"]

__version__ = "0.1.0"
