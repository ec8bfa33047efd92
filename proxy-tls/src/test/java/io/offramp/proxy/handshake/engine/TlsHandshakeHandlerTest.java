package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.offramp.offload.record.Direction;
import io.offramp.proxy.tls.ApplicationSecrets;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import io.offramp.proxy.tls.Handshaken;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsHandshakeHandlerTest {
    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT.build();

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldGiveWhatFollowsFinishedToTheListenerUntouched(String version) throws Exception {
        // Given a client that sends data right behind its Finished, the last record cut short
        EngineClient client = EngineClient.of(version);
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] hello = client.hello();
            byte[] finished = client.exchange(server.receive(hello));
            byte[] answer = new byte[0];
            if (version.equals("TLSv1.2")) { // the client may not go on before our Finished; any bytes do
                answer = RawClientHello.record(23, new byte[2000]);
            } else {
                answer = client.seal(new byte[20_000]);
            }
            byte[] cut = Arrays.copyOf(answer, answer.length - 7);

            // When
            server.receive(RawClientHello.join(finished, cut));

            // Then
            assertThat(server.pending()).isEqualTo(cut);
            assertThat(server.session().rxBoundary().direction()).isEqualTo(Direction.RX);
            assertThat(server.session().rxBoundary().wirePosition()).isEqualTo(hello.length + finished.length);
            assertThat(server.session().txBoundary().direction()).isEqualTo(Direction.TX);
            assertThat(server.session().txBoundary().wirePosition()).isEqualTo(server.written());
            assertThat(server.channel().pipeline().get(TlsHandshakeHandler.class))
                    .isNull();
            assertThat(server.channel().isOpen()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldUnderstandAClientThatSendsByteByByte(String version) throws Exception {
        EngineClient client = EngineClient.of(version);
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] flight = client.exchange(bytewise(server, client.hello()));
            bytewise(server, flight);

            assertThat(server.session().negotiated().group()).isEqualTo("x25519");
            assertThat(server.pending()).isEmpty();
        }
    }

    private static byte[] bytewise(EmbeddedHandshake server, byte[] bytes) {
        byte[] answers = new byte[0];
        for (byte b : bytes) {
            answers = RawClientHello.join(answers, server.receive(new byte[] {b}));
        }
        return answers;
    }

    @Test
    void shouldUnderstandAHelloCutIntoRecords() throws Exception {
        EngineClient client = EngineClient.of("TLSv1.3");
        byte[] hello = client.hello();
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            byte[] answer = new byte[0];
            for (int at = 5; at < hello.length; at += 40) {
                byte[] fragment = Arrays.copyOfRange(hello, at, Math.min(hello.length, at + 40));
                answer = RawClientHello.join(answer, server.receive(RawClientHello.record(22, fragment)));
            }
            server.receive(client.exchange(answer));

            assertThat(server.session().negotiated().cipherSuite()).isEqualTo("TLS_AES_128_GCM_SHA256");
        }
    }

    @Test
    void shouldCloseWhenTheHandshakeTakesTooLong() throws Exception {
        byte[] hello = EngineClient.of("TLSv1.3").hello();
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(Arrays.copyOf(hello, hello.length / 2));
            server.clock().advance(SETTINGS.timeout().toSeconds() - 1, TimeUnit.SECONDS);
            server.channel().runScheduledPendingTasks();
            assertThat(server.isUndecided()).isTrue();

            server.clock().advance(2, TimeUnit.SECONDS);
            server.channel().runScheduledPendingTasks();

            assertThat(server.failure().reason()).isEqualTo(Reason.TIMEOUT);
            assertThat(server.channel().isOpen()).isFalse();
        }
    }

    @Test
    void shouldNotTimeOutAfterTheHandshake() throws Exception {
        EngineClient client = EngineClient.of("TLSv1.3");
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(client.exchange(server.receive(client.hello())));
            server.clock().advance(1, TimeUnit.HOURS);
            server.channel().runScheduledPendingTasks();

            assertThat(server.events()).containsExactly("handshaken");
            assertThat(server.channel().isOpen()).isTrue();
        }
    }

    @Test
    void shouldTellSilenceFromABrokenHandshake() throws Exception {
        try (EmbeddedHandshake silent = new EmbeddedHandshake(SETTINGS)) {
            silent.channel().close();
            assertThat(silent.failure().reason()).isEqualTo(Reason.NO_DATA);
        }
        try (EmbeddedHandshake broken = new EmbeddedHandshake(SETTINGS)) {
            broken.receive(new byte[] {22, 3, 1});
            broken.channel().pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            assertThat(broken.failure().reason()).isEqualTo(Reason.CLOSED);
            assertThat(broken.channel().isOpen()).isFalse();
        }
    }

    @Test
    void shouldMakeRoomUntilTheHandshakeIsComplete() throws Exception {
        byte[] hello = EngineClient.of("TLSv1.3").hello();
        for (int sent : new int[] {0, 3, hello.length - 1, hello.length}) {
            try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
                if (sent > 0) {
                    server.receive(Arrays.copyOf(hello, sent));
                }
                server.channel().pipeline().fireUserEventTriggered(HandshakeEvent.DISPLACE);

                assertThat(server.failure().reason()).isEqualTo(Reason.DISPLACED);
                assertThat(server.channel().isOpen()).isFalse();
                assertThat(server.answered()).isEqualTo(sent == hello.length ? 1 : 0);
            }
        }
    }

    @Test
    void shouldEndAtADrainOnlyWhoHasNotSentAByte() throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.channel().pipeline().fireUserEventTriggered(HandshakeEvent.DRAIN);

            assertThat(server.failure().reason()).isEqualTo(Reason.DRAINED);
            assertThat(server.channel().isOpen()).isFalse();
        }
        EngineClient client = EngineClient.of("TLSv1.3");
        byte[] hello = client.hello();
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(Arrays.copyOf(hello, 1));
            server.channel().pipeline().fireUserEventTriggered(HandshakeEvent.DRAIN);
            assertThat(server.isUndecided()).isTrue();
            server.receive(client.exchange(server.receive(Arrays.copyOfRange(hello, 1, hello.length))));

            assertThat(server.session()).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void shouldWipeKeysAndSecretsWhenTheSessionIsDestroyed(String version) throws Exception {
        EngineClient client = EngineClient.of(version);
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            server.receive(client.exchange(server.receive(client.hello())));
            Handshaken session = server.session();
            byte[] rxKey = session.rxKeys().dangerousKey();
            byte[] txIv = session.txKeys().dangerousIv();
            ApplicationSecrets secrets = session.secrets();
            assertThat(rxKey).isNotEqualTo(new byte[rxKey.length]);

            session.destroy();

            assertThat(rxKey).containsOnly(0);
            assertThat(txIv).containsOnly(0);
            if (secrets != null) {
                assertThat(secrets.dangerousPeer()).containsOnly(0);
                assertThat(secrets.dangerousLocal()).containsOnly(0);
            }
        }
    }
}
