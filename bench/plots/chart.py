"""Line charts with logarithmic axes as SVG, without dependencies, the same bytes each time."""
import dataclasses
import math
from xml.sax.saxutils import escape

WIDTH = 1080
LEFT, RIGHT, GAP = 74, 30, 78  # beside and between panels
TITLE, KEYS, KEY_LINE = 44, 2, 22  # header: its title, then a legend of two columns
HEAD, FOOT, REMARK_LINE = 34, 62, 17  # above a panel its title, below it an axis; then remarks
# Paper of its own, so that it reads on dark pages as well.
INK, FAINT, GRID, PAPER = "#222222", "#555555", "#e2e2e2", "#ffffff"


@dataclasses.dataclass(frozen=True)
class Style:
    label: str
    colour: str
    dash: str = ""

    def stroke(self):
        dash = f' stroke-dasharray="{self.dash}"' if self.dash else ""
        return f'fill="none" stroke="{self.colour}" stroke-width="2"{dash}'


@dataclasses.dataclass(frozen=True)
class Line:
    style: Style
    points: list
    dots: bool = False


@dataclasses.dataclass(frozen=True)
class Mark:
    """A point that matters, with a line down to the axis and a remark there."""

    x: float
    y: float
    remark: str
    colour: str


@dataclasses.dataclass(frozen=True)
class Panel:
    title: str
    x: str
    y: str
    lines: list
    ticks_x: list
    marks: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Plot:
    """Rows of panels, which share one scale upwards."""

    title: str
    legend: list
    rows: list
    remarks: list
    panel_height: int
    room: float = 1  # how far the scale reaches below the lowest point: marks have their remarks there


def size(count):
    """A number of bytes, to read."""
    for unit, factor in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count >= factor:
            return (
                f"{count / factor:.0f} {unit}"
                if count >= 10 * factor
                else f"{count / factor:.1f} {unit}".replace(".0 ", " ")
            )
    return f"{count:.0f} B"


def ticks(low, high):
    """1, 2 and 5 times powers of ten between two figures and just outside of them; powers alone where these are
    many."""
    for factors in ((1, 2, 5), (1,)):
        steps = [float(f"{factor}e{power}") for power in range(-6, 10) for factor in factors]
        inside = [
            step for step in steps if max(s for s in steps if s <= low) <= step <= min(s for s in steps if s >= high)
        ]
        if len(inside) <= 9:
            break
    return inside


class Axis:
    """Maps values to positions, by their logarithm."""

    def __init__(self, low, high, begin, end):
        self.low, self.begin = math.log(low), begin
        self.scale = (end - begin) / (math.log(high) - self.low)

    def at(self, value):
        return round(self.begin + (math.log(value) - self.low) * self.scale, 1)


def text(x, y, words, more=""):
    return f'<text x="{x}" y="{y}"{" " + more if more else ""}>{escape(words)}</text>'


def draw(panel, left, right, top, bottom, ticks_y):
    across, up = Axis(panel.ticks_x[0], panel.ticks_x[-1], left, right), Axis(ticks_y[0], ticks_y[-1], bottom, top)
    middle = round((left + right) / 2, 1)
    yield text(middle, top - 11, panel.title, 'text-anchor="middle" font-weight="bold"')
    for value in ticks_y:
        yield f'<path d="M{left} {up.at(value)}H{right}" stroke="{GRID}"/>'
        yield text(left - 8, round(up.at(value) + 4, 1), f"{value:,g}", 'text-anchor="end"')
    for value in panel.ticks_x:
        yield f'<path d="M{across.at(value)} {top}V{bottom}" stroke="{GRID}"/>'
        yield text(across.at(value), bottom + 18, size(value), 'text-anchor="middle" font-size="11"')
    yield f'<path d="M{left} {top}V{bottom}H{right}" fill="none" stroke="{INK}"/>'
    for line in panel.lines:
        points = " ".join(f"{across.at(x)},{up.at(y)}" for x, y in line.points)
        yield f'<polyline points="{points}" {line.style.stroke()}/>'
        if line.dots:
            yield from (
                f'<circle cx="{across.at(x)}" cy="{up.at(y)}" r="3.2" fill="{line.style.colour}"/>'
                for x, y in line.points
            )
    for mark in panel.marks:
        x, y = across.at(mark.x), up.at(mark.y)
        yield f'<path d="M{x} {y}V{bottom}" stroke="{mark.colour}" stroke-dasharray="2 3"/>'
        yield f'<circle cx="{x}" cy="{y}" r="4.5" fill="{PAPER}" stroke="{mark.colour}" stroke-width="2"/>'
    for number, mark in enumerate(panel.marks):
        yield text(
            round(across.at(mark.x) + 6, 1),
            bottom - 28 + 18 * number,
            mark.remark,
            f'fill="{mark.colour}" stroke="{PAPER}" stroke-width="5" paint-order="stroke"',
        )
    yield text(middle, bottom + 38, panel.x, 'text-anchor="middle"')
    upright, side = round((top + bottom) / 2, 1), round(left - 52, 1)
    yield text(side, upright, panel.y, f'text-anchor="middle" transform="rotate(-90 {side} {upright})"')


def legend(styles):
    column = (WIDTH - LEFT - RIGHT) / KEYS
    for index, style in enumerate(styles):
        x, y = round(LEFT + index % KEYS * column, 1), TITLE + 14 + index // KEYS * KEY_LINE
        yield f'<path d="M{x} {y - 4}h34" {style.stroke()}/>'
        yield text(round(x + 42, 1), y, style.label)


def svg(plot):
    """The plot as text."""
    lines = [line for row in plot.rows for panel in row for line in panel.lines]
    values = [y for line in lines for _, y in line.points]
    ticks_y = ticks(min(values) / plot.room, max(values))
    header = TITLE + -(-len(plot.legend) // KEYS) * KEY_LINE
    row_height = HEAD + plot.panel_height + FOOT
    remarks = header + len(plot.rows) * row_height
    height = remarks + len(plot.remarks) * REMARK_LINE + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        'role="img" '
        f'font-family="DejaVu Sans, Verdana, Arial, sans-serif" font-size="12" fill="{INK}">',
        f"<title>{escape(plot.title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        text(LEFT, 28, plot.title, 'font-size="17" font-weight="bold"'),
        *legend(plot.legend),
    ]
    for index, row in enumerate(plot.rows):
        top = header + index * row_height + HEAD
        width = (WIDTH - LEFT - RIGHT - GAP * (len(row) - 1)) / len(row)
        for number, panel in enumerate(row):
            left = round(LEFT + number * (width + GAP), 1)
            parts += draw(panel, left, round(left + width, 1), top, top + plot.panel_height, ticks_y)
    parts += [
        text(LEFT, remarks + 8 + number * REMARK_LINE, remark, f'fill="{FAINT}" font-size="11"')
        for number, remark in enumerate(plot.remarks)
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"
