package io.offramp.proxy.http2.client;

import java.util.Arrays;

/** The streams that we have reset lately: frames for them may still be on their way. Confined to the event loop. */
final class ResetStreams {
    private static final int LEAST_KEPT = 128;

    private final int kept;
    private int[] ids = new int[8];
    private int next;

    /** @param streams that may be open: a client's frames of one round trip name no more */
    ResetStreams(int streams) {
        kept = Math.max(LEAST_KEPT, streams);
    }

    void add(int streamId) {
        if (next == kept) {
            next = 0;
        } else if (next == ids.length) {
            ids = Arrays.copyOf(ids, Math.min(kept, 2 * ids.length));
        }
        ids[next++] = streamId;
    }

    boolean contains(int streamId) {
        for (int id : ids) {
            if (id == streamId) {
                return true;
            }
        }
        return false;
    }
}
