package io.offramp.proxy.server;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.offramp.proxy.handshake.HandshakeEvent;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handshakes under way, over all listeners: bounded in number, as their time and bytes are bounded elsewhere. At the limit a
 * new one takes the place of the oldest on its event loop whose client has not said hello yet: who floods displaces himself, and a
 * client that comes and speaks is served. Where there is none, the new one is refused. Thread-safe; what belongs to a channel is
 * called on its event loop.
 */
final class HalfOpenHandshakes {
    private static final Logger LOG = LoggerFactory.getLogger(HalfOpenHandshakes.class);

    private final int limit;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean crowded = new AtomicBoolean();
    private final Map<EventExecutor, OfLoop> loops = new ConcurrentHashMap<>();

    /** Touched by its event loop only. */
    private static final class OfLoop {
        /** Oldest first. */
        final LinkedHashSet<Channel> silent = new LinkedHashSet<>();

        final Set<Channel> answered = new HashSet<>();
    }

    /** @param limit at least 1 */
    HalfOpenHandshakes(int limit) {
        this.limit = limit;
    }

    /** Under way now. */
    int count() {
        return Math.min(count.get(), limit); // a new one is counted a moment before it gets the place of another
    }

    /** @return false if there is no room, and none could be made: the caller closes the channel */
    boolean admit(Channel channel) {
        OfLoop ofLoop = ofLoop(channel);
        if (count.incrementAndGet() > limit) {
            sayCrowded();
            if (!displaceOldest(ofLoop)) {
                count.decrementAndGet();
                return false;
            }
        }
        ofLoop.silent.add(channel);
        return true;
    }

    /** The client's hello has been answered: from here on it is not displaced. */
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

    /** One whose hello is with the worker stays, and is as good as answered. */
    private static boolean displaceOldest(OfLoop ofLoop) {
        while (!ofLoop.silent.isEmpty()) {
            Channel oldest = ofLoop.silent.getFirst();
            oldest.pipeline().fireUserEventTriggered(HandshakeEvent.DISPLACE);
            if (!ofLoop.silent.remove(oldest)) {
                return true;
            }
            ofLoop.answered.add(oldest);
        }
        return false;
    }

    private OfLoop ofLoop(Channel channel) {
        return loops.computeIfAbsent(channel.eventLoop(), loop -> new OfLoop());
    }

    private void sayCrowded() {
        if (crowded.compareAndSet(false, true)) {
            LOG.warn("{} handshakes are under way, which is the limit: the oldest silent ones make room for new ones", limit);
        }
    }
}
