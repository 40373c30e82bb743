"""Real clips as a faded film, and trainings on them by `interneg-engine`: what the benchmarks of quality share."""
import json
import os
import pathlib
import re
import shutil
import sys

from child_process import measured, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLIPS = {'juggle': 'juggle_720p24.mp4', 'dog': 'dog_720p30.mp4', 'flower': 'flower_540p30.mp4', 'bbb': 'bbb_720p25.mp4'}
FADES = {'uneven': ['--retention', '.30,1,.80', '--uneven'],
         'nearly-dead': ['--retention', 'nearly-dead', '--uneven', '--grain', '16mm']}


def ranges(frames):
    return ','.join(map(str, sorted(frames)))


def pattern(folder):
    first = sorted(folder.glob('*.png'))[0].name
    return str(folder / re.sub(r'\d{4}(?=\.png)', '%04d', first))


def check(parser, data, clips, engine):
    """Everything that a run needs, before an hour of it has passed."""
    if shutil.which('ffmpeg') is None:
        parser.error('ffmpeg is missing: apt-get install ffmpeg')
    if not os.access(engine, os.X_OK):
        parser.error(f'--engine: {engine} is not built; run make release, or name another')
    for clip in clips:
        file = pathlib.Path(data) / 'clips' / CLIPS[clip]
        if not file.is_file():
            parser.error(f'--data: {file} is missing; docs/benchmarks/README.md says where it is published')


class Engine:
    def __init__(self, program, threads, data):
        self.program = pathlib.Path(program)
        self.threads = threads
        self.data = pathlib.Path(data)

    def clean(self, clip, folder, scale, count=None):
        """The clip's first frames (all by default), numbered from 1001, brought down by ffmpeg's `scale`."""
        if not (folder / 'complete').exists():
            folder.mkdir(parents=True, exist_ok=True)
            limit = ['-frames:v', str(count)] if count else []
            run(['ffmpeg', '-v', 'error', '-y', '-i', self.data / 'clips' / CLIPS[clip], '-vf',
                 f'scale={scale}:flags=area', *limit, '-pix_fmt', 'rgb48be', '-start_number', '1001', folder / 'f.%04d.png'])
            (folder / 'complete').touch()
        return folder

    def faded(self, clean, folder, fade, span):
        """Folders faded, reference, video and truth below `folder`."""
        if not (folder / 'complete').exists():
            run([self.program, 'simulate', 'fade', '--input', clean / 'f.%04d.png', '--range', span, '--output-dir',
                 folder, '--seed', '1', *FADES[fade]])
            (folder / 'complete').touch()
        return folder

    def recover(self, out, source, reference, span, pairs, held_out, network, training, rendered=None):
        """Trains, renders (all of `span`, or the range `rendered`); returns pattern and what the events said."""
        out.mkdir(parents=True, exist_ok=True)
        medium = {'path': pattern(source), 'range': span}
        train = {'schema': 1, 'train': {
            'recovery': 'RECOVERY_CHROMA', 'source': medium, 'reference': {'path': pattern(reference), 'range': span},
            'pairs': pairs, 'heldOut': held_out, 'network': network, 'training': training}}
        events, train_kib = self.measured_job(out, 'train', train, ['--scratch', out / 'scratch'])
        best = [e['checkpoint'] for e in events if e.get('checkpoint', {}).get('best')][-1]
        render = {'schema': 1, 'render': {
            'source': {**medium, 'range': rendered or span}, 'checkpointSha256': best['file']['sha256'],
            'output': {'path': str(out / 'frames' / 'f.%04d.png'), 'colorSpace': 'same-as-source',
                       'format': 'FILE_FORMAT_PNG', 'replace': True}}}
        events, render_kib = self.measured_job(out, 'render', render,
                                               ['--checkpoint', out / 'scratch' / best['file']['name']])
        return {'pattern': out / 'frames' / 'f.%04d.png', 'steps': best.get('totalSteps', 0),
                'frames': [e['frame'] for e in events if 'frame' in e],
                'train_peak_rss_kib': train_kib, 'render_peak_rss_kib': render_kib}

    def job(self, out, name, document, options):
        return self.measured_job(out, name, document, options)[0]

    def measured_job(self, out, name, document, options):
        """The job's events, and the engine's peak resident memory in KiB."""
        (out / f'{name}.json').write_text(json.dumps(document))
        events = out / f'{name}.events'
        with open(events, 'wb') as sink:
            _, peak_kib = measured([self.program, 'run', '--job', out / f'{name}.json', '--events-fd', sink.fileno(),
                                    '--threads', self.threads, *options], pass_fds=[sink.fileno()])
        told = [json.loads(line) for line in events.read_text().splitlines()]
        outcome = next((e['result']['outcome'] for e in reversed(told) if 'result' in e), 'no result')
        if outcome != 'ENGINE_OUTCOME_SUCCEEDED':
            # Told to end, the engine keeps a checkpoint and exits as after success.
            sys.exit(f'{out}: the {name} job ended with {outcome}; see {events}')
        return told, peak_kib

    def score(self, result, truth, frames, *more):
        """Means over the frames. `more`: further options, as '--flicker'."""
        text = run([self.program, 'score', '--result', result, '--truth', pattern(truth), '--range', ranges(frames),
                    '--json', *more])
        return json.loads(text)['mean']['result']
