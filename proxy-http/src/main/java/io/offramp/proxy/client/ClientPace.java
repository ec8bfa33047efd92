package io.offramp.proxy.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.EventExecutor;
import io.offramp.proxy.channel.Deadline;
import io.offramp.proxy.channel.WriteBurst;

/**
 * Watches a client while it is waited for: to read what is written to it, or to send the body of its request. In every
 * window of that time it has to move some bytes, one way or the other. What counts is bytes that have left for the
 * client, not answers that were begun, so the watch holds across exchanges. Confined to the event loop.
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
     * @param burst all that is written to the client
     * @param leastBytes in each window, at least 1
     * @param onTooSlow runs when a window has passed with less; nothing is watched then
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

    /** So many bytes have come. */
    public void onReceived(int bytes) {
        received += bytes;
    }

    /** It is the client's turn; a window that has begun goes on. */
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
     * Whether the client is waited for and has moved nothing for so long: since it was first asked this, so ask now and
     * then.
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

    /** What is pending is counted with its records and queue entries, so what has left is never overstated. */
    private long moved() {
        ChannelOutboundBuffer unsent = client.unsafe().outboundBuffer();
        return received + burst.bytes() - (unsent == null ? 0 : unsent.totalPendingWriteBytes());
    }
}
