"""Processes of a run: started pinned and in a session of their own, so that all their children can be counted and
stopped by pid."""
import ctypes
import os
import signal
import socket
import subprocess
import threading
import time

from . import machine

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LIBC = ctypes.CDLL(None, use_errno=True)
started = []


class StartError(Exception):
    """A server that did not come up; the message says which and ends with its last output."""


def pinned(cores):
    """What a child does before exec: stay on the cores, and end when we do, even by SIGKILL."""

    def prepare():
        os.sched_setaffinity(0, cores)
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return prepare


def adopt_orphans():
    """Makes this process the parent of workers that outlive their master, so that they can be reaped."""
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)


class Server:
    """A server with all its processes."""

    def __init__(self, name, command, cores, log_path, cwd=None, env=None):
        self.name = name
        self.log_path = log_path
        with open(log_path, "wb") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=cwd,
                env=env,
                start_new_session=True,
                preexec_fn=pinned(cores),
            )
        self.session = self.process.pid
        started.append(self)

    def await_port(self, port, seconds):
        """Returns when the port accepts."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.01)
        raise StartError(f"{self.name} did not accept on port {port}: {self.log_tail()}")

    def log_tail(self):
        with open(self.log_path, "rb") as log:
            log.seek(max(0, os.path.getsize(self.log_path) - 600))
            return log.read().decode(errors="replace").strip() or "no output"

    def log_lines(self):
        with open(self.log_path, "rb") as log:
            return sum(part.count(b"\n") for part in iter(lambda: log.read(1 << 20), b""))

    def alive(self):
        return self.process.poll() is None

    def stop(self):
        """Asks all processes of the session to end, then ends them."""
        for sig, seconds in ((signal.SIGTERM, 2), (signal.SIGKILL, 2)):
            for pid in machine.session_pids(self.session):
                try:
                    os.kill(pid, sig)
                except ProcessLookupError:
                    pass
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                if self.process.poll() is not None and not machine.session_pids(self.session):
                    break
                time.sleep(0.02)
        self.reap()
        if self in started:
            started.remove(self)

    def reap(self):
        """Collects the processes of the session that became ours."""
        if self.process.poll() is None:
            return
        try:
            while os.waitpid(-self.session, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass


def stop_all():
    for server in list(started):
        server.stop()


def run(command, cores, seconds, env=None, over=None):
    """Runs a load generator to its end, at most `seconds`; returns exit code, stdout, stderr (code 124 when the time
    was up). An event `over` that is set interrupts it, as Ctrl-C does."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        preexec_fn=pinned(cores),
    ) as process:
        if over:
            threading.Thread(target=lambda: (over.wait(), process.send_signal(signal.SIGINT)), daemon=True).start()
        try:
            out, err = process.communicate(timeout=seconds)
            code = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            code = 124
        except BaseException:
            process.kill()
            raise
    return code, out.decode(errors="replace"), err.decode(errors="replace")


def free_ports(count):
    """Ports that nobody listens on now, outside the range that the kernel gives to outgoing connections."""
    ports = []
    sockets = []
    candidate = 20_000 + os.getpid() % 8_000
    while len(ports) < count:
        candidate += 1
        probe = socket.socket()
        try:
            probe.bind(("127.0.0.1", candidate))
            ports.append(candidate)
            sockets.append(probe)
        except OSError:
            probe.close()
    for probe in sockets:
        probe.close()
    return ports
