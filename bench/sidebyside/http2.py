"""Load over HTTP/2, by h2load. A proxy that does not agree on it by ALPN gets an error that says so."""
import collections
import re
import struct

from . import process
from .load import Load, percentile

GRPC_CALL = "grpc/unary"  # below the upstream's folder, and in the path
GRPC_MESSAGE_BYTES = 64
GRPC_FIELDS = ("content-type: application/grpc", "te: trailers")


def lacking(port, cores, env):
    """Why no load over HTTP/2 can be given to a port; None if it can."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-alpn", "h2,http/1.1"]
    code, out, err = process.run(command, cores, 10, env)
    found = re.search(r"^ALPN protocol: (\S+)", out, re.M)
    if found and found.group(1) == "h2":
        return None
    if code and not found:
        return f"no handshake: {(err or out).strip()[-200:]}"
    return f"it speaks no HTTP/2 to clients: of h2 and http/1.1 it chose {found.group(1) if found else 'none'}"


def start_upstream(folder, port, cores):
    """Starts a server that speaks HTTP/2 without TLS and answers a call with a message and a status in the trailers.
    Returns the file that has the message."""
    message = folder / "h2c" / GRPC_CALL
    message.parent.mkdir(parents=True)
    # In the framing of gRPC: not compressed, length, bytes.
    message.write_bytes(struct.pack(">BI", 0, GRPC_MESSAGE_BYTES) + bytes(GRPC_MESSAGE_BYTES))
    command = ["nghttpd", "--no-tls", "-a127.0.0.1", f"-d{folder / 'h2c'}", "--trailer=grpc-status: 0", str(port)]
    server = process.Server("h2c upstream", command, cores, folder / "h2c.log")
    server.await_port(port, 10)
    return message


def h2load(port, path, connections, streams, seconds, cores, env, scratch, fields=(), data=None):
    """Requests for some seconds, each connection with this many at once; unit: request. `data` is a file to send with
    each; `scratch` is for h2load's lines, one for each request."""
    options = [f"-c{connections}", f"-m{streams}", f"-D{seconds}"]
    return run(port, path, options, seconds + 30, cores, env, scratch, fields, data)


def grpc_unary(port, connections, streams, message, seconds, cores, env, scratch):
    """Calls with one message each way; unit: request."""
    return h2load(port, f"/{GRPC_CALL}", connections, streams, seconds, cores, env, scratch, GRPC_FIELDS, message)


def uploads(port, files, count, cores, env, scratch):
    """The upload file `count` times over one connection, one after the other; unit: MiB."""
    options = ["-c1", "-m1", f"-n{count}"]
    load = run(port, "/put/up", options, 70, cores, env, scratch, [":method: PUT"], files.upload_path)
    load.bytes = load.units * files.upload_bytes
    load.units = load.bytes / 2**20
    if not load.errors and files.uploaded_sha256("up") != files.upload_sha256:
        load.errors.append("the upstream got other bytes than were sent")
    return load


def run(port, path, options, limit, cores, env, scratch, fields, data):
    reason = lacking(port, cores, env)
    if reason:
        return Load(errors=[reason])
    command = [
        "h2load",
        "-t1",
        *options,
        "--npn-list=h2",
        f"--log-file={scratch}",
        *(f"-H{field}" for field in fields),
        *([f"-d{data}"] if data else []),
        f"https://127.0.0.1:{port}{path}",
    ]
    try:
        code, out, err = process.run(command, cores, limit, env)
        return read(code, out, err, scratch)
    finally:
        scratch.unlink(missing_ok=True)


def read(code, out, err, lines):
    """What h2load printed, and its lines: time of the request, status, microseconds until it was answered."""
    finished = re.search(r"^finished in ([\d.]+)(us|ms|s),", out, re.M)
    counts = r"(\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout"
    requests = re.search(rf"^requests: .* {counts}", out, re.M)
    data = re.search(r"^traffic: .* \((\d+)\) data", out, re.M)
    if code or not (finished and requests and data):
        return Load(errors=[f"h2load ended with {code}: {(err or out).strip()[-200:]}"])
    done, succeeded, failed, errored, timed_out = map(int, requests.groups())
    scale = {"us": 1e-6, "ms": 1e-3, "s": 1}[finished.group(2)]
    load = Load(succeeded, float(finished.group(1)) * scale, int(data.group(1)))
    if failed or errored or timed_out:
        load.errors.append(f"of {done} requests {failed} failed, {errored} with an error, {timed_out} in time-outs")
    if not succeeded:
        load.errors.append("no request was answered")
    answers = [line.split("\t") for line in lines.read_text().splitlines()] if lines.exists() else []
    statuses = collections.Counter(answer[1] for answer in answers)
    others = {status: count for status, count in statuses.items() if not status.startswith("2")}
    if others:
        load.errors.append(f"answers with other statuses: {others}")
    times = [int(answer[2]) / 1000 for answer in answers]
    if times:
        load.p50_ms, load.p99_ms = percentile(times, 0.5), percentile(times, 0.99)
    return load
