package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.tls.Handshaken;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.Executor;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** RFC 8449, and RFC 6066 §4, which came before. */
class RecordSizeLimitTest {
    private static final int RECORD_SIZE_LIMIT = 28;
    private static final int MAX_FRAGMENT_LENGTH = 1;
    private static final int DATA = 23;
    private static final int HEADER_BYTES = 5;
    private static final int TAG_BYTES = 16;

    private final List<byte[]> flights = new ArrayList<>();
    private TestSettings settings = TestSettings.DEFAULT.withProtocols().on((Executor) Runnable::run);

    /** The content type counts in TLS 1.3, and nothing that a client asks for is more than a record can hold. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "TLS_1_3, 64, 63", "TLS_1_3, 1000, 999", "TLS_1_3, 16384, 16383", "TLS_1_3, 16385, 16384",
                "TLS_1_3, 65535, 16384",
        "TLS_1_2, 64, 64", "TLS_1_2, 1000, 1000", "TLS_1_2, 16384, 16384", "TLS_1_2, 16385, 16384",
                "TLS_1_2, 65535, 16384",
    })
    void shouldTakeOverWhatTheClientAsksForAndAnswerWithTheMost(ProtocolVersion version, int asked, int expected)
            throws Exception {
        LimitedClient client = new LimitedClient(version, RawClientHello.shorts(asked));

        Handshaken session = shakeHands(client);

        assertThat(session.negotiated().recordLimit()).isEqualTo(expected);
        assertThat(client.limitAnswer).isEqualTo(version == ProtocolVersion.TLS_1_3 ? 16_385 : 16_384);
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotAnswerWhatWasNotAsked(ProtocolVersion version) throws Exception {
        LimitedClient client = new LimitedClient(version, null);

        Handshaken session = shakeHands(client);

        assertThat(session.negotiated().recordLimit()).isEqualTo(16_384);
        assertThat(client.limitAnswer).isEqualTo(-1);
    }

    /** RFC 8449 §4: "records that are protected", and handshake messages among them. */
    @Test
    void shouldCutTheEncryptedFlightToTheLimit() throws Exception {
        shakeHands(new LimitedClient(ProtocolVersion.TLS_1_3, RawClientHello.shorts(64)));

        List<Integer> fragments = new ArrayList<>();
        byte[] flight = flights.getFirst();
        for (int at = 0; at < flight.length; at += HEADER_BYTES + fragmentBytes(flight, at)) {
            if (flight[at] == DATA) {
                fragments.add(fragmentBytes(flight, at));
            }
        }
        assertThat(fragments)
                .hasSizeGreaterThan(5)
                .allMatch(bytes -> bytes <= 64 + TAG_BYTES)
                .contains(64 + TAG_BYTES);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"TLS_1_3, 0", "TLS_1_3, 63", "TLS_1_2, 0", "TLS_1_2, 63"})
    void shouldRefuseLessThan64(ProtocolVersion version, int asked) {
        assertThat(alert(version, RawClientHello.shorts(asked)))
                .as("illegal_parameter")
                .isEqualTo(47);
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseWhatIsNotANumber(ProtocolVersion version) {
        assertThat(alert(version, new byte[] {1})).as("decode_error").isEqualTo(50);
        assertThat(alert(version, new byte[] {1, 1, 1})).as("decode_error").isEqualTo(50);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "TLS_1_3, 1, 512", "TLS_1_3, 2, 1024", "TLS_1_3, 3, 2048", "TLS_1_3, 4, 4096",
        "TLS_1_2, 1, 512", "TLS_1_2, 2, 1024", "TLS_1_2, 3, 2048", "TLS_1_2, 4, 4096",
    })
    void shouldAgreeOnTheFragmentLengthThatTheClientAsksFor(ProtocolVersion version, byte code, int expected)
            throws Exception {
        LimitedClient client = new LimitedClient(version, null);
        client.fragmentCode = code;

        Handshaken session = shakeHands(client);

        assertThat(session.negotiated().recordLimit()).isEqualTo(expected);
        assertThat(client.fragmentAnswer).isEqualTo(code);
    }

    /** RFC 6066 §4: at once, "including handshake messages", and those in plaintext too. */
    @ParameterizedTest
    @EnumSource
    void shouldCutTheWholeFlightToTheFragmentLength(ProtocolVersion version) throws Exception {
        settings = settings.with(TestSettings.RSA); // too large for one
        LimitedClient client = new LimitedClient(version, null);
        client.fragmentCode = 1;

        shakeHands(client);

        List<Integer> fragments = new ArrayList<>();
        byte[] flight = flights.getFirst();
        for (int at = 0; at < flight.length; at += HEADER_BYTES + fragmentBytes(flight, at)) {
            fragments.add(fragmentBytes(flight, at) - (flight[at] == DATA ? 1 + TAG_BYTES : 0));
        }
        assertThat(fragments).allMatch(bytes -> bytes <= 512).contains(512);
    }

    /** RFC 8449 §5: a server that knows the one ignores the other. */
    @ParameterizedTest
    @EnumSource
    void shouldIgnoreTheFragmentLengthBesideARecordSizeLimit(ProtocolVersion version) throws Exception {
        LimitedClient client = new LimitedClient(version, RawClientHello.shorts(1025));
        client.fragmentCode = 1;

        Handshaken session = shakeHands(client);

        assertThat(session.negotiated().recordLimit()).isEqualTo(version == ProtocolVersion.TLS_1_3 ? 1024 : 1025);
        assertThat(client.fragmentAnswer).isEqualTo((short) -1);
    }

    private Handshaken shakeHands(LimitedClient client) throws IOException {
        TlsClientProtocol engine = new LimitedEngine(client);
        try (EmbeddedHandshake server = server()) {
            engine.connect(client);
            for (byte[] out = output(engine); out.length > 0; out = output(engine)) {
                byte[] answer = server.receive(out);
                flights.add(answer);
                engine.offerInput(answer);
            }
            return server.session();
        }
    }

    private static byte[] output(TlsClientProtocol engine) {
        byte[] out = new byte[engine.getAvailableOutputBytes()];
        engine.readOutput(out, 0, out.length);
        return out;
    }

    private EmbeddedHandshake server() {
        return new EmbeddedHandshake(settings.build());
    }

    private int alert(ProtocolVersion version, byte[] limit) {
        RawClientHello hello = version == ProtocolVersion.TLS_1_3
                ? RawClientHello.tls13(Group.X25519, new byte[32])
                : RawClientHello.legacy(0x0303);
        try (EmbeddedHandshake server = server()) {
            byte[] answer = server.receive(hello.with(RECORD_SIZE_LIMIT, limit).record());
            assertThat(answer).hasSize(7).startsWith(21, 3, 3, 0, 2, 2);
            assertThat(server.failure().detail()).doesNotContain("Invalid extension");
            return answer[6];
        }
    }

    private static int fragmentBytes(byte[] wire, int at) {
        return (wire[at + 3] & 0xff) << 8 | wire[at + 4] & 0xff;
    }

    /**
     * Bouncy Castle's client does not know that EncryptedExtensions may hold it (RFC 8449 §6): it is taken out before.
     */
    private static final class LimitedEngine extends TlsClientProtocol {
        private final LimitedClient client;

        LimitedEngine(LimitedClient client) {
            this.client = client;
        }

        @Override
        protected void receive13EncryptedExtensions(ByteArrayInputStream message) throws IOException {
            ByteBuffer all = ByteBuffer.wrap(message.readAllBytes()).position(2);
            ByteArrayOutputStream rest = new ByteArrayOutputStream();
            while (all.hasRemaining()) {
                short type = all.getShort();
                byte[] data = new byte[all.getShort()];
                all.get(data);
                if (type == RECORD_SIZE_LIMIT) {
                    client.limitAnswer = TlsExtensionsUtils.readRecordSizeLimitExtension(data);
                } else {
                    rest.writeBytes(RawClientHello.join(RawClientHello.shorts(type), RawClientHello.list(data)));
                }
            }
            super.receive13EncryptedExtensions(new ByteArrayInputStream(RawClientHello.list(rest.toByteArray())));
        }
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    private static final class LimitedClient extends DefaultTlsClient {
        private final ProtocolVersion version;
        private final byte @Nullable [] limit;
        private byte fragmentCode;
        private int limitAnswer = -1;
        private short fragmentAnswer;

        LimitedClient(ProtocolVersion version, byte @Nullable [] limit) {
            super(new BcTlsCrypto());
            this.version = version;
            this.limit = limit;
        }

        @Override
        protected org.bouncycastle.tls.ProtocolVersion[] getSupportedVersions() {
            return (version == ProtocolVersion.TLS_1_3
                            ? org.bouncycastle.tls.ProtocolVersion.TLSv13
                            : org.bouncycastle.tls.ProtocolVersion.TLSv12)
                    .only();
        }

        @Override
        public Hashtable getClientExtensions() throws IOException {
            Hashtable extensions = super.getClientExtensions();
            if (limit != null) {
                extensions.put(RECORD_SIZE_LIMIT, limit);
            }
            if (fragmentCode > 0) {
                extensions.put(MAX_FRAGMENT_LENGTH, new byte[] {fragmentCode});
            }
            return extensions;
        }

        @Override
        public void processServerExtensions(Hashtable extensions) throws IOException {
            if (version == ProtocolVersion.TLS_1_2) {
                limitAnswer = TlsExtensionsUtils.getRecordSizeLimitExtension(extensions);
            }
            fragmentAnswer = TlsExtensionsUtils.getMaxFragmentLengthExtension(extensions);
            super.processServerExtensions(extensions);
        }

        @Override
        public TlsAuthentication getAuthentication() {
            return new TlsAuthentication() {
                @Override
                public void notifyServerCertificate(TlsServerCertificate certificate) {}

                @Override
                public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) {
                    return null;
                }
            };
        }
    }
}
