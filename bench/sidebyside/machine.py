"""The machine: cores, limits, and what /proc says about the processes of one session."""
import os
import pathlib
import re
import resource
import shutil
import subprocess

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
OPEN_FILES = 40_000


def allow_open_files():
    """Raises the limit of open files for this process and its children, as far as it may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (max(hard, OPEN_FILES), hard):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
            return
        except (ValueError, OSError):
            continue


def connection_limit(sockets=2):
    """Client connections that a proxy can hold within the limit of open files, with this many sockets for each: one
    upstream connection for each client's, or just the client's where idle ones have none."""
    return (resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 400) // sockets


def stat_fields(pid):
    """The fields of /proc/PID/stat behind the command name, so that index 0 is field 3; None when the process is
    gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def session_pids(session):
    """Pids of all processes whose session is `session`: workers and children of what was started there."""
    pids = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            fields = stat_fields(entry)
            if fields and int(fields[3]) == session and fields[0] != "Z":
                pids.append(int(entry))
    return pids


def cpu_seconds(session):
    """User and system time so far of a session's processes, with all their threads and the children they have waited
    for."""
    ticks = 0
    for pid in session_pids(session):
        fields = stat_fields(pid)
        if fields:
            ticks += sum(int(fields[index]) for index in (11, 12, 13, 14))  # utime stime cutime cstime
    return ticks / TICKS_PER_SECOND


def memory_bytes(session):
    """Resident memory of a session's processes; a page that several of them share is counted once (proportional set
    size)."""
    total = 0
    for pid in session_pids(session):
        try:
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except OSError:
            continue
    return total


def affinity(session):
    """Union of the cores that any thread of the session may run on."""
    cores = set()
    for pid in session_pids(session):
        try:
            for thread in os.listdir(f"/proc/{pid}/task"):
                cores |= os.sched_getaffinity(int(thread))
        except OSError:
            continue
    return cores


def connections_to(port):
    """TCP connections over IPv4 that are established with a port of this machine, as their clients have them."""
    remote = f":{port:04X}"
    with open("/proc/net/tcp", encoding="ascii") as table:
        return sum(fields[2].endswith(remote) and fields[3] == "01" for fields in map(str.split, table))


def steal_seconds():
    """Time so far in which the hypervisor ran something else, all cores together."""
    return int(pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[8]) / TICKS_PER_SECOND


def first_output_line(*command):
    """First line that a command prints, on either stream; empty where it cannot be run."""
    lines = [line for line in output(*command).splitlines() if line.strip()]
    return lines[0].strip() if lines else ""


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return os.uname().machine


def output(*command):
    """What a command prints, on either stream; empty where it cannot be run."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout + "\n" + done.stderr


TLS_LIBRARY = r"^(?:built with|running with|Running on) .*(?:SSL|AWS-LC).*$"


def peer_version(program, flag):
    """The first line, and those about the TLS library."""
    text = output(program, flag)
    lines = [line.strip() for line in text.splitlines() if line.strip()][:1] + re.findall(TLS_LIBRARY, text, re.M)
    return ", ".join(lines) + ("" if "/" not in program else f" ({program})")


def versions(peers):
    """Version line by program, for the programs that are installed. `peers` has names or paths of proxies."""
    flags = {
        "hitch": "--version",
        "openssl": "version",
        "wrk": "-v",
        "curl": "--version",
    }
    found = {
        name: peer_version(peers[name], flag)
        for name, flag in (("nginx", "-V"), ("haproxy", "-vv"))
        if shutil.which(peers[name])
    }
    found |= {name: first_output_line(name, flag) for name, flag in flags.items() if shutil.which(name)}
    if shutil.which("stunnel"):
        done = subprocess.run(
            ["stunnel", "-version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
        )
        found["stunnel"] = next((line for line in done.stderr.splitlines() if line.startswith("stunnel ")), "")
    return found


def describe(peers):
    """The machine as a dictionary for the report."""
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "kernel": os.uname().release,
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30, 1),
        "load_average_1min": round(os.getloadavg()[0], 2),
        "versions": versions(peers),
    }
