package io.offramp.proxy.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.junit.jupiter.api.Test;

class ServerNameTest {
    @Test
    void shouldTakeADotAtTheEndForNoPartOfAName() throws Exception {
        assertThat(read("A.Test.")).isEqualTo("a.test");
        assertThat(read(".")).as("a name of nobody, which no ticket could tell from none").isNull();
    }

    private static String read(String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        Hashtable<Integer, byte[]> extensions = new Hashtable<>();
        TlsExtensionsUtils.addServerNameExtensionClient(
                extensions, new Vector<>(List.of(new org.bouncycastle.tls.ServerName(NameType.host_name, bytes))));
        return ServerName.of(extensions);
    }
}
