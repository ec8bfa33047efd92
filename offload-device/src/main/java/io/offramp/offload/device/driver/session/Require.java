package io.offramp.offload.device.driver.session;

import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import org.jspecify.annotations.Nullable;

/** What callers owe a session; each breach is a bug of ours and fails loudly. */
public final class Require {
    private Require() {}

    /** Keys and stream position of an install speak of the same record. */
    public static void aligned(Direction direction, TrafficKeys keys, RecordBoundary at) {
        if (at.direction() != direction || at.nextSequence() != keys.nextSequence()) {
            throw new OffloadMisuseException("install of " + direction + " with " + keys + " at " + at);
        }
    }

    /** A boundary given back is where the session stands. */
    public static void current(@Nullable RecordBoundary now, RecordBoundary at) {
        if (!at.equals(now)) {
            throw new OffloadMisuseException("session " + (now == null ? "has no boundary now" : "stands at " + now)
                    + ", asked to act at " + at);
        }
    }

    /** New keys continue the session (RFC 8446 §4.6.3). */
    public static void successor(TrafficKeys keys, TrafficKeys next) {
        if (next.version() != keys.version() || next.suite() != keys.suite() || next.nextSequence() != 0) {
            throw new OffloadMisuseException("rekey from " + keys + " to " + next);
        }
    }
}
