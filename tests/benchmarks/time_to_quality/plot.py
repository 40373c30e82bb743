"""Curves as one SVG: a block a figure, in it a row a clip and a column a fade, over the logarithm of time."""
import math
import pathlib

COLOURS = {'default': '#1b6ca8', 'closed form': '#777777', 'copycat': '#c0392b'}
# Name, heading, factor, and whether more is better (then the axis need not begin at 0).
FIGURES = (('chroma_psnr_db', 'Chroma PSNR of the test frames, dB', 1, True),
           ('delta_e2000', 'ΔE2000 of the test frames', 1, False),
           ('chroma_flicker', 'Flicker of Cb and Cr between neighbouring test frames, 1/1000 of full scale', 1000,
            False))
WIDTH, HEIGHT, LEFT, GAP_X, GAP_Y, HEAD = 190, 110, 110, 14, 16, 62


def rising(low, high, count):
    """About `count` round values between low and high."""
    step = 10 ** math.floor(math.log10(max(high - low, 1e-9) / count))
    step = next(step * m for m in (1, 2, 5, 10) if (high - low) / (step * m) <= count)
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


class Axis:
    """From a figure's value to a place between `begin` and `end`."""

    def __init__(self, low, high, begin, end):
        self.low, self.span, self.begin, self.reach = low, max(high - low, 1e-9), begin, end - begin

    def __call__(self, value):
        return round(self.begin + (value - self.low) / self.span * self.reach, 1)


def escaped(text):
    return str(text).replace('&', '&amp;').replace('<', '&lt;')


def label(x, y, text, anchor='middle', more=''):
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{more}>{escaped(text)}</text>'


def panel(curves, figure, factor, left, top, time, value):
    """Frame, grid and curves of one clip and fade."""
    out = [f'<rect class="f" x="{left:g}" y="{top:g}" width="{WIDTH}" height="{HEIGHT}"/>']
    for decade in range(math.ceil(time.low), math.floor(time.low + time.span) + 1):
        out.append(f'<path class="g" d="M{time(decade):g} {top:g}v{HEIGHT}"/>')
    for mark in rising(value.low, value.low + value.span, 4):
        out.append(f'<path class="g" d="M{left:g} {value(mark):g}h{WIDTH}"/>')
    for curve in curves:
        places = [(time(math.log10(max(p['seconds'], 10 ** time.low))), value(p[figure] * factor))
                  for p in curve['points'] if p.get(figure) is not None]
        if not places:
            continue
        way = curve['way'].replace(' ', '-')
        out.append(f'<path class="c {way}" d="M' + ' '.join(f'{x:g},{y:g}' for x, y in places) + '"/>')
        if curve['way'] == 'closed form':
            # There once and for all: what the others have to pass.
            out.append(f'<path class="d" d="M{places[-1][0]:g} {places[-1][1]:g}H{left + WIDTH:g}"/>')
    return out


def block(curves, cells, fades, figure, factor, grows, top, low_s, high_s):
    """A row a clip. All panels of a row have one scale, so that fades can be compared."""
    out = []
    for row, cell in enumerate(cells):
        of_row = [c for c in curves if (c['clip'], c['reference']) == cell]
        found = [p[figure] * factor for c in of_row for p in c['points'] if p.get(figure) is not None]
        if not found:
            continue
        y0 = top + row * (HEIGHT + GAP_Y)
        margin = .05 * (max(found) - min(found) or 1)
        value = Axis(min(found) - margin if grows else 0, max(found) + margin, y0 + HEIGHT, y0)
        name = cell[0] if cell[1] == 'clean' else f'{cell[0]}, {cell[1]}'
        out.append(label(10, y0 + HEIGHT / 2, name, 'start', ' class="b"'))
        for mark in rising(value.low, value.low + value.span, 4):
            out.append(label(LEFT - 5, value(mark) + 4, f'{mark:g}', 'end'))
        for column, fade in enumerate(fades):
            x0 = LEFT + column * (WIDTH + GAP_X)
            time = Axis(math.log10(low_s), math.log10(high_s), x0, x0 + WIDTH)
            out += panel([c for c in of_row if c['fade'] == fade], figure, factor, x0, y0, time, value)
            if row == len(cells) - 1:
                for decade in range(math.ceil(time.low), math.floor(time.low + time.span) + 1):
                    out.append(label(time(decade), y0 + HEIGHT + 14, f'{10 ** decade:g} s'))
    return out


def style(way):
    name = way.replace(' ', '-')
    markers = ''.join(f'marker-{at}:url(#{name});' for at in ('start', 'mid', 'end'))
    return f'.{name}{{stroke:{COLOURS[way]};{markers}}}'


def marker(way):
    return (f'<marker id="{way.replace(" ", "-")}" markerWidth="4" markerHeight="4" refX="2" refY="2">'
            f'<circle cx="2" cy="2" r="1.4" fill="{COLOURS[way]}"/></marker>')


def drawn(curves, fades):
    """The SVG's text. `fades`: known ones in their order; those without a curve are left out."""
    fades = [f for f in fades if any(c['fade'] == f for c in curves)]
    cells = sorted({(c['clip'], c['reference']) for c in curves}, key=lambda cell: (cell[1], cell[0]))
    seconds = [p['seconds'] for c in curves for p in c['points']]
    low_s, high_s = max(.1, min(seconds) / 1.2), max(seconds) * 1.2
    across = LEFT + len(fades) * (WIDTH + GAP_X) + 10
    tall = HEAD + len(cells) * (HEIGHT + GAP_Y) + 14
    down = 30 + len(FIGURES) * tall
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}" font-family="sans-serif" '
           'font-size="11">',
           '<style>.f{fill:none;stroke:#999}.g{stroke:#ddd;fill:none}.b{font-weight:bold}.c{fill:none;stroke-width:1.6}'
           + f'.d{{stroke:{COLOURS["closed form"]};stroke-dasharray:4 3}}' + ''.join(map(style, COLOURS)) + '</style>',
           *map(marker, COLOURS), f'<rect width="{across}" height="{down}" fill="#fff"/>']
    for i, way in enumerate(COLOURS):
        out.append(f'<path d="M{LEFT + 130 * i} 14h24" stroke="{COLOURS[way]}" stroke-width="3"/>')
        out.append(label(LEFT + 130 * i + 30, 18, way, 'start'))
    for i, (figure, heading, factor, grows) in enumerate(FIGURES):
        top = 30 + i * tall
        out.append(label(LEFT, top + 24, heading, 'start', ' class="b"'))
        for column, fade in enumerate(fades):
            out.append(label(LEFT + column * (WIDTH + GAP_X) + WIDTH / 2, top + 46, f'{fade} fade'))
        out += block(curves, cells, fades, figure, factor, grows, top + HEAD - 8, low_s, high_s)
    return '\n'.join(out) + '\n</svg>\n'


def write(curves, fades, file):
    """Returns how many bytes it took."""
    text = drawn(curves, fades)
    pathlib.Path(file).write_text(text)
    return len(text.encode())
