package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerNameTest {
    @Test
    void shouldTakeADotAtTheEndForNoPartOfAName() throws Exception {
        assertThat(read("A.Test.")).isEqualTo("a.test");
        assertThat(read("."))
                .as("an empty name, which a ticket could not distinguish from none")
                .isNull();
    }

    /** RFC 6066 §3 has host names only, and clients send what they have. */
    @ParameterizedTest
    @ValueSource(strings = {"[::1]", "bücher.test", "a b", "a\nb", "a/b", "\u0000", "*.test"})
    void shouldTakeWhatIsNoHostNameForNoName(String name) throws Exception {
        assertThat(read(name)).isNull();
    }

    @Test
    void shouldTakeMoreThanANameHasForNoName() throws Exception {
        assertThat(read("a".repeat(255))).hasSize(255);
        assertThat(read("a".repeat(256))).isNull();
        assertThat(read("a".repeat(16_000))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "under_score.test", "-a.test"})
    void shouldKeepWhatIsFitForALog(String name) throws Exception {
        assertThat(read(name)).isEqualTo(name);
    }

    private static @Nullable String read(String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        Hashtable<Integer, byte[]> extensions = new Hashtable<>();
        TlsExtensionsUtils.addServerNameExtensionClient(
                extensions, new Vector<>(List.of(new org.bouncycastle.tls.ServerName(NameType.host_name, bytes))));
        return ServerName.of(extensions);
    }
}
