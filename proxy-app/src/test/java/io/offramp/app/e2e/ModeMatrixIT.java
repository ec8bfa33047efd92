package io.offramp.app.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.RecordMode;
import io.offramp.proxy.connection.Connection;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * 100 MiB down and 100 MiB up, equal by SHA-256, for both versions, every suite and all combinations of modes, with
 * both TCP streams cut at random places.
 */
class ModeMatrixIT {
    private static final int BYTES = 100 << 20;

    private static final List<String> TLS_1_3 =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

    private static final List<String> TLS_1_2 = List.of(
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");

    static List<Arguments> combinations() {
        List<Arguments> all = new ArrayList<>();
        for (OffloadMode tx : List.of(OffloadMode.SW, OffloadMode.HW)) {
            for (OffloadMode rx : List.of(OffloadMode.SW, OffloadMode.HW)) {
                TLS_1_3.forEach(suite -> all.add(Arguments.of("TLSv1.3", suite, tx, rx)));
                TLS_1_2.forEach(suite -> all.add(Arguments.of("TLSv1.2", suite, tx, rx)));
            }
        }
        TLS_1_3.forEach(suite -> all.add(Arguments.of("TLSv1.3", suite, OffloadMode.HW_RECORD, OffloadMode.HW_RECORD)));
        TLS_1_2.forEach(suite -> all.add(Arguments.of("TLSv1.2", suite, OffloadMode.HW_RECORD, OffloadMode.HW_RECORD)));
        return all;
    }

    @ParameterizedTest(name = "{0} {1} tx={2} rx={3}")
    @MethodSource("combinations")
    void shouldCarryEveryByteBothWays(String version, String suite, OffloadMode tx, OffloadMode rx) throws Exception {
        long seed = (version + suite + tx + rx).hashCode();
        try (RunningProxy proxy = RunningProxy.http(tx, rx);
                FragmentingRelay relay = FragmentingRelay.to(proxy.address(), seed);
                SSLSocket socket = Clients.connect(relay.address(), version, suite)) {
            String down = Clients.getHash(socket, "/bytes/" + BYTES);
            String up = Clients.post(socket, "/sha256", BYTES, seed);

            Connection connection = proxy.connections().getFirst();
            assertThat(down).as("seed %d", seed).isEqualTo(proxy.upstreamHash("/bytes/" + BYTES));
            assertThat(up).as("seed %d", seed).startsWith(Clients.postHash(BYTES, seed));
            assertThat(connection.tx().session().mode()).isEqualTo(expected(tx, suite));
            assertThat(connection.rx().session().mode()).isEqualTo(expected(rx, suite));
            assertThat(connection.tx().bytes()).isGreaterThan(BYTES);
            assertThat(connection.rx().bytes()).isGreaterThan(BYTES);
        }
    }

    /**
     * NICs have no ChaCha20: those sessions go on in software and say so, or in the device's firmware if the device
     * owns the connection.
     */
    private static RecordMode expected(OffloadMode policy, String suite) {
        if (policy == OffloadMode.HW_RECORD) {
            return RecordMode.HW_RECORD;
        }
        return policy == OffloadMode.HW && !suite.contains("CHACHA20") ? RecordMode.HW : RecordMode.SW;
    }
}
