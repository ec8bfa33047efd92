package io.offramp.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
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
public abstract class ProxyBenchmark {
    private ProxyInMemory proxy;

    /** Connects, and checks the first answer. */
    abstract ProxyInMemory connect() throws IOException;

    /** Connects. */
    @Setup
    public final void setUp() throws IOException {
        proxy = connect();
    }

    /** Closes both connections. */
    @TearDown
    public void tearDown() {
        proxy.close();
    }

    /** There and back. */
    @Benchmark
    public int request() {
        return proxy.carry();
    }
}
