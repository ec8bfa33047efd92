package io.offramp.proxy.rate;

import static io.offramp.proxy.message.TestClients.client;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.HeadWriter;
import io.offramp.proxy.rate.RateLimit.What;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RateLimiterTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final MockTicker clock = Ticker.newMockTicker();
    private final AtomicInteger over = new AtomicInteger();

    @Test
    void shouldSayWhenAClientMayComeAgain() {
        // Given
        RateLimiter limiter = limiter(What.REQUESTS, 6, 2, new RateKey.Address(), false);
        ClientFields client = client("192.0.2.7");

        // Then
        assertThat(limiter.take(fields(), client)).isZero();
        assertThat(limiter.take(fields(), client)).isZero();
        assertThat(limiter.take(fields(), client)).isEqualTo(10);
        clock.advance(9_999, TimeUnit.MILLISECONDS);
        assertThat(limiter.take(fields(), client)).isEqualTo(1);
        assertThat(limiter.take(fields(), client("192.0.2.8"))).isZero();
        assertThat(over).hasValue(2);
    }

    @Test
    void shouldTakeAWholeNetworkOfIpv6ForOneClient() {
        // Given
        RateLimiter limiter = limiter(What.REQUESTS, 1, 1, new RateKey.Address(), false);

        // Then
        assertThat(limiter.take(fields(), client("2001:db8:1:1::7"))).isZero();
        assertThat(limiter.take(fields(), client("2001:db8:1:1:ffff::8"))).isPositive();
        assertThat(limiter.take(fields(), client("2001:db8:1:2::7"))).isZero();
    }

    @Test
    void shouldBelieveTheAddressOfATrustedProxyAlone() {
        // Given
        RateLimiter limiter = limiter(What.REQUESTS, 1, 1, new RateKey.Address(), false);
        ClientFields proxy = client("10.0.0.1");

        // Then
        assertThat(limiter.take(fields("X-Forwarded-For", "192.0.2.1"), proxy)).isZero();
        assertThat(limiter.take(fields("X-Forwarded-For", "192.0.2.2"), proxy)).isZero();
        assertThat(limiter.take(fields("X-Forwarded-For", "203.0.113.5, 192.0.2.2"), proxy))
                .isPositive();
        assertThat(limiter.take(fields("X-Forwarded-For", "192.0.2.3"), client("198.51.100.9")))
                .isZero();
        assertThat(limiter.take(fields("X-Forwarded-For", "192.0.2.4"), client("198.51.100.9")))
                .isPositive();
    }

    @Test
    void shouldCountByAFieldOfATrustedProxyAlone() {
        // Given
        RateLimiter limiter = limiter(What.REQUESTS, 1, 1, new RateKey.Header("X-Real-IP"), false);

        // Then
        assertThat(limiter.take(fields("X-Real-IP", "192.0.2.1"), client("198.51.100.9")))
                .isZero();
        assertThat(limiter.take(fields("X-Real-IP", "192.0.2.2"), client("198.51.100.9")))
                .isPositive();
        assertThat(limiter.take(fields("X-Real-IP", "192.0.2.1"), client("10.0.0.1")))
                .isZero();
        assertThat(limiter.take(fields("X-Real-IP", "192.0.2.2"), client("10.0.0.1")))
                .isZero();
    }

    @Test
    void shouldCountByAFieldAndByTheAddressWithoutIt() {
        // Given
        RateLimiter limiter = limiter(What.REQUESTS, 1, 1, new RateKey.Header("X-Api-Key"), false);
        ClientFields client = client("192.0.2.7");

        // Then
        assertThat(limiter.take(fields("x-api-key", "a"), client)).isZero();
        assertThat(limiter.take(fields("X-API-KEY", "a"), client("192.0.2.8"))).isPositive();
        assertThat(limiter.take(fields("X-Api-Key", "b"), client)).isZero();
        assertThat(limiter.take(fields("X-Api-Key", "a", "X-Api-Key", "c"), client))
                .isZero();
        assertThat(limiter.take(fields(), client)).isZero();
        assertThat(limiter.take(fields(), client)).isPositive();
    }

    @Test
    void shouldRefuseAClientUntilItsBytesArePaidFor() {
        // Given
        RateLimiter limiter = limiter(What.BYTES, 60_000, 10_000, new RateKey.Address(), false);
        ClientFields client = client("192.0.2.7");
        assertThat(limiter.take(fields(), client)).isZero();

        // When
        limiter.onEnd(fields(), client, 15_000);

        // Then
        assertThat(limiter.take(fields(), client)).isEqualTo(5);
        clock.advance(5, TimeUnit.SECONDS);
        assertThat(limiter.take(fields(), client)).isZero();
    }

    @Test
    void shouldOnlyCountWhileItIsTried() {
        // Given
        RateLimiter limiter = limiter(What.REQUESTS, 1, 1, new RateKey.All(), true);

        // When
        int second = limiter.take(fields(), client("192.0.2.7")) + limiter.take(fields(), client("192.0.2.8"));

        // Then
        assertThat(second).isZero();
        assertThat(over).hasValue(1);
    }

    private RateLimiter limiter(What what, long amount, long burst, RateKey by, boolean dryRun) {
        return new RateLimiter(
                new RateLimit("test", what, amount, MINUTE, burst, by, dryRun, 1024), clock, new RateEvents() {
                    @Override
                    public void onOver() {
                        over.incrementAndGet();
                    }
                });
    }

    private static Fields fields(String... namesAndValues) {
        HeadWriter head = HeadWriter.request("GET", "/");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            head.field(namesAndValues[i], namesAndValues[i + 1]);
        }
        return head.complete().fields();
    }
}
