package io.offramp.bench;

import io.offramp.proxy.access.AccessLog;
import io.offramp.proxy.access.AccessLogConfig;
import io.offramp.proxy.access.LogTarget;
import java.io.IOException;
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
 * One request through the HTTP front and its answer back, on connections that are kept, without sockets. ns per
 * request; {@code -prof gc} says what a request allocates. The client's sealing and the copies that stand for the
 * kernel's are within the time; they allocate next to nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-Xms64m",
            "-Xmx512m",
            // Compiles after as many requests on a busy machine as on a quiet one.
            "-Xbatch",
            "-XX:+UseCompactObjectHeaders",
            "-Dio.netty.leakDetection.level=disabled",
            "-Djmh.executor=CUSTOM",
            "-Djmh.executor.class=io.offramp.bench.RecordPathBenchmark$EventLoopThreads"
        })
public class RequestBenchmark {
    /** Method and bytes. */
    @Param
    public RequestKind kind = RequestKind.GET_1K;

    /** Of the client. */
    @Param({"plain", "tls"})
    public String front = "";

    /** Whether lines are made; they are written nowhere. */
    @Param({"false", "true"})
    public boolean accessLog;

    private final AccessLog log = new AccessLog();
    private ProxyInMemory proxy;

    /** Connects, and checks the first answer. */
    @Setup
    public void setUp() throws IOException {
        log.become(AccessLogConfig.to(new LogTarget.File(Path.of("/dev/null"), Set.of(), null)));
        ClientWire wire = front.equals("tls") ? new TlsWire() : new PlainWire();
        proxy = new ProxyInMemory(kind, wire, accessLog ? log : null);
    }

    /** Closes both connections. */
    @TearDown
    public void tearDown() {
        proxy.close();
        log.close();
    }

    /** There and back. */
    @Benchmark
    public int request() {
        return proxy.carry();
    }
}
