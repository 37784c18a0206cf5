"""Programs that die at a statement of their own, as at a power cut."""

# Put before a program: from then on each connection counts the statements of all of them.
DYING = """
import os, signal, sys
from pathlib import Path
import archive.connection

def die_after(left, *modules):
    real = archive.connection.connect
    def connect(*arguments, **named):
        made = real(*arguments, **named)
        def count(_statement):
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        made.set_trace_callback(count)
        return made
    for module in (archive.connection, *modules):
        module.connect = connect
"""
