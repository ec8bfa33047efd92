package io.offramp.proxy.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of an address, and the order of a name's addresses. */
class HostPortTest {
    @Test
    void shouldTakeTheFamiliesInTurnFromTheFirstOne() throws Exception {
        assertThat(HostPort.inTurn(addresses("::1", "::2", "::3", "127.0.0.1"), 80))
                .extracting(address -> address.getAddress().getHostAddress())
                .containsExactly("0:0:0:0:0:0:0:1", "127.0.0.1", "0:0:0:0:0:0:0:2", "0:0:0:0:0:0:0:3");
        assertThat(HostPort.inTurn(addresses("127.0.0.1", "127.0.0.2"), 80)).hasSize(2);
    }

    @Test
    void shouldLeaveANameUnresolvedThatIsNotKnown() {
        assertThat(new HostPort("no-such-name.invalid", 80).resolveAll())
                .singleElement()
                .matches(address -> address.isUnresolved());
    }

    @Test
    void shouldKeepTheZoneOfAnAddressToItself() {
        HostPort address = HostPort.parse("[fe80::1%1]:80");

        assertThat(address.isName()).isFalse();
        assertThat(address).hasToString("[fe80::1%1]:80");
        assertThat(address.authority()).isEqualTo("[fe80::1]:80");
        assertThat(address.plainHost()).isEqualTo("fe80::1");
        assertThat(address.resolve().getAddress())
                .isInstanceOfSatisfying(
                        Inet6Address.class,
                        resolved -> assertThat(resolved.getScopeId()).isEqualTo(1));
    }

    @Test
    void shouldLeaveAnAddressUnresolvedWhoseZoneIsNotThere() {
        assertThat(HostPort.parse("[fe80::1%no-such-0]:80").resolveAll())
                .singleElement()
                .matches(address -> address.isUnresolved());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[fe80::1%]:80", "[fe80::1%a/b]:80", "[%eth0]:80", "fe80::1%eth0:80"})
    void shouldRefuseABadZone(String text) {
        assertThatThrownBy(() -> HostPort.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "300.1.1.1:80, 300.1.1.1 is no IPv4 address",
        "127.0.0:80, 127.0.0 is no IPv4 address",
        "127.0.0.1.:80, 127.0.0.1. is no IPv4 address",
        "2130706433:80, 2130706433 is no IPv4 address",
        "[::g]:80, 'expected host:port such as 127.0.0.1:8080, is \"[::g]:80\"'",
        "[1:2]:80, [1:2] is no IPv6 address",
        "[127.0.0.1]:80, [127.0.0.1] is no IPv6 address"
    })
    void shouldRefuseNumbersThatAreNoAddress(String text, String message) {
        assertThatThrownBy(() -> HostPort.parse(text)).hasMessage(message);
        assertThat(HostPort.parse("1and1.example:80").isName()).isTrue();
        assertThat(HostPort.parse("[fe80::1%1]:80").isName()).isFalse();
    }

    private static InetAddress[] addresses(String... literals) throws UnknownHostException {
        InetAddress[] all = new InetAddress[literals.length];
        for (int i = 0; i < literals.length; i++) {
            all[i] = InetAddress.getByName(literals[i]);
        }
        return all;
    }
}
