package io.offramp.proxy.server;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.budget.ShedEvent;
import java.util.Collections;
import java.util.Iterator;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the memory of clients on a thread of its own, and asks connections to close while it is too much. */
final class Overload implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Overload.class);

    private static final long LOOK_MS = 200;

    /** Connections asked at each look, so a hundred thousand do not close at once if a hundred would free enough. */
    private static final int ASKED = 1024;

    private final MemoryBudget budget;
    private final ChannelGroup clients;
    private final HalfOpenHandshakes halfOpen;
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("offramp-memory", true));
    private Iterator<Channel> next = Collections.emptyIterator();

    Overload(MemoryBudget budget, ChannelGroup clients, HalfOpenHandshakes halfOpen) {
        this.budget = budget;
        this.clients = clients;
        this.halfOpen = halfOpen;
    }

    void start() {
        watch.scheduleWithFixedDelay(this::look, LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    /** A failure must not be the last look: only this thread ends the shedding. */
    private void look() {
        try {
            budget.look();
            if (budget.isShedding()) {
                halfOpen.shed();
                askNext();
            }
        } catch (RuntimeException e) {
            LOG.error("memory check failed", e);
        }
    }

    /** Goes round all connections, some at a time. */
    private void askNext() {
        if (!next.hasNext()) {
            next = clients.iterator();
        }
        for (int asked = 0; asked < ASKED && next.hasNext(); asked++) {
            next.next().pipeline().fireUserEventTriggered(ShedEvent.INSTANCE);
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
