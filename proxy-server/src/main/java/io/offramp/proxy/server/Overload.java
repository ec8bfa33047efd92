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

/**
 * Watches the memory on a thread of its own. It asks connections to close while clients take too much, and gives back
 * what a peak has left.
 */
final class Overload implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Overload.class);

    private static final long LOOK_MS = 200;
    private static final long QUIET_LOOK_MS = 1000;

    /** Connections asked at each look, so a hundred thousand do not close at once if a hundred would free enough. */
    private static final int ASKED = 1024;

    private final MemoryBudget budget;
    private final ChannelGroup clients;
    private final HalfOpenHandshakes halfOpen;
    private final ProcessMemory memory;
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("offramp-memory", true));
    private Iterator<Channel> next = Collections.emptyIterator();

    Overload(MemoryBudget budget, ChannelGroup clients, HalfOpenHandshakes halfOpen, ProcessMemory memory) {
        this.budget = budget;
        this.clients = clients;
        this.halfOpen = halfOpen;
        this.memory = memory;
    }

    void start() {
        QuietTrim quiet = new QuietTrim(System::nanoTime, memory::usedHeapBytes, memory::residentBytes, memory::trim);
        repeat(this::look, LOOK_MS);
        repeat(quiet::look, QUIET_LOOK_MS);
    }

    /** A failure must not be the last look: only this thread ends the shedding. */
    private void repeat(Runnable look, long delayMs) {
        Runnable guarded = () -> {
            try {
                look.run();
            } catch (RuntimeException e) {
                LOG.error("memory check failed", e);
            }
        };
        watch.scheduleWithFixedDelay(guarded, delayMs, delayMs, TimeUnit.MILLISECONDS);
    }

    private void look() {
        budget.look();
        if (budget.isShedding()) {
            halfOpen.shed();
            askNext();
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
