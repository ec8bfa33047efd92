"""Memory of a proxy that is warm, at a peak of load, and after a while of quiet."""
import collections
import http.client
import re
import threading
import time
import urllib.request

from . import machine, report
from .cases import HANDSHAKES_PER_SECOND, full_handshakes, requests

SETTLE_SECONDS = 3  # until what follows the last handshake is done
SAMPLE_SECONDS = 1
SLICE = 5  # seconds of handshakes at once
LIMIT = 400  # seconds for the handshakes of the peak

# Connections and for how many seconds all of them are busy, handshakes after that, and seconds of quiet.
Peak = collections.namedtuple("Peak", "connections busy handshakes quiet")

# A figure of ours -> the metrics that add up to it, by a pattern of their labels.
METRICS = {
    "heap": ("jvm_memory_committed_bytes", 'area="heap"'),
    "heap_used": ("jvm_memory_used_bytes", 'area="heap"'),
    "direct": ("netty_allocator_memory_used", 'memory_type="direct"'),
}
FIGURES = ("resident", "heap", "direct")  # that are to go back


def sizes(session, admin_port):
    """Bytes by figure: the resident size of all of the proxy, and what Offramp says itself."""
    found = {"resident": machine.memory_bytes(session)}
    if admin_port:
        with urllib.request.urlopen(f"http://127.0.0.1:{admin_port}/metrics", timeout=20) as answer:
            page = answer.read().decode()
        for figure, (name, labels) in METRICS.items():
            values = re.findall(rf"^{name}\{{([^}}]*)\}} (\S+)", page, re.M)
            found[figure] = sum(float(value) for held, value in values if labels in held)
    return found


class Watch:
    """Largest sizes while the block runs, looked at each second."""

    def __init__(self, session, admin_port):
        self.largest = {}
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.look, args=(session, admin_port))

    def look(self, session, admin_port):
        while not self.over.wait(SAMPLE_SECONDS):
            try:
                now = sizes(session, admin_port)
            except (OSError, ValueError, http.client.HTTPException):
                continue  # a busy proxy may answer late; the next look counts
            self.largest = {figure: max(value, self.largest.get(figure, 0)) for figure, value in now.items()}

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def handshakes(bench, port, count, limit):
    """Makes so many connections, each with a full handshake; returns what went wrong."""
    done, errors, end = 0, [], time.monotonic() + limit
    while done < count and not errors:
        if time.monotonic() > end:
            return [f"{done:,.0f} handshakes instead of {count:,} in {limit} s"]
        driven = full_handshakes(bench, port, min(SLICE, bench.options.seconds))
        done, errors = done + driven.units, driven.errors
    return errors


def busy_connections(bench, port, peak):
    """Requests over all connections at once; returns what went wrong."""
    seconds = peak.connections // HANDSHAKES_PER_SECOND + peak.busy
    return requests("1k", peak.connections)(bench, port, seconds).errors


def measure(bench, proxy, setting, peak):
    """Sizes of a proxy started afresh: before (warm), at the peak, and after the quiet."""
    server, port = proxy.start(setting), setting.ports["ecdsa"]
    admin_port = setting.admin_port if proxy.jvm else None
    try:
        errors = handshakes(bench, port, bench.options.warmup_connections, LIMIT)
        time.sleep(SETTLE_SECONDS)
        before = sizes(server.session, admin_port)
        with Watch(server.session, admin_port) as watch:
            errors += busy_connections(bench, port, peak)
            errors += handshakes(bench, port, peak.handshakes, LIMIT)
        end = sizes(server.session, admin_port)
        cpu = machine.cpu_seconds(server.session)
        time.sleep(peak.quiet)
        cpu = machine.cpu_seconds(server.session) - cpu
        after = sizes(server.session, admin_port)
        if not server.alive():
            errors.append(f"the proxy ended: {server.log_tail()[-200:]}")
        largest = {figure: max(value, watch.largest.get(figure, 0)) for figure, value in end.items()}
        return {"before": before, "peak": largest, "after": after, "quiet_cpu_seconds": cpu, "errors": errors}
    finally:
        server.stop()


def back(result, figure, proxy):
    """What is held after the quiet, as a multiple of before; None where it was not measured or erred."""
    found = result.get("memory", {}).get(proxy)
    if not found or found["errors"] or figure not in found["after"]:
        return None
    return report.ratio(found["after"][figure], found["before"][figure])


def table(results, peak):
    """The case as text."""
    lines = [
        f"\nmemory: before (warm), the most under {peak.connections:,} busy connections and {peak.handshakes:,} "
        f"handshakes, and after {peak.quiet} s of quiet; MiB",
        f"  {'proxy':<22}{'':<16}{'before':>9}{'peak':>9}{'after':>9}{'after x':>9}",
    ]
    titles = {
        "resident": "resident",
        "heap": "heap, committed",
        "heap_used": "heap, used",
        "direct": "direct buffers",
    }
    for name, found in results.items():
        for figure, title in titles.items():
            if figure not in found["after"]:
                continue
            values = [found[moment].get(figure) for moment in ("before", "peak", "after")]
            cells = "".join(report.number(value / 2**20, 9) for value in values)
            ratio = report.number(report.ratio(values[2], values[0]), 9, 2)
            errors = "  ERRORS: " + "; ".join(found["errors"])[:160] if found["errors"] else ""
            cpu = f"  {found['quiet_cpu_seconds']:.2f} s of CPU in the quiet{errors}" if figure == "resident" else ""
            lines.append(f"  {name if figure == 'resident' else '':<22}{title:<16}{cells}{ratio}{cpu}")
    return "\n".join(lines)
