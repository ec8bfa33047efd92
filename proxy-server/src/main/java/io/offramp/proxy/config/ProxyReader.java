package io.offramp.proxy.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the top level. */
final class ProxyReader {
    private static final int MAX_THREADS = 1024;

    /** When the file is read again. */
    private enum Reload {
        COMMAND,
        WATCH
    }

    private enum Switch {
        ON,
        OFF
    }

    private static final Duration OVERLAP = Duration.ofSeconds(3);
    /** Well below the time that the process before waits in any case. */
    private static final Duration MAX_OVERLAP = Duration.ofSeconds(60);

    private final Surroundings surroundings;
    private final Binds binds = new Binds();
    private final UpstreamReader upstreams;
    private final OffloadReader offload;

    ProxyReader(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.offload = new OffloadReader(surroundings);
        this.upstreams = new UpstreamReader(surroundings, offload);
    }

    /** The configuration, or null after a problem; valid only if there was no problem at all. */
    @Nullable
    ProxyConfig read(Value value) {
        Section root = value.section(
                "include", // read before, see Documents
                "listeners",
                "upstreams",
                "admin",
                "timeouts",
                "limits",
                "offload",
                "logging",
                "threads",
                "reload",
                "warmup",
                "upgrade-overlap",
                "upgrade-socket",
                "pid-file",
                "sandbox");
        if (root == null) {
            return null;
        }
        ifThere(root.get("upstreams"), upstreams::read);
        Bounds bounds = BoundsReader.read(root.get("timeouts"), root.get("limits"));
        // Before the listeners: what a backend takes depends on its settings.
        ifThere(root.get("offload"), offload::readSettings);
        List<ListenerConfig> listeners =
                listeners(root.require("listeners", "a list of {bind, tls, upstream}"), bounds);
        upstreams.warnOfUnused();
        return ProxyConfig.builder(listeners, upstreams.all())
                .admin(admin(root.get("admin")))
                .upstreamTls(upstreams.tls())
                .servers(bounds.servers())
                .clients(bounds.clients())
                .handshakes(bounds.handshakes())
                .compression(bounds.compression())
                .drainDelay(bounds.drainDelay())
                .drain(bounds.drain())
                .backends(offload.settings())
                .logging(new LoggingReader(surroundings).read(root.get("logging")))
                .threads(root.get("threads", Scalar.number(0, MAX_THREADS), 0))
                .watchesFile(root.get("reload", Scalar.choice(Reload.class), Reload.COMMAND) == Reload.WATCH)
                .warmup(root.get("warmup", Scalar.duration(Duration.ZERO), Duration.ZERO))
                .upgradeOverlap(root.get("upgrade-overlap", Scalar.duration(Duration.ZERO, MAX_OVERLAP), OVERLAP))
                .upgradeSocket(file(root.get("upgrade-socket")))
                .pidFile(file(root.get("pid-file")))
                .sandbox(root.get("sandbox", Scalar.choice(Switch.class), Switch.ON) == Switch.ON)
                .build();
    }

    private List<ListenerConfig> listeners(@Nullable Value list, Bounds bounds) {
        if (list == null) {
            return List.of();
        }
        ListenerReader reader = new ListenerReader(surroundings, binds, upstreams, offload, bounds);
        return list.items("a list of listeners").stream()
                .map(reader::read)
                .filter(Objects::nonNull)
                .toList();
    }

    private @Nullable AdminConfig admin(@Nullable Value value) {
        return value == null ? null : new AdminReader(surroundings, binds).read(value);
    }

    private @Nullable Path file(@Nullable Value value) {
        Path file = value == null ? null : value.as(surroundings.path());
        return file == null ? null : file.toAbsolutePath();
    }

    private static void ifThere(@Nullable Value value, Consumer<Value> reader) {
        if (value != null) {
            reader.accept(value);
        }
    }
}
