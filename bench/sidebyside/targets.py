"""What Offramp is to reach, as a share of the best peer of the same kind in the same run, and whether a run shows it."""
import dataclasses

from . import report


@dataclasses.dataclass(frozen=True)
class Target:
    """Limits of CPU, with `sw` and with the device model inline; and whether p99 and rate are to be no worse than the best peer's."""
    case: str
    software: float
    inline: float
    p99: bool = False
    rate: bool = False

    def limit(self, proxy):
        return self.software if "-sw" in proxy else self.inline


TARGETS = [
    Target("keepalive-1k", 0.75, 0.85, p99=True, rate=True),
    Target("keepalive-16k", 0.65, 0.75, p99=True, rate=True),
    Target("bulk-1m", 0.65, 0.72, rate=True),
    Target("upload", 0.75, 0.85),
    Target("full", 0.70, 0.70, rate=True),
    Target("rsa", 1.0, 1.0),
    Target("resumed", 0.75, 0.75),
]

IDLE_KIB = {"sw": 10, "hw": 12}
START_SECONDS = 1.0
VARIANTS = ("offramp-sw", "offramp-hw", "offramp-sw-tcp", "offramp-hw-tcp")


@dataclasses.dataclass
class Verdict:
    case: str
    proxy: str
    what: str
    target: str
    measured: str
    met: bool

    def line(self):
        return f"  {self.case:<14}{self.proxy:<16}{self.what:<30}{self.target:>10}{self.measured:>11}  {'met' if self.met else 'MISSED'}"


def verdicts(result):
    """A verdict for each target of each variant that the run has a figure for, and the names of cases that it has none for."""
    rows = {(row["case"], row["proxy"]): row for row in result["rows"]}
    found = [verdict for target in TARGETS for proxy in VARIANTS if (target.case, proxy) in rows
             for verdict in of_case(target, rows[target.case, proxy], result["rows"])]
    found += of_idle(result.get("idle") or {})
    found += of_start(result.get("start") or {})
    judged = {verdict.case for verdict in found}
    return found, [case for case in (*(target.case for target in TARGETS), "idle", "start") if case not in judged]


def of_case(target, row, rows):
    if not report.ranked(row):
        yield Verdict(row["case"], row["proxy"], "CPU / best peer's", f"<= {target.limit(row['proxy']):.2f}", "no figure", False)
        return
    if row["cpu_ratio"] is None:
        return
    limit = target.limit(row["proxy"])
    yield Verdict(row["case"], row["proxy"], "CPU / best peer's", f"<= {limit:.2f}", f"{row['cpu_ratio']:.2f}", row["cpu_ratio"] <= limit)
    if target.rate:
        yield Verdict(row["case"], row["proxy"], "rate / best peer's", ">= 1.00", f"{row['rate_ratio']:.2f}", row["rate_ratio"] >= 1)
    peers = [peer["p99_ms"] for peer in rows if peer["case"] == row["case"] and peer["kind"] == row["kind"] and report.ranked(peer)
             and not peer["proxy"].startswith("offramp") and peer["p99_ms"]]
    if target.p99 and peers and row["p99_ms"]:
        share = row["p99_ms"] / min(peers)
        yield Verdict(row["case"], row["proxy"], "p99 / best peer's", "<= 1.00", f"{share:.2f}", share <= 1)


def of_idle(results):
    for proxy, result in results.items():
        kind = next((kind for kind in IDLE_KIB if f"-{kind}" in proxy), None)
        if kind:
            each = result["bytes_each"] / 1024
            yield Verdict("idle", proxy, f"KiB each of {result['connections']:,}", f"<= {IDLE_KIB[kind]}", f"{each:.1f}",
                          each <= IDLE_KIB[kind] and not result["errors"])


def of_start(results):
    for proxy, runs in results.items():
        if proxy in VARIANTS:
            seconds = report.median([run["seconds"] for run in runs])
            yield Verdict("start", proxy, "s to the first byte", f"<= {START_SECONDS:.1f}", f"{seconds:.2f}", seconds <= START_SECONDS)


def table(result):
    """The verdicts as text."""
    found, missing = verdicts(result)
    lines = ["\nTargets (docs/BENCHMARKS.md tells what is known of those that are missed)",
             f"  {'case':<14}{'proxy':<16}{'what':<30}{'target':>10}{'measured':>11}"]
    lines += [verdict.line() for verdict in found]
    if missing:
        lines.append(f"  not run, or without a peer to compare with: {', '.join(missing)}")
    return "\n".join(lines)
