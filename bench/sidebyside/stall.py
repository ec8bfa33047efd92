"""How long an event loop of Offramp stays away from its sockets under full handshake load, by its own metric."""
import re
import urllib.request

from . import load, process
from .site import SIZES

JAVA_OPTIONS = "-Dofframp.loop-turns=true"
METRIC = "offramp_loop_turn_seconds"
WARMUP_SLICE = 5  # seconds


def scrape(admin_port):
    with urllib.request.urlopen(f"http://127.0.0.1:{admin_port}/metrics", timeout=10) as answer:
        return answer.read().decode()


def turns(page):
    """Turns so far, by upper limit in ms; their number and their sum in seconds."""
    buckets = {
        float(limit.replace("+Inf", "inf")) * 1e3: float(count)
        for limit, count in re.findall(rf'^{METRIC}_bucket{{le="([^"]+)"}} (\S+)', page, re.M)
    }
    count, total = (float(re.search(rf"^{METRIC}_{what} (\S+)", page, re.M).group(1)) for what in ("count", "sum"))
    if not buckets:
        raise OSError(f"no {METRIC} in /metrics")
    return buckets, count, total


def gc_pause_ms(page):
    """The longest pause lately, of any cause."""
    return max(
        (float(value) * 1e3 for value in re.findall(r"^jvm_gc_pause_seconds_max\{[^}]*\} (\S+)", page, re.M)),
        default=None,
    )


def measure(bench, proxy, setting):
    """Turns of a proxy started afresh, warmed up like one of the other handshake cases, over as long as all rounds of
    them take."""
    server = proxy.start(setting)
    try:
        port = setting.ports["ecdsa"]

        def drive(seconds):
            return load.handshakes(
                port,
                "/1k",
                SIZES["1k"],
                False,
                bench.handshake_clients,
                seconds,
                bench.load_cores,
                bench.environment("TLSv1.3"),
            )

        done, errors = 0, []
        while done < bench.options.warmup_connections and not errors:
            driven = drive(min(WARMUP_SLICE, bench.options.seconds))
            done, errors = done + driven.units, driven.errors
        before, count_before, sum_before = turns(scrape(setting.admin_port))
        driven = drive(bench.options.seconds * bench.options.rounds)
        page = scrape(setting.admin_port)
        after, count, total = turns(page)
        new = {limit: after[limit] - before[limit] for limit in sorted(after)}
        in_all = new[max(new)]
        if not server.alive():
            raise process.StartError(f"{proxy.name} ended: {server.log_tail()}")
        return {
            "rate": driven.units / driven.seconds if driven.seconds else 0,
            "turns": int(in_all),
            "mean_us": (total - sum_before) * 1e6 / max(1, count - count_before),
            "longest_ms": next(limit for limit, number in new.items() if number == in_all),
            "over_5_ms": int(in_all - new[5.0]),
            "over_10_ms": int(in_all - new[10.0]),
            "gc_pause_ms": gc_pause_ms(page),
            "buckets": {str(limit): number for limit, number in new.items()},
            "errors": driven.errors + errors,
        }
    finally:
        server.stop()
