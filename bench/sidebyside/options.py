"""Command line."""
import argparse
import dataclasses
import fnmatch
import os
import pathlib

from . import afresh
from .cases import CASES
from .proxies import PROXIES, REPOSITORY, other

SPECIAL = tuple(afresh.CASES)

EPILOG = """Exit code: 0 the run is sound, whatever its verdicts; 1 a row has errors, nothing was measured, Offramp does
not build, a variant of it other than kernel TLS was left out, or a proxy that was asked for by name; 3 with --strict, a
target is missed."""

DESCRIPTION = """Runs nginx, HAProxy, hitch, stunnel and Offramp on loopback with the same certificate and the same
upstream, case by case in alternating rounds, and prints what each costs. Proxies run on one core with one worker each,
load generators and the upstream on another (--proxy-cpus, --load-cpus). Listens on 127.0.0.1 only, stops everything
that it started, and leaves nothing behind."""


@dataclasses.dataclass(frozen=True)
class Form:
    rounds: int
    seconds: int
    warmup: int
    warmup_connections: int
    settle: int
    uploads_per_second: float
    upload_mib: int
    deadline: int
    cases: tuple
    cold_slice: int = 5
    cold_seconds: int = 60  # at most, for each of the two loads of `cold`
    memory_connections: int = 4096
    memory_busy: int = 10
    memory_handshakes: int = 100_000
    memory_quiet: int = 60


NAMES = tuple(case.name for case in CASES)
TARGETED = tuple(name for name in NAMES if name not in ("full12", "resumed12", "first-byte"))  # those with a target
FORMS = {
    "default": Form(5, 3, 6, 30_000, 20, 1.4, 100, 3 * 3600, (*TARGETED, *SPECIAL)),
    "full": Form(9, 5, 10, 30_000, 30, 1.2, 100, 5 * 3600, (*NAMES, *SPECIAL)),
    "quick": Form(
        2,
        1,
        2,
        2_000,
        10,
        1,
        100,
        285,
        ("keepalive-1k", "keepalive-16k", "bulk-1m", "upload", "full", "resumed", "start"),
        cold_seconds=20,
        memory_handshakes=10_000,
    ),
    "smoke": Form(
        1,
        1,
        1,
        1,
        0,
        1,
        32,
        120,
        (
            "keepalive-1k",
            "keepalive-1k-log",
            "upload",
            "upstream-tls-1k",
            "h2-1k",
            "grpc-unary",
            "full",
            "cold",
            "memory",
        ),
        cold_slice=1,
        cold_seconds=2,
        memory_connections=64,
        memory_busy=1,
        memory_handshakes=1,
        memory_quiet=1,
    ),
}
SMOKE_PROXIES = ("nginx", "hitch", "offramp-sw", "offramp-hw-tcp")


SCALE = "conns-64"  # what those with more connections are compared with
SCALED = ("conns-512", "conns-4096")


def cores(text):
    """A set of core numbers from '0', '0,2' or '1-3'."""
    found = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    if not found <= os.sched_getaffinity(0):
        raise argparse.ArgumentTypeError(f"core {text}: this process may use {sorted(os.sched_getaffinity(0))}")
    return found


def positive(limit):
    def parse(text):
        value = int(text)
        if not 0 < value <= limit:
            raise argparse.ArgumentTypeError(f"{value} is not in 1..{limit}")
        return value

    return parse


def chosen(text, names, what):
    """The names that a list of shell patterns selects, in their own order."""
    patterns = [pattern.strip() for pattern in text.split(",")]
    for pattern in patterns:
        if not fnmatch.filter(names, pattern):
            raise SystemExit(f"side-by-side: no {what} '{pattern}'; there are {', '.join(names)}")
    return [name for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]


def another(text):
    """(name, working copy, options of the JVM) from 'before=../before' or 'parallel=,-XX:+UseParallelGC'."""
    name, _, rest = text.partition("=")
    home, _, java_options = rest.partition(",")
    path = (REPOSITORY if home == "" else pathlib.Path(home)).resolve()
    if not name or not (path / "offramp").exists():
        raise argparse.ArgumentTypeError(
            f"'{text}': {path} is no working copy of Offramp" if name else f"'{text}' has no name"
        )
    return name, path, java_options


def program(text):
    """Absolute path of a program."""
    path = pathlib.Path(text).resolve()
    if not path.is_file() or not os.access(path, os.X_OK):
        raise argparse.ArgumentTypeError(f"{path} is no program")
    return str(path)


def parse(arguments):
    parser = argparse.ArgumentParser("side-by-side", description=DESCRIPTION, epilog=EPILOG)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--quick", action="store_const", const="quick", dest="form", help="short rounds, under 5 minutes")
    form.add_argument(
        "--smoke",
        action="store_const",
        const="smoke",
        dest="form",
        help="one tiny iteration: shows that it works, measures nothing",
    )
    form.add_argument("--full", action="store_const", const="full", dest="form", help="long rounds of all cases")
    parser.add_argument("--only", dest="cases", help=f"some of {', '.join((*NAMES, *SPECIAL))}; patterns allowed")
    parser.add_argument("--proxies", help=f"some of {', '.join(proxy.name for proxy in PROXIES)}; patterns allowed")
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        type=another,
        metavar="NAME=DIR[,JAVA_OPTS]",
        help="each variant of Offramp again, from the working copy DIR ('' for this one), with more JVM options; "
        "may be repeated",
    )
    parser.add_argument("--rounds", type=positive(100))
    parser.add_argument("--seconds", type=positive(120), help="duration of each round")
    parser.add_argument("--warmup", type=positive(300), help="seconds of each case before a proxy is measured in it")
    parser.add_argument(
        "--warmup-connections",
        type=positive(1_000_000),
        help="connections before the first case; half of them before each case of handshakes",
    )
    parser.add_argument(
        "--settle", type=positive(300), help="seconds of load after these connections, before the first case"
    )
    parser.add_argument("--deadline", type=positive(86_400), help="seconds after which no further round starts")
    parser.add_argument("--idle-connections", type=positive(15_000), default=10_000)
    parser.add_argument("--handshake-clients", type=positive(64), default=4, help="concurrent runs of openssl s_time")
    parser.add_argument(
        "--proxy-cpus", type=cores, help="cores of each proxy, one worker per core (default: the first)"
    )
    parser.add_argument("--load-cpus", type=cores, help="cores of load generators and upstream (default: all others)")
    parser.add_argument(
        "--nginx", type=program, metavar="PATH", help="another build as the proxy nginx; the upstream stays"
    )
    parser.add_argument("--haproxy", type=program, metavar="PATH", help="another build of HAProxy")
    parser.add_argument(
        "--shared",
        action="store_true",
        help="proxies, load generators and upstream share all cores, with one worker per core; not with the two above",
    )
    parser.add_argument("--json", type=pathlib.Path, help="file for raw results of every round")
    parser.add_argument("--strict", action="store_true", help="exit code 3 if a target is missed")
    options = parser.parse_args(arguments, argparse.Namespace(form="default"))

    defaults = FORMS[options.form]
    for name, value in vars(defaults).items():
        if name != "cases" and getattr(options, name, None) is None:
            setattr(options, name, value)
    options.cases = chosen(options.cases, (*NAMES, *SPECIAL), "case") if options.cases else list(defaults.cases)
    if any(name in options.cases for name in SCALED):
        options.cases = list(dict.fromkeys([SCALE, *options.cases]))
    options.named = bool(options.proxies) or options.form == "smoke"
    names = [proxy.name for proxy in PROXIES]
    if options.proxies:
        options.proxies = chosen(options.proxies, names, "proxy")
    else:
        options.proxies = list(SMOKE_PROXIES) if options.form == "smoke" else names
    builds = {"nginx": options.nginx, "haproxy": options.haproxy}
    options.proxies = [
        dataclasses.replace(proxy, program=builds.get(proxy.name) or proxy.program)
        for proxy in PROXIES
        if proxy.name in options.proxies
    ]
    options.proxies += [
        other(proxy, *named)
        for named in options.also
        for proxy in options.proxies
        if proxy.jvm and "@" not in proxy.name
    ]
    available = sorted(os.sched_getaffinity(0))
    if options.shared:
        if options.proxy_cpus or options.load_cpus:
            parser.error("--shared takes all cores: leave --proxy-cpus and --load-cpus out")
        options.proxy_cpus = options.load_cpus = set(available)
    options.proxy_cpus = options.proxy_cpus or {available[0]}
    options.load_cpus = options.load_cpus or set(available) - options.proxy_cpus or set(available)
    return options
