"""Controls in JupyterLab over a council's page."""
