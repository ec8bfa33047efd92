package io.offramp.proxy.accept;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.offramp.proxy.accept.ConnectionGate.Entry;
import io.offramp.proxy.guard.AddressList;
import io.offramp.proxy.guard.ConnectionLimits;
import io.offramp.proxy.metrics.ConnectionRefusal;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.rate.RateKey;
import io.offramp.proxy.rate.RateLimit;
import io.offramp.proxy.testing.LogCapture;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class ConnectionGateTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final MockTicker clock = Ticker.newMockTicker();

    @AutoClose
    private final ProxyMetrics metrics = new ProxyMetrics();

    private final OpenConnections open = new OpenConnections();

    @AutoClose
    private final LogCapture log = new LogCapture(ConnectionGate.class, Level.INFO);

    @Test
    void shouldCountOpenConnectionsOfAnIpv6SiteAsThoseOfOneClient() throws Exception {
        // Given
        ConnectionGate gate = gate(new ConnectionLimits(null, 2, null, List.of(), false));
        Entry first = admit(gate, "2001:db8::1");
        Entry second = admit(gate, "2001:db8::2");

        // When
        Entry third = admit(gate, "2001:db8::3");
        Entry other = admit(gate, "2001:db8:0:1::1");

        // Then
        assertThat(List.of(first, second, other)).allMatch(Entry.Counted.class::isInstance);
        assertThat(third).isEqualTo(new Entry.Refused(ConnectionRefusal.CONNECTIONS_PER_ADDRESS));

        // And once one has closed, however often it says so, there is room for one
        ((Entry.Counted) first).release();
        ((Entry.Counted) first).release();
        Entry fourth = admit(gate, "2001:db8::4");
        assertThat(fourth).isInstanceOf(Entry.Counted.class);
        assertThat(admit(gate, "2001:db8::5")).isInstanceOf(Entry.Refused.class);
        List.of(second, other, fourth).forEach(each -> ((Entry.Counted) each).release());
        assertThat(open.clients()).isZero();
    }

    @Test
    void shouldLimitNewConnectionsOfAClientByTime() throws Exception {
        // Given
        ConnectionGate gate = gate(new ConnectionLimits(null, 0, rate(2, 2), List.of(Cidr.parse("10.0.0.0/8")), false));

        // When
        List<Entry> atOnce =
                IntStream.range(0, 3).mapToObj(i -> admit(gate, "192.0.2.1")).toList();
        Entry other = admit(gate, "192.0.2.2");
        List<Entry> exempt =
                IntStream.range(0, 9).mapToObj(i -> admit(gate, "10.1.2.3")).toList();
        clock.advance(SECOND, TimeUnit.NANOSECONDS);
        Entry later = admit(gate, "192.0.2.1");

        // Then
        Entry refused = new Entry.Refused(ConnectionRefusal.CONNECTION_RATE);
        assertThat(atOnce).containsExactly(new Entry.Free(), new Entry.Free(), refused);
        assertThat(other).isEqualTo(new Entry.Free());
        assertThat(exempt).containsOnly(new Entry.Free());
        assertThat(later).isEqualTo(new Entry.Free());
    }

    @Test
    void shouldRefuseAddressesThatMayNotConnectEvenIfTheyAreExemptFromLimits() throws Exception {
        AddressList some = new AddressList(List.of(new AddressList.Line(false, List.of(Cidr.parse("192.0.2.0/24")))));
        ConnectionGate gate = gate(new ConnectionLimits(some, 1, null, List.of(Cidr.parse("192.0.2.0/24")), false));

        assertThat(admit(gate, "192.0.2.1")).isEqualTo(new Entry.Refused(ConnectionRefusal.ADDRESS));
        assertThat(admit(gate, "198.51.100.1")).isInstanceOf(Entry.Counted.class);
        assertThat(page()).contains("offramp_connections_refused_total{listener=\"web\",reason=\"address\"} 1.0");
    }

    @Test
    void shouldRefuseAddressesInADryRunToo() throws Exception {
        AddressList some = new AddressList(List.of(new AddressList.Line(false, List.of(Cidr.parse("192.0.2.0/24")))));
        ConnectionGate gate = gate(new ConnectionLimits(some, 1, null, List.of(), true));

        assertThat(admit(gate, "192.0.2.1")).isEqualTo(new Entry.Refused(ConnectionRefusal.ADDRESS));
        assertThat(page()).contains("offramp_connections_refused_total{listener=\"web\",reason=\"address\"} 1.0");
    }

    @Test
    void shouldCountAndLetInWhatADryRunWouldRefuse() throws Exception {
        // Given
        ConnectionGate gate = gate(new ConnectionLimits(null, 1, rate(1, 2), List.of(), true));

        // When
        List<Entry> entries =
                IntStream.range(0, 4).mapToObj(i -> admit(gate, "192.0.2.1")).toList();

        // Then
        assertThat(entries).allMatch(Entry.Counted.class::isInstance);
        assertThat(page())
                .contains("offramp_connections_tolerated_total{listener=\"web\",reason="
                        + "\"connections_per_address\"} 3.0")
                .contains("offramp_connections_tolerated_total{listener=\"web\",reason=\"connection_rate\"} 2.0")
                .contains("offramp_connections_refused_total{listener=\"web\",reason=\"connection_rate\"} 0.0");
        entries.forEach(each -> ((Entry.Counted) each).release());
        assertThat(open.clients()).isZero();
    }

    @Test
    void shouldLogOneLineInTenSecondsHoweverManyAreRefused() {
        // Given
        ConnectionGate gate = gate(new ConnectionLimits(null, 0, rate(1, 1), List.of(), false));

        // When
        IntStream.range(0, 101).forEach(i -> admit(gate, "192.0.2.1"));
        clock.advance(10, TimeUnit.SECONDS);
        IntStream.range(0, 2).forEach(i -> admit(gate, "192.0.2.1"));

        // Then
        assertThat(log.messages())
                .containsExactly(
                        "web: connection from 192.0.2.1 refused: connection_rate; 0 more since the last such line",
                        "web: connection from 192.0.2.1 refused: connection_rate; 99 more since the last such line");
    }

    private static RateLimit rate(long perSecond, long burst) {
        return new RateLimit(
                "new", RateLimit.What.CONNECTIONS, perSecond, SECOND, burst, new RateKey.Address(), false, 64);
    }

    private ConnectionGate gate(ConnectionLimits limits) {
        return Gates.of(limits, open, metrics.listener("web"), clock);
    }

    private static Entry admit(ConnectionGate gate, String client) {
        return gate.admit(InetAddress.ofLiteral(client));
    }

    private String page() throws Exception {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        metrics.scrape(page);
        return page.toString(StandardCharsets.UTF_8);
    }
}
