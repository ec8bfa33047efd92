"""The first seconds of a proxy: what it serves and at which cost, by slices of time from its exec on, until the rate is
steady; first over connections that stay, then by full handshakes."""
import itertools
import threading
import time

from . import load, machine, report
from .cases import CONNECTIONS, full_handshakes

ROUNDS = 3  # each lasts for up to two limits per proxy
STEADY_SLICES = 3
STEADY_SPREAD = 0.1  # of their median: as far as the last slices may lie from it


def is_steady(rates):
    last = rates[-STEADY_SLICES:]
    return len(last) == STEADY_SLICES and within(last, report.median(last))


def within(rates, level):
    return all(abs(rate - level) <= STEADY_SPREAD * level for rate in rates)


def steady_from(rates):
    """Index of the slice from which on every rate is within the spread of the last ones' median; None if the last ones
    themselves are not."""
    if not is_steady(rates):
        return None
    level = report.median(rates[-STEADY_SLICES:])
    return next(index for index in range(len(rates)) if within(rates[index:], level))


def slice_of(before, after):
    """A slice as a dictionary; its CPU is that of all of the proxy."""
    served, seconds = after.served - before.served, after.time - before.time
    cpu = after.cpu_seconds - before.cpu_seconds
    return {
        "units": served,
        "seconds": seconds,
        "rate": served / seconds,
        "cpu_us": cpu * 1e6 / served if served else None,
    }


def measure(bench, proxy, setting, limit):
    """Slices of a proxy that is started here, and its requests in the first slice from exec, and from when it accepts.
    `limit` is in seconds, for each of the two loads."""
    port, length = setting.ports["ecdsa"], bench.options.cold_slice
    exec_mark = bench.mark_of(None)
    server = proxy.start(setting)
    try:
        accept_mark = bench.mark_of(server)
        requests = Requests(bench, port, limit)
        with requests:
            due = exec_mark.time + length
            marks = [exec_mark]
            first_of_load = None
            while True:
                wait_until(due)
                marks.append(bench.mark_of(server))
                if first_of_load is None:
                    wait_until(accept_mark.time + length)
                    first_of_load = bench.mark_of(server).served - accept_mark.served
                slices = [slice_of(*pair) for pair in itertools.pairwise(marks)]
                rates = [part["rate"] for part in slices]
                due += length
                if is_steady(rates) or due - exec_mark.time > limit:
                    break
        handshakes, errors = handshake_slices(bench, server, port, length, limit)
        if not server.alive():
            errors.append(f"the proxy ended: {server.log_tail()[-200:]}")
        return {
            "accepts": accept_mark.time - exec_mark.time,
            "first": slices[0]["units"],
            "first_of_load": first_of_load,
            "requests": slices,
            "handshakes": handshakes,
            "errors": requests.errors() + errors,
        }
    finally:
        server.stop()


def wait_until(moment):
    time.sleep(max(0.0, moment - time.monotonic()))


class Requests:
    """Keep-alive requests from another thread while the block runs."""

    def __init__(self, bench, port, limit):
        self.loads = []
        self.over = threading.Event()
        cores, env = bench.load_cores, bench.environment("TLSv1.3")
        self.thread = threading.Thread(
            target=lambda: self.loads.append(
                load.wrk(port, "/1k", CONNECTIONS, limit + 2 * bench.options.cold_slice, cores, env, self.over)
            )
        )

    def __enter__(self):
        self.thread.start()

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def errors(self):
        return [error for driven in self.loads for error in driven.errors]


def handshake_slices(bench, server, port, length, limit):
    """Slices of full handshakes, each from clients of its own, and what went wrong."""
    slices, errors, begin = [], [], time.monotonic()
    while not errors:
        cpu = machine.cpu_seconds(server.session)
        driven = full_handshakes(bench, port, length)
        cpu = machine.cpu_seconds(server.session) - cpu
        errors = driven.errors
        if driven.reused:
            errors.append("a handshake resumed a session")
        if driven.units:
            slices.append(
                {
                    "units": driven.units,
                    "seconds": driven.seconds,
                    "rate": driven.units / driven.seconds,
                    "cpu_us": cpu * 1e6 / driven.units,
                }
            )
        if is_steady([part["rate"] for part in slices]) or time.monotonic() + length > begin + limit:
            break
    return slices, errors


def first_requests(result, figure, proxy):
    """Median over the rounds of a proxy's requests in the first slice; None where it was not run or erred."""
    runs = result.get("cold", {}).get(proxy, [])
    return None if any(run["errors"] for run in runs) else report.median([run[figure] for run in runs])


def to_nginx(result, figure, proxy):
    ours, nginx = (first_requests(result, figure, name) for name in (proxy, "nginx"))
    return report.ratio(ours, nginx) if ours is not None and nginx else None


def medians(runs, load_name, column):
    """Median of each slice over the rounds that had it."""
    columns = itertools.zip_longest(*([part[column] for part in run[load_name]] for run in runs))
    return [report.median(column) for column in columns]


def steady_seconds(runs, load_name):
    """Median of the seconds after which the rate was steady; None if it was not in one of the rounds."""
    moments = []
    for run in runs:
        slices = run[load_name]
        index = steady_from([part["rate"] for part in slices])
        if index is None:
            return None
        moments.append(sum(part["seconds"] for part in slices[:index]))
    return report.median(moments)


def table(results):
    """The case as text."""
    lines = [
        "\ncold: from exec, GET 1 KiB over 64 keep-alive connections, then full handshakes; medians of the rounds",
        f"  {'proxy':<22}{'accepts s':>10}{'requests in the first slice: from exec':>40}{'of load':>12}",
    ]
    result = {"cold": results}
    for name, runs in results.items():
        cells = "".join(
            f"{report.number(first_requests(result, figure, name), width, 0)}"
            f"{report.number(to_nginx(result, figure, name), 6, 2)} x"
            for figure, width in (("first", 32), ("first_of_load", 10))
        )
        errors = sorted({error for run in runs for error in run["errors"]})
        accepts = report.number(report.median([run["accepts"] for run in runs]), 10, 2)
        lines.append(f"  {name:<22}{accepts}{cells}{'  ERRORS: ' + '; '.join(errors)[:160] if errors else ''}")
    lines.append("  x: of nginx's. Slices, each until steady (the last three within 10 % of their median):")
    for load_name, unit in (("requests", "request"), ("handshakes", "handshake")):
        for name, runs in results.items():
            seconds = steady_seconds(runs, load_name)
            level = "not steady" if seconds is None else f"steady from {seconds:.0f} s"
            lines.append(f"  {name:<22}{load_name}, {level}, spread of the first {first_spread(runs, load_name):.0%}")
            for title, column in ((f"{unit}s/s", "rate"), (f"CPU us/{unit}", "cpu_us")):
                values = "".join(report.number(value, 9, 0) for value in medians(runs, load_name, column))
                lines.append(f"    {title:<20}{values}")
    return "\n".join(lines)


def first_spread(runs, load_name):
    return report.spread([run[load_name][0]["rate"] for run in runs if run[load_name]] or [0])
