package io.offramp.proxy.http2.client;

import java.util.Arrays;

/** The streams that we have reset lately: frames for them may still be on their way. Confined to the event loop. */
final class ResetStreams {
    /** A client's frames of one round trip name no more streams than may be open. */
    private static final int KEPT = 128;

    private int[] ids = new int[8];
    private int next;

    void add(int streamId) {
        if (next == KEPT) {
            next = 0;
        } else if (next == ids.length) {
            ids = Arrays.copyOf(ids, 2 * ids.length);
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
