package io.offramp.proxy.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.netty4.NettyAllocatorMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.offramp.offload.LiveSetting;
import io.offramp.offload.RecordOffload;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.budget.ShedEvents;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import io.offramp.proxy.reload.ReloadEvents;
import io.offramp.proxy.route.RouteEvents;
import io.offramp.proxy.tls.Role;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * All meters of a proxy, and the page that Prometheus scrapes. Thread-safe. Event loops do not call this class, only
 * the objects that it gives them: {@link ListenerMetrics}, {@link UpstreamMetrics}, {@link TlsMetrics}.
 */
public final class ProxyMetrics implements AutoCloseable {
    /** Content type of {@link #scrape}: Prometheus' text format. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** Owner of the servers that DNS lists. */
    public static final String DNS = "dns";

    /** Owner of the files of the admin listener. */
    public static final String ADMIN = "admin";

    private static final Duration[] LOOP_TURN_BUCKETS = LongStream.of(
                    100, 200, 500, 1000, 2000, 3000, 5000, 7000, 10_000, 20_000, 50_000, 100_000)
            .mapToObj(micros -> Duration.of(micros, ChronoUnit.MICROS))
            .toArray(Duration[]::new);

    private final PrometheusMeterRegistry registry = registry();
    private final MeterScope process = new MeterScope(registry);
    private final MetersByName<ListenerMetrics> listeners = new MetersByName<>(registry, ListenerMetrics::new);
    private final AllRoutes routes = new AllRoutes();
    private final MetersByName<UpstreamMetrics> upstreams = new MetersByName<>(registry, UpstreamMetrics::new);
    private final MetersByName<UpstreamTlsMetrics> upstreamTls = new MetersByName<>(registry, UpstreamTlsMetrics::new);
    private final TlsMetrics tls = new TlsMetrics(process, "offramp.tls", Role.SERVER);
    private final ReloadMetrics reloads = new ReloadMetrics(registry);
    private final ConfigMetrics configs = new ConfigMetrics(process);
    private final UpgradeMetrics upgrades = new UpgradeMetrics(process);
    private final CounterFamily<String> adminRefusals = new CounterFamily<>(
            process,
            "offramp.admin.refused",
            "Requests that the admin listener refused",
            reason -> Tags.of("reason", reason));
    private final RuleMetrics rules = new RuleMetrics(registry, process);
    private final MemoryMetrics memory = new MemoryMetrics(process);
    private final BackendCounters backends = new BackendCounters();
    private final Map<String, Supplier<String>> reports = new ConcurrentSkipListMap<>();
    private final Map<String, Map<String, LiveSetting>> liveSettings = new ConcurrentSkipListMap<>();
    private final TlsStat tlsStat = new TlsStat(tls, backends);
    private @Nullable TlsMetrics upstreamSessions;
    private @Nullable JvmGcMetrics gc;

    @SuppressWarnings("unused") // a registry holds its sources weakly
    private @Nullable LogLosses logLosses;

    @SuppressWarnings("unused") // likewise
    private @Nullable LogLosses accessLosses;

    private boolean bindsProcess;

    /** Without the process's own meters: see {@link #bindProcess}. */
    public ProxyMetrics() {
        registry.getPrometheusRegistry().register(backends);
        registry.getPrometheusRegistry().register(routes);
        registry.getPrometheusRegistry().register(tls.recordSizes());
    }

    private static PrometheusMeterRegistry registry() {
        PrometheusMeterRegistry made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        made.config().meterFilter(new ProcessMeters());
        return made;
    }

    /** The meters of one listener; the same object each time, until {@link #keep} removes it. */
    public ListenerMetrics listener(String name) {
        return listeners.of(name);
    }

    /** The listeners that have meters: those of the current configuration. */
    public SortedSet<String> listenerNames() {
        return listeners.names();
    }

    /** The meters of one route; likewise. */
    public RouteEvents route(String listener, String route) {
        return routes.of(listener, route);
    }

    /**
     * Removes the meters of all listeners, routes and upstreams that are not named.
     *
     * @param routeNames by listener
     */
    public void keep(Map<String, Set<String>> routeNames, Set<String> upstreamNames) {
        listeners.keep(routeNames.keySet());
        rules.keep(routeNames.keySet());
        routes.keep(routeNames);
        upstreams.keep(upstreamNames);
        upstreamTls.keep(upstreamNames);
        Set<String> owners = new HashSet<>(routeNames.keySet());
        owners.addAll(upstreamNames);
        owners.addAll(Set.of(ADMIN, DNS));
        reloads.keep(owners);
    }

    /** The certificates in use, by listener. */
    public Map<String, List<ServerIdentity>> certificates() {
        return listeners.all(ListenerMetrics::certificates);
    }

    /** The meters of rules for requests. */
    public RuleMetrics rules() {
        return rules;
    }

    /** The meters of one upstream; likewise. */
    public UpstreamMetrics upstream(String name) {
        return upstreams.of(name);
    }

    /** TLS handshakes with the servers of one upstream; likewise. */
    public UpstreamTlsMetrics upstreamTls(String name) {
        return upstreamTls.of(name);
    }

    /** Events of sessions with servers, over all upstreams. Published from the first call on. */
    public synchronized TlsMetrics upstreamSessions() {
        TlsMetrics known = upstreamSessions;
        if (known == null) {
            known = new TlsMetrics(process, "offramp.upstream.tls", Role.CLIENT);
            upstreamSessions = known;
            registry.getPrometheusRegistry().register(known.recordSizes());
            tlsStat.add(known);
        }
        return known;
    }

    /** Events of sessions, over all listeners. */
    public TlsMetrics tls() {
        return tls;
    }

    /** Counts requests that the admin listener refused, by reason. */
    public Consumer<String> adminRefusals() {
        return reason -> adminRefusals.of(reason).increment();
    }

    /** Counts reloads of certificates and other files. */
    public ReloadEvents reloads() {
        return reloads;
    }

    /** Reloads of the configuration. */
    public ConfigMetrics configs() {
        return configs;
    }

    /** Upgrades of the process. */
    public UpgradeMetrics upgrades() {
        return upgrades;
    }

    /** Counts work shed for lack of memory. */
    public ShedEvents sheds() {
        return memory;
    }

    /** Counts how often the memory of a peak was given back to the system. */
    public LongAdder memoryTrims() {
        return memory.trims();
    }

    /** Publishes the memory held by clients. Once; {@code budget} lives as long as this. */
    public void bind(MemoryBudget budget) {
        memory.bind(budget);
    }

    /** Publishes the counters of a newly opened backend, for as long as the process lives. */
    public void bind(RecordOffload backend) {
        backends.add(backend);
        backend.reports().forEach((report, text) -> reports.put("/" + backend.name() + "/" + report, text));
        if (!backend.liveSettings().isEmpty()) {
            liveSettings.put("/" + backend.name() + "/set", backend.liveSettings());
        }
    }

    /** The backends that were bound. */
    public SortedSet<String> backendNames() {
        return backends.names();
    }

    /** The reports of all backends, by the path of their page: {@code /device/stats}. */
    public Map<String, Supplier<String>> reports() {
        return Collections.unmodifiableMap(reports);
    }

    /** The settings of all backends that can be changed now, by the path of the command: {@code /device/set}. */
    public Map<String, Map<String, LiveSetting>> liveSettings() {
        return Collections.unmodifiableMap(liveSettings);
    }

    /**
     * Publishes the process meters of JVM and operating system, from the first scrape on: loading their classes takes a
     * sixth of the start. Collections before that are missing from {@code jvm_gc_pause}.
     */
    public synchronized void bindProcess() {
        bindsProcess = true;
    }

    private synchronized void bindProcessOnce() {
        if (!bindsProcess) {
            return;
        }
        bindsProcess = false;
        gc = new JvmGcMetrics();
        gc.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        ProcessMeters.bindCpuTime(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** Publishes the version, for a change of it in a graph. Once. */
    public void bindBuild(String version) {
        // Not a Micrometer meter: its names cannot end in _info.
        InfoSnapshot build = InfoSnapshot.builder()
                .name("offramp_build")
                .help("The version that runs, as labels")
                .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                        .labels(Labels.of(
                                "version", version, "java", Runtime.version().toString()))
                        .build())
                .build();
        registry.getPrometheusRegistry().register(() -> build);
    }

    /** Publishes the meters of single servers. Once; called at each scrape. */
    public void bindServers(Supplier<Collection<UpstreamGroup>> upstreams) {
        registry.getPrometheusRegistry().register(new ServerMetrics(upstreams));
    }

    /** Publishes the number of handshakes under way. Once. */
    public void bindHandshakes(IntSupplier underWay) {
        Gauge.builder("offramp.handshakes.active", underWay, IntSupplier::getAsInt)
                .description("TLS handshakes under way now, over all listeners")
                .strongReference(true)
                .register(registry);
    }

    /**
     * Publishes that secrets are logged, for an alert, and the number of lost lines. Once; {@code log} lives as long as
     * this.
     */
    public <T> void bindKeyLog(T log, ToDoubleFunction<T> files, ToDoubleFunction<T> dropped) {
        Gauge.builder("offramp.tls.keylog", log, files)
                .description("Files that secrets of all sessions are written to; absent if there never was one")
                .register(registry);
        FunctionCounter.builder("offramp.tls.keylog.dropped", log, dropped)
                .description("Secrets lost because the file was too slow")
                .register(registry);
    }

    /** Publishes the losses of all logs. Once. */
    public void bindLog(LogLosses log) {
        FunctionCounter.builder("offramp.log.dropped", log, l -> l.dropped().getAsLong())
                .description("Log lines dropped for lack of room")
                .register(registry);
        FunctionCounter.builder("offramp.log.failures", log, l -> l.failures().getAsLong())
                .description("Failed writes of the log: a full disk, a pipe without a reader")
                .register(registry);
        Gauge.builder("offramp.log.waiting", () -> log.waitingBytes().getAsLong())
                .description("Log lines waiting to be written")
                .baseUnit("bytes")
                .strongReference(true)
                .register(registry);
        logLosses = log;
    }

    /** Publishes the losses of the access log alone. Once. */
    public void bindAccessLog(LogLosses log) {
        FunctionCounter.builder("offramp.access.log.lost", log, l -> l.dropped().getAsLong())
                .description(
                        "Lines of the access log that nobody took: no room, no time at the end, nobody at the port")
                .register(registry);
        FunctionCounter.builder(
                        "offramp.access.log.failures", log, l -> l.failures().getAsLong())
                .description("Failed writes, rotations and openings of the access log; its lines wait")
                .register(registry);
        Gauge.builder("offramp.access.log.waiting", () -> log.waitingBytes().getAsLong())
                .description("Lines of the access log waiting to be written")
                .baseUnit("bytes")
                .strongReference(true)
                .register(registry);
        accessLosses = log;
    }

    /** The turns of the event loops. Published from the first call on, if they are timed. */
    public Timer loopTurns() {
        return Timer.builder("offramp.loop.turn")
                .description("From the result of an event loop's poll to its next poll, without waiting")
                .serviceLevelObjectives(LOOP_TURN_BUCKETS)
                .register(registry);
    }

    /** Publishes the heap and direct memory that a Netty allocator holds. */
    public void bind(ByteBufAllocatorMetricProvider allocator) {
        new NettyAllocatorMetrics(allocator).bindTo(registry);
    }

    /** Writes all meters as {@link #CONTENT_TYPE}. Takes milliseconds: not on an event loop that carries traffic. */
    public void scrape(OutputStream out) throws IOException {
        bindProcessOnce();
        registry.scrape(out, CONTENT_TYPE);
    }

    /** Session totals and all backends' counters in the format of the kernel's {@code /proc/net/tls_stat}. */
    public String tlsStat() {
        return tlsStat.text();
    }

    /** Ends the listeners of {@link #bindProcess}. */
    @Override
    public synchronized void close() {
        bindsProcess = false;
        if (gc != null) {
            gc.close();
        }
        registry.close();
    }
}
