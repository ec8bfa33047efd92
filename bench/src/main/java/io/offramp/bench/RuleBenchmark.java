package io.offramp.bench;

import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.guard.AddressList;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.HeadWriter;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.rate.RateEvents;
import io.offramp.proxy.rate.RateKey;
import io.offramp.proxy.rate.RateLimit;
import io.offramp.proxy.rate.RateLimiter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Rules of requests, each alone: ns for one request. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-Xmx512m",
            "-XX:+UseCompactObjectHeaders"
        })
public class RuleBenchmark {
    private static final int CLIENTS = 4096;
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("10.0.0.1", 1);

    private final ClientFields client =
            ClientFields.of(new Connection(1, "bench", ADDRESS, ADDRESS), List.of(Cidr.parse("10.0.0.0/8")));
    private final AddressList addresses = new AddressList(IntStream.range(0, 10)
            .mapToObj(i -> new AddressList.Line(true, List.of(Cidr.parse("192.0." + i + ".0/24"))))
            .toList());
    private final RateLimiter limiter = new RateLimiter(
            new RateLimit(
                    "bench",
                    RateLimit.What.REQUESTS,
                    1_000_000,
                    TimeUnit.SECONDS.toNanos(1),
                    1_000_000,
                    new RateKey.Address(),
                    false,
                    2 * CLIENTS),
            Ticker.systemTicker(),
            RateEvents.NONE);
    private final InetAddress stranger = InetAddress.ofLiteral("198.51.100.7");
    private final RequestHead direct =
            HeadWriter.request("GET", "/").field("Host", "example.com").completeRequest();
    private final RequestHead[] behindProxy = IntStream.range(0, CLIENTS)
            .mapToObj(i -> HeadWriter.request("GET", "/")
                    .field("Host", "example.com")
                    .field("X-Forwarded-For", "198.51.100.7, 192.0." + (i >> 8) + "." + (i & 0xFF))
                    .completeRequest())
            .toArray(RequestHead[]::new);

    /** An address that none of ten lines has. */
    @Benchmark
    public boolean addresses() {
        return addresses.allows(stranger);
    }

    /** A limit by the connection's address. */
    @Benchmark
    public int rate() {
        return limiter.take(direct.fields(), client);
    }

    /** The client's address behind a trusted proxy. */
    @Benchmark
    public InetAddress forwardedAddress() {
        return client.source().of(someone().fields());
    }

    /** A limit by that address, for one of 4,096 clients. */
    @Benchmark
    public int rateBehindProxy() {
        return limiter.take(someone().fields(), client);
    }

    private RequestHead someone() {
        return behindProxy[ThreadLocalRandom.current().nextInt(CLIENTS)];
    }
}
