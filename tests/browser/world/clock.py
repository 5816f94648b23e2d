"""The service's clock, moved from outside by libfaketime; nothing in the product knows of it.

All processes read one file that holds how far ahead they are ("+36000"), and read it again at each look at the clock. It
is given to them by wrapper scripts (`program =` of kyso.conf), since kysod starts its children with a clean environment.
What was learned about it: docs/design/060-browser-tests.md.
"""
import contextlib
import glob
import os
import pathlib
import time

SHARED = {
    "FAKETIME_NO_CACHE": "1",  # a change counts at once
    "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # waiting takes as long as it takes
    "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # else pthread_cond_timedwait on that clock gives up at once
    "NO_FAKE_STAT": "1",
}
ROLES = ("sam", "ca", "web", "courier")


def sweep():
    """Takes away what libfaketime keeps in /dev/shm under the numbers of processes that were killed."""
    for path in map(pathlib.Path, glob.glob("/dev/shm/*faketime_s[eh]m_*")):
        if not pathlib.Path("/proc", path.name.rpartition("_")[2]).exists():
            with contextlib.suppress(OSError):
                path.unlink()


def library():
    """The one for programs with threads, or None."""
    found = sorted(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1"))
    return found[0] if found else None


class Clock:
    def __init__(self, folder, programs):
        self.folder, self.programs = folder, programs
        self.file = folder / "clock"
        self.ahead = 0
        sweep()
        self.move(0)

    def environment(self):
        return SHARED | {"LD_PRELOAD": library(), "FAKETIME_TIMESTAMP_FILE": str(self.file)}

    def wrap(self, role):
        """The script that starts a process of the service with this clock."""
        script = self.folder / f"start-{role}"
        lines = [f"export {name}='{value}'" for name, value in self.environment().items()]
        lines.append("export ASAN_OPTIONS=verify_asan_link_order=0:$ASAN_OPTIONS")
        script.write_text("\n".join(["#!/bin/sh", *lines, f"exec {self.programs}/kyso-{role} \"$@\"", ""]))
        script.chmod(0o755)
        return script

    def move(self, seconds):
        """Sets how far ahead of this machine the service is."""
        self.ahead = seconds
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"+{seconds}\n")
        fresh.chmod(0o644)
        os.replace(fresh, self.file)
        return self.now()

    def now(self):
        return time.time() + self.ahead
