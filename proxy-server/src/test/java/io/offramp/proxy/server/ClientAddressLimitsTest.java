package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.unix.DomainSocketAddress;
import io.offramp.proxy.budget.AddressLimits;
import io.offramp.proxy.metrics.ConnectionRefusal;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.server.ClientAddressLimits.Held;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressLimitsTest {
    private final ClientAddressLimits limits = new ClientAddressLimits(() -> new AddressLimits(3, 2));

    @Test
    void shouldRefuseMoreHandshakesAtOnceThanAnAddressMayHave() throws Exception {
        // Given
        Held first = admit("192.0.2.1");
        admit("192.0.2.1");

        // When
        Held third = admit("192.0.2.1");

        // Then
        assertThat(third.refusal()).isEqualTo(ConnectionRefusal.HANDSHAKES_PER_ADDRESS);
        assertThat(admit("192.0.2.2").refusal()).as("another").isNull();
        first.onHandshakeEnded();
        assertThat(admit("192.0.2.1").refusal()).as("once one has ended").isNull();
    }

    @Test
    void shouldRefuseMoreConnectionsThanAnAddressMayHave() throws Exception {
        // Given three whose handshakes are over
        List<Held> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Held held = admit("192.0.2.1");
            held.onHandshakeEnded();
            open.add(held);
        }

        // When, Then
        assertThat(admit("192.0.2.1").refusal()).isEqualTo(ConnectionRefusal.CONNECTIONS_PER_ADDRESS);
        open.getFirst().onClosed();
        assertThat(admit("192.0.2.1").refusal()).isNull();
    }

    @Test
    void shouldNotCountAddressesThatStandForManyClients() throws Exception {
        List<Cidr> proxies = List.of(Cidr.parse("192.0.2.0/24"), Cidr.parse("2001:db8::/32"));

        for (int i = 0; i < 10; i++) {
            assertThat(limits.admit(socket("192.0.2.1"), proxies).refusal()).isNull();
            assertThat(limits.admit(socket("2001:db8::1"), proxies).refusal()).isNull();
        }

        assertThat(limits.addresses()).isZero();
        limits.admit(socket("198.51.100.1"), proxies);
        limits.admit(socket("198.51.100.1"), proxies);
        assertThat(limits.admit(socket("198.51.100.1"), proxies).refusal())
                .isEqualTo(ConnectionRefusal.HANDSHAKES_PER_ADDRESS);
    }

    @Test
    void shouldCountWhatHasEndedOnce() throws Exception {
        Held held = admit("192.0.2.1");
        Held other = admit("192.0.2.1");

        held.onHandshakeEnded();
        held.onHandshakeEnded();
        held.onClosed();
        held.onClosed();
        held.onHandshakeEnded();

        assertThat(admit("192.0.2.1").refusal()).as("one handshake is left").isNull();
        assertThat(admit("192.0.2.1").refusal()).isEqualTo(ConnectionRefusal.HANDSHAKES_PER_ADDRESS);
        other.onClosed();
    }

    @Test
    void shouldKeepNothingOfAnAddressThatHasNothingOpen() throws Exception {
        Held held = admit("192.0.2.1");
        Held inMidHandshake = admit("2001:db8::1");
        admit("192.0.2.1").onClosed();
        assertThat(limits.addresses()).isEqualTo(2);

        held.onHandshakeEnded();
        held.onClosed();
        inMidHandshake.onClosed();

        assertThat(limits.addresses()).isZero();
    }

    /** RFC 6177 §2: a site has a /64 or more. RFC 4291 §2.5.5.2: mapped addresses. RFC 6052 §2.1: translated ones. */
    @ParameterizedTest
    @CsvSource({
        "2001:db8:1:2::1, 2001:db8:1:2:ffff:ffff:ffff:ffff, true",
        "2001:db8:1:2::1, 2001:db8:1:3::1, false",
        "::ffff:192.0.2.1, 192.0.2.1, true",
        "::ffff:192.0.2.1, ::ffff:192.0.2.2, false",
        "::ffff:192.0.2.1, ::1, false",
        "64:ff9b::192.0.2.1, 64:ff9b::192.0.2.2, false",
        "64:ff9b::192.0.2.1, 192.0.2.1, true",
        "64:ff9b::1:192.0.2.1, 64:ff9b::1:192.0.2.2, true",
        "0.0.0.1, ::1, false",
        "192.0.2.1, 192.0.2.2, false",
        "fe80::1, fe80::2, true"
    })
    void shouldKnowAClientByItsAddressOrPrefix(String one, String other, boolean same) throws Exception {
        admit(one);
        admit(one);

        assertThat(admit(other).refusal() != null).isEqualTo(same);
    }

    @Test
    void shouldLimitNothingWhereNothingIsConfiguredOrThereIsNoAddress() throws Exception {
        ClientAddressLimits off = new ClientAddressLimits(() -> AddressLimits.NONE);
        for (int i = 0; i < 100; i++) {
            assertThat(off.admit(socket("192.0.2.1"), List.of()).refusal()).isNull();
            assertThat(limits.admit(null, List.of()).refusal()).isNull();
            assertThat(limits.admit(new DomainSocketAddress("/run/x"), List.of())
                            .refusal())
                    .isNull();
        }
        assertThat(off.addresses()).isZero();
        assertThat(limits.addresses()).isZero();
    }

    @Test
    void shouldLimitTheOneWithoutTheOther() throws Exception {
        ClientAddressLimits connectionsOnly = new ClientAddressLimits(() -> new AddressLimits(2, 0));
        connectionsOnly.admit(socket("192.0.2.1"), List.of());
        connectionsOnly.admit(socket("192.0.2.1"), List.of());
        assertThat(connectionsOnly.admit(socket("192.0.2.1"), List.of()).refusal())
                .isEqualTo(ConnectionRefusal.CONNECTIONS_PER_ADDRESS);

        ClientAddressLimits handshakesOnly = new ClientAddressLimits(() -> new AddressLimits(0, 1));
        for (int i = 0; i < 10; i++) {
            Held held = handshakesOnly.admit(socket("192.0.2.1"), List.of());
            assertThat(held.refusal()).isNull();
            held.onHandshakeEnded();
        }
    }

    @Test
    void shouldHoldTheLimitWhenLoopsAcceptAtOnce() throws Exception {
        ClientAddressLimits shared = new ClientAddressLimits(() -> new AddressLimits(50, 0));
        List<Future<Integer>> loops = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int loop = 0; loop < 4; loop++) {
                loops.add(threads.submit(() -> {
                    int admitted = 0;
                    for (int i = 0; i < 1000; i++) {
                        Held held = shared.admit(socket("192.0.2.1"), List.of());
                        if (held.refusal() == null && i % 2 == 0) {
                            held.onClosed();
                        } else if (held.refusal() == null) {
                            admitted++;
                        }
                    }
                    return admitted;
                }));
            }
        }
        int open = 0;
        for (Future<Integer> loop : loops) {
            open += loop.get();
        }
        assertThat(open).isEqualTo(50);
    }

    private Held admit(String address) throws Exception {
        return limits.admit(socket(address), List.of());
    }

    /** The JDK makes an IPv4 address of a mapped one; what a native transport hands over may be one. */
    private static InetSocketAddress socket(String address) throws Exception {
        InetAddress parsed = InetAddress.getByName(address);
        if (address.startsWith("::ffff:")) {
            byte[] mapped = new byte[16];
            mapped[10] = mapped[11] = (byte) 0xff;
            System.arraycopy(parsed.getAddress(), 0, mapped, 12, 4);
            parsed = Inet6Address.getByAddress(null, mapped, 0);
        }
        return new InetSocketAddress(parsed, 50_000);
    }
}
