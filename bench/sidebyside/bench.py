"""One run: starts the servers, drives every case in alternating rounds, measures, prints."""
import collections
import json
import pathlib
import shutil
import subprocess
import sys
import time

from . import cases as all_cases
from . import afresh, estimate, http2, load, machine, offload, process, report, site, targets
from .proxies import REPOSITORY, Proxy, Setting

WARM_CONNECTIONS = 30_000  # after these, a JVM has compiled the path of a handshake; measured, see docs/BENCHMARKS.md
FURTHER_WARMUP = 0.5  # share of them for the next kind of handshake, most of whose code is the same
WARMUP_SLICE = 5  # seconds
WARMUP_LIMIT = 180  # seconds
LOG_SECONDS = 2  # until the last lines of an access log are in its file; nginx writes them each second

Mark = collections.namedtuple("Mark", "time cpu_seconds served")


class Bench:
    """State of a run. Folders are temporary and lie on tmpfs."""

    def __init__(self, options, folder):
        self.options = options
        self.folder, www = site.make_folders(folder)
        self.files = site.Files(www, options.upload_mib << 20)
        self.certificates = site.make_certificates(self.folder)
        self.environments = {
            version: site.client_environment(self.folder, version) for version in ("TLSv1.2", "TLSv1.3")
        }
        self.load_cores = options.load_cpus
        self.handshake_clients = options.handshake_clients
        self.uploads_per_second = options.uploads_per_second
        self.cases = [case for case in all_cases.CASES if case.name in options.cases]
        self.proxies = []
        self.grpc_port = self.grpc_message = self.tls_port = None
        self.warm = set()  # names of the proxies that have had handshakes
        self.units = collections.Counter()  # by port: all that a proxy did in a case's unit, in its warm-up as well
        self.servers = {}
        self.ports = {}
        self.skipped = {}
        self.failed = []  # why the run is not what was asked for
        self.result = {"rounds": [], "rows": [], "skipped": self.skipped}

    def environment(self, version):
        return self.environments[version]

    def h2_client(self):
        """What each load over HTTP/2 runs with."""
        return self.load_cores, self.environment("TLSv1.3"), self.folder / "h2load.log"

    # --- set-up -------------------------------------------------------------------------------------------------------

    def setting(self, *kinds):
        """Free ports for a proxy that listens with these kinds of certificates, and all else that it needs."""
        *ports, admin = process.free_ports(len(kinds) + 1)
        return Setting(
            self.folder,
            self.certificates,
            self.upstream_port,
            self.options.proxy_cpus,
            dict(zip(kinds, ports)),
            admin,
            self.grpc_port,
            self.tls_port,
        )

    def start_upstream(self):
        self.upstream_port, grpc_port, tls_port = process.free_ports(3)
        tls = None
        if any(case.name.startswith("upstream-tls") for case in self.cases):
            self.tls_port = tls_port
            tls = tls_port, self.certificates["ecdsa"]
        site.start_upstream(self.folder, self.files, self.upstream_port, tls, len(self.load_cores), self.load_cores)
        if any(case.name == "grpc-unary" for case in self.cases):
            self.grpc_port = grpc_port
            self.grpc_message = http2.start_upstream(self.folder, grpc_port, self.load_cores)

    def start_proxies(self):
        """Starts what was asked for; what cannot be started is named and left out."""
        self.proxies = [proxy for proxy in self.options.proxies if self.starts(proxy)]

    def starts(self, proxy):
        missing = proxy.missing()
        if missing:
            return self.skip(proxy, missing)
        setting = self.setting("ecdsa", "rsa")
        try:
            server = proxy.start(setting)
        except process.StartError as error:
            return self.skip(proxy, str(error))
        deviation = proxy.backend and offload.deviation(setting.ports["ecdsa"], setting.admin_port, proxy.backend)
        if deviation:
            server.stop()
            return self.skip(proxy, deviation)
        self.servers[proxy.name], self.ports[proxy.name] = server, setting.ports
        return True

    def skip(self, proxy, reason):
        """Kernel TLS is missing on most machines; any other variant of Offramp that is left out makes the run a
        failure."""
        self.skipped[proxy.name] = reason
        if proxy.jvm and proxy.backend != "ktls":
            self.failed.append(f"{proxy.name} was LEFT OUT: {' '.join(reason.split())[:300]}")
        print(f"  {proxy.name:<18}left out: {' '.join(reason.split())[:300]}", flush=True)
        return False

    def mark(self, port):
        """CPU of the proxy that listens on a port, and requests that the upstream has served, now."""
        return self.mark_of(next(self.servers[name] for name, ports in self.ports.items() if port in ports.values()))

    def mark_of(self, server):
        """The same by server; without one yet, its CPU is none."""
        served = site.served(self.upstream_port)
        return Mark(time.monotonic(), machine.cpu_seconds(server.session) if server else 0.0, served)

    def print_fairness(self):
        """What each proxy negotiates and where it runs; a proxy that is not like the others is named."""
        agreed = {}
        for proxy in self.proxies:
            for version in self.environments:
                line = load.negotiated(self.ports[proxy.name]["ecdsa"], self.load_cores, self.environment(version))
                agreed.setdefault(line, []).append(proxy.name)
            cores = machine.affinity(self.servers[proxy.name].session)
            if cores != self.options.proxy_cpus:
                print(f"  UNFAIR: {proxy.name} runs on cores {sorted(cores)}")
        for line, names in agreed.items():
            print(f"  {line}: {', '.join(names)}")
        self.result["negotiated"] = agreed

    # --- rounds -------------------------------------------------------------------------------------------------------

    def drive(self, load_of, port, seconds):
        """Runs a load, and counts what it did."""
        driven = load_of(self, port, seconds)
        self.units[port] += driven.units
        return driven

    def measure(self, case, proxy, seconds):
        """One round of a case with a proxy."""
        server = self.servers[proxy.name]
        port = self.ports[proxy.name][case.certificate]
        cpu_before = machine.cpu_seconds(server.session)
        driven = self.drive(case.drive, port, seconds)
        cpu = machine.cpu_seconds(server.session) - cpu_before if driven.cpu_seconds is None else driven.cpu_seconds
        if not server.alive():
            driven.errors.append(f"the proxy ended with {server.process.returncode}: {server.log_tail()[-200:]}")
        return {
            "case": case.name,
            "proxy": proxy.name,
            "units": driven.units,
            "seconds": driven.seconds,
            "bytes": driven.bytes,
            "rate": driven.units / driven.seconds if driven.seconds else 0,
            "mb_per_second": driven.bytes / driven.seconds / 1e6 if driven.seconds and driven.bytes else None,
            "p50_ms": driven.p50_ms,
            "p99_ms": driven.p99_ms,
            "reused": driven.reused,
            "cpu_seconds": cpu,
            "cpu_us": cpu * 1e6 / driven.units if driven.units else None,
            "core_share": cpu / driven.seconds / len(self.options.proxy_cpus) if driven.seconds else None,
            "memory_mib": machine.memory_bytes(server.session) / 2**20,
            "errors": driven.errors,
        }

    def body_errors(self, case, proxy):
        """Compares the hash of every size through this proxy with the upstream's file."""
        port = self.ports[proxy.name][case.certificate]
        found = (
            load.body_error(
                port, name, sha256, case.http, self.folder / "body", self.load_cores, self.environment(case.version)
            )
            for name, sha256 in self.files.sha256.items()
        )
        return [error for error in found if error]

    def settle(self, proxies):
        """Lets each proxy run for a while, as it has after its first minutes: a JVM compiles what it runs most.
        Handshakes are among it whatever the cases are, since each round begins with some. Each case warms up again."""
        full = next(case for case in all_cases.CASES if case.name == "full")
        case = next((case for case in self.cases if not case.warm), None)
        for proxy in proxies:
            self.warm_up(full, proxy)
            if case:
                self.drive_for(case, proxy, self.options.settle)

    def drive_for(self, case, proxy, seconds):
        """In turns as short as those that are measured: a JVM that has seen connections only stay compiles anew when
        they come and go."""
        port = self.ports[proxy.name][case.certificate]
        while seconds > 0:
            self.drive(case.drive, port, min(seconds, self.options.seconds))
            seconds -= self.options.seconds

    def warm_up(self, case, proxy):
        """The same for every proxy: some seconds, or some connections, fewer where the proxy has had handshakes of
        another kind."""
        port = self.ports[proxy.name][case.certificate]
        if not case.warm:
            self.drive_for(case, proxy, self.options.warmup)
            return
        wanted = self.options.warmup_connections * (FURTHER_WARMUP if proxy.name in self.warm else 1)
        done, begin = 0, time.monotonic()
        while done < wanted and time.monotonic() < begin + WARMUP_LIMIT:
            driven = self.drive(case.warm, port, min(WARMUP_SLICE, self.options.seconds))
            done += driven.units
            if driven.errors:
                break
        self.warm.add(proxy.name)
        if done < wanted:
            print(
                f"  {proxy.name}: {done:,.0f} warm-up connections instead of {wanted:,.0f} for {case.name}", flush=True
            )

    def run_logged(self, case):
        """A case with each proxy twice: as it is, and started anew with its access log on. Each answer has a line, in
        the warm-up as well."""
        logged = [proxy.logged for proxy in self.proxies if case.takes(proxy) and self.starts(proxy.logged)]
        self.warm.update(proxy.name for proxy in logged)  # no handshake is measured: half of the connections will do
        self.settle(logged)
        self.run_case(case, self.proxies + logged)
        time.sleep(LOG_SECONDS)
        for proxy in logged:
            server = self.servers.pop(proxy.name)
            server.stop()
            lines = server.log_lines()
            answers = sum(self.units[port] for port in self.ports[proxy.name].values())
            if lines < answers:
                self.failed.append(f"{proxy.name} wrote {lines:,} lines for {answers:,.0f} answers")
            server.log_path.unlink()

    def run_case(self, case, among):
        """Warms up the proxies, then lets every one have its turn in each round; the order of turns rotates."""
        proxies = [proxy for proxy in among if case.takes(proxy)]
        checks = {proxy.name: self.body_errors(case, proxy) for proxy in proxies}
        for proxy in proxies:
            if not checks[proxy.name] and time.monotonic() < self.deadline:
                self.warm_up(case, proxy)
        rounds = {proxy.name: [] for proxy in proxies}
        for index in range(self.options.rounds):
            shift = index % max(1, len(proxies))
            for proxy in proxies[shift:] + proxies[:shift]:
                if time.monotonic() > self.deadline or checks[proxy.name] and index:
                    continue
                measured = self.measure(case, proxy, self.options.seconds)
                measured["errors"] += checks[proxy.name]
                measured["round"] = index
                rounds[proxy.name].append(measured)
                self.result["rounds"].append(measured)
        rows = [report.summarise(case, proxy, rounds[proxy.name]) for proxy in proxies if rounds[proxy.name]]
        self.result["rows"] += report.add_ratios(rows)
        if rows:
            print(report.table(case, rows), flush=True)

    # --- the whole ----------------------------------------------------------------------------------------------------

    def run(self):
        programs = {"nginx": self.options.nginx, "haproxy": self.options.haproxy}
        self.result["machine"] = machine.describe({name: path or name for name, path in programs.items()})
        self.result["commit"] = commit()
        self.result["options"] = {name: plain(value) for name, value in vars(self.options).items()}
        self.result["began"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        for home in {proxy.home for proxy in self.options.proxies if proxy.jvm}:
            build(home)
        self.deadline = time.monotonic() + self.options.deadline
        self.print_head()
        steal = machine.steal_seconds()
        machine.allow_open_files()
        process.adopt_orphans()
        self.start_upstream()
        print("\nServers")
        self.start_proxies()
        print(f"  about {max(1, round(estimate.seconds(self.options, self.skipped) / 60))} min from here", flush=True)
        self.print_fairness()
        if self.cases:
            self.settle(self.proxies)
        for case in self.cases:
            if case.logs:
                self.run_logged(case)
            else:
                self.run_case(case, self.proxies)
        for server in self.servers.values():
            server.stop()
        for name, case in afresh.CASES.items():
            if name in self.options.cases:
                case(self)
        self.result["steal_seconds"] = machine.steal_seconds() - steal
        self.result["ended"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.print_end()
        return self.exit_code()

    def print_head(self):
        about, options = self.result["machine"], self.options
        print(f"side-by-side, {options.form} form, commit {self.result['commit']}, {self.result['began']}")
        print(
            f"{about['cpu']}, {about['cores']} cores, {about['memory_gib']} GiB, Linux {about['kernel']}, "
            f"load average {about['load_average_1min']}"
        )
        for name, version in about["versions"].items():
            print(f"  {name}: {version}")
        print(
            f"Proxies on cores {sorted(options.proxy_cpus)} with {len(options.proxy_cpus)} worker(s) each, load and "
            f"upstream on cores {sorted(options.load_cpus)}; {options.rounds} rounds of {options.seconds} s."
        )
        print(
            f"Warm-up, the same for every proxy: {options.warmup_connections:,} connections and {options.settle} s "
            f"before the first case, {options.warmup} s before each; before a case of handshakes "
            f"{options.warmup_connections * FURTHER_WARMUP:,.0f} connections."
        )
        if options.warmup_connections < WARM_CONNECTIONS and self.cases:
            print(
                f"NOTE: a JVM keeps compiling for about {WARM_CONNECTIONS:,} connections. CPU of handshakes and p99 of "
                "Offramp are higher here than in a server that has run for a minute."
            )
        if about["load_average_1min"] > 0.5:
            print("NOTE: the machine is busy with other things; expect noise.")

    def print_end(self):
        print(report.LEGEND)
        self.result["targets"] = targets.rows(self.result)
        if self.options.form != "smoke" and self.result["targets"]:  # smoke measures nothing
            print(targets.table(self.result["targets"], self.options.rounds))
        print(f"Time taken from this machine by its host (steal): {self.result['steal_seconds']:.1f} s.")
        if time.monotonic() > self.deadline:
            print(f"NOTE: the time limit of {self.options.deadline} s was reached; later rounds or cases are missing.")
        if self.options.json:
            self.options.json.write_text(json.dumps(self.result, indent=1, default=plain) + "\n")
            print(f"Raw results: {self.options.json}")
        for failure in self.failed:
            print(f"FAILED: {failure}", flush=True)

    def exit_code(self):
        """As `--help` says."""
        rows = self.result["rows"]
        if self.failed or self.skipped and self.options.named:
            return 1
        measured = rows or any(self.result.get(case) for case in afresh.CASES)
        if not measured or any(row["errors"] for row in rows) or afresh.errors(self.result):
            return 1
        return 3 if self.options.strict and any(row["missed"] for row in self.result["targets"]) else 0


def build(home):
    """Has the launcher of a working copy build what is missing or stale, which no proxy's start should wait for."""
    done = subprocess.run(
        ["./offramp", "--version"],
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    if done.returncode:
        raise SystemExit(
            f"side-by-side: {home / 'offramp'} --version ended with {done.returncode}: {done.stderr.strip()[-300:]}"
        )


def plain(value):
    """A value that JSON can hold."""
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, (pathlib.Path, Proxy)) else value


def commit():
    """Commit of the working copy, with a mark when it has changes."""
    if not shutil.which("git"):
        return "unknown"
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],
        cwd=REPOSITORY,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"


def missing_tools():
    return [tool for tool in ("openssl", "nginx", "wrk", "curl", "h2load", "nghttpd") if not shutil.which(tool)]


def fail(message):
    print(f"side-by-side: {message}", file=sys.stderr)
    return 1
