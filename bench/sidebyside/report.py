"""Medians, ratios and tables."""
import statistics

COLUMNS = ("rate", "mb_per_second", "p50_ms", "p99_ms", "cpu_us", "core_share", "memory_mib")


def median(values):
    present = [value for value in values if value is not None]
    return statistics.median(present) if present else None


def spread(values):
    """Largest minus smallest, as a share of the median."""
    middle = median(values)
    return (max(values) - min(values)) / middle if middle else 0.0


def summarise(case, proxy, rounds):
    """One row: medians over the rounds of a case with a proxy. A row with errors is not ranked, nor one that did
    something else."""
    row = {
        "case": case.name,
        "unit": case.unit,
        "proxy": proxy.name,
        "kind": proxy.kind,
        "rounds": len(rounds),
        "errors": sorted({error for measured in rounds for error in measured["errors"]}),
    }
    for column in (*COLUMNS, "reused"):
        row[column] = median([measured[column] for measured in rounds])
    row["spread"] = spread([measured["cpu_us"] for measured in rounds if measured["cpu_us"] is not None] or [0])
    row["other"] = other_handshakes(case, [measured["reused"] for measured in rounds if measured["reused"] is not None])
    if row["other"]:
        row.update({column: None for column in COLUMNS}, spread=None)
    return row


def other_handshakes(case, reused):
    """What the handshakes of a row were, if not what the case is about. A client's first connection cannot resume; it
    is not counted."""
    if case.resumes and reused and min(reused) < 0.99:
        return f"NOT RESUMED: {min(reused) * 100:.0f}% of the connections resumed a session, so no figure"
    if not case.resumes and reused and max(reused) > 0:
        return f"RESUMED: {max(reused) * 100:.0f}% of the connections were no full handshakes, so no figure"
    return None


def ratio(value, base):
    """None where the base is 0: a round so short that it took less than one tick of the clock."""
    return value / base if base else None


def ranked(row):
    return not row["errors"] and not row["other"]


def add_ratios(rows):
    """Adds CPU and rate relative to the best peer of its kind to each row (CPU below 1 is cheaper, rate above 1 is
    faster)."""
    for row in rows:
        peers = [
            peer
            for peer in rows
            if peer["kind"] == row["kind"] and not peer["proxy"].startswith("offramp") and ranked(peer)
        ]
        row["cpu_ratio"] = row["rate_ratio"] = None
        if peers and ranked(row):
            row["cpu_ratio"] = ratio(row["cpu_us"], min(peer["cpu_us"] for peer in peers))
            row["rate_ratio"] = ratio(row["rate"], max(peer["rate"] for peer in peers))
    return rows


def number(value, width, digits=1):
    return f"{'-' if value is None else format(value, f',.{digits}f'):>{width}}"


def table(case, rows):
    """The rows of one case as text."""
    rate = {"request": "req/s", "connection": "conn/s", "MiB": "MiB/s"}[case.unit]
    lines = [
        f"\n{case.name}: {case.title}",
        f"  {'proxy':<22}{rate:>10}{'MB/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'CPU us/' + case.unit:>18}{'spread':>8}"
        f"{'CPU x':>7}"
        f"{'rate x':>7}{'core':>6}{'MiB':>7}",
    ]
    for kind in ("http", "tcp"):
        for row in sorted(
            (row for row in rows if row["kind"] == kind), key=lambda row: (not ranked(row), row["cpu_us"] or 0)
        ):
            lines.append(
                f"  {row['proxy']:<22}{number(row['rate'], 10, 0)}{number(row['mb_per_second'], 8, 0)}"
                f"{number(row['p50_ms'], 8, 2)}"
                f"{number(row['p99_ms'], 8, 2)}{number(row['cpu_us'], 18)}{percent(row['spread'], 8)}"
                f"{number(row['cpu_ratio'], 7, 2)}"
                f"{number(row['rate_ratio'], 7, 2)}{percent(row['core_share'], 6)}{number(row['memory_mib'], 7, 0)}"
                f"{notes(case, row)}"
            )
    return "\n".join(lines)


def percent(value, width):
    return f"{'-' if value is None else format(value, '.0%'):>{width}}"


def notes(case, row):
    """What is to be said about a row, behind it."""
    remarks = (
        [row["other"]] if row["other"] else [f"resumed {row['reused']:.0%}"] if case.resumes and row["reused"] else []
    )
    if row["errors"]:
        remarks.append("ERRORS, not ranked: " + "; ".join(row["errors"])[:160])
    return "  " + "; ".join(remarks) if remarks else ""


LEGEND = """
One row is the median of its rounds. CPU: user+system time of all processes of the proxy, from /proc; spread: largest
minus smallest round / median of it. CPU x and rate x: relative to the best peer of the same kind (HTTP: nginx, haproxy;
TCP: hitch, stunnel); CPU below 1 is cheaper. core: share of the proxy's cores that was busy; well below 100 % means
that the load side set the rate. MiB: resident memory after the case, shared pages counted once."""


def start_table(results):
    lines = [
        "\nstart: from exec to the first byte served (median)",
        f"  {'proxy':<30}{'seconds':>10}{'CPU s':>8}{'MiB':>8}",
    ]
    for name, runs in results.items():
        lines.append(
            f"  {name:<30}{number(median([run['seconds'] for run in runs]), 10, 3)}"
            f"{number(median([run['cpu_seconds'] for run in runs]), 8, 2)}"
            f"{number(median([run['memory_bytes'] for run in runs]) / 2**20, 8)}"
        )
    return "\n".join(lines)


def idle_table(results):
    lines = [
        "\nidle: memory and CPU of connections that had one request answered and wait",
        f"  {'proxy':<22}{'connections':>12}{'kept':>8}{'MiB before':>12}{'MiB after':>11}{'KiB each':>10}{'core':>8}"
        f"{'once, CPU s':>13}",
    ]
    for name, result in results.items():
        lines.append(
            f"  {name:<22}{result['connections']:>12,}{result['kept']:>8,}{number(result['before_bytes'] / 2**20, 12)}"
            f"{number(result['after_bytes'] / 2**20, 11)}{number(result['bytes_each'] / 1024, 10)}"
            f"{result['core_share']:>8.2%}{number(result['once_cpu_seconds'], 13, 2)}"
            f"{'  ' + '; '.join(result['errors']) if result['errors'] else ''}"
        )
    return "\n".join(lines)


def stall_table(results):
    lines = [
        "\nstall: turns of the event loop at full handshake load (from what one poll found to the next poll, tasks and "
        "pauses included)",
        f"  {'proxy':<22}{'conn/s':>10}{'turns':>10}{'mean us':>9}{'longest ms':>12}{'over 5 ms':>11}"
        f"{'over 10 ms':>12}{'GC pause ms':>13}",
    ]
    for name, result in results.items():
        lines.append(
            f"  {name:<22}{number(result['rate'], 10, 0)}{result['turns']:>10,}{number(result['mean_us'], 9)}"
            f"{'<= ' + format(result['longest_ms'], 'g'):>12}{result['over_5_ms']:>11,}{result['over_10_ms']:>12,}"
            f"{number(result['gc_pause_ms'], 13)}{'  ' + '; '.join(result['errors']) if result['errors'] else ''}"
        )
    return "\n".join(lines)
