"""Load generators: each drives one port for a while and returns what it did."""
import dataclasses
import hashlib
import json
import pathlib
import re
import statistics
import threading
import time

from . import process

LUA = pathlib.Path(__file__).with_name("report.lua")


@dataclasses.dataclass
class Load:
    """What a load generator did: `units` of the case's unit in `seconds`."""

    units: float = 0
    seconds: float = 0
    bytes: int = 0
    p50_ms: float | None = None
    p99_ms: float | None = None
    reused: float | None = None  # share of handshakes that resumed a session
    cpu_seconds: float | None = None  # of the proxy, where it is not that of the whole time
    errors: list = dataclasses.field(default_factory=list)


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def wrk(port, path, connections, seconds, cores, env, over=None):
    """Keep-alive requests for some seconds, or until an event says that it is over; unit: request."""
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--timeout",
        "8s",
        "-s",
        str(LUA),
        f"https://127.0.0.1:{port}{path}",
    ]
    code, out, err = process.run(command, cores, seconds + 30, env, over)
    found = re.search(r"^\{.*\}$", out, re.M)
    if code or not found:
        return Load(errors=[f"wrk ended with {code}: {(err or out).strip()[-200:]}"])
    result = json.loads(found.group())
    load = Load(result["requests"], result["seconds"], result["bytes"], result["p50_ms"], result["p99_ms"])
    for kind in ("socket_errors", "bad_status"):
        if result[kind]:
            load.errors.append(f"{result[kind]} {kind.replace('_', ' ')}")
    if not load.units:
        load.errors.append("no request was answered")
    return load


def handshakes(port, path, body_bytes, reuse, parallel, seconds, cores, env):
    """Connections with one request each, from `parallel` runs of `openssl s_time`; unit: connection.

    Without trust anchors: s_time ignores the outcome anyway, but would read the folder of them for each connection, a
    third of its time.
    """
    command = [
        "openssl",
        "s_time",
        "-no-CAfile",
        "-no-CApath",
        "-no-CAstore",
        "-connect",
        f"127.0.0.1:{port}",
        "-reuse" if reuse else "-new",
        "-time",
        str(seconds),
        "-www",
        path,
    ]
    outputs = []
    begin = time.monotonic()
    threads = [
        threading.Thread(target=lambda: outputs.append(process.run(command, cores, seconds + 30, env)), daemon=True)
        for _ in range(parallel)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load = Load(seconds=time.monotonic() - begin)
    resumed = 0
    for code, out, err in outputs:
        found = re.search(r"(\d+) connections in (\d+) real seconds, (\d+) bytes read per connection", out)
        if code or not found:
            load.errors.append(f"s_time ended with {code}: {err.strip()[-200:]}")
            continue
        connections, answer_bytes = int(found.group(1)), int(found.group(3))
        marks = [line for line in out.splitlines() if re.fullmatch(r"[rt*3]+", line)]
        resumed += max((line.count("r") for line in marks), default=0)
        load.units += connections
        load.bytes += connections * answer_bytes
        if connections and answer_bytes < body_bytes:
            load.errors.append(f"answers of {answer_bytes} bytes instead of more than {body_bytes}")
    load.reused = resumed / load.units if load.units else None
    if not load.units:
        load.errors.append("no connection succeeded")
    return load


def connect_one_by_one(port, path, count, cores, env):
    """A new connection per request, one at a time: time from connect to the first byte of the answer; unit:
    connection."""
    command = [
        "curl",
        "-sk",
        "--http1.1",
        "--no-sessionid",
        "-H",
        "Connection: close",
        "-o",
        "/dev/null",
        "--max-time",
        "60",
        "-w",
        "%{http_code} %{time_starttransfer}\\n",
        f"https://127.0.0.1:{port}{path}?[1-{count}]",
    ]
    begin = time.monotonic()
    code, out, err = process.run(command, cores, 70, env)
    load = Load(seconds=time.monotonic() - begin)
    times = []
    for line in out.splitlines():
        status, first_byte = line.split()
        if status == "200":
            times.append(float(first_byte) * 1000)
    load.units = len(times)
    if code or len(times) < count:
        load.errors.append(f"{len(times)} of {count} answers; curl ended with {code} {err.strip()[-200:]}")
    if times:
        load.p50_ms, load.p99_ms = statistics.median(times), percentile(times, 0.99)
    return load


def uploads(port, files, count, cores, env):
    """The upload file `count` times over one connection; unit: MiB."""
    command = [
        "curl",
        "-sk",
        "--http1.1",
        "-H",
        "Expect:",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}\\n",
        "--max-time",
        "60",
    ]
    for index in range(count):
        command += ["-T", str(files.upload_path), f"https://127.0.0.1:{port}/put/up{index}"]
        command += ["-o", "/dev/null"] if index else []
    begin = time.monotonic()
    code, out, err = process.run(command, cores, 70, env)
    good = sum(status in ("201", "204") for status in out.split())
    load = Load(good * files.upload_bytes / 2**20, time.monotonic() - begin, good * files.upload_bytes)
    if code or good < count:
        load.errors.append(
            f"{good} of {count} uploads; curl ended with {code}, status {out.split()} {err.strip()[-200:]}"
        )
    elif files.uploaded_sha256(f"up{count - 1}") != files.upload_sha256:
        load.errors.append("the upstream got other bytes than were sent")
    return load


def body_error(port, name, sha256, http, scratch, cores, env):
    """Fetches one file by a version of HTTP and compares its hash; returns what is wrong, or None."""
    command = [
        "curl",
        "-skS",
        f"--http{http}",
        "--fail",
        "--max-time",
        "20",
        "-o",
        str(scratch),
        "-w",
        "%{http_version}",
        f"https://127.0.0.1:{port}/{name}",
    ]
    code, out, err = process.run(command, cores, 25, env)
    if code:
        return f"curl ended with {code}: {err.strip()[-200:]}"
    if out.strip() != http:
        return f"the answer is one of HTTP/{out.strip()} instead of HTTP/{http}"
    got = hashlib.sha256(scratch.read_bytes()).hexdigest()
    scratch.unlink()
    return None if got == sha256 else f"the body of /{name} is another one than the upstream's"


def negotiated(port, cores, env):
    """What a client gets from a port: version, suite, key exchange and certificate key, as openssl s_client prints
    them."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", "localhost"]
    code, out, err = process.run(command, cores, 10, env)
    version_suite = re.search(r"^New, (\S+), Cipher is (\S+)", out, re.M)
    group = re.search(r"^Server Temp Key: ([^,\n]+)", out, re.M)
    key = re.search(r"^Peer signature type: (\S+)", out, re.M)
    if not version_suite:
        return f"handshake failed: {(err or out).strip()[-200:]}" if code else "no handshake"
    return ", ".join([*version_suite.groups(), *(found.group(1) if found else "?" for found in (group, key))])
