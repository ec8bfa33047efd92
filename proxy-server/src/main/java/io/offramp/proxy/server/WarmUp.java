package io.offramp.proxy.server;

import io.netty.channel.EventLoopGroup;
import io.offramp.offload.OffloadProvider;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.admin.Phase;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.LoggingConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.config.TlsConfig;
import io.offramp.proxy.handshake.client.ClientAuthSettings;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.session.OffloadConfig;
import io.offramp.proxy.sockets.SocketTransport;
import io.offramp.proxy.upstream.UpstreamConfig;
import io.offramp.proxy.warmup.LoadServer;
import io.offramp.proxy.warmup.Steady;
import io.offramp.proxy.warmup.TlsLoad;
import io.offramp.proxy.warmup.ffi.ThreadPriority;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes code hot before clients come. A second proxy runs in this process for that time: listeners, certificates and
 * backends are those of the configuration; addresses, upstream, metrics and clients are its own, and the lines of its
 * access log go nowhere. So operators' counters and servers see nothing of it, and the JVM compiles the same code.
 */
final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    private static final String LOOPBACK = "127.0.0.1";
    private static final String UPSTREAM = "warm-up";

    /** The nice value beside a process that serves: it goes first, and the warm-up gets what it leaves. */
    static final int GIVE_WAY = 10;

    private final ProxyConfig config;
    private final Collection<OffloadProvider> providers;
    private final AtomicReference<Phase> phase;
    private final int nice;

    private WarmUp(ProxyConfig config, Collection<OffloadProvider> providers, AtomicReference<Phase> phase, int nice) {
        this.config = config;
        this.providers = providers;
        this.phase = phase;
        this.nice = nice;
    }

    /**
     * Starts a thread that warms up, then turns the phase from WARMING to READY. It ends early when that has changed.
     *
     * @param nice of this thread and of all others that the warm-up starts, which end with it; 0 for the usual one
     */
    static Thread start(
            ProxyConfig config, Collection<OffloadProvider> providers, AtomicReference<Phase> phase, int nice) {
        return Thread.ofPlatform()
                .daemon()
                .name("offramp-warmup")
                .start(() -> new WarmUp(config, providers, phase, nice).run());
    }

    private void run() {
        giveWay();
        long startNs = System.nanoTime();
        try {
            long endNs = startNs + config.warmup().toNanos();
            long requests = warm(() -> System.nanoTime() - endNs < 0 && phase.get() == Phase.WARMING);
            LOG.info(
                    "warmed up by {} requests in {} ms",
                    requests,
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs));
        } catch (IOException | StartException | RuntimeException e) {
            LOG.warn("warm-up ended early: {}", e.toString());
        } finally {
            phase.compareAndSet(Phase.WARMING, Phase.READY);
        }
    }

    /** Not the compilers' threads, which go on: at such a value they would keep the proxy slow for minutes. */
    private void giveWay() {
        if (nice == 0) {
            return;
        }
        try {
            ThreadPriority.lower(nice);
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.warn("the warm-up takes as much CPU as the process that serves: {}", e.toString());
        }
    }

    private long warm(BooleanSupplier goesOn) throws IOException, StartException {
        SocketTransport transport = SocketTransport.best();
        OwnClients clients = new OwnClients();
        try (ProxyMetrics unseen = new ProxyMetrics()) {
            EventLoopGroup loop = LoopTurns.eventLoops(transport, 1, unseen);
            try (LoadServer upstream = LoadServer.start(loop, transport.server());
                    ProxyServer proxy = ProxyServer.start(own(upstream.port()), providers, Outside.only(clients))) {
                TlsLoad load = new TlsLoad(clients);
                load.run(targets(proxy), goesOn, new Steady());
                return load.requests();
            } finally {
                loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
            }
        }
    }

    private ProxyConfig own(int upstreamPort) throws StartException {
        List<ListenerConfig> listeners = new ArrayList<>();
        for (ListenerConfig each : config.listeners()) {
            TlsConfig tls = each.tls();
            // A device's listener is its own, not ours; one without TLS is warm soon.
            if (tls != null && each.offload() instanceof OffloadConfig.PerDirection) {
                listeners.add(new ListenerConfig(
                        each.name(),
                        new HostPort(LOOPBACK, 0),
                        each.mode(),
                        unasked(tls),
                        each.offload(),
                        List.of(new RouteConfig(null, "/", UPSTREAM))));
            }
        }
        UpstreamConfig upstream = new UpstreamConfig(UPSTREAM, List.of(new HostPort(LOOPBACK, upstreamPort)));
        if (listeners.isEmpty()) {
            throw new StartException("all listeners are a device's, or without TLS");
        }
        return ProxyConfig.builder(listeners, Map.of(UPSTREAM, upstream))
                .backends(unwatched())
                .logging(new LoggingConfig(
                        config.logging().access().discarded(), config.logging().level()))
                .threads(config.threads())
                .build();
    }

    /** What is done for ourselves is in no capture. */
    private Map<String, Map<String, String>> unwatched() {
        Map<String, Map<String, String>> backends = new HashMap<>(config.backends());
        for (OffloadProvider provider : providers) {
            backends.computeIfPresent(provider.name(), (name, settings) -> {
                Map<String, String> safe = new LinkedHashMap<>(settings);
                safe.keySet().removeAll(provider.unsafeSettings());
                return safe;
            });
        }
        return backends;
    }

    /** Our clients have no certificate, and no secret of theirs is written. */
    private static TlsConfig unasked(TlsConfig tls) {
        return new TlsConfig(
                tls.certificates(),
                tls.versions(),
                tls.ciphers(),
                tls.groups(),
                tls.alpn(),
                tls.tickets(),
                ClientAuthSettings.OFF,
                tls.recordSize(),
                null);
    }

    private static List<TlsLoad.Target> targets(ProxyServer proxy) {
        return proxy.listeners().stream()
                .map(each -> target(
                        each.address().getPort(), each.config(), each.config().secured()))
                .toList();
    }

    private static TlsLoad.Target target(int port, ListenerConfig listener, TlsConfig tls) {
        List<String> versions = tls.versions().stream()
                .map(version -> version == ProtocolVersion.TLS_1_3 ? "TLSv1.3" : "TLSv1.2")
                .sorted()
                .toList();
        return new TlsLoad.Target(port, versions, traffic(listener, tls));
    }

    private static TlsLoad.Traffic traffic(ListenerConfig listener, TlsConfig tls) {
        if (listener.mode() != ListenerConfig.Mode.HTTP) {
            return TlsLoad.Traffic.BYTES;
        }
        return tls.alpn().protocols().contains("h2") ? TlsLoad.Traffic.HTTP_2 : TlsLoad.Traffic.HTTP_1;
    }
}
