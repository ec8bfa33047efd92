package io.offramp.bench;

import io.offramp.offload.RecordMode;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.access.AccessLog;
import io.offramp.proxy.access.AccessLogConfig;
import io.offramp.proxy.access.LineFilter;
import io.offramp.proxy.access.LineFormat;
import io.offramp.proxy.access.LogBuffer;
import io.offramp.proxy.access.LogTarget;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.tls.Negotiated;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A line of the access log, as an event loop writes it; its writer's thread runs beside it. ns per line; {@code -prof
 * gc} says what a line allocates.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "-XX:+UseSerialGC",
            "-Xms64m",
            "-Xmx512m",
            "-XX:+UseCompactObjectHeaders",
            "-Djmh.executor=CUSTOM",
            "-Djmh.executor.class=io.offramp.bench.RecordPathBenchmark$EventLoopThreads"
        })
public class AccessLogBenchmark {
    private static final InetSocketAddress LOCAL = new InetSocketAddress("127.0.0.1", 8443);
    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.7", 51_234);
    private static final String TARGET = "/api/v1/orders/4711?fields=id,state,lines&limit=50";

    /** A name, or a template like nginx's default. */
    @Param({"text", "json", "{peer} - [{time}] \"{method} {target}\" {status} {out} \"{host}\""})
    public String format = "";

    /** Where lines go. */
    @Param("/dev/null")
    public String file = "";

    private final AccessLog log = new AccessLog();
    private final Connection connection = new Connection(4711, "web", LOCAL, CLIENT);
    private final AccessEntry exchange = new AccessEntry(
            connection,
            "HTTP/1.1",
            0,
            "GET",
            TARGET,
            "www.example.com",
            200,
            0,
            1024,
            412_345,
            "127.0.0.1:8080",
            null,
            null);

    /** Opens it. */
    @Setup
    public void setUp() throws IOException {
        connection.onHandshaken(new Negotiated(
                ProtocolVersion.TLS_1_3,
                AeadSuite.AES_128_GCM,
                "TLS_AES_128_GCM_SHA256",
                "x25519",
                "www.example.com",
                "http/1.1",
                false,
                16_384,
                null));
        connection.tx().onInstalled(new SessionInfo("sw", RecordMode.SW, "libcrypto"), "configured");
        connection.rx().onInstalled(new SessionInfo("sw", RecordMode.SW, "libcrypto"), "configured");
        LogTarget target = new LogTarget.File(Path.of(file), Set.of(), null);
        log.become(new AccessLogConfig(target, LineFormat.parse(format), LineFilter.ALL, LogBuffer.DEFAULTS));
    }

    /** Says how many lines were lost: losing one costs less than writing it. */
    @TearDown
    public void tearDown() {
        log.close();
        System.out.println("lines lost: " + log.lost());
    }

    /** One line. */
    @Benchmark
    public void line() {
        log.onFinished(exchange);
    }
}
