"""Workbooks of unknown origin -> sheets of cells, each saying what the spreadsheet shows.

`containers.workbook` is the way in. What is here runs in a process of its own with limits, so it
imports neither pandas nor the registers.
"""
