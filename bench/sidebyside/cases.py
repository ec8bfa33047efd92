"""The cases: what is asked of every proxy, and in which unit its CPU time is counted."""
import dataclasses
import fnmatch
import math
import threading
import time
from typing import Callable

from . import http2, load, machine
from .proxies import TLS_PATH
from .site import SIZES

CONNECTIONS = 64
HANDSHAKES_PER_SECOND = 700  # that the slowest proxy makes with one client; for how long to wait for many connections


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    title: str
    unit: str  # request, connection or MiB: what CPU time is divided by
    drive: Callable  # (Bench, port, seconds) -> Load
    version: str = "TLSv1.3"
    certificate: str = "ecdsa"
    # Like drive; warms up by connections, where a number of seconds would be too few of them.
    warm: Callable | None = None
    but: tuple = ()  # patterns of proxies that it leaves out
    logs: bool = False  # whether each proxy runs with its access log on, too
    ramp: float = 0  # seconds of a round before what is measured, and after
    http: str = "1.1"  # version of HTTP that the clients speak

    def takes(self, proxy):
        return not any(fnmatch.fnmatch(proxy.name, pattern) for pattern in self.but)

    @property
    def resumes(self):
        """Whether its handshakes are to resume a session: all of them, or else none."""
        return self.name.startswith("resumed")


def requests(size, connections, unit="request", below=""):
    def drive(bench, port, seconds):
        result = load.wrk(port, f"{below}/{size}", connections, seconds, bench.load_cores, bench.environment("TLSv1.3"))
        if unit == "MiB":
            result.units = result.units * SIZES[size] / 2**20
        return result

    return drive


def h2_requests(size, connections, streams, unit="request"):
    def drive(bench, port, seconds):
        result = http2.h2load(port, f"/{size}", connections, streams, seconds, *bench.h2_client())
        if unit == "MiB":
            result.units = result.units * SIZES[size] / 2**20
        return result

    return drive


def h2_uploads(bench, port, seconds):
    count = max(1, round(seconds * bench.uploads_per_second))
    return http2.uploads(port, bench.files, count, *bench.h2_client())


def grpc_unary(bench, port, seconds):
    return http2.grpc_unary(port, 16, 16, bench.grpc_message, seconds, *bench.h2_client())


def ramp_seconds(connections):
    return 1 + connections / HANDSHAKES_PER_SECOND


def held_requests(size, connections):
    """Requests and CPU while all of the connections are there. Their handshakes, which cost more than what follows, are
    in neither."""

    def drive(bench, port, seconds):
        ramp = ramp_seconds(connections)
        whole = math.ceil(ramp + seconds + 1)
        loads = []
        client = threading.Thread(
            target=lambda: loads.append(
                load.wrk(port, f"/{size}", connections, whole, bench.load_cores, bench.environment("TLSv1.3"))
            ),
            daemon=True,  # it does not hold up the end of a run that is stopped
        )
        begin = time.monotonic()
        client.start()
        time.sleep(ramp)
        first = bench.mark(port)
        time.sleep(max(0.0, begin + ramp + seconds - time.monotonic()))
        last = bench.mark(port)
        held = machine.connections_to(port)
        client.join()
        result = loads[0]
        result.units, result.seconds = last.served - first.served, last.time - first.time
        result.bytes, result.p50_ms, result.p99_ms = 0, None, None  # of all the time
        result.cpu_seconds = last.cpu_seconds - first.cpu_seconds
        if held < connections:
            result.errors.append(f"{held} connections instead of {connections}")
        return result

    return drive


def handshakes(version, reuse=False):
    def drive(bench, port, seconds):
        return load.handshakes(
            port,
            "/1k",
            SIZES["1k"],
            reuse,
            bench.handshake_clients,
            seconds,
            bench.load_cores,
            bench.environment(version),
        )

    return drive


full_handshakes = handshakes("TLSv1.3")


def handshake_case(name, title, version, certificate="ecdsa", reuse=False):
    drive = handshakes(version, reuse)
    return Case(name, title, "connection", drive, version, certificate, drive)


def uploads(bench, port, seconds):
    count = max(1, round(seconds * bench.uploads_per_second))
    return load.uploads(port, bench.files, count, bench.load_cores, bench.environment("TLSv1.3"))


def first_bytes(bench, port, seconds):
    return load.connect_one_by_one(port, "/1k", int(100 * seconds), bench.load_cores, bench.environment("TLSv1.3"))


def tls_upstream_case(name, title, unit, size, connections):
    drive = requests(size, connections, unit, TLS_PATH)
    return Case(name, f"{title}, TLS 1.3 on both sides", unit, drive, but=("*-tcp", "hitch", "stunnel"))


def h2_case(name, title, unit, drive):
    return Case(name, f"{title}, HTTP/2, TLS 1.3", unit, drive, but=("*-tcp", "hitch", "stunnel"), http="2")


CASES = [
    Case("keepalive-1k", "GET 1 KiB, 64 keep-alive connections, TLS 1.3", "request", requests("1k", CONNECTIONS)),
    Case(
        "keepalive-1k-log",
        "the same, each proxy without and with its access log to a file",
        "request",
        requests("1k", CONNECTIONS),
        but=("*-tcp", "hitch", "stunnel"),
        logs=True,
    ),
    Case("keepalive-16k", "GET 16 KiB, 64 keep-alive connections, TLS 1.3", "request", requests("16k", CONNECTIONS)),
    Case("bulk-1m", "GET 1 MiB, 8 keep-alive connections, TLS 1.3", "MiB", requests("1m", 8, "MiB")),
    Case("upload", "PUT of a large body, one connection, TLS 1.3", "MiB", uploads),
    tls_upstream_case("upstream-tls-1k", "GET 1 KiB, 64 keep-alive connections", "request", "1k", CONNECTIONS),
    tls_upstream_case("upstream-tls-bulk", "GET 1 MiB, 8 keep-alive connections", "MiB", "1m", 8),
    h2_case("h2-1k", "GET 1 KiB, 16 connections with 16 streams each", "request", h2_requests("1k", 16, 16)),
    h2_case("h2-16k", "GET 16 KiB, 16 connections with 16 streams each", "request", h2_requests("16k", 16, 16)),
    h2_case("h2-bulk", "GET 1 MiB, 8 connections", "MiB", h2_requests("1m", 8, 1, "MiB")),
    h2_case("h2-upload", "PUT of a large body, one connection", "MiB", h2_uploads),
    h2_case("grpc-unary", "gRPC calls to an HTTP/2 upstream, 16 connections with 16 streams", "request", grpc_unary),
    *(
        Case(
            f"conns-{count}",
            f"GET 1 KiB, {count:,} keep-alive connections that are all open, TLS 1.3",
            "request",
            held_requests("1k", count),
            but=("haproxy", "*-tcp", "hitch", "stunnel"),
            ramp=ramp_seconds(count) + 1,
        )
        for count in (64, 512, 4096)
    ),
    handshake_case("full", "full handshake + GET 1 KiB, TLS 1.3, ECDSA P-256", "TLSv1.3"),
    handshake_case("resumed", "resumed handshake + GET 1 KiB, TLS 1.3", "TLSv1.3", reuse=True),
    handshake_case("full12", "full handshake + GET 1 KiB, TLS 1.2, ECDSA P-256", "TLSv1.2"),
    handshake_case("resumed12", "resumed handshake + GET 1 KiB, TLS 1.2", "TLSv1.2", reuse=True),
    handshake_case("rsa", "full handshake + GET 1 KiB, TLS 1.3, RSA-2048", "TLSv1.3", "rsa"),
    Case(
        "first-byte",
        "one connection after the other: TCP, full TLS 1.3 handshake, first byte of 1 KiB",
        "connection",
        first_bytes,
        warm=full_handshakes,
    ),
]
