"""Programs that a benchmark runs: they succeed or end it, and say how much memory they took."""
import os
import subprocess
import sys
import tempfile


def run(command, **options):
    """What a program prints."""
    return measured(command, **options)[0]


def measured(command, **options):
    """What a program prints, and its peak resident memory in KiB, its own children's not included.

    Ended by a signal or an exception, the benchmark takes the program with it: an engine that is told to end writes a
    checkpoint, from which the next run goes on.
    """
    # As the daemon starts engines: waiting threads give their core away.
    environment = {'GOMP_SPINCOUNT': '0', **os.environ}
    with tempfile.TemporaryFile('w+') as out, tempfile.TemporaryFile('w+') as err:
        process = subprocess.Popen([str(c) for c in command], stdout=out, stderr=err, env=environment, **options)
        try:
            _, status, use = os.wait4(process.pid, 0)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        text = out.read()
        if process.returncode != 0:
            sys.exit(f'{" ".join(map(str, command))}\nended with {process.returncode}\n{text}{err.read()}')
        return text, use.ru_maxrss
