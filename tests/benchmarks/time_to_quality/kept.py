"""Finished curves: a file each below --work, and all in one document that parts made on several days go into."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import record  # noqa: E402

KEY = ('clip', 'fade', 'reference', 'way', 'seed', 'length_s')


def key_of(curve):
    return tuple(curve[name] for name in KEY)


class Kept:
    """`document`: the file of --json, or None. What lies below --work was made later and goes before it."""

    def __init__(self, work, document):
        self.folder = pathlib.Path(work).resolve() / 'curves'
        self.document = pathlib.Path(document) if document else None
        self.curves = {}
        if self.document and self.document.exists():
            self.take(json.loads(self.document.read_text())['rows'])
        self.take(json.loads(file.read_text()) for file in sorted(self.folder.glob('*.json')))

    def take(self, curves):
        self.curves |= {key_of(c): c for c in curves}

    def find(self, **wanted):
        """A finished curve, or None."""
        return self.curves.get(key_of(wanted))

    def keep(self, curve):
        name = '-'.join(str(part).replace(' ', '-') for part in key_of(curve))
        record.replace(self.folder / f'{name}.json', curve)
        self.take([curve])
        self.write()

    def write(self):
        """Everything known, a line a curve, so that a part more is a few lines more."""
        if self.document:
            rows = [self.curves[key] for key in sorted(self.curves)]
            record.replace_text(self.document,
                                '{"rows": [\n' + ',\n'.join(json.dumps(row) for row in rows) + '\n]}\n')
