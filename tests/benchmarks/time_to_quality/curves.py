"""A curve: the test figures of a training's checkpoints over the engine's clock."""
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import real_clips  # noqa: E402
import record  # noqa: E402

FADES = {'mild': ['--retention', 'mild'], 'moderate': ['--retention', 'moderate'], 'severe': ['--retention', 'severe'],
         **real_clips.FADES}
FRAMES = range(1001, 1050)
RANGE = f'{FRAMES[0]}-{FRAMES[-1]}'
PAIRS = [1001, 1017, 1033, 1049]
HELD_OUT = [1025]
UNSEEN = [f for f in FRAMES if f not in PAIRS + HELD_OUT]
# Every fifth, and the one after it where no training saw that: flicker needs neighbours.
TEST = sorted({f for chosen in UNSEEN[::5] for f in (chosen, chosen + 1) if f in UNSEEN})
CHECKPOINTS = 15  # about so many a training are rendered
WAYS = ('default', 'closed form', 'copycat')
FIGURES = ('chroma_psnr_db', 'luma_psnr_db', 'delta_e2000', 'chroma_flicker', 'luma_flicker')


def length_s(way, options):
    """The wall time that a way is given; the closed form takes what it takes."""
    return {'default': options.seconds, 'closed form': 0, 'copycat': options.copycat_seconds}[way]


class Bench:
    """Makes curves below --work. What is finished there, down to single scores, is not made again."""

    def __init__(self, options):
        self.o = options
        self.engine = real_clips.Engine(options.engine, options.threads, options.data)
        self.work = pathlib.Path(options.work).resolve()

    def faded(self, clip, fade):
        folder = self.work / clip / fade
        if not (folder / 'complete').exists():
            clean = self.engine.clean(clip, self.work / clip / 'clean', 'iw/2:ih/2', len(FRAMES))
            real_clips.run([self.engine.program, 'simulate', 'fade', '--input', clean / 'f.%04d.png', '--range', RANGE,
                            '--output-dir', folder, '--seed', '1', *FADES[fade]])
            (folder / 'complete').touch()
        return folder

    def job(self, folder, reference, way, seed):
        source = {'path': real_clips.pattern(folder / 'faded'), 'range': RANGE}
        train = {'source': source, 'reference': {**source, 'path': real_clips.pattern(folder / reference)},
                 'pairs': PAIRS, 'heldOut': HELD_OUT, 'recovery': 'RECOVERY_CHROMA'}
        training = {'seed': seed, 'contactSheetIntervalSteps': 1_000_000}
        seconds = length_s(way, self.o)
        if way == 'default':
            # Whatever the machine: a step takes about a tenth of a second on two cores.
            training |= {'timeLimitSeconds': seconds,
                         'checkpointIntervalSteps': max(10, round(seconds * 8 / CHECKPOINTS))}
        elif way == 'closed form':
            train['network'] = 'NETWORK_KIND_CLOSED_FORM'
        else:
            train |= {'recovery': 'RECOVERY_DIRECT', 'recipe': 'copycat'}
            training |= {'timeLimitSeconds': seconds, 'patchPx': 256, 'precision': 'PRECISION_FP32',
                         'checkpointIntervalSteps': max(5, round(seconds * .35 / CHECKPOINTS))}
        return {'schema': 4 if way == 'copycat' else 1, 'train': {**train, 'training': training}}

    def trained(self, folder, reference, way, seed):
        """The training's folder and what is kept of it: points as checkpoints_in has them, and its record's heading."""
        out = folder / f'{way.replace(" ", "-")}-{reference}-{seed}-{length_s(way, self.o):g}s'
        kept = out / 'trained.json'
        if not kept.exists():
            out.mkdir(parents=True, exist_ok=True)
            options = ['--scratch', out / 'scratch']
            # A long training that was interrupted goes on where its last checkpoint stands.
            interrupted = out / 'train.events'
            if interrupted.exists():
                interrupted.rename(out / f'part-{len(list(out.glob("part-*.events"))):03}.events')
            before = sorted((out / 'scratch').glob('step-*.safetensors'))
            if before:
                options += ['--resume', before[-1]]
            began = {**record.heading(), 'threads': self.o.threads, 'load': round(os.getloadavg()[0], 1),
                     'parts': 1 + len(list(out.glob('part-*.events')))}
            _, peak_kib = self.engine.measured_job(out, 'train', self.job(folder, reference, way, seed), options)
            record.replace(kept, {**began, 'points': checkpoints_in(out), 'peakRssKib': peak_kib})
        return out, json.loads(kept.read_text())

    def scored(self, folder, out, name, sha256):
        kept = out / f'score-{sha256}.json'
        if kept.exists():
            found = json.loads(kept.read_text())
            if found['test'] == TEST:
                return found['figures']
        frames = out / 'frames'
        source = {'path': real_clips.pattern(folder / 'faded'), 'range': real_clips.ranges(TEST)}
        render = {'schema': 1, 'render': {
            'source': source, 'checkpointSha256': sha256,
            'output': {'path': str(frames / 'f.%04d.png'), 'colorSpace': 'same-as-source',
                       'format': 'FILE_FORMAT_PNG', 'replace': True}}}
        self.engine.job(out, 'render', render, ['--checkpoint', out / 'scratch' / name])
        score = self.engine.score(frames / 'f.%04d.png', folder / 'truth', TEST, '--flicker')
        figures = {name: round(score[name], 6) for name in FIGURES if score[name] is not None}
        record.replace(kept, {'test': TEST, 'figures': figures})
        return figures

    def curve(self, clip, fade, reference, way, seed):
        folder = self.faded(clip, fade)
        out, training = self.trained(folder, {'clean': 'reference', 'video': 'video'}[reference], way, seed)
        points = training.pop('points')
        chosen = points[:-1][:: max(1, len(points) // CHECKPOINTS)] + points[-1:]
        made = [{'seconds': round(seconds, 2), **self.scored(folder, out, name, sha256)}
                for seconds, name, sha256 in chosen]
        return {'clip': clip, 'fade': fade, 'reference': reference, 'way': way, 'seed': seed,
                'length_s': length_s(way, self.o), 'test': real_clips.ranges(TEST), **training, 'points': made}


def checkpoints_in(out):
    """(seconds, file, SHA-256) of a training's checkpoints that are there, the chosen model last; each part's clock
    begins anew at the checkpoint before it."""
    points, begun = [], 0
    for part in sorted(out.glob('part-*.events')) + [out / 'train.events']:
        for line in part.read_text().splitlines():
            try:
                event = json.loads(line)
            except json.JSONDecodeError:
                continue  # cut off when the part was
            if 'checkpoint' in event:
                file = event['checkpoint']['file']
                points.append((begun + event['elapsedSeconds'], file['name'], file['sha256']))
        begun = points[-1][0] if points else 0
    return [p for p in points if (out / 'scratch' / p[1]).exists()]
