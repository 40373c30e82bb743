"""What a benchmark keeps of a run, in one shape for all: when, of which commit, on what machine, with which options."""
import datetime
import json
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What decides how fast half-precision and vector work goes, where a CPU has it.
FEATURES = ('avx2', 'avx512f', 'avx512_bf16', 'amx_bf16')
# Options that say where things lie on one machine, and mean nothing on another.
PLACES = {'data', 'work', 'engine', 'bin', 'step', 'suggest', 'stages', 'program', 'json', 'plot', 'client_option'}


def commit():
    """The short hash of what is checked out, '+' behind it where tracked files differ; 'unknown' outside a checkout."""
    def git(*words):
        return subprocess.run(['git', '-C', ROOT, *words], text=True, capture_output=True, check=True).stdout.strip()
    try:
        changed = git('status', '--porcelain', '--untracked-files=no')
        return git('rev-parse', '--short', 'HEAD') + ('+' if changed else '')
    except (OSError, subprocess.CalledProcessError):
        return 'unknown'


def machine():
    """The CPU's name, the cores that this process may use, and which of FEATURES the CPU has."""
    facts = dict(re.findall(r'^([\w ]+?)\s*: (.*)$', pathlib.Path('/proc/cpuinfo').read_text(), re.MULTILINE))
    flags = set(facts.get('flags', facts.get('Features', '')).split())
    return {'cpu': facts.get('model name', os.uname().machine), 'cores': len(os.sched_getaffinity(0)),
            'features': [f for f in FEATURES if f in flags]}


def heading():
    return {'date': datetime.date.today().isoformat(), 'commit': commit(), 'machine': machine()}


def text_of(facts):
    """A heading in one line, for people."""
    m = facts['machine']
    return f"{facts['date']}, commit {facts['commit']}, {m['cores']} cores of {m['cpu']}" + (
        f" ({', '.join(m['features'])})" if m['features'] else '')


def write(path, options, rows, **more):
    """Writes {date, commit, machine, options, rows, …}, whole or not at all. `options`: as argparse gives them."""
    kept = {k: v for k, v in vars(options).items() if k not in PLACES}
    replace(path, {**heading(), 'options': kept, 'rows': rows, **more})


def replace(path, document):
    """Writes a document as JSON, whole or not at all."""
    replace_text(path, json.dumps(document, indent=1, ensure_ascii=False) + '\n')


def replace_text(path, text):
    """Writes a file whole or not at all, with the folders that it needs."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + '.part')
    unfinished.write_text(text)
    unfinished.replace(path)
