package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.handshake.engine.AlpnSettings;
import io.offramp.proxy.handshake.engine.AlpnSettings.Mismatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The parts of {@code tls} that are about the handshake: groups, ALPN, key log. */
class HandshakeConfigTest {
    private static final String PLACE = "listeners[0].tls.";

    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeCertificate() throws IOException {
        file = new ConfigFile(directory);
    }

    @Test
    void shouldOfferTheHybridGroupFirstUnlessToldOtherwise() throws IOException {
        assertThat(tls("http", "").groups()).containsExactly("X25519MLKEM768", "x25519", "secp256r1", "secp384r1");
        assertThat(tls("http", "groups: [secp384r1, X25519MLKEM768]").groups())
                .containsExactly("secp384r1", "X25519MLKEM768");
    }

    @Test
    void shouldSayWhatIsWrongWithGroups() throws IOException {
        assertThat(problem("http", "groups: [X25519MLKEM786]"))
                .contains(PLACE + "groups[0]: unknown group \"X25519MLKEM786\", did you mean \"X25519MLKEM768\"?");
        assertThat(problem("http", "groups: [ffdhe2048]"))
                .contains("unknown group \"ffdhe2048\"; known are X25519MLKEM768, x25519, secp256r1, secp384r1");
        assertThat(problem("http", "groups: [x25519, x25519]")).contains(PLACE + "groups[1]: is in the list already");
        assertThat(problem("http", "groups: []"))
                .contains(PLACE + "groups: expected a list of groups, is an empty list");
        assertThat(problem("http", "groups: [X25519MLKEM768]"))
                .contains(PLACE + "groups: none is for TLS 1.2, which is among the versions");
        assertThat(tls("http", "versions: ['1.3'], groups: [X25519MLKEM768]").groups())
                .containsExactly("X25519MLKEM768");
    }

    @Test
    void shouldNegotiateHttpForHttpAndNothingForTcp() throws IOException {
        assertThat(tls("http", "").alpn())
                .isEqualTo(new AlpnSettings(List.of("h2", "http/1.1", "http/1.0"), Mismatch.FAIL));
        assertThat(tls("tcp", "").alpn()).isEqualTo(new AlpnSettings(List.of(), Mismatch.FAIL));
    }

    @Test
    void shouldTakeProtocolsInBothForms() throws IOException {
        assertThat(tls("http", "alpn: [http/1.1, http/1.0]").alpn())
                .isEqualTo(new AlpnSettings(List.of("http/1.1", "http/1.0"), Mismatch.FAIL));
        assertThat(tls("http", "alpn: {mismatch: ignore}").alpn())
                .isEqualTo(new AlpnSettings(List.of("h2", "http/1.1", "http/1.0"), Mismatch.IGNORE));
        assertThat(tls("tcp", "alpn: {protocols: [h2, postgresql], mismatch: ignore}")
                        .alpn())
                .isEqualTo(new AlpnSettings(List.of("h2", "postgresql"), Mismatch.IGNORE));
    }

    @Test
    void shouldSayWhatIsWrongWithProtocols() throws IOException {
        assertThat(problem("http", "alpn: [h3, http/1.1]"))
                .contains(PLACE + "alpn[0]: HTTP/3 is not offered; http listeners speak h2 and http/1.1");
        assertThat(problem("http", "alpn: {protocols: [http1.1]}"))
                .contains(PLACE + "alpn.protocols[0]: unknown protocol \"http1.1\", did you mean \"http/1.1\"?");
        assertThat(problem("http", "alpn: {mismatch: reject}"))
                .contains(PLACE + "alpn.mismatch: expected fail or ignore, is \"reject\"");
        assertThat(problem("tcp", "alpn: {mismatch: ignore}"))
                .contains(PLACE + "alpn.mismatch: without effect: there are no protocols");
        assertThat(problem("tcp", "alpn: [" + "x".repeat(256) + "]"))
                .contains(PLACE + "alpn[0]: the name of a protocol has at most 255 bytes, is 256");
        assertThat(problem("tcp", "alpn: h2"))
                .contains(PLACE + "alpn: expected a mapping with protocols, mismatch, is \"h2\"");
    }

    @Test
    void shouldWriteNoKeysUnlessToldWhere() throws IOException {
        assertThat(tls("http", "").keylog()).isNull();
        assertThat(tls("http", "keylog: keys.txt").keylog()).isEqualTo(file.path("keys.txt"));
        assertThat(problem("http", "keylog: [keys.txt]"))
                .contains(PLACE + "keylog: expected the name of a file, is a list");
    }

    private TlsConfig tls(String mode, String more) throws IOException {
        return file.loaded(text(mode, more)).listeners().getFirst().secured();
    }

    private String problem(String mode, String more) throws IOException {
        return String.join("\n", file.problems(text(mode, more)));
    }

    private static String text(String mode, String more) {
        return "listeners: [{bind: ':1', mode: " + mode + ", upstream: 'a:1', tls: {cert: site.pem"
                + (more.isEmpty() ? "" : ", ") + more + "}}]";
    }
}
