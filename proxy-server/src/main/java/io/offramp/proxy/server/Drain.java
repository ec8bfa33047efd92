package io.offramp.proxy.server;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.offramp.proxy.admin.Phase;
import io.offramp.proxy.channel.DrainEvent;
import io.offramp.proxy.connection.Connection;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** The phase of a proxy's life, and how the connections of its clients end. Thread-safe. */
final class Drain {
    /** Time for a cut connection to take its close_notify. */
    private static final long CUT_LIMIT_MS = 500;

    private static final Set<Phase> STOPPING = EnumSet.of(Phase.LEAVING, Phase.DRAINING);

    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<Phase> phase;

    Drain(Phase first) {
        this.phase = new AtomicReference<>(first);
    }

    /** Every open client channel. */
    ChannelGroup clients() {
        return clients;
    }

    AtomicReference<Phase> phase() {
        return phase;
    }

    /** Whether connections leave: one that is new is the last of its client here. */
    boolean isUnderWay() {
        return phase.get() == Phase.DRAINING || isReplaced();
    }

    /** Whether another process has the sockets. */
    boolean isReplaced() {
        return phase.get() == Phase.REPLACED;
    }

    /** Says that it is about to come, and goes on. Blocks for this long, or until it begins. */
    void announce(Duration delay) {
        if (!delay.isZero()) {
            phase.set(Phase.LEAVING);
            try {
                stopped.await(delay.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The sockets are about to close: connections that come from them now have to leave. */
    void begin() {
        stopped.countDown();
        phase.set(Phase.DRAINING);
    }

    /**
     * Gives open exchanges this long to end, then cuts the others. Blocks until all connections are closed.
     *
     * @param halfOpen of these connections
     * @param host event loops of the host; a connection may have one of a device
     * @return connections that were cut
     */
    int run(Duration limit, HalfOpenHandshakes halfOpen, EventLoopGroup host) {
        clients.forEach(client -> client.pipeline().fireUserEventTriggered(DrainEvent.INSTANCE));
        halfOpen.drain();
        if (!limit.isZero()) {
            clients.newCloseFuture().awaitUninterruptibly(limit.toMillis());
        }
        int cut = clients.size();
        // Event loops keep the order: what this makes a connection say goes out before it closes.
        clients.forEach(client -> client.pipeline().fireUserEventTriggered(DrainEvent.OVER));
        awaitLastWords(clients, host);
        clients.close().awaitUninterruptibly(CUT_LIMIT_MS);
        // A client that does not read has not taken it. A loop that is shut down without a quiet period may end before
        // it has closed its channels, and their pending writes would leak.
        clients.forEach(client -> client.eventLoop()
                .execute(() -> client.unsafe().close(client.unsafe().voidPromise())));
        clients.newCloseFuture().awaitUninterruptibly(CUT_LIMIT_MS);
        return cut;
    }

    /**
     * Another process accepts from now on. All that this one has accepted is served: also a client that has not sent
     * its hello or its request yet.
     */
    void replace() {
        phase.updateAndGet(now -> STOPPING.contains(now) ? now : Phase.REPLACED);
        clients.forEach(Drain::leave);
    }

    /**
     * Behind {@link #replace}: blocks until no connection is left, the time is over, or the other process has ended.
     *
     * @return false if the other process has ended
     */
    boolean hand(Duration limit, CompletableFuture<?> otherEnded) {
        long endNs = System.nanoTime() + limit.toNanos();
        while (!otherEnded.isDone() && !clients.isEmpty() && System.nanoTime() - endNs < 0) {
            CompletableFuture<Void> closed = new CompletableFuture<>();
            clients.newCloseFuture().addListener(_ -> closed.complete(null));
            try {
                CompletableFuture.anyOf(closed, otherEnded).get(endNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return true;
            } catch (TimeoutException | ExecutionException e) {
                break;
            }
        }
        return !otherEnded.isDone();
    }

    /** The other process has ended. */
    void takeBack() {
        phase.compareAndSet(Phase.REPLACED, Phase.READY);
    }

    private static void leave(Channel client) {
        boolean isNew = client.attr(Connection.KEY).get().rx().bytes() == 0;
        client.pipeline().fireUserEventTriggered(isNew ? DrainEvent.NEW_CONNECTION : DrainEvent.INSTANCE);
    }

    /** Cuts these connections, which have begun to leave, when their time is over. */
    static void cutLater(List<Channel> leaving, EventLoopGroup loops, Duration limit) {
        if (!leaving.isEmpty()) {
            loops.schedule(() -> cut(leaving, loops), limit.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static void cut(List<Channel> leaving, EventLoopGroup loops) {
        leaving.forEach(client -> client.pipeline().fireUserEventTriggered(DrainEvent.OVER));
        leaving.stream().filter(client -> isOf(loops, client)).forEach(Channel::close);
        List<Channel> ofDevice = leaving.stream().filter(Channel::isOpen).toList();
        loops.schedule(() -> ofDevice.forEach(Channel::close), CUT_LIMIT_MS, TimeUnit.MILLISECONDS);
    }

    /**
     * Where a device owns a connection, the host hears of the end on another loop, and its last word comes back to the
     * first one. Blocks for two turns of each, in which a flush behind the turn is done, too.
     */
    private static void awaitLastWords(Collection<Channel> clients, EventLoopGroup host) {
        Set<EventExecutor> device = new HashSet<>();
        clients.stream().filter(client -> !isOf(host, client)).forEach(client -> device.add(client.eventLoop()));
        if (!device.isEmpty()) {
            for (Iterable<EventExecutor> each : List.of(device, host, host, device, device)) {
                each.forEach(loop -> loop.submit(() -> {}).awaitUninterruptibly(CUT_LIMIT_MS));
            }
        }
    }

    private static boolean isOf(EventLoopGroup loops, Channel client) {
        return client.eventLoop().parent() == loops;
    }
}
