package io.offramp.proxy.connection;

import static org.assertj.core.api.Assertions.assertThat;

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
