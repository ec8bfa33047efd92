package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.RecordMode;
import io.offramp.proxy.connection.Connection;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** {@code auto} moves a living session, and the client sees nothing of it. */
class AutoPolicyIT {
    private static final int BYTES = 8 << 20;

    @Test
    void shouldPromoteBothDirectionsOfABusySession() throws Exception {
        try (RunningProxy proxy = RunningProxy.http(OffloadMode.AUTO, OffloadMode.AUTO);
                FragmentingRelay relay = FragmentingRelay.to(proxy.address(), 1);
                SSLSocket socket = Clients.connect(relay.address(), "TLSv1.3", "TLS_AES_128_GCM_SHA256")) {
            String small = Clients.getHash(socket, "/bytes/1000");
            Connection connection = proxy.connections().getFirst();
            RecordMode before = connection.tx().session().mode();

            String down = Clients.getHash(socket, "/bytes/" + BYTES);
            String up = Clients.post(socket, "/sha256", BYTES, 7);

            assertThat(small).isEqualTo(proxy.upstreamHash("/bytes/1000"));
            assertThat(before).isEqualTo(RecordMode.SW);
            assertThat(down).isEqualTo(proxy.upstreamHash("/bytes/" + BYTES));
            assertThat(up).startsWith(Clients.postHash(BYTES, 7));
            assertThat(connection.tx().session().mode())
                    .as(
                            "tx: %s, %d records, %d bytes",
                            connection.tx().why(),
                            connection.tx().records(),
                            connection.tx().bytes())
                    .isEqualTo(RecordMode.HW);
            assertThat(connection.rx().session().mode())
                    .as(
                            "rx: %s, %d records, %d bytes",
                            connection.rx().why(),
                            connection.rx().records(),
                            connection.rx().bytes())
                    .isEqualTo(RecordMode.HW);
            assertThat(connection.tx().moves()).isEqualTo(1);
            assertThat(connection.tx().why()).startsWith("auto: ");
            assertThat(proxy.metric("offramp_tls_moves_total")).isEqualTo(2);
        }
    }

    @Test
    void shouldLeaveAShortSessionInSoftwareAndSayWhy() throws Exception {
        try (RunningProxy proxy = RunningProxy.http(OffloadMode.AUTO, OffloadMode.AUTO);
                SSLSocket socket = Clients.connect(proxy.address(), "TLSv1.3", "TLS_AES_128_GCM_SHA256")) {
            Clients.getHash(socket, "/bytes/1000");

            Connection connection = proxy.connections().getFirst();
            assertThat(connection.tx().session().mode()).isEqualTo(RecordMode.SW);
            assertThat(connection.tx().why()).isEqualTo("auto: below 1.0 MiB in records of 4 KiB");
        }
    }
}
