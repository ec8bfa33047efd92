package io.offramp.offload.sw;

import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import org.jspecify.annotations.Nullable;

/** What callers owe a session; each breach is a bug of ours and fails loudly. */
final class Require {
    private Require() {}

    /** An install starts with keys and a stream position that speak of the same record. */
    static void aligned(Direction direction, TrafficKeys keys, RecordBoundary at) {
        if (at.direction() != direction || at.nextSequence() != keys.nextSequence()) {
            throw new OffloadMisuseException("install of " + direction + " with " + keys + " at " + at);
        }
    }

    /** A boundary given back is the one where the session stands. */
    static void current(@Nullable RecordBoundary now, RecordBoundary at) {
        if (now == null) {
            throw new OffloadMisuseException("session is closed, asked to act at " + at);
        }
        if (!now.equals(at)) {
            throw new OffloadMisuseException("session stands at " + now + ", asked to act at " + at);
        }
    }

    /** New keys continue the session: RFC 8446 §4.6.3 changes nothing but the secret. */
    static void successor(TrafficKeys keys, TrafficKeys next) {
        if (next.version() != keys.version() || next.suite() != keys.suite() || next.nextSequence() != 0) {
            throw new OffloadMisuseException("rekey from " + keys + " to " + next);
        }
    }
}
