package io.offramp.proxy.session;

import io.offramp.offload.DeclineReason;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.record.Direction;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what sessions report, in place of the metrics, which are built above this module. */
final class SessionTally implements SessionEvents {
    private final List<String> faults = new ArrayList<>();
    private final Map<Direction, long[]> sizes = new EnumMap<>(Direction.class);
    private int truncated;

    /** Faults so far: {@code RX RecordAuthenticationException}. */
    List<String> faults() {
        return faults;
    }

    /** Clients that closed without close_notify. */
    int truncated() {
        return truncated;
    }

    /** How many data records there were, by the bytes of content of each. */
    Map<Integer, Long> sizes(Direction direction) {
        long[] counted = sizes.getOrDefault(direction, new long[0]);
        Map<Integer, Long> seen = new TreeMap<>();
        for (int bytes = 0; bytes < counted.length; bytes++) {
            if (counted[bytes] > 0) {
                seen.put(bytes, counted[bytes]);
            }
        }
        return seen;
    }

    @Override
    public CarriedMeter onInstalled(Direction direction, SessionInfo session) {
        long[] counted = sizes.computeIfAbsent(direction, none -> new long[(1 << 14) + 1]);
        return new CarriedMeter() {
            @Override
            public void add(long records, long bytes) {}

            @Override
            public void addSized(int contentBytes, long records) {
                counted[contentBytes] += records;
            }

            @Override
            public void onReleased() {}
        };
    }

    @Override
    public void onDeclined(Direction direction, String backend, DeclineReason reason) {}

    @Override
    public void onMoved(Direction direction, SessionInfo from, SessionInfo to, String why) {}

    @Override
    public void onAlertSent(String description) {}

    @Override
    public void onAlertReceived(String description) {}

    @Override
    public void onKeyUpdate(Direction direction) {}

    @Override
    public void onFault(Direction direction, OffloadException fault) {
        faults.add(direction + " " + fault.getClass().getSimpleName());
    }

    @Override
    public void onTruncated() {
        truncated++;
    }
}
