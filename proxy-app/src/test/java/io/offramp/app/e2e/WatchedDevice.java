package io.offramp.app.e2e;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.offramp.offload.Availability;
import io.offramp.offload.Capabilities;
import io.offramp.offload.ConnectionOffload;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadProvider;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.RxSession;
import io.offramp.offload.RxSink;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.RecordBoundary;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes everything on to the real backends, and notes on which threads keys arrive there and which channels the host
 * gets.
 */
final class WatchedDevice {
    private final Set<String> keyThreads = ConcurrentHashMap.newKeySet();
    private final List<Channel> presented = new CopyOnWriteArrayList<>();

    /** Names of the threads that installed keys in any backend. */
    Set<String> keyThreads() {
        return keyThreads;
    }

    /** The host's ends of connections. */
    List<Channel> presented() {
        return presented;
    }

    /** The same provider, watched. */
    OffloadProvider watch(OffloadProvider provider) {
        return new OffloadProvider() {
            @Override
            public String name() {
                return provider.name();
            }

            @Override
            public Map<String, String> settings() {
                return provider.settings();
            }

            @Override
            public RecordOffload open(Map<String, String> settings) {
                return new Backend(provider.open(settings));
            }
        };
    }

    private final class Backend implements RecordOffload {
        private final RecordOffload real;

        Backend(RecordOffload real) {
            this.real = real;
        }

        @Override
        public InstallResult<TxSession> installTx(
                OffloadTarget target, TrafficKeys keys, RecordBoundary at, TxSink sink) {
            keyThreads.add(Thread.currentThread().getName());
            return real.installTx(target, keys, at, sink);
        }

        @Override
        public InstallResult<RxSession> installRx(
                OffloadTarget target, TrafficKeys keys, RecordBoundary at, RxSink sink) {
            keyThreads.add(Thread.currentThread().getName());
            return real.installRx(target, keys, at, sink);
        }

        @Override
        public ConnectionOffload connections() {
            ConnectionOffload owner = real.connections();
            return owner == null ? null : new Connections(owner);
        }

        @Override
        public String name() {
            return real.name();
        }

        @Override
        public Availability availability() {
            return real.availability();
        }

        @Override
        public Capabilities capabilities() {
            return real.capabilities();
        }

        @Override
        public String description() {
            return real.description();
        }

        @Override
        public List<OffloadCounter> counters() {
            return real.counters();
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private final class Connections implements ConnectionOffload {
        private final ConnectionOffload real;

        Connections(ConnectionOffload real) {
            this.real = real;
        }

        @Override
        public Channel present(
                ChannelPipeline device, Supplier<ChannelFuture> endOutput, EventLoop host, ChannelHandler acceptor) {
            Channel channel = real.present(device, endOutput, host, acceptor);
            presented.add(channel);
            return channel;
        }

        @Override
        public ChannelFuture listen(
                ServerBootstrap listener, IoHandlerFactory transport, @Nullable SocketAddress address) {
            return real.listen(listener, transport, address);
        }

        @Override
        public Executor workers() {
            return real.workers();
        }

        @Override
        public void stop() {
            real.stop();
        }
    }
}
