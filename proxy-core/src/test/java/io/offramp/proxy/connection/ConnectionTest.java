package io.offramp.proxy.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.offload.FiveTuple;
import io.offramp.offload.RecordMode;
import io.offramp.offload.SessionInfo;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class ConnectionTest {
    @Test
    void shouldWriteAddressesAsTheyAreTyped() {
        assertThat(Connection.text(new InetSocketAddress("192.0.2.7", 51234))).isEqualTo("192.0.2.7:51234");
        assertThat(Connection.text(new InetSocketAddress("::1", 443))).isEqualTo("[0:0:0:0:0:0:0:1]:443");
        assertThat(Connection.text(InetSocketAddress.createUnresolved("app", 80)))
                .isEqualTo("app:80");
    }

    @Test
    void shouldTakeTheSocketsPeerForTheClientUntilAnotherIsNamed() {
        Connection c = TestConnections.accepted(1);

        assertThat(c.client()).isEqualTo(c.peer());
        assertThat(c.clientText()).isEqualTo("192.0.2.7:51234");
    }

    @Test
    void shouldKeepTheSocketsPeerApartFromTheClientThatAProxyNames() {
        // Given
        Connection c = TestConnections.accepted(1);
        InetSocketAddress peer = c.peer();
        InetSocketAddress client = new InetSocketAddress("198.51.100.9", 4711);
        assertThat(c.clientText()).isEqualTo("192.0.2.7:51234");

        // When
        c.onClient(client);

        // Then
        assertThat(c.client()).isEqualTo(client);
        assertThat(c.clientText()).isEqualTo("198.51.100.9:4711");
        assertThat(c.peer()).isEqualTo(peer);
        assertThat(c.tuple()).isEqualTo(new FiveTuple(c.local(), peer));
    }

    @Test
    void shouldRefuseToNameAClientTwice() {
        Connection c = TestConnections.accepted(1);
        c.onClient(new InetSocketAddress("198.51.100.9", 4711));

        assertThatThrownBy(() -> c.onClient(new InetSocketAddress("198.51.100.10", 4711)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("connection 1");
        assertThat(c.clientText()).isEqualTo("198.51.100.9:4711");
    }

    @Test
    void shouldSayNoneUntilABackendTookTheDirection() {
        // Given
        Connection c = TestConnections.accepted(1);
        assertThat(c.tx().conf()).isEqualTo("none");

        // When
        c.tx().onInstalled(new SessionInfo("device", RecordMode.HW, "tis=1"), "configured");

        // Then
        assertThat(c.tx().conf()).isEqualTo("hw");
        assertThat(c.rx().conf()).isEqualTo("none");
    }
}
