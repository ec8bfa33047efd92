"""How long a run is going to take, roughly: from the lengths that were asked for, and a usual number of handshakes per
second."""
from . import cold
from .cases import CASES, HANDSHAKES_PER_SECOND

HANDSHAKES = 1000  # per second, of all clients, over all proxies
START_SECONDS = 1.5
IDLE_SECONDS = 80
EACH = 0.3  # from the end of a load to the begin of the next


def seconds(options, skipped=()):
    """Seconds of a whole run, without a build and without the proxies that are left out."""
    proxies = [proxy for proxy in options.proxies if proxy.name not in skipped]
    http = [proxy for proxy in proxies if proxy.kind == "http"]
    ours = [proxy for proxy in proxies if proxy.jvm]
    handshakes = options.warmup_connections / HANDSHAKES
    settle = handshakes + options.settle + START_SECONDS
    shared = [case for case in CASES if case.name in options.cases]
    total = settle * len(proxies) if shared else 0
    total += sum(case_seconds(case, options, proxies, settle) for case in shared)
    peak = options.memory_connections / HANDSHAKES_PER_SECOND + options.memory_busy
    alone = {
        "stall": len(ours) * (handshakes + options.rounds * options.seconds),
        # a peer is steady at once, a JVM after some two thirds of the limit
        "cold": min(cold.ROUNDS, options.rounds)
        * sum(
            2 * (options.cold_seconds * 2 / 3 if proxy.jvm else cold.STEADY_SLICES * options.cold_slice)
            for proxy in http
        ),
        "start": min(7, options.rounds + 1) * START_SECONDS * (len(proxies) + len(ours)),
        "idle": IDLE_SECONDS * len(proxies),
        "memory": len(http) * (handshakes + peak + options.memory_handshakes / HANDSHAKES + options.memory_quiet + 5),
    }
    return min(options.deadline, total + sum(length for case, length in alone.items() if case in options.cases))


def case_seconds(case, options, proxies, settle):
    takers = sum(case.takes(proxy) for proxy in proxies)
    warmup = options.warmup_connections / 2 / HANDSHAKES if case.warm else options.warmup
    each = warmup + options.rounds * (options.seconds + case.ramp + EACH)
    return takers * (2 * each + settle - options.warmup_connections / 2 / HANDSHAKES if case.logs else each)
