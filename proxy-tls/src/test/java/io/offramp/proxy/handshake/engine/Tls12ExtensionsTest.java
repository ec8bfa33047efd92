package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** What a ServerHello of TLS 1.2 says of renegotiation (RFC 5746) and of the master secret (RFC 7627). */
class Tls12ExtensionsTest {
    private static final int EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;
    private static final int RENEGOTIATION_INFO = 0xff01;
    private static final int EXTENDED_MASTER_SECRET = 23;
    private static final int SUITE = 0xc02b;

    @Test
    void shouldAnswerTheSignallingSuiteWithAnEmptyRenegotiationInfo() {
        assertThat(answered(hello().withSuites(SUITE, EMPTY_RENEGOTIATION_INFO_SCSV)))
                .containsEntry(RENEGOTIATION_INFO, "00");
    }

    @Test
    void shouldAnswerAnEmptyRenegotiationInfoWithOne() {
        assertThat(answered(hello().with(RENEGOTIATION_INFO, new byte[1]))).containsEntry(RENEGOTIATION_INFO, "00");
    }

    @Test
    void shouldRefuseRenegotiationInfoOfAConnectionThatWasNot() {
        byte[] answer = answer(hello().with(RENEGOTIATION_INFO, new byte[] {2, 7, 7}));

        assertThat(answer).as("handshake_failure").containsExactly(21, 3, 3, 0, 2, 2, 40);
    }

    @Test
    void shouldAgreeOnAnExtendedMasterSecret() {
        assertThat(answered(hello().with(EXTENDED_MASTER_SECRET, new byte[0])))
                .containsEntry(EXTENDED_MASTER_SECRET, "");
    }

    @Test
    void shouldAnswerNothingThatWasNotAsked() {
        assertThat(answered(hello())).doesNotContainKeys(RENEGOTIATION_INFO, EXTENDED_MASTER_SECRET);
    }

    private static RawClientHello hello() {
        return RawClientHello.legacy(0x0303).withSuites(SUITE);
    }

    /** The extensions of the ServerHello, in hex. */
    private static Map<Integer, String> answered(RawClientHello hello) {
        ByteBuffer message = ByteBuffer.wrap(answer(hello));
        assertThat(message.get(5)).as("ServerHello").isEqualTo((byte) 2);
        int end = 5 + 4 + (message.getInt(5) & 0xff_ffff);
        message.position(5 + 4 + 2 + 32);
        message.position(message.get() + message.position() + 2 + 1); // session id, suite, compression
        Map<Integer, String> extensions = new TreeMap<>();
        if (message.position() < end) {
            message.getShort();
        }
        while (message.position() < end) {
            int type = message.getShort() & 0xffff;
            byte[] data = new byte[message.getShort()];
            message.get(data);
            extensions.put(type, HexFormat.of().formatHex(data));
        }
        return extensions;
    }

    private static byte[] answer(RawClientHello hello) {
        EmbeddedHandshake server = new EmbeddedHandshake(TestSettings.DEFAULT
                .withProtocols()
                .on((Executor) Runnable::run)
                .build());
        try (server) {
            byte[] answer = server.receive(hello.record());
            server.channel().close();
            return answer;
        }
    }
}
