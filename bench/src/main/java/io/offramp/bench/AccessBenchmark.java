package io.offramp.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.compress.Compression;
import io.offramp.proxy.compress.CompressionConfig;
import io.offramp.proxy.compress.CompressionEvents;
import io.offramp.proxy.compress.CompressionLimits;
import io.offramp.proxy.guard.AddressList;
import io.offramp.proxy.guard.BasicAuthConfig;
import io.offramp.proxy.guard.BasicAuthRule;
import io.offramp.proxy.guard.GuardEvents;
import io.offramp.proxy.guard.Logins;
import io.offramp.proxy.guard.PasswordChecks;
import io.offramp.proxy.guard.VerifiedLogins;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.HeadWriter;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.rate.RateEvents;
import io.offramp.proxy.rate.RateKey;
import io.offramp.proxy.rate.RateLimit;
import io.offramp.proxy.rate.RateLimiter;
import io.offramp.proxy.rule.AnswerFilter;
import io.offramp.proxy.rule.RouteMatch;
import io.offramp.proxy.rule.RuleRequest;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Access rules, limits and compression, each alone. */
public class AccessBenchmark extends PartBenchmark {
    private static final int CLIENTS = 4096;
    private static final int BODY_BYTES = 16 * 1024;

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
    private final PasswordChecks checks = new PasswordChecks(1, 1);
    private final Passing passing = new Passing();
    private final BasicAuthRule basic = new BasicAuthRule(
            new BasicAuthConfig("bench", logins(), Duration.ofDays(1)),
            new VerifiedLogins(8192),
            checks,
            limiter,
            GuardEvents.NONE);
    private final AnswerFilter.Maker compression = new Compression(
                    () -> new CompressionLimits(10_000, 0), MemoryBudget.unlimited(), CompressionEvents.NONE)
            .of(CompressionConfig.ON);
    private final ByteBuf json = json();
    private final Consumer<ByteBuf> count = this::count;
    private final AnswerHead answer = new AnswerHead(
            HeadWriter.answer(200, "OK")
                    .field("Content-Type", "application/json")
                    .complete(),
            ConnectionOptions.NONE,
            BODY_BYTES,
            0);
    private final RuleRequest login = ruled("Authorization", "Basic YWxpY2U6c2VjcmV0");
    private final RuleRequest gzip = ruled("Accept-Encoding", "gzip");
    private final RuleRequest zstd = ruled("Accept-Encoding", "zstd");
    private int given;
    private final AddressList addresses = new AddressList(IntStream.range(0, 10)
            .mapToObj(i -> new AddressList.Line(true, List.of(Cidr.parse("192.0." + i + ".0/24"))))
            .toList());
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
        return limiter.take(direct.fields(), input.client());
    }

    /** The client's address behind a trusted proxy. */
    @Benchmark
    public InetAddress forwardedAddress() {
        return input.client().source().of(someone().fields());
    }

    /** A limit by that address, for one of 4,096 clients. */
    @Benchmark
    public int rateBehindProxy() {
        return limiter.take(someone().fields(), input.client());
    }

    /** A login that was right a moment ago. */
    @Benchmark
    public int remembered() {
        basic.apply(login, passing);
        return passing.passed();
    }

    /** 16 KiB of JSON by gzip, at the default level. */
    @Benchmark
    public int gzip() {
        return compress(gzip);
    }

    /** 16 KiB of JSON by zstd, at the default level. */
    @Benchmark
    public int zstd() {
        return compress(zstd);
    }

    private int compress(RuleRequest request) {
        AnswerFilter body =
                Objects.requireNonNull(compression.of(request, answer).filter());
        body.write(json.retainedDuplicate(), count);
        body.end(count);
        return given;
    }

    private void count(ByteBuf piece) {
        given += piece.readableBytes();
        piece.release();
    }

    private RuleRequest ruled(String name, String value) {
        return input.ruled(RuleInput.head("/", name, value), new RouteMatch("/", "/", List.of()));
    }

    private static ByteBuf json() {
        StringBuilder text = new StringBuilder();
        Random random = new Random(1);
        while (text.length() < BODY_BYTES) {
            text.append("{\"id\": ").append(random.nextInt(1_000_000)).append(", \"name\": \"item\", \"price\": ");
            text.append(random.nextInt(10_000)).append(", \"stock\": true},\n");
        }
        byte[] bytes = text.substring(0, BODY_BYTES).getBytes(StandardCharsets.US_ASCII);
        return PooledByteBufAllocator.DEFAULT.directBuffer(BODY_BYTES).writeBytes(bytes);
    }

    private static Logins logins() {
        try {
            return Logins.parse(List.of("alice:$2y$04$I0pYNTSfe9XB/pa/hNvD4uQUyKBqEwPmYuIRz4tST1PzRqPWtOQ8y"));
        } catch (Logins.BadFileException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for the first check, which a worker makes. */
    @Setup
    public void logIn() throws InterruptedException {
        basic.apply(login, passing);
        passing.awaitFirst();
    }

    @Override
    public void close() {
        checks.close();
        super.close();
    }

    private RequestHead someone() {
        return behindProxy[ThreadLocalRandom.current().nextInt(CLIENTS)];
    }
}
