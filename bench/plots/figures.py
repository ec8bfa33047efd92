"""The two plots: a byte by the size of its record, and a session by its length."""
from . import chart, results

KIB, MIB = 1 << 10, 1 << 20
RED, PURPLE, BLUE, TEAL, GREY = "#c0392b", "#8e44ad", "#1f5fa8", "#0f8a6d", "#666666"
SESSION_SIZES = (KIB, 4 * KIB, 16 * KIB)
SESSION_TICKS = [KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB]
DERIVED = "Derived: the device's row less what AES-128-GCM takes alone. No NIC was measured."


def record_size(costs):
    ways = {
        "sw": chart.Style("sw: software, measured", RED),
        "inline": chart.Style("device model, engine inline, measured", PURPLE, "8 4"),
        "host": chart.Style("device less the AEAD: left to the host by a NIC, derived", BLUE),
        "aead": chart.Style("AES-128-GCM alone, measured", GREY, "2 3"),
    }
    panels = [
        chart.Panel(
            direction,
            "content of a record, bytes",
            "host CPU, ns per byte",
            [
                chart.Line(
                    style, [(size, costs.record(direction, way, size) / size) for size in costs.sizes], dots=True
                )
                for way, style in ways.items()
            ],
            costs.sizes,
        )
        for direction in costs.runs
    ]
    return chart.Plot(
        "Host CPU per byte, by size of record",
        list(ways.values()),
        [panels],
        [DERIVED, *about(costs)],
        panel_height=330,
    )


def session_length(costs):
    ways = {
        "sw": chart.Style("sw: software, measured", RED),
        "host": chart.Style("device less the AEAD, derived; install as the model has it", TEAL),
        "nic": chart.Style("the same; install at 10 µs, an estimate for a NIC", BLUE, "8 4"),
    }
    rows = []
    for direction in costs.runs:
        rows.append([])
        for size in SESSION_SIZES:
            lengths = [length for length in (KIB << step for step in range(11)) if length >= size]
            lines = [
                chart.Line(style, [(length, costs.session(direction, way, size, length) / 1000) for length in lengths])
                for way, style in ways.items()
            ]
            marks = [
                mark for way in ("host", "nic") for mark in crossing(costs, direction, way, size, ways[way].colour)
            ]
            rows[-1].append(
                chart.Panel(
                    f"{direction}, records of {chart.size(size)}",
                    "bytes that a session carries",
                    "host CPU of the session, µs",
                    lines,
                    SESSION_TICKS,
                    marks,
                )
            )
    remarks = [
        "Marked: from where on the device costs the host less than software. Sessions of whole records: install, all "
        "records, close.",
        DERIVED,
    ]
    return chart.Plot(
        "Host CPU of a session, by its length",
        list(ways.values()),
        rows,
        [*remarks, *about(costs)],
        panel_height=280,
        room=6,
    )


def crossing(costs, direction, way, size, colour):
    """The mark where the device's line crosses that of software; on its first point where it begins below; none off the
    axis."""
    records = costs.pays_from(direction, way, size)
    if records is None or records * size > SESSION_TICKS[-1]:
        return []
    length = max(1.0, records) * size
    remark = f"from {chart.size(length)}" if records > 1 else "from the first record"
    return [chart.Mark(length, costs.session(direction, way, size, length) / 1000, remark, colour)]


def about(costs):
    """Caption: what the figures are, and where and when they were measured."""
    runs = [run for direction in costs.runs.values() for run in direction]

    def each(key):
        return ", ".join(dict.fromkeys(str(run[key]) for run in runs))

    loads = sorted(run["load_average_1min"] for run in runs)
    most = max(len(direction) for direction in costs.runs.values())
    return [
        f"TLS 1.3. Fastest samples (JMH p0.00, a sample is the mean of {results.BATCH} records), {most} run"
        f"{'s' if most > 1 else ''} per direction; "
        f"load average {loads[0]} to {loads[-1]}.",
        f"{each('cpu')}, {each('cores')} cores, Linux {each('kernel')}; {each('jdk')}; {each('openssl')}",
        f"bench/plot, commit {each('commit')}, {', '.join(dict.fromkeys(run['date'][:10] for run in runs))}",
    ]
