package io.offramp.proxy.server;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.offramp.proxy.handshake.HandshakeEvent;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handshakes under way, over all listeners: bounded in number, as their time and bytes are bounded elsewhere. Event loops that
 * have ever had one share the limit evenly, at least one each, so that a flood of one kind of loop leaves the others their part. In a full share, a
 * new one takes the place of the oldest whose client has not said hello yet, else of the oldest that was answered: who floods
 * displaces himself, and an honest client is through in a round trip. Only what is with a worker stays: where nothing else is left,
 * the new one is refused. Thread-safe; what belongs to a channel is called on its event loop.
 */
final class HalfOpenHandshakes {
    private static final Logger LOG = LoggerFactory.getLogger(HalfOpenHandshakes.class);

    /** How many that stay a new one asks: those with a worker may be thousands. */
    private static final int MOST_ASKED = 16;

    private final int limit;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean crowded = new AtomicBoolean();
    private final Map<EventExecutor, OfLoop> loops = new ConcurrentHashMap<>();

    /** Touched by its event loop only. */
    private static final class OfLoop {
        /** Oldest first. */
        final LinkedHashSet<Channel> silent = new LinkedHashSet<>();

        /** Oldest first, but for those that were with a worker when they were asked to leave. */
        final LinkedHashSet<Channel> answered = new LinkedHashSet<>();

        int size() {
            return silent.size() + answered.size();
        }
    }

    /** @param limit at least 1 */
    HalfOpenHandshakes(int limit) {
        this.limit = limit;
    }

    /** Under way now. */
    int count() {
        return count.get();
    }

    /** @return false if there is no room, and none could be made: the caller closes the channel */
    boolean admit(Channel channel) {
        OfLoop ofLoop = ofLoop(channel);
        int share = Math.max(1, limit / loops.size());
        while (ofLoop.size() >= share) { // more than one has to go when another loop has begun
            sayCrowded();
            if (!displaceOldest(ofLoop)) {
                return false;
            }
        }
        count.incrementAndGet();
        ofLoop.silent.add(channel);
        return true;
    }

    /** The client's hello has been answered: from here on silent ones are displaced first. */
    void onAnswered(Channel channel) {
        OfLoop ofLoop = ofLoop(channel);
        if (ofLoop.silent.remove(channel)) {
            ofLoop.answered.add(channel);
        }
    }

    /** However it ended. May be called more than once. */
    void onEnded(Channel channel) {
        OfLoop ofLoop = ofLoop(channel);
        if ((ofLoop.silent.remove(channel) || ofLoop.answered.remove(channel)) && count.decrementAndGet() <= limit / 2) {
            crowded.set(false);
        }
    }

    /** Cuts off the clients that have not sent a byte. Any thread; returns before it has happened. */
    void drain() {
        loops.forEach((loop, ofLoop) -> loop.execute(() -> List.copyOf(ofLoop.silent)
                .forEach(channel -> channel.pipeline().fireUserEventTriggered(HandshakeEvent.DRAIN))));
    }

    private static boolean displaceOldest(OfLoop ofLoop) {
        for (int asked = 0; asked < MOST_ASKED && ofLoop.size() > 0; asked++) {
            Channel oldest = ofLoop.silent.isEmpty() ? ofLoop.answered.getFirst() : ofLoop.silent.getFirst();
            oldest.pipeline().fireUserEventTriggered(HandshakeEvent.DISPLACE);
            if (!ofLoop.silent.remove(oldest) && !ofLoop.answered.remove(oldest)) {
                return true;
            }
            ofLoop.answered.add(oldest); // with a worker: as good as answered, and the last to be asked again
        }
        return false;
    }

    private OfLoop ofLoop(Channel channel) {
        return loops.computeIfAbsent(channel.eventLoop(), loop -> new OfLoop());
    }

    private void sayCrowded() {
        if (crowded.compareAndSet(false, true)) {
            LOG.warn("{} handshakes are under way, a loop has its share of the limit of {}: the oldest make room", count, limit);
        }
    }
}
