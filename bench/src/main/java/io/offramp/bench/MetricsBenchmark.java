package io.offramp.bench;

import io.offramp.proxy.measure.DurationHistogram;
import io.offramp.proxy.metrics.ListenerMetrics;
import io.offramp.proxy.metrics.ProxyMetrics;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What one request costs in counters. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-XX:+UseSerialGC", "-Xms64m", "-Xmx512m", "-XX:+UseCompactObjectHeaders"})
public class MetricsBenchmark {
    private static final long SHORT_NS = 412_345;
    private static final long LONG_NS = 412_345_678;

    private final DurationHistogram histogram = new DurationHistogram();
    private final ProxyMetrics metrics = new ProxyMetrics();
    private final ListenerMetrics listener = metrics.listener("web");

    /** Ends the registry. */
    @TearDown
    public void tearDown() {
        metrics.close();
    }

    /** The first bucket. */
    @Benchmark
    public void histogramOfAShortRequest() {
        histogram.record(SHORT_NS);
    }

    /** The ninth bucket. */
    @Benchmark
    public void histogramOfALongRequest() {
        histogram.record(LONG_NS);
    }

    /** A timer of the metrics' library, for comparison. */
    @Benchmark
    public void timer() {
        listener.onDuration(SHORT_NS);
    }

    /** The status, by class and exactly. */
    @Benchmark
    public void status() {
        listener.onRequest(200);
    }
}
