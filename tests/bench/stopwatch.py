"""Runs commands side by side and says what each took: `python stopwatch.py '[["command", …], …]'`.

A process of its own, with nothing imported that it does not need: on Linux a child's peak memory begins at that of
the process it was started from, and the bench itself holds a whole county.
"""

import json
import os
import subprocess
import sys
import time


def main() -> None:
    """Print the wall time of all and, for each command, CPU seconds, peak bytes, exit code and output, as JSON."""
    started = time.perf_counter()
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for command in json.loads(sys.argv[1])
    ]
    found = []
    for process in running:
        assert process.stdout is not None
        with process.stdout:
            said = process.stdout.read().decode(errors="replace")
        # wait4 tells what this child used, its own children included, and nothing of the others.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        found.append(
            {
                "cpu": used.ru_utime + used.ru_stime,
                "peak": used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
                "code": process.returncode,
                "said": said,
            }
        )
    print(json.dumps({"wall": time.perf_counter() - started, "commands": found}))


if __name__ == "__main__":
    main()
