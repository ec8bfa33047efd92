package io.offramp.app.train;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.warmup.Dialer;
import io.offramp.proxy.warmup.TlsLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Makes the startup cache of the JVM: classes, loaded and linked. */
public final class Training {
    /** Clients at the same time. */
    private static final int CLIENTS = 2;

    private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

    /** Index of the listener that passes bytes. */
    private static final int TCP = 2;

    private static final String CONFIG = """
            listeners:
              - {bind: 127.0.0.1:0, tls: {development: true}, upstream: 127.0.0.1:%1$d, offload: {backend: sw}}
              - {bind: 127.0.0.1:0, tls: {development: true}, upstream: 127.0.0.1:%1$d, offload: {backend: device, \
            tx: hw, rx: hw}}
              - {bind: 127.0.0.1:0, mode: tcp, tls: {development: true}, upstream: 127.0.0.1:%1$d, \
            offload: {backend: sw}}
            admin: {bind: 127.0.0.1:0}
            """;

    private Training() {}

    /**
     * The result of a training run.
     *
     * @param connections of TLS, half of them resumed
     * @param bytes of the file
     */
    public record Outcome(long connections, long requests, long bytes) {}

    /**
     * Runs a proxy under load, and has its JVM write the cache. Blocks for the load's time and some seconds to start
     * and to write. The JVM recognises a changed jar by date and size only, and all builds have the same date: whatever
     * replaces the jars must remove the cache, or bring an empty one, as the distribution does.
     *
     * @param cache replaced only when the new one is complete
     * @param load duration of the load
     * @throws IOException if any step fails; then there is no cache
     */
    public static Outcome run(Path cache, Duration load) throws IOException, InterruptedException {
        requireWritable(cache.toAbsolutePath().getParent());
        Files.deleteIfExists(cache);
        Path fresh = cache.resolveSibling(cache.getFileName() + ".new");
        try (TemporaryDirectory home = TemporaryDirectory.create("offramp-train");
                DemoUpstream upstream = DemoUpstream.start(0)) {
            Path config = Files.writeString(home.path().resolve("train.yaml"), CONFIG.formatted(upstream.port()));
            List<TlsLoad> loads;
            try (TrainedProxy proxy = TrainedProxy.start(home.path(), config, fresh)) {
                loads = drive(proxy.ports(), load);
                proxy.stop();
                if (!Files.exists(fresh) || Files.size(fresh) == 0) {
                    throw new IOException("the JVM wrote no cache" + System.lineSeparator() + proxy.said());
                }
            }
            Files.move(fresh, cache, StandardCopyOption.ATOMIC_MOVE);
            return new Outcome(
                    loads.stream().mapToLong(TlsLoad::connections).sum(),
                    loads.stream().mapToLong(TlsLoad::requests).sum(),
                    Files.size(cache));
        } finally {
            Files.deleteIfExists(fresh);
            Files.deleteIfExists(
                    fresh.resolveSibling(fresh.getFileName() + ".config")); // the JVM leaves this if it fails
        }
    }

    private static List<TlsLoad> drive(List<Integer> ports, Duration duration) throws IOException {
        List<TlsLoad.Target> targets = new ArrayList<>();
        for (int i = 0; i < ports.size(); i++) {
            targets.add(new TlsLoad.Target(
                    ports.get(i), VERSIONS, i == TCP ? TlsLoad.Traffic.BYTES : TlsLoad.Traffic.HTTP_2));
        }
        long endNs = System.nanoTime() + duration.toNanos();
        List<TlsLoad> loads = new ArrayList<>();
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            TlsLoad load = new TlsLoad(Dialer.LOOPBACK);
            loads.add(load);
            CompletableFuture<Void> client = new CompletableFuture<>();
            clients.add(client);
            Thread.ofPlatform().daemon().name("train-" + i).start(() -> {
                try {
                    load.run(targets, () -> true, roundNs -> System.nanoTime() - endNs < 0);
                    client.complete(null);
                } catch (IOException | RuntimeException e) {
                    client.completeExceptionally(e);
                }
            });
        }
        try {
            clients.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw new IOException("training failed: " + e.getCause(), e);
        }
        return loads;
    }

    private static void requireWritable(@Nullable Path directory) throws IOException {
        if (directory == null || !Files.isWritable(directory)) {
            throw new IOException("cannot write to " + directory + "; OFFRAMP_CACHE names another file for the cache");
        }
    }
}
