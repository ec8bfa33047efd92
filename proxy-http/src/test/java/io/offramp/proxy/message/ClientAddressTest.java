package io.offramp.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.net.Cidr;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressTest {
    private static final List<Cidr> PROXIES = List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("2001:db8::/32"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.7                        | 192.0.2.7",
                "198.51.100.1, 192.0.2.7          | 192.0.2.7",
                "192.0.2.7, 10.1.1.1, 10.2.2.2    | 192.0.2.7",
                "10.9.9.9, 10.1.1.1               | 10.9.9.9",
                "192.0.2.7:4711                   | 192.0.2.7",
                "192.0.2.7, [2001:db8::1]:4711    | 192.0.2.7",
                "2001:db9::7, 2001:db8::1         | 2001:db9::7",
                "::ffff:192.0.2.7                 | 192.0.2.7",
                "192.0.2.7, unknown, 10.1.1.1     | 10.1.1.1",
                "192.0.2.7, localhost             | 10.0.0.1",
                "192.0.2.7,,                      | 192.0.2.7",
                "10.1                             | 10.0.0.1",
            })
    void shouldTakeTheLastAddressThatIsNoTrustedProxy(String forwarded, String client) {
        // Given
        Fields fields = fields(forwarded);

        // When
        InetAddress found = new ClientAddress(InetAddress.ofLiteral("10.0.0.1"), PROXIES).of(fields);

        // Then
        assertThat(found).isEqualTo(InetAddress.ofLiteral(client));
    }

    @Test
    void shouldJoinTheLinesOfAList() {
        assertThat(new ClientAddress(InetAddress.ofLiteral("10.0.0.1"), PROXIES)
                        .of(fields("203.0.113.9", "192.0.2.7", "10.1.1.1")))
                .isEqualTo(InetAddress.ofLiteral("192.0.2.7"));
    }

    @Test
    void shouldNotBelieveAnyoneElse() {
        assertThat(new ClientAddress(InetAddress.ofLiteral("192.0.2.66"), PROXIES).of(fields("10.0.0.1")))
                .isEqualTo(InetAddress.ofLiteral("192.0.2.66"));
    }

    private static Fields fields(String... lines) {
        HeadWriter head = HeadWriter.request("GET", "/");
        for (String line : lines) {
            head.field("X-Forwarded-For", line);
        }
        return head.complete().fields();
    }
}
