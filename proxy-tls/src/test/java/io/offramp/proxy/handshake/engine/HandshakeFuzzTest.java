package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;
import javax.net.ssl.SNIHostName;
import org.junit.jupiter.api.Test;

/** Hellos with something wrong in them: an alert or an answer, never a fault of ours. */
class HandshakeFuzzTest {
    private static final int ROUNDS = 4000;
    private static final Set<Reason> PEERS_FAULT = Set.of(
            Reason.ALERT_SENT,
            Reason.ALERT_RECEIVED,
            Reason.NOT_TLS,
            Reason.PLAIN_HTTP,
            Reason.TOO_LARGE,
            Reason.CLOSED);

    @Test
    void shouldAnswerMutatedHellosWithAlertsOnly() throws Exception {
        HandshakeSettings settings = TestSettings.DEFAULT
                .with(TestSettings.P256, TestSettings.RSA)
                .on((Executor) Runnable::run)
                .build();
        List<byte[]> seeds = seeds();
        for (int round = 0; round < ROUNDS; round++) {
            Random random = new Random(round);
            byte[] hello = mutated(seeds.get(random.nextInt(seeds.size())), random);
            try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
                server.receive(hello);
                if (server.isUndecided()) {
                    server.channel().close();
                }
                HandshakeFailure failure = server.failure();
                assertThat(PEERS_FAULT)
                        .as(
                                "seed %d, %s: %s, %s",
                                round, failure, failure.cause(), HexFormat.of().formatHex(hello))
                        .contains(failure.reason());
            }
        }
    }

    private static List<byte[]> seeds() throws Exception {
        List<byte[]> seeds = new ArrayList<>();
        for (String versions : List.of("TLSv1.3", "TLSv1.2", "TLSv1.3,TLSv1.2")) {
            seeds.add(new EngineClient(p -> {
                        p.setProtocols(versions.split(","));
                        p.setServerNames(List.of(new SNIHostName("localhost")));
                        p.setApplicationProtocols(new String[] {"h2", "http/1.1"});
                    })
                    .hello());
        }
        seeds.add(EngineClient.conscrypt(p -> p.setApplicationProtocols(new String[] {"http/1.1"}))
                .hello());
        byte[] share = new byte[32];
        share[0] = 9;
        seeds.add(RawClientHello.tls13(Group.X25519, share)
                .with(42, new byte[0])
                .with(45, new byte[] {1, 1})
                .record());
        seeds.add(RawClientHello.legacy(0x0303)
                .with(23, new byte[0])
                .with(1, new byte[] {1})
                .record());
        return seeds;
    }

    private static byte[] mutated(byte[] hello, Random random) {
        byte[] bytes = hello.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            bytes = switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4, 5, 6, 7 -> { // another byte
                    bytes[at] = (byte) random.nextInt(256);
                    yield bytes;
                }
                case 8, 9, 10, 11, 12, 13, 14, 15, 16 -> { // a bit
                    bytes[at] ^= (byte) (1 << random.nextInt(8));
                    yield bytes;
                }
                case 17 -> resized(Arrays.copyOf(bytes, Math.max(6, at))); // cut short
                case 18 -> { // a piece taken out
                    int length = Math.min(random.nextInt(8), bytes.length - at);
                    yield resized(RawClientHello.join(
                            Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at + length, bytes.length)));
                }
                default -> { // a piece twice
                    int length = Math.min(random.nextInt(40), bytes.length - at);
                    yield resized(RawClientHello.join(
                            Arrays.copyOf(bytes, at + length), Arrays.copyOfRange(bytes, at, bytes.length)));
                }
            };
        }
        return bytes;
    }

    /** With the lengths of record and message set right, so that the mutation gets past them. */
    private static byte[] resized(byte[] bytes) {
        if (bytes.length < 9) {
            return bytes.length > 5 ? bytes : Arrays.copyOf(bytes, 6);
        }
        int record = bytes.length - 5;
        bytes[3] = (byte) (record >> 8);
        bytes[4] = (byte) record;
        int message = record - 4;
        bytes[6] = 0;
        bytes[7] = (byte) (message >> 8);
        bytes[8] = (byte) message;
        return bytes;
    }
}
