"""The raw results: JMH's percentiles of each bench, one file for each direction, with machine, versions, commit and
date."""
import datetime
import json
import pathlib
import subprocess
import sys

from sidebyside import machine

BENCH = pathlib.Path(__file__).resolve().parent.parent
# Records per sample: RecordPathBenchmark.BATCH, and as many calls of the benches that have one record per call.
BATCH = 64
HOW = ["-bm", "sample", "-f", "1", "-wi", "5", "-w", "500ms", "-i", "2", "-r", "1", "-foe", "true"]
AEAD = ["-p", "suite=AES_128_GCM", "-p", "engine=libcrypto", "-p", "memory=direct"]
PATH = ["-p", "backend=sw,device", "-p", "allocator=pooled"]
SIZES = ["-p", "bytes=256,1024,4096,16384"]
SMALLEST = ["-p", "bytes=256"]
CALLS = ["-bs", str(BATCH)]
DIRECTIONS = {
    "send": (
        ["AeadBenchmark.sealAcross$", *AEAD, *SIZES, *CALLS],
        ["RecordPathBenchmark.seal$", *PATH, *SIZES, *CALLS],
        ["RecordPathBenchmark.sessionTx$", *PATH, *SMALLEST, *CALLS],
    ),
    "receive": (
        ["AeadBenchmark.open$", *AEAD, *SIZES, *CALLS],
        ["RecordPathBenchmark.receive$", *PATH, *SIZES],
        ["RecordPathBenchmark.sessionRx$", *PATH, *SMALLEST],
    ),
}
TIMEOUT_SECONDS = 900


def path(direction):
    return BENCH / "results" / f"{direction}.json"


def read(direction):
    """The runs that are kept for a direction."""
    try:
        return json.loads(path(direction).read_text(encoding="utf-8"))["runs"]
    except FileNotFoundError:
        raise SystemExit(f"plot: no {path(direction)}: run bench/plot --measure first") from None


def measure(direction, add):
    """One run of a direction's benches, written in place of the runs that are there or added to them."""
    kept = read(direction) if add else []
    about = {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"),
        "commit": commit(),
        **computer(),
    }
    stolen, found = machine.steal_seconds(), []
    begin = datetime.datetime.now()
    for arguments in DIRECTIONS[direction]:
        found += jmh(arguments)
    seconds = (datetime.datetime.now() - begin).total_seconds()
    about["steal_share"] = round((machine.steal_seconds() - stolen) / seconds / about["cores"], 3)
    about |= {
        "jdk": f"{found[0]['vmName']} {found[0]['vmVersion']}",
        "jmh": found[0]["jmhVersion"],
        "options": " ".join(HOW),
    }
    kept.append({**about, "results": [brief(entry) for entry in found]})
    path(direction).parent.mkdir(exist_ok=True)
    path(direction).write_text(dumps(kept), encoding="utf-8")


def jmh(arguments):
    out = BENCH / "target" / "plot.json"
    out.unlink(missing_ok=True)
    done = subprocess.run(
        [str(BENCH / "jmh"), *arguments, *HOW, "-rf", "json", "-rff", str(out)],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    if done.returncode or not out.exists():
        raise SystemExit(f"plot: bench/jmh {arguments[0]} failed with {done.returncode}")
    found = json.loads(out.read_text(encoding="utf-8"))
    out.unlink()
    return found


def brief(entry):
    """What is kept of a JMH result: ns of one operation, by percentile of its samples."""
    metric, calls = entry["primaryMetric"], entry["measurementBatchSize"]
    if metric["scoreUnit"] != "ns/op":
        raise SystemExit(f"plot: {entry['benchmark']} is in {metric['scoreUnit']}")
    return {
        "benchmark": entry["benchmark"].removeprefix("io.offramp.bench."),
        "params": entry["params"],
        "calls_per_sample": calls,
        "samples": sum(count for fork in metric["rawDataHistogram"] for iteration in fork for _, count in iteration),
        "mean_ns": round(metric["score"] / calls, 1),
        "percentiles_ns": {share: round(value / calls, 1) for share, value in metric["scorePercentiles"].items()},
    }


def computer():
    about = machine.describe()
    about["openssl"] = about.pop("versions").get("openssl", "").partition(" (")[0]
    return about


def commit():
    """The commit that is measured; "-dirty" where the working tree differs from it in more than results and
    documents."""

    def git(*arguments):
        return subprocess.run(
            ["git", *arguments], cwd=BENCH.parent, capture_output=True, text=True, check=False
        ).stdout.strip()

    changed = git("status", "--porcelain", "--", ".", ":!bench/results", ":!docs")
    return git("rev-parse", "--short=12", "HEAD") + ("-dirty" if changed else "")


def dumps(runs):
    """JSON with a line for each result, so that a diff can be read."""
    texts = []
    for run in runs:
        about = "".join(
            f"  {json.dumps(key)}: {json.dumps(value)},\n" for key, value in run.items() if key != "results"
        )
        lines = ",\n".join("   " + json.dumps(entry, sort_keys=True) for entry in run["results"])
        texts.append(f" {{\n{about}  \"results\": [\n{lines}\n  ]\n }}")
    return '{"command": "bench/plot --measure", "runs": [\n' + ",\n".join(texts) + "\n]}\n"
