package io.offramp.proxy.whatif;

import io.offramp.proxy.session.AutoPolicy;
import io.offramp.proxy.session.OffloadConfig.Policy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * One run of a simulation: the events of all flows in the order of time. At the same time, ends make room before starts
 * ask for it, and waiting flows come before new ones. A flow that is due for promotion and finds no room waits, like a
 * session in the proxy.
 */
final class Run {
    private final Simulation simulation;
    private final Policy policy;
    private final AutoPolicy auto;
    private final List<Flow> flows;
    private final DeviceState device;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final LinkedHashSet<Integer> waiting = new LinkedHashSet<>();
    private final Fate[] fates;
    private long retryNs = Long.MAX_VALUE;

    private enum Kind {
        END,
        RETRY,
        ASK
    }

    private record Event(long atNs, Kind kind, int flow) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atNs, other.atNs);
            int byKind = byTime != 0 ? byTime : kind.compareTo(other.kind);
            return byKind != 0 ? byKind : Integer.compare(flow, other.flow);
        }
    }

    Run(Simulation simulation, Policy policy, List<Flow> flows) {
        this.simulation = simulation;
        this.policy = policy;
        this.auto = simulation.auto();
        this.flows = flows;
        device = new DeviceState(simulation.device());
        fates = new Fate[flows.size()];
    }

    Outcome outcome() {
        for (int i = 0; i < fates.length; i++) {
            Flow flow = flows.get(i);
            fates[i] = Fate.software(flow);
            long askNs = askNs(flow);
            if (askNs < flow.endNs()) {
                events.add(new Event(askNs, Kind.ASK, i));
                events.add(new Event(flow.endNs(), Kind.END, i));
            }
        }
        for (Event event; (event = events.poll()) != null; ) {
            switch (event.kind) {
                case ASK -> ask(event.flow, event.atNs);
                case RETRY -> serveWaiting(event.atNs);
                case END -> end(event.flow, event.atNs);
            }
        }
        return new Outcome(
                policy,
                simulation.cost(),
                new ArrayList<>(Arrays.asList(fates)),
                device.peakContexts(),
                device.meanContexts(flows.stream().mapToLong(Flow::endNs).max().orElse(0)),
                device.peakActive(),
                device.peakRecordsPerSecond(),
                device.peakBitsPerSecond());
    }

    /** Time when the policy offers a flow to the device; never, if after its end. */
    private long askNs(Flow flow) {
        return switch (policy) {
            case SW -> Long.MAX_VALUE;
            case HW -> flow.startNs();
            case AUTO ->
                auto.promotes(flow.records(), flow.bytes()) ? flow.whenCarriedNs(auto.bytes()) : Long.MAX_VALUE;
        };
    }

    private void ask(int flow, long nowNs) {
        Refusal refusal = install(flow, nowNs);
        // The device never takes an unknown suite or version; lack of room is temporary.
        if (refusal != null && refusal != Refusal.SUITE && policy == Policy.AUTO) {
            waiting.add(flow);
            retryLater(refusal, nowNs);
        }
    }

    // A retry comes after all ends of this time, so no flow is served that ends now.
    private void end(int flow, long nowNs) {
        waiting.remove(flow);
        if (fates[flow].offloaded()) {
            device.release(flows.get(flow), nowNs);
            retryAt(nowNs);
        }
    }

    // The obstacle of the first flow holds for all.
    private void serveWaiting(long nowNs) {
        retryNs = Long.MAX_VALUE;
        while (!waiting.isEmpty()) {
            int first = waiting.getFirst();
            Refusal refusal = install(first, nowNs);
            if (refusal != null) {
                retryLater(refusal, nowNs);
                return;
            }
            waiting.removeFirst();
        }
    }

    private void retryLater(Refusal refusal, long nowNs) {
        if (refusal == Refusal.INSTALL_RATE) {
            retryAt(Math.max(nowNs + 1, device.nextInstallNs(nowNs)));
        }
    }

    // One retry is pending at a time, the earliest; a later one follows from it.
    private void retryAt(long atNs) {
        if (!waiting.isEmpty() && atNs < retryNs) {
            retryNs = atNs;
            events.add(new Event(atNs, Kind.RETRY, -1));
        }
    }

    private @Nullable Refusal install(int index, long nowNs) {
        Flow flow = flows.get(index);
        Refusal refusal = device.install(flow, nowNs);
        if (refusal != null) {
            fates[index] = Fate.refused(flow, refusal);
        } else {
            long fromNs = nowNs + simulation.device().capacity().installLatencyNs();
            fates[index] = Fate.offloaded(flow, flow.shareAfter(fromNs));
        }
        return refusal;
    }
}
