package io.offramp.proxy.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.EventExecutor;
import io.offramp.proxy.channel.Deadline;
import io.offramp.proxy.channel.WriteBurst;

/**
 * Watches a client while we wait for it to read, or to send the body of its request. In every window of that time it
 * has to move some bytes, in either direction. Bytes count once they have left for the client, so the watch holds
 * across exchanges. Confined to the event loop.
 */
public final class ClientPace {
    private final Channel client;
    private final WriteBurst burst;
    private final long windowNs;
    private final long leastBytes;
    private final Deadline deadline;
    private long received;
    private long movedBefore;
    private long movedAtLook = -1;
    private long lookNs;
    private boolean waiting;

    /**
     * @param burst all writes to the client
     * @param leastBytes in each window, at least 1
     * @param onTooSlow runs when a window has passed with less; the watch then ends
     */
    public ClientPace(
            Channel client,
            EventExecutor executor,
            WriteBurst burst,
            long windowNs,
            long leastBytes,
            Runnable onTooSlow) {
        this.client = client;
        this.burst = burst;
        this.windowNs = windowNs;
        this.leastBytes = leastBytes;
        deadline = new Deadline(executor, windowNs, () -> onWindowEnd(onTooSlow));
    }

    /** Counts received bytes. */
    public void onReceived(int bytes) {
        received += bytes;
    }

    /** It is the client's turn; a running window goes on. */
    public void await() {
        if (!waiting) {
            waiting = true;
            open();
        }
    }

    /** Nothing is expected of the client, or something without a pace. */
    public void rest() {
        if (waiting) {
            waiting = false;
            deadline.clear();
        }
    }

    /**
     * True if we wait for the client and it has moved nothing for this long. The time counts from the first call, so
     * call it now and then.
     */
    public boolean isStalled(long ns) {
        long moved = moved();
        long nowNs = client.eventLoop().ticker().nanoTime();
        if (!waiting || moved != movedAtLook) {
            movedAtLook = moved;
            lookNs = nowNs;
            return false;
        }
        return nowNs - lookNs >= ns;
    }

    /** The client is gone. */
    public void cancel() {
        waiting = false;
        deadline.cancel();
    }

    private void open() {
        movedBefore = moved();
        deadline.in(windowNs);
    }

    private void onWindowEnd(Runnable onTooSlow) {
        if (moved() - movedBefore >= leastBytes) {
            open();
        } else {
            waiting = false;
            onTooSlow.run();
        }
    }

    /**
     * Pending bytes are counted with their records and queue entries, so the bytes that have left are never overstated.
     */
    private long moved() {
        ChannelOutboundBuffer unsent = client.unsafe().outboundBuffer();
        return received + burst.bytes() - (unsent == null ? 0 : unsent.totalPendingWriteBytes());
    }
}
