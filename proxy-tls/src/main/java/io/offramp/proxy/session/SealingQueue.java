package io.offramp.proxy.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;

/**
 * The promises of what is with the backend, in order. It counts as not written yet: whoever fills the channel waits for
 * it, too. Confined to the event loop.
 */
final class SealingQueue {
    /** Messages with a backend that answers later, from which on and until when the channel is not writable. */
    private static final int MANY = 8;

    private static final int FEW = 4;
    private static final int WRITABILITY_INDEX = 1;

    private final ArrayDeque<ChannelPromise> promises = new ArrayDeque<>(4);
    private final WritabilityHold hold;

    SealingQueue(Channel channel) {
        this.hold = new WritabilityHold(channel, WRITABILITY_INDEX);
    }

    boolean isEmpty() {
        return promises.isEmpty();
    }

    /** Before the backend gets what it is for. */
    void add(ChannelPromise promise) {
        promises.addLast(promise);
    }

    /** The backend has got it, and may have answered already. */
    void onGiven() {
        if (!hold.isHeld() && promises.size() > MANY) {
            hold.set(true);
        }
    }

    /** The backend has got nothing after all. */
    void takeBack(ChannelPromise promise) {
        promises.removeLastOccurrence(promise);
    }

    /** The oldest, which the backend has answered. */
    ChannelPromise remove() {
        return promises.remove();
    }

    /** What the backend has made is with the channel. */
    void onWritten() {
        if (hold.isHeld() && promises.size() <= FEW) {
            hold.set(false);
        }
    }

    void failAll() {
        for (ChannelPromise promise; (promise = promises.poll()) != null; ) {
            promise.tryFailure(new ClosedChannelException());
        }
    }
}
