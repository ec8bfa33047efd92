package io.offramp.proxy.server;

import io.offramp.offload.Availability;
import io.offramp.offload.ConnectionOffload;
import io.offramp.offload.ConnectionWatch;
import io.offramp.offload.FileFailure;
import io.offramp.offload.OffloadProvider;
import io.offramp.offload.RecordOffload;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.session.AutoPolicy;
import io.offramp.proxy.session.OffloadConfig;
import io.offramp.proxy.session.OffloadPlan;
import io.offramp.proxy.session.RecordCost;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The record-offload backends of a configuration, each opened once, and software, which is always there. */
final class Backends implements AutoCloseable {
    private static final String SOFTWARE = "sw";

    private final Map<String, RecordOffload> opened = new LinkedHashMap<>();
    private final Map<String, ConnectionWatch> watches = new LinkedHashMap<>();

    private Backends() {}

    /** Opens them; a backend that this machine cannot run is opened too, and declines. */
    static Backends open(ProxyConfig config, Collection<OffloadProvider> providers) throws StartException {
        TreeSet<String> wanted = new TreeSet<>();
        wanted.add(SOFTWARE);
        for (ListenerConfig listener : config.listeners()) {
            wanted.add(listener.offload().backend());
        }
        config.upstreamTls().values().forEach(tls -> wanted.add(tls.offload().backend()));
        Backends backends = new Backends();
        try {
            for (String name : wanted) {
                Map<String, String> settings = config.backends().getOrDefault(name, Map.of());
                RecordOffload backend = provider(providers, name).open(settings);
                backends.opened.put(name, backend);
                ConnectionWatch watch = backend.startWatch();
                if (watch != null) {
                    backends.watches.put(name, watch);
                }
            }
        } catch (IOException e) {
            backends.close();
            throw new StartException("offload: cannot capture: " + FileFailure.reason(e));
        } catch (IllegalArgumentException e) {
            backends.close();
            throw new StartException("offload: " + e.getMessage());
        }
        return backends;
    }

    /** The plan for a listener's sessions. */
    OffloadPlan plan(OffloadConfig config) {
        RecordOffload software = opened(SOFTWARE);
        RecordOffload device = opened(config.backend());
        AutoPolicy auto = AutoPolicy.of(device.capacity(), RecordCost.MEASURED);
        return new OffloadPlan(software, device, config, auto);
    }

    /** What watches the connections of a listener; null for nothing. */
    @Nullable
    ConnectionWatch watch(ListenerConfig listener) {
        return watches.get(listener.offload().backend());
    }

    /**
     * The owner of a listener's connections; null for the host.
     *
     * @throws StartException if the backend does not take whole connections
     */
    @Nullable
    ConnectionOffload connections(ListenerConfig listener) throws StartException {
        OffloadConfig config = listener.offload();
        if (!(config instanceof OffloadConfig.WholeConnections)) {
            return null;
        }
        ConnectionOffload connections = opened(config.backend()).connections();
        if (connections == null) {
            throw new StartException(
                    listener.name() + ": offload: " + config.backend() + " takes no whole connections (hw-record)");
        }
        return connections;
    }

    private RecordOffload opened(String name) {
        return Objects.requireNonNull(opened.get(name), name);
    }

    /** Ends the threads of backends that own connections, which are all closed. */
    void stopConnections() {
        for (RecordOffload backend : opened.values()) {
            ConnectionOffload connections = backend.connections();
            if (connections != null) {
                connections.stop();
            }
        }
    }

    /** Their names. */
    Set<String> names() {
        return Set.copyOf(opened.keySet());
    }

    /** All of them, software first. */
    Collection<RecordOffload> all() {
        return opened.values();
    }

    /** For the start-up line: {@code sw (libcrypto 3.0.19), device (unavailable: …)}. */
    String describe() {
        StringBuilder line = new StringBuilder();
        for (RecordOffload backend : opened.values()) {
            line.append(line.isEmpty() ? "" : ", ").append(backend.name()).append(" (");
            if (backend.availability() instanceof Availability.Unavailable(String cause)) {
                line.append("unavailable: ").append(cause);
            } else {
                line.append(backend.description());
            }
            line.append(')');
        }
        return line.toString();
    }

    @Override
    public void close() {
        opened.values().forEach(RecordOffload::close);
    }

    private static OffloadProvider provider(Collection<OffloadProvider> providers, String name) throws StartException {
        for (OffloadProvider provider : providers) {
            if (provider.name().equals(name)) {
                return provider;
            }
        }
        throw new StartException("offload: no backend is called '" + name + "'");
    }
}
