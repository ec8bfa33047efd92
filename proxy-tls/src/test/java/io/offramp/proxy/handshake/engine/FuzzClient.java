package io.offramp.proxy.handshake.engine;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.certificate.TestCertificates;
import io.offramp.proxy.handshake.client.ClientAuth;
import io.offramp.proxy.handshake.crypto.HkdfLabel;
import io.offramp.proxy.handshake.crypto.Kdf;
import io.offramp.proxy.handshake.crypto.TapCipher;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import io.offramp.proxy.handshake.ticket.ResumableSession;
import io.offramp.proxy.handshake.ticket.TicketKeys;
import io.offramp.proxy.handshake.ticket.Tickets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import org.bouncycastle.tls.crypto.TlsEncodeResult;
import org.jspecify.annotations.Nullable;

/**
 * A client that does what a fuzz input says: sends a mutated hello, and then flights of records, in plaintext or under
 * the keys that the server has logged, whole messages or bytes. Tickets are good where the input does not spoil them.
 * For one thread.
 */
public final class FuzzClient {
    private static final int MOST_STEPS = 40;
    private static final int CERTIFICATE = 11;
    private static final X509Certificate SHOWN =
            TestCertificates.selfSigned(TestCertificates.ec("secp256r1"), "client");
    private static final Tickets TICKETS = new Tickets(
            TicketKeys.rotating(Duration.ofHours(2), InstantSource.system()),
            2,
            Duration.ofHours(2),
            100,
            refusal -> {},
            InstantSource.system());
    private static final ClientAuth AUTH = auth();
    private static final byte[] SECRET = new byte[32];
    private static byte @Nullable [] handshakeSecret;

    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT
            .with(TestSettings.P256, TestSettings.RSA)
            .on((Executor) Runnable::run)
            .changed(builder -> builder.tickets(TICKETS).clientAuth(AUTH).keyLog(FuzzClient::onSecret))
            .build();

    private final FuzzBytes choices;
    private @Nullable MutableHello hello;
    private @Nullable TapCipher cipher;
    private long sealed;
    private int steps;

    /** @param input whose bytes are choices */
    @SuppressWarnings("StaticAssignmentInConstructor") // what the listener, which all share, has last told
    public FuzzClient(byte[] input) {
        this.choices = new FuzzBytes(input);
        handshakeSecret = null;
    }

    /** Of the listener that it speaks with. */
    public static HandshakeSettings settings() {
        return SETTINGS;
    }

    /**
     * What the client sends next.
     *
     * @param answers all that the server has sent
     * @return null if it has no more to say
     */
    public byte @Nullable [] next(byte[] answers) throws Exception {
        if (steps > 0 && !choices.hasMore() || steps == MOST_STEPS) {
            return null;
        }
        if (steps++ == 0 || hello == null) {
            hello = MutableHello.of(choices);
            return records(changed(hello));
        }
        return switch (choices.below(8)) {
            case 0 -> {
                hello.retry(answers);
                yield records(changed(hello));
            }
            case 1 -> RawClientHello.record(choices.uint8(), choices.some());
            case 2 -> protectedRecord(choices.uint8(), choices.some());
            case 3 -> records(message());
            case 4 -> protectedRecord(22, message());
            case 5 -> protectedRecord(22, RawClientHello.join(certificate(), choices.some()));
            case 6 -> RawClientHello.record(20, new byte[] {1});
            default -> choices.some();
        };
    }

    private byte[] changed(MutableHello changed) {
        changed.change(choices);
        switch (choices.below(4)) {
            case 1 -> changed.offer(ticket(TlsSuite.of(0x1301)), SECRET);
            case 2 -> changed.offer12(ticket(TlsSuite.of(0xc02b)));
            default -> {}
        }
        byte[] message = changed.message();
        for (int left = Math.max(0, choices.below(8) - 5); left > 0; left--) {
            message = MutableHello.edited(message, choices);
        }
        return message;
    }

    /** A ticket that the listener takes; its session has the secret of zeros. */
    private static byte[] ticket(TlsSuite suite) {
        byte[] secret = suite.version() == ProtocolVersion.TLS_1_3 ? SECRET.clone() : new byte[48];
        byte[] fingerprint = SETTINGS.identities()
                .table()
                .candidates("localhost")
                .getFirst()
                .leaf()
                .fingerprint();
        byte[] ticket = TICKETS.seal(new ResumableSession(
                suite,
                true,
                TICKETS.nowS(),
                fingerprint,
                "localhost",
                AUTH.trust().policyDigest(),
                secret,
                List.of()));
        return ticket == null ? new byte[1] : ticket;
    }

    /** In records of some length, maybe with another between them. */
    private byte[] records(byte[] message) {
        int recordBytes = choices.uint8();
        if (recordBytes < 192) { // most often whole
            return RawClientHello.records(message, 1 << 14);
        }
        byte[] all = RawClientHello.records(message, Math.max(message.length / 64, recordBytes - 192) + 1);
        byte[] between = choices.below(4) == 1 ? RawClientHello.record(choices.uint8(), choices.some()) : new byte[0];
        int header = 5 + ((all[3] & 0xff) << 8 | all[4] & 0xff);
        return RawClientHello.join(Arrays.copyOf(all, header), between, Arrays.copyOfRange(all, header, all.length));
    }

    private byte[] message() {
        int type = choices.uint8();
        byte[] body = choices.some();
        return RawClientHello.join(new byte[] {(byte) type, 0, 0, (byte) body.length}, body);
    }

    private byte[] certificate() throws Exception {
        byte[] der = SHOWN.getEncoded();
        for (int left = choices.below(4); left > 0; left--) {
            der = MutableHello.edited(der, choices);
        }
        byte[] entry =
                RawClientHello.join(new byte[] {0, (byte) (der.length >> 8), (byte) der.length}, der, new byte[2]);
        byte[] body = RawClientHello.join(new byte[] {0, 0, (byte) (entry.length >> 8), (byte) entry.length}, entry);
        return RawClientHello.join(new byte[] {CERTIFICATE, 0, (byte) (body.length >> 8), (byte) body.length}, body);
    }

    /** In plaintext where there are no keys. With type 0 the content is padding, or has its own type at its end. */
    private byte[] protectedRecord(int type, byte[] content) throws Exception {
        byte[] secret = handshakeSecret;
        if (secret == null || secret.length != 32) {
            return RawClientHello.record(type, content);
        }
        if (cipher == null) {
            AeadSuite suite = AeadSuite.AES_128_GCM;
            byte[] key = Kdf.SHA_256.expand(secret, HkdfLabel.of("key", suite.keyBytes()), suite.keyBytes());
            byte[] iv = Kdf.SHA_256.expand(secret, HkdfLabel.of("iv", AeadSuite.NONCE_BYTES), AeadSuite.NONCE_BYTES);
            TrafficKeys keys = new TrafficKeys(ProtocolVersion.TLS_1_3, suite, key, iv, 0);
            cipher = new TapCipher(keys, keys, false);
        }
        TlsEncodeResult record = cipher.encodePlaintext(
                sealed++, (short) type, org.bouncycastle.tls.ProtocolVersion.TLSv12, 0, content, 0, content.length);
        return RawClientHello.record(23, Arrays.copyOfRange(record.buf, record.off, record.off + record.len));
    }

    private static void onSecret(String label, byte[] clientRandom, byte[] secret) {
        if (label.equals("CLIENT_HANDSHAKE_TRAFFIC_SECRET")) {
            handshakeSecret = secret.clone();
        }
    }

    private static ClientAuth auth() {
        try {
            Path ca = Files.createTempFile("ca", ".pem");
            TestCertificates.write(ca, TestCertificates.pem(SHOWN));
            try {
                return ClientAuth.load(false, List.of(ca), null, 1);
            } finally {
                Files.delete(ca);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
