"""What Offramp is to reach, and whether a run shows that it does. Ratios are to the best peer of the same kind in the
same run."""
import dataclasses
import fnmatch
import operator
from typing import Callable

from . import afresh, cold, memory, report
from .proxies import LOGGED

ROUNDS = 5  # medians of fewer are no verdict
IDLE_CONNECTIONS = 10_000  # fewer are another case
IDLE_CORE_SHARE = 0.01  # "about none": of one core
STALL_MS = 10
LINEAR = 1.3  # up to 512 connections
MANY = 1.4
BACK = 1.3
FIRST = "first 5 s, 1 KiB, of nginx's"

# (proxy, kind of the peers): a column each. What the kernel or a NIC does has no targets.
COLUMNS = {"sw": "offramp-sw", "sw-tcp": "offramp-sw-tcp", "hw": "offramp-hw", "hw-tcp": "offramp-hw-tcp"}


@dataclasses.dataclass(frozen=True)
class Target:
    case: str
    title: str  # of the case
    what: str
    measured: Callable  # (Results, proxy) -> figure, None where it was not measured
    sw: float  # limit where records are sealed and opened by software
    hw: float  # limit where the device model does it, inline
    at_least: bool = False
    digits: int = 2

    def limit(self, column):
        return self.hw if column.startswith("hw") else self.sw

    def met(self, column, value):
        # As printed: 0.7501 is 0.75.
        return (operator.ge if self.at_least else operator.le)(round(value, self.digits), self.limit(column))

    def text(self):
        limits = [format(limit, f".{self.digits}f") for limit in dict.fromkeys((self.sw, self.hw))]
        return f"{'>=' if self.at_least else '<='} {' / '.join(limits)}"


class Results:
    """A run's results by case and proxy."""

    def __init__(self, result):
        self.result = result
        self.rows = {(row["case"], row["proxy"]): row for row in result["rows"]}

    def row(self, case, proxy):
        """A row that is ranked, or None."""
        row = self.rows.get((case, proxy))
        return row if row and report.ranked(row) else None

    def unranked(self, case, proxy):
        """Whether a row is there that has no figure: it erred, or did something else."""
        return afresh.erred(self.result, case, proxy) or any(
            (case, name) in self.rows and not self.row(case, name) for name in (proxy, proxy + LOGGED)
        )

    def to_best(self, case, column, best, proxy, peers="*", but=""):
        """A proxy's figure as a ratio to that of the best of its peers whose names match `peers`, and not `but`."""
        ours = self.row(case, proxy)
        figures = [
            row[column]
            for row in self.rows.values()
            if ours
            and row["case"] == case
            and row["kind"] == ours["kind"]
            and not row["proxy"].startswith("offramp")
            and fnmatch.fnmatch(row["proxy"], peers)
            and not fnmatch.fnmatch(row["proxy"], but)
            and report.ranked(row)
            and row[column]
        ]
        return ours[column] / best(figures) if figures and ours[column] is not None else None


def cpu(case):
    return lambda results, proxy: results.to_best(case, "cpu_us", min, proxy)


def cpu_of_nginx(case):
    """CPU as a share of nginx's; in TCP mode, of the best peer's, since nginx is none of its peers."""
    return lambda results, proxy: results.to_best(
        case, "cpu_us", min, proxy, "*" if proxy.endswith("-tcp") else "nginx"
    )


def logged_cpu(results, proxy):
    """CPU with the access log on, as a share of the best peer's whose log is off."""
    return results.to_best("keepalive-1k-log", "cpu_us", min, proxy + LOGGED, but="*" + LOGGED)


def p99(case):
    return lambda results, proxy: results.to_best(case, "p99_ms", min, proxy)


def rate(case):
    return lambda results, proxy: results.to_best(case, "rate", max, proxy)


def to_64(case):
    def measured(results, proxy):
        few, many = results.row("conns-64", proxy), results.row(case, proxy)
        return report.ratio(many["cpu_us"], few["cpu_us"]) if few and many else None

    return measured


def idle(figure):
    def measured(results, proxy):
        found = results.result.get("idle", {}).get(proxy)
        return figure(found) if found and found["wanted"] >= IDLE_CONNECTIONS else None

    return measured


def start(suffix):
    return lambda results, proxy: report.median(
        [run["seconds"] for run in results.result.get("start", {}).get(proxy + suffix, [])]
    )


def first_slice(figure):
    return lambda results, proxy: cold.to_nginx(results.result, figure, proxy)


def back(figure):
    return lambda results, proxy: memory.back(results.result, figure, proxy)


def stall(results, proxy):
    found = results.result.get("stall", {}).get(proxy)
    return found["longest_ms"] if found and not found["errors"] else None


def keep_alive(title, case, sw, hw):
    return [
        Target(case, title, "CPU", cpu(case), sw, hw),
        Target(case, title, "p99", p99(case), 1, 1),
        Target(case, title, "requests/s", rate(case), 1, 1, True),
    ]


def h2(title, case, sw, hw, unit="request"):
    return [
        Target(case, title, f"CPU per {unit}", cpu(case), sw, hw),
        Target(case, title, f"{unit}s/s" if unit == "request" else "MB/s", rate(case), 1, 1, True),
    ]


TARGETS = [
    *keep_alive("keep-alive 1 KiB, 64 connections", "keepalive-1k", 0.78, 0.88),
    Target("keepalive-1k-log", "1 KiB, access log to a file", "CPU / log off", logged_cpu, 0.95, 1.05),
    *keep_alive("keep-alive 16 KiB, 64 connections", "keepalive-16k", 0.64, 0.74),
    Target("bulk-1m", "1 MiB bulk, 8 connections", "CPU per MiB, of nginx", cpu_of_nginx("bulk-1m"), 0.70, 0.77),
    Target("bulk-1m", "1 MiB bulk, 8 connections", "p99", p99("bulk-1m"), 1, 1),
    Target("bulk-1m", "1 MiB bulk, 8 connections", "MB/s", rate("bulk-1m"), 1, 1, True),
    Target("upload", "100 MiB upload", "CPU per MiB", cpu("upload"), 0.70, 0.80),
    Target("upload", "100 MiB upload", "MB/s", rate("upload"), 1, 1, True),
    *(
        Target(case, title, "CPU, of nginx", cpu_of_nginx(case), 1, 1)
        for case, title in (
            ("upstream-tls-1k", "1 KiB, TLS to the upstream"),
            ("upstream-tls-bulk", "1 MiB, TLS to the upstream"),
        )
    ),
    *h2("HTTP/2 1 KiB, 16 x 16 streams", "h2-1k", 0.90, 0.90),
    *h2("HTTP/2 16 KiB, 16 x 16 streams", "h2-16k", 0.90, 0.90),
    *h2("HTTP/2 1 MiB, 8 connections", "h2-bulk", 0.90, 0.90, "MiB"),
    *h2("HTTP/2 100 MiB upload", "h2-upload", 0.90, 0.90, "MiB"),
    *h2("gRPC unary, 16 x 16 streams", "grpc-unary", 0.90, 0.90),
    Target("full", "full handshake TLS 1.3, ECDSA P-256", "CPU, of nginx", cpu_of_nginx("full"), 0.55, 0.55),
    Target("full", "full handshake TLS 1.3, ECDSA P-256", "handshakes/s", rate("full"), 1, 1, True),
    Target("rsa", "full handshake TLS 1.3, RSA-2048", "CPU", cpu("rsa"), 1, 1),
    Target("resumed", "resumed handshake TLS 1.3", "CPU, of nginx", cpu_of_nginx("resumed"), 0.60, 0.60),
    Target("resumed", "resumed handshake TLS 1.3", "handshakes/s", rate("resumed"), 1, 1, True),
    Target(
        "idle", "10,000 idle connections", "KiB each", idle(lambda found: found["bytes_each"] / 1024), 10, 12, digits=1
    ),
    Target(
        "idle",
        "10,000 idle connections",
        "not opened or dropped",
        idle(lambda found: found["wanted"] - found["kept"]),
        0,
        0,
        digits=0,
    ),
    Target(
        "idle",
        "10,000 idle connections",
        "share of a core",
        idle(lambda found: found["core_share"]),
        IDLE_CORE_SHARE,
        IDLE_CORE_SHARE,
        digits=3,
    ),
    Target("cold", FIRST, "requests from exec", first_slice("first"), 0.9, 0.9, True),
    Target("cold", FIRST, "requests since it accepts", first_slice("first_of_load"), 0.9, 0.9, True),
    Target("start", "start to first byte served", "seconds, cold", start(", cold"), 1, 1),
    Target("start", "start to first byte served", "seconds, with cache", start(""), 0.5, 0.5),
    Target("conns-512", "512 connections, 1 KiB", "CPU / at 64", to_64("conns-512"), LINEAR, LINEAR),
    Target("conns-4096", "4,096 connections, 1 KiB", "CPU / at 64", to_64("conns-4096"), MANY, MANY),
    *(
        Target("memory", "memory after a peak and a minute", f"{figure} / before", back(figure), BACK, BACK)
        for figure in memory.FIGURES
    ),
    Target("stall", "full handshake load", "longest turn, ms", stall, STALL_MS, STALL_MS, digits=0),
]


def rows(result):
    """One dictionary per target of the cases that were asked for: figures by column, and the verdict."""
    results = Results(result)
    found = []
    for target in (target for target in TARGETS if target.case in result["options"]["cases"]):
        figures = {column: target.measured(results, proxy) for column, proxy in COLUMNS.items()}
        run = {column: value for column, value in figures.items() if value is not None}
        missed = [
            column
            for column, proxy in COLUMNS.items()
            if results.unranked(target.case, proxy) or column in run and not target.met(column, run[column])
        ]
        verdict = "not run" if not run and not missed else f"MISSED by {', '.join(missed)}" if missed else "met"
        found.append(
            {
                "case": target.title,
                "what": target.what,
                "target": target.text(),
                "digits": target.digits,
                "figures": figures,
                "verdict": verdict,
                "missed": bool(missed),
            }
        )
    return found


def table(found, rounds):
    """The targets as text."""
    lines = [
        "\nTargets; CPU, p99 and rates as ratios to the best peer of the same kind (HTTP: nginx, haproxy; TCP: hitch, "
        "stunnel)",
        f"  {'case':<37}{'figure':<26}{'sw / hw':>14}" + "".join(f"{column:>8}" for column in COLUMNS) + "  verdict",
    ]
    before = None
    for row in found:
        title = "" if row["case"] == before else row["case"]
        before = row["case"]
        lines.append(
            f"  {title:<37}{row['what']:<26}{row['target']:>14}"
            + "".join(report.number(row["figures"][column], 8, row["digits"]) for column in COLUMNS)
            + f"  {row['verdict']}"
        )
    counts = [
        sum(row["verdict"] == "met" for row in found),
        sum(row["missed"] for row in found),
        sum(row["verdict"] == "not run" for row in found),
    ]
    lines.append("  {} met, {} missed, {} not run".format(*counts))
    if rounds < ROUNDS:
        lines.append(f"  NOTE: medians of {rounds} rounds; a verdict needs {ROUNDS} or more.")
    return "\n".join(lines)
