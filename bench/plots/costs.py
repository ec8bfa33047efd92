"""What a record and a session cost the host, reckoned from the raw results.

All figures are the fastest samples (JMH's p0.00) of all runs, in ns: what else runs on a machine only ever adds to a
sample. The device has two: `inline`, the model with its engine on the same CPU, is measured. `host` is derived: inline
less what the AEAD takes alone. It estimates what a NIC would leave to the host: the model's own hardware
half, cheap as it is, is still in it, and the bus is not.
"""
NIC_INSTALL_NS = 10_000  # an estimate, as in `offramp whatif` and in `auto`; no NIC was measured
BENCHES = {
    "send": ("AeadBenchmark.sealAcross", "RecordPathBenchmark.seal", "RecordPathBenchmark.sessionTx"),
    "receive": ("AeadBenchmark.open", "RecordPathBenchmark.receive", "RecordPathBenchmark.sessionRx"),
}


class Costs:
    def __init__(self, runs):
        self.runs = runs
        self.ns = {}
        for run in (run for direction in runs.values() for run in direction):
            for found in run["results"]:
                key = (found["benchmark"], found["params"].get("backend"), int(found["params"]["bytes"]))
                self.ns[key] = min(found["percentiles_ns"]["0.0"], self.ns.get(key, float("inf")))
        self.sizes = sorted({size for name, _, size in self.ns if name == "RecordPathBenchmark.seal"})

    def record(self, direction, way, size):
        """ns of a record; way: aead, sw, inline or host."""
        aead, path, _ = BENCHES[direction]
        if way == "aead":
            return self.ns[aead, None, size]
        if way == "sw":
            return self.ns[path, "sw", size]
        inline = self.ns[path, "device", size]
        return inline if way == "inline" else inline - self.ns[aead, None, size]

    def install(self, direction, way):
        """ns of install and close, and of what a session's first record costs above the next; way: sw, host, or nic for
        the estimate."""
        if way == "nic":
            return NIC_INSTALL_NS
        session, used, size = BENCHES[direction][2], "sw" if way == "sw" else "device", self.sizes[0]
        return self.ns[session, used, size] - self.record(direction, "sw" if way == "sw" else "inline", size)

    def session(self, direction, way, size, length):
        """ns of a session with this many bytes in records of one size, install and close included; way as for
        install."""
        return self.install(direction, way) + length / size * self.record(
            direction, "sw" if way == "sw" else "host", size
        )

    def pays_from(self, direction, way, size):
        """Records from which on the device costs the host less than software, as a fraction; None where no number is
        enough."""
        won = self.record(direction, "sw", size) - self.record(direction, "host", size)
        extra = self.install(direction, way) - self.install(direction, "sw")
        return None if won <= 0 else max(0.0, extra / won)


def table(costs):
    """The figures behind the plots, to read."""
    lines = [
        f"{'fastest samples, ns':<20}{'record':>8}{'AEAD':>8}{'sw':>8}{'inline':>8}{'derived':>9}{'saved':>7}  pays "
        "from record (NIC estimate)"
    ]
    for direction in BENCHES:
        for size in costs.sizes:
            ns = [costs.record(direction, way, size) for way in ("aead", "sw", "inline", "host")]
            pays = [costs.pays_from(direction, way, size) for way in ("host", "nic")]
            first, second = ("never" if records is None else f"{max(1.0, records):.1f}" for records in pays)
            lines.append(
                f"{direction:<20}{size:>8,}{ns[0]:>8,.0f}{ns[1]:>8,.0f}{ns[2]:>8,.0f}{ns[3]:>9,.0f}"
                f"{1 - ns[3] / ns[1]:>7.0%}  {first} ({second})"
            )
        lines.append(
            f"{direction:<20}install and close: sw {costs.install(direction, 'sw'):,.0f}, model "
            f"{costs.install(direction, 'host'):,.0f}, "
            f"NIC {NIC_INSTALL_NS:,} (estimate)"
        )
    return "\n".join(lines)
