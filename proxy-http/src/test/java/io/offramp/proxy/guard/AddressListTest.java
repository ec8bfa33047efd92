package io.offramp.proxy.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.guard.AddressList.Line;
import io.offramp.proxy.net.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AddressListTest {
    @Test
    void shouldLetTheFirstLineThatHasTheAddressDecide() {
        // Given
        AddressList list = new AddressList(List.of(deny("10.0.0.13"), allow("10.0.0.0/8"), deny("10.1.0.0/16")));

        // Then
        assertThat(allows(list, "10.0.0.13")).isFalse();
        assertThat(allows(list, "10.0.0.14")).isTrue();
        assertThat(allows(list, "10.1.0.1")).isTrue();
    }

    @Test
    void shouldDenyOthersIfAnyLineAllows() {
        // Given
        AddressList list = new AddressList(List.of(allow("10.0.0.0/8", "2001:db8::/32"), deny("192.0.2.1")));

        // Then
        assertThat(allows(list, "2001:db8::7")).isTrue();
        assertThat(allows(list, "192.0.2.2")).isFalse();
        assertThat(allows(list, "2001:db9::7")).isFalse();
    }

    @Test
    void shouldAllowOthersIfAllLinesDeny() {
        // Given
        AddressList list = new AddressList(List.of(deny("192.0.2.0/24")));

        // Then
        assertThat(allows(list, "192.0.2.7")).isFalse();
        assertThat(allows(list, "::ffff:192.0.2.7")).isFalse();
        assertThat(allows(list, "2001:db8::7")).isTrue();
    }

    private static boolean allows(AddressList list, String address) {
        return list.allows(InetAddress.ofLiteral(address));
    }

    private static Line allow(String... blocks) {
        return new Line(true, Stream.of(blocks).map(Cidr::parse).toList());
    }

    private static Line deny(String... blocks) {
        return new Line(false, Stream.of(blocks).map(Cidr::parse).toList());
    }
}
