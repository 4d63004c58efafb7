"""Imported first by the process that workers are forked from: none of them hears Ctrl-C.

Ctrl-C reaches every process of the terminal. The runner hears it and ends its workers; one that is
just starting would otherwise end with a traceback of its own.
"""

import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
