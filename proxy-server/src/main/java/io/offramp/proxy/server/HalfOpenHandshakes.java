package io.offramp.proxy.server;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.offramp.proxy.budget.Holding;
import io.offramp.proxy.budget.LoopLease;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.budget.Shed;
import io.offramp.proxy.budget.Sizing;
import io.offramp.proxy.handshake.engine.HandshakeEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handshakes under way, over all listeners, bounded in number; other classes bound their time and bytes. Event
 * loops that have ever had one share the limit evenly, at least one each, so a flood on one kind of loop leaves the
 * others their part. In a full share a new handshake displaces the oldest whose client has not said hello yet, else the
 * oldest that was answered: a flood displaces its own, and an honest client is through in a round trip. A handshake
 * with a worker is never displaced; if there is no other, the new one is refused. While memory is short, a new
 * handshake always displaces another or is refused. Thread-safe; methods of a channel are called on its event loop.
 */
final class HalfOpenHandshakes {
    private static final Logger LOG = LoggerFactory.getLogger(HalfOpenHandshakes.class);

    /** Handshakes with a worker that are tried before the new one is refused: there may be thousands. */
    private static final int MOST_ASKED = 16;

    private final IntSupplier limit;
    private final MemoryBudget budget;
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean crowded = new AtomicBoolean();
    private final Map<EventExecutor, OfLoop> loops = new ConcurrentHashMap<>();

    /** Touched by its event loop only. */
    private static final class OfLoop {
        final LoopLease lease;

        /** Oldest first. */
        final LinkedHashMap<Channel, Holding> silent = new LinkedHashMap<>();

        /** Oldest first; one that was with a worker when asked to leave goes to the end. */
        final LinkedHashMap<Channel, Holding> answered = new LinkedHashMap<>();

        OfLoop(LoopLease lease) {
            this.lease = lease;
        }

        int size() {
            return silent.size() + answered.size();
        }

        /** Its memory, still held; null if it was removed before. */
        @Nullable
        Holding remove(Channel channel) {
            Holding held = silent.remove(channel);
            return held == null ? answered.remove(channel) : held;
        }

        /** The oldest; there must be one. */
        Channel oldest() {
            return (silent.isEmpty() ? answered : silent).firstEntry().getKey();
        }
    }

    /**
     * None under way.
     *
     * @param limit asked once for each connection, at least 1
     * @param budget counts their memory
     */
    HalfOpenHandshakes(IntSupplier limit, MemoryBudget budget) {
        this.limit = limit;
        this.budget = budget;
    }

    /** Under way now. */
    int count() {
        return count.get();
    }

    /** @return false if there is no room, and none could be made: the caller closes the channel */
    boolean admit(Channel channel) {
        OfLoop ofLoop = ofLoop(channel);
        int share = Math.max(1, limit.getAsInt() / loops.size());
        while (ofLoop.size() >= share) { // more than one must go if another loop has begun
            sayCrowded();
            if (!displaceOldest(ofLoop)) {
                return false;
            }
        }
        if (budget.isShedding() && !shedOldest(ofLoop)) {
            budget.onShed(Shed.CONNECTION);
            return false;
        }
        count.incrementAndGet();
        Holding held = ofLoop.lease.holding();
        held.set(Sizing.HANDSHAKE_BYTES);
        ofLoop.silent.put(channel, held);
        return true;
    }

    /** The client's hello has been answered: silent handshakes are now displaced before this one. */
    void onAnswered(Channel channel) {
        OfLoop ofLoop = ofLoop(channel);
        Holding held = ofLoop.silent.remove(channel);
        if (held != null) {
            ofLoop.answered.put(channel, held);
        }
    }

    /** @param bytes from the client so far that the handshake keeps */
    void onReceived(Channel channel, long bytes) {
        OfLoop ofLoop = ofLoop(channel);
        Holding held = ofLoop.answered.get(channel);
        held = held == null ? ofLoop.silent.get(channel) : held;
        if (held != null) {
            held.set(Sizing.HANDSHAKE_BYTES + bytes);
        }
    }

    /** The handshake has ended, in success or failure. May be called more than once. */
    void onEnded(Channel channel) {
        Holding held = ofLoop(channel).remove(channel);
        if (held == null) {
            return;
        }
        held.clear();
        if (count.decrementAndGet() <= limit.getAsInt() / 2) {
            crowded.set(false);
        }
    }

    /** Memory is short: cuts off the oldest quarter of each loop. Any thread; returns before it has happened. */
    void shed() {
        loops.forEach((loop, ofLoop) -> loop.execute(() -> {
            for (int i = ofLoop.size() / 4; i > 0 && shedOldest(ofLoop); i--) {}
        }));
    }

    /** Cuts off the clients that have not sent a byte. Any thread; returns before it has happened. */
    void drain() {
        loops.forEach((loop, ofLoop) -> loop.execute(() -> List.copyOf(ofLoop.silent.keySet())
                .forEach(channel -> channel.pipeline().fireUserEventTriggered(HandshakeEvent.DRAIN))));
    }

    private boolean shedOldest(OfLoop ofLoop) {
        boolean shed = displaceOldest(ofLoop);
        if (shed) {
            budget.onShed(Shed.HANDSHAKE);
        }
        return shed;
    }

    private static boolean displaceOldest(OfLoop ofLoop) {
        for (int asked = 0; asked < MOST_ASKED && ofLoop.size() > 0; asked++) {
            Channel oldest = ofLoop.oldest();
            oldest.pipeline().fireUserEventTriggered(HandshakeEvent.DISPLACE);
            Holding held = ofLoop.remove(oldest);
            if (held == null) {
                return true;
            }
            ofLoop.answered.put(oldest, held); // with a worker: counts as answered, and is the last to be asked again
        }
        return false;
    }

    private OfLoop ofLoop(Channel channel) {
        OfLoop known = loops.get(channel.eventLoop()); // without the lock of computeIfAbsent
        return known != null ? known : loops.computeIfAbsent(channel.eventLoop(), loop -> new OfLoop(budget.on(loop)));
    }

    private void sayCrowded() {
        if (crowded.compareAndSet(false, true)) {
            LOG.warn(
                    "{} handshakes are under way, and a loop has used its share of the limit of {}: the oldest make "
                            + "room",
                    count,
                    limit.getAsInt());
        }
    }
}
