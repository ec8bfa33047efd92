package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A ClientHello with an ML-KEM key is longer than a TCP segment: it arrives in pieces, and may be cut anywhere. */
class CutClientHelloTest {
    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT.build();

    private static byte[] hello;

    @BeforeAll
    static void makeHello() throws Exception {
        hello = EngineClient.conscrypt(p -> p.setApplicationProtocols(new String[] {"http/1.1", "postgresql"}))
                .hello();
    }

    @Test
    void shouldNotCareWhereAHelloIsCutIntoSegments() {
        assertThat(hello.length).isGreaterThan(1460);
        for (int cut = 1; cut < hello.length; cut++) {
            try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
                assertThat(server.receive(Arrays.copyOf(hello, cut)))
                        .as("cut at %d", cut)
                        .isEmpty();
                assertServerHello(server, server.receive(Arrays.copyOfRange(hello, cut, hello.length)), cut);
            }
        }
    }

    @Test
    void shouldNotCareWhereAHelloIsCutIntoRecords() {
        for (int cut = 6; cut < hello.length; cut++) {
            try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
                byte[] records = RawClientHello.join(
                        RawClientHello.record(22, Arrays.copyOfRange(hello, 5, cut)),
                        RawClientHello.record(22, Arrays.copyOfRange(hello, cut, hello.length)));
                assertServerHello(server, server.receive(records), cut);
            }
        }
    }

    @Test
    void shouldTakeAHelloInSegmentsOfAnySize() {
        for (int bytes : new int[] {1, 2, 3, 5, 7, 64, 536, 1220, 1460}) {
            try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
                byte[] answer = new byte[0];
                for (int at = 0; at < hello.length; at += bytes) {
                    answer = server.receive(Arrays.copyOfRange(hello, at, Math.min(hello.length, at + bytes)));
                }
                assertServerHello(server, answer, bytes);
            }
        }
    }

    private static void assertServerHello(EmbeddedHandshake server, byte[] answer, int cut) {
        assertThat(server.isUndecided()).as("cut at %d", cut).isTrue();
        assertThat(answer).as("cut at %d", cut).startsWith(22, 3, 3).hasSizeGreaterThan(1120);
        server.channel().close();
    }
}
