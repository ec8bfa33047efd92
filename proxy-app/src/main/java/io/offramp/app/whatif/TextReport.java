package io.offramp.app.whatif;

import io.offramp.offload.Capacity;
import io.offramp.offload.record.Direction;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.RecordCost;
import io.offramp.proxy.whatif.Outcome;
import io.offramp.proxy.whatif.Refusal;
import io.offramp.proxy.whatif.Simulation;
import io.offramp.proxy.whatif.Totals;
import io.offramp.proxy.whatif.TrafficClass;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tables, and a verdict in one sentence. */
public final class TextReport {
    private final PrintWriter out;
    private final Simulation simulation;

    /** @param simulation its assumptions are printed as well */
    public TextReport(PrintWriter out, Simulation simulation) {
        this.out = out;
        this.simulation = simulation;
    }

    /**
     * Prints everything.
     *
     * @param sessions number of sessions in the capture
     * @param outcomes one for each policy
     */
    public void print(int sessions, List<Outcome> outcomes) {
        Totals all = outcomes.getFirst().totals();
        print(
                "capture   %s sessions, %s records, %s",
                Units.count(sessions), Units.count(all.records()), Units.bytes(all.bytes()));
        printAssumptions();
        out.println();
        print(
                "%-6s %-3s %10s %10s %10s %9s %9s  %s",
                "policy", "", "directions", "offloaded", "bytes", "records", "software", "refused, by reason");
        for (Outcome outcome : outcomes) {
            printRow(outcome, Direction.TX);
            printRow(outcome, Direction.RX);
        }
        out.println();
        print(
                "%-6s %14s %14s %12s %12s %14s %15s %12s",
                "policy",
                "contexts, peak",
                "contexts, mean",
                "active, peak",
                "CPU of host",
                "freed by it",
                "records/s, peak",
                "load, peak");
        outcomes.forEach(this::printHost);
        out.println();
        printClasses(outcomes);
        out.println();
        out.println("verdict: " + Verdict.of(outcomes));
    }

    private void printAssumptions() {
        Capacity capacity = simulation.device().capacity();
        print(
                "device    %s contexts, records/s %s, Gbit/s %s, installs/s %s, install latency %s, record latency %s",
                Units.count(simulation.device().contexts()),
                Units.limit(capacity.recordsPerSecond()),
                capacity.bitsPerSecond() == Capacity.NO_LIMIT
                        ? "unlimited"
                        : String.format(Locale.ROOT, "%.3g", capacity.bitsPerSecond() / 1e9),
                Units.limit(capacity.installsPerSecond()),
                Units.time(capacity.installLatencyNs()),
                Units.time(capacity.recordLatencyNs()));
        RecordCost cost = simulation.cost();
        print(
                "assumed   host: %.0f ns per record and %.3f ns per byte in software, %.0f ns per record on the device,"
                        + " %.0f ns per install%s",
                cost.nsPerRecord(),
                cost.nsPerByte(),
                cost.driverNsPerRecord(),
                cost.nsPerInstall(),
                cost.equals(RecordCost.MEASURED) ? " (measured elsewhere: docs/BENCHMARKS.md)" : "");
        print(
                "          sessions: records spread evenly over each; auto: after %s, in records of %s or more",
                Units.bytes(simulation.auto().bytes()),
                Units.bytes(simulation.auto().recordBytes()));
    }

    private void printRow(Outcome outcome, Direction direction) {
        Totals totals = outcome.totals(direction);
        print(
                "%-6s %-3s %10s %10s %10s %9s %9s  %s",
                label(outcome.policy()),
                label(direction),
                Units.count(totals.flows()),
                Units.count(totals.offloaded()),
                Units.bytes(totals.offloadedBytes()),
                Units.percent(totals.offloadedRecords(), totals.records()),
                Units.count(totals.software()),
                refused(totals));
    }

    private static String refused(Totals totals) {
        StringBuilder text = new StringBuilder();
        for (Refusal reason : Refusal.values()) {
            if (totals.refused(reason) > 0) {
                text.append(text.isEmpty() ? "" : ", ").append(reason.label()).append(' ');
                text.append(Units.count(totals.refused(reason)));
            }
        }
        return text.isEmpty() ? "-" : text.toString();
    }

    private void printHost(Outcome outcome) {
        Totals totals = outcome.totals();
        print(
                "%-6s %14s %14.1f %12.1f %12s %14s %15s %12s",
                label(outcome.policy()),
                Units.count(outcome.peakContexts()),
                outcome.meanContexts(),
                outcome.peakActive(),
                Units.cpu(totals.hostNs()),
                Units.cpu(totals.savedNs()),
                Units.count(outcome.peakRecordsPerSecond()),
                Units.gbit(outcome.peakBitsPerSecond()));
    }

    private void printClasses(List<Outcome> outcomes) {
        print(
                "%-16s %-14s %10s %10s %12s %12s %12s",
                "records", "sessions", "directions", "bytes", "CPU in sw", "freed by hw", "freed by auto");
        Map<TrafficClass, Totals> inSoftware = outcomes.getFirst().byClass();
        inSoftware.forEach((traffic, totals) -> print(
                "%-16s %-14s %10s %10s %12s %12s %12s",
                traffic.sizeLabel(),
                traffic.lifetimeLabel(),
                Units.count(totals.flows()),
                Units.bytes(totals.bytes()),
                Units.cpu(totals.softwareNs()),
                Units.cpu(saved(outcomes, Policy.HW, traffic)),
                Units.cpu(saved(outcomes, Policy.AUTO, traffic))));
    }

    private static double saved(List<Outcome> outcomes, Policy policy, TrafficClass traffic) {
        return outcomes.stream()
                .filter(outcome -> outcome.policy() == policy)
                .map(outcome -> outcome.byClass().get(traffic))
                .mapToDouble(Totals::savedNs)
                .sum();
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private void print(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values).stripTrailing());
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
