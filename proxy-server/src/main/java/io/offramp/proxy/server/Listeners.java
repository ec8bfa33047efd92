package io.offramp.proxy.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.offramp.offload.ConnectionOffload;
import io.offramp.proxy.accept.AcceptPause;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.generation.ListenerGeneration;
import io.offramp.proxy.generation.ListenerKey;
import io.offramp.proxy.sockets.InheritedSockets;
import io.offramp.proxy.sockets.SocketTransport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listening sockets. They outlive generations. One thread at a time. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
    private static final int BACKLOG = 4096;

    /** For an answer of event loops that may be stuck. */
    private static final Duration STUCK_LIMIT = Duration.ofSeconds(3);

    /** An idle connection has a buffer of the size of its last reads; a busy one reads 64 KiB at once. */
    private static final AdaptiveRecvByteBufAllocator READS =
            new AdaptiveRecvByteBufAllocator(1 << 10, 4 << 10, 64 << 10);

    /** With this much waiting for a client, its upstream is no longer read. */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(64 << 10, 192 << 10);

    private final SocketTransport transport;
    private final EventLoopGroup loops;
    private final Backends backends;
    private final @Nullable OwnClients own;
    private final InheritedSockets inherited;
    private final Function<Supplier<ListenerGeneration>, TlsListener> connections;
    private final Map<ListenerKey, Open> open = new HashMap<>();

    /**
     * A bound socket.
     *
     * @param key of its listener
     * @param socket its channel
     * @param connections sets up each connection
     */
    record Open(ListenerKey key, Channel socket, TlsListener connections) {
        InetSocketAddress address() {
            return (InetSocketAddress) socket.localAddress();
        }

        /** Takes connections from now on; those that came before waited in the backlog. */
        void accept() {
            socket.config().setAutoRead(true);
        }

        /** Takes them again. */
        void release() {
            AcceptPause.release(socket);
        }

        /** Of the socket, among those of all processes that follow one another. */
        String name() {
            return nameOf(key);
        }

        /** Blocks until it is closed; if its event loop is stuck, for a moment. */
        void close() {
            if (!socket.close().awaitUninterruptibly(STUCK_LIMIT.toMillis())) {
                LOG.warn("{}: not closed yet, as its event loop does not answer", name());
            }
        }
    }

    /**
     * None yet.
     *
     * @param loops of the host
     * @param own clients that alone may connect; null for all
     * @param inherited taken by the listeners with their addresses
     * @param connections makes what sets up the connections of a listener
     */
    Listeners(
            SocketTransport transport,
            EventLoopGroup loops,
            Backends backends,
            @Nullable OwnClients own,
            InheritedSockets inherited,
            Function<Supplier<ListenerGeneration>, TlsListener> connections) {
        this.transport = transport;
        this.loops = loops;
        this.backends = backends;
        this.own = own;
        this.inherited = inherited;
        this.connections = connections;
    }

    /**
     * Binds the sockets of a generation that are not open yet. They accept nothing before {@link #become}.
     *
     * @throws StartException if one cannot be bound; then none is
     */
    List<Open> bind(Made next) throws StartException {
        List<Open> added = new ArrayList<>();
        try {
            for (Map.Entry<ListenerKey, ListenerConfig> each :
                    GenerationMaker.keys(next.config()).entrySet()) {
                ListenerKey key = each.getKey();
                if (!open.containsKey(key)) {
                    added.add(bind(
                            key,
                            each.getValue(),
                            Objects.requireNonNull(next.current().get(key))));
                }
            }
        } catch (StartException e) {
            added.forEach(Open::close);
            throw e;
        }
        return added;
    }

    /**
     * The generation is the current one: opens what was bound for it, and closes the sockets that it does not have.
     *
     * @return connections that have to end, for want of a socket or because they have not met its terms
     */
    List<Channel> become(Made next, List<Open> added) {
        List<Open> gone = open.values().stream()
                .filter(each -> !next.current().containsKey(each.key()))
                .toList();
        gone.forEach(each -> {
            open.remove(each.key());
            each.close();
            each.connections().leave();
        });
        List<Channel> leaving = Stream.concat(gone.stream(), open.values().stream())
                .flatMap(each -> each.connections().drain().stream())
                .toList();
        added.forEach(each -> {
            open.put(each.key(), each);
            each.accept();
        });
        return leaving;
    }

    /**
     * Takes no connections for now; they wait in the backlog. Blocks until all that it took are set up; if an event
     * loop is stuck, for a moment.
     */
    void hold() {
        all().forEach(each -> AcceptPause.hold(each.socket()));
        long endNs = System.nanoTime() + STUCK_LIMIT.toNanos();
        if (!all().stream().allMatch(each -> AcceptPause.awaitAccepted(each.socket(), endNs))) {
            LOG.warn("an event loop does not answer: connections that it has just accepted may be cut");
        }
    }

    /** Closes all sockets but those of these names. Their connections go on. */
    void keep(Predicate<String> names) {
        all().stream().filter(each -> !names.test(each.name())).forEach(each -> {
            open.remove(each.key());
            each.close();
        });
    }

    /** Binds again what was left, as far as it can be bound; else the log says so, and the others go on. */
    void bindAgain(Made made) {
        GenerationMaker.keys(made.config()).forEach((key, config) -> {
            if (!open.containsKey(key)) {
                try {
                    Open again = bind(
                            key, config, Objects.requireNonNull(made.current().get(key)));
                    open.put(key, again);
                    again.accept();
                } catch (StartException e) {
                    LOG.warn("{}: {}", config.name(), e.getMessage());
                }
            }
        });
    }

    /** The socket of a listener of the current generation. */
    Open of(ListenerKey key) {
        return Objects.requireNonNull(open.get(key), key::toString);
    }

    /** The listeners of a configuration, in its order; all are bound. */
    List<ProxyServer.Listening> bound(ProxyConfig config) {
        return GenerationMaker.keys(config).entrySet().stream()
                .map(each -> new ProxyServer.Listening(
                        each.getValue(),
                        of(each.getKey()).address(),
                        backends.plan(each.getValue().offload())))
                .toList();
    }

    /** All sockets. */
    List<Open> all() {
        return List.copyOf(open.values());
    }

    private static String nameOf(ListenerKey key) {
        return "listener " + key + (key.nth() == 0 ? "" : " " + key.nth());
    }

    /** Stops listening. */
    void close() {
        open.values().forEach(Open::close);
        open.clear();
    }

    private Open bind(ListenerKey key, ListenerConfig listener, Supplier<ListenerGeneration> current)
            throws StartException {
        TlsListener initializer = connections.apply(current);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, READS)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childOption(ChannelOption.MESSAGE_SIZE_ESTIMATOR, WriteSizes.ESTIMATOR)
                .handler(doorOf(listener, current))
                .childHandler(initializer);
        if (listener.reusePort()) {
            bootstrap.option(transport.reusePort(), true);
        }
        ChannelFuture bound = bind(
                        key,
                        bootstrap,
                        backends.connections(listener),
                        listener.bind().resolve())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new StartException(BindFailure.text(listener.bind(), bound.cause()));
        }
        return new Open(key, bound.channel(), initializer);
    }

    /** The listener may have another name by then. */
    private ChannelHandler doorOf(ListenerConfig listener, Supplier<ListenerGeneration> current) {
        AcceptPause pause =
                new AcceptPause(listener.name(), () -> current.get().metrics().onAcceptFailed());
        return own == null ? pause : own.before(pause);
    }

    /** On the host's event loops, or on the device's; a socket that is open already is bound already. */
    private ChannelFuture bind(
            ListenerKey key, ServerBootstrap listener, @Nullable ConnectionOffload device, InetSocketAddress to) {
        Integer open = inherited.take(nameOf(key), to);
        listener.channelFactory(transport.server(open));
        if (device != null) {
            return device.listen(listener, transport.handler(), open == null ? to : null);
        }
        return open == null
                ? listener.group(loops).bind(to)
                : listener.group(loops).register();
    }
}
