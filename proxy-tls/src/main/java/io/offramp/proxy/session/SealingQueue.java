package io.offramp.proxy.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;

/**
 * The promises of the content that the backend holds, in order. It counts as not written yet, and so holds up whatever
 * fills the channel. Confined to the event loop.
 */
final class SealingQueue {
    /** Messages in an asynchronous backend, from which on and until when the channel is not writable. */
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

    /** Called before the backend gets the content. */
    void add(ChannelPromise promise) {
        promises.addLast(promise);
    }

    /** The backend has the content, and may have answered already. */
    void onGiven() {
        if (promises.size() > MANY) {
            hold.set(true);
        }
    }

    /** The backend did not get the content. */
    void takeBack(ChannelPromise promise) {
        promises.removeLastOccurrence(promise);
    }

    /** Takes the oldest, which the backend has answered. */
    ChannelPromise remove() {
        return promises.remove();
    }

    /** The backend's output has been written to the channel. */
    void onWritten() {
        if (promises.size() <= FEW) {
            hold.set(false);
        }
    }

    void failAll() {
        for (ChannelPromise promise; (promise = promises.poll()) != null; ) {
            promise.tryFailure(new ClosedChannelException());
        }
    }
}
