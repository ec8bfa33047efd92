package io.offramp.proxy.handshake.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.ExtendedSSLSession;
import org.junit.jupiter.api.Test;

/** Whether what is logged opens what went over the wire, by the JDK's cryptography and none of ours. */
class KeyLogTest {
    private static final List<String> LABELS = List.of(
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            "CLIENT_TRAFFIC_SECRET_0",
            "SERVER_TRAFFIC_SECRET_0",
            "EXPORTER_SECRET");

    private final Map<String, byte[]> secrets = new LinkedHashMap<>();
    private final List<byte[]> randoms = new ArrayList<>();
    private final HandshakeSettings settings = TestSettings.DEFAULT
            .withCiphers("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
            .changed(builder -> builder.keyLog((label, random, secret) -> {
                randoms.add(random.clone());
                secrets.put(label, secret.clone());
            }))
            .build();

    @Test
    void shouldOpenTheRecordsOfTls13() throws Exception {
        // Given
        EngineClient client = EngineClient.of("TLSv1.3");
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            byte[] hello = client.hello();
            byte[] serverFlight = server.receive(hello);
            byte[] clientFlight = client.exchange(serverFlight);
            server.receive(clientFlight);

            // When, Then
            assertThat(secrets.keySet()).containsExactlyElementsOf(LABELS);
            assertThat(randoms).allMatch(random -> Arrays.equals(random, Arrays.copyOfRange(hello, 11, 43)));
            byte[] encryptedExtensions = open13("SERVER_HANDSHAKE_TRAFFIC_SECRET", firstOf(23, serverFlight));
            assertThat(encryptedExtensions[0]).as("EncryptedExtensions").isEqualTo((byte) 8);
            byte[] finished = open13("CLIENT_HANDSHAKE_TRAFFIC_SECRET", firstOf(23, clientFlight));
            assertThat(finished[0]).as("Finished").isEqualTo((byte) 20);
            byte[] data = open13("CLIENT_TRAFFIC_SECRET_0", client.seal("hello".getBytes(StandardCharsets.US_ASCII)));
            assertThat(new String(data, StandardCharsets.US_ASCII)).startsWith("hello");
            assertThat(secrets.get("SERVER_TRAFFIC_SECRET_0"))
                    .isEqualTo(requireNonNull(server.session().secrets()).dangerousLocal());
        }
    }

    @Test
    void shouldExportWhatTheClientExports() throws Exception {
        EngineClient client = EngineClient.of("TLSv1.3");
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            server.receive(client.exchange(server.receive(client.hello())));
            ExtendedSSLSession session = (ExtendedSSLSession) client.engine().getSession();
            byte[] theirs = session.exportKeyingMaterialData("EXPORTER-offramp", new byte[] {1, 2}, 40);

            // RFC 8446 §7.5
            byte[] derived = expand(secret("EXPORTER_SECRET"), "EXPORTER-offramp", sha256(new byte[0]), 32);
            byte[] ours = expand(derived, "exporter", sha256(new byte[] {1, 2}), 40);

            assertThat(ours).isEqualTo(theirs);
        }
    }

    @Test
    void shouldOpenTheRecordsOfTls12() throws Exception {
        EngineClient client = EngineClient.of("TLSv1.2");
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            byte[] hello = client.hello();
            byte[] serverHello = server.receive(hello);
            byte[] clientFlight = client.exchange(serverHello);
            server.receive(clientFlight);

            assertThat(secrets.keySet()).containsExactly("CLIENT_RANDOM");
            byte[] clientRandom = Arrays.copyOfRange(hello, 11, 43);
            byte[] serverRandom = Arrays.copyOfRange(serverHello, 11, 43);
            assertThat(randoms).hasSize(1).allMatch(random -> Arrays.equals(random, clientRandom));
            byte[] block =
                    prf(secret("CLIENT_RANDOM"), "key expansion", RawClientHello.join(serverRandom, clientRandom), 40);
            byte[] finished = open12(block, lastOf(22, clientFlight));
            assertThat(finished[0]).as("Finished").isEqualTo((byte) 20);
        }
    }

    @Test
    void shouldLogTheHandshakeBehindARetryOnce() throws Exception {
        EngineClient client = new EngineClient(p -> p.setNamedGroups(new String[] {"secp521r1", "x448", "secp384r1"}));
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            byte[] second = client.exchange(server.receive(client.hello()));
            server.receive(client.exchange(server.receive(second)));

            assertThat(secrets.keySet()).containsExactlyElementsOf(LABELS);
            assertThat(randoms).hasSize(LABELS.size());
        }
    }

    private byte[] secret(String label) {
        return requireNonNull(secrets.get(label), label);
    }

    private byte[] open13(String label, byte[] record) throws GeneralSecurityException {
        byte[] secret = secret(label);
        byte[] key = expand(secret, "key", new byte[0], 16);
        byte[] iv = expand(secret, "iv", new byte[0], 12);
        return open(key, iv, Arrays.copyOf(record, 5), record, 5);
    }

    /** RFC 5288 §3: the nonce is the fixed part and the first eight bytes of the fragment; sequence number 0. */
    private static byte[] open12(byte[] block, byte[] record) throws GeneralSecurityException {
        byte[] nonce = RawClientHello.join(Arrays.copyOfRange(block, 32, 36), Arrays.copyOfRange(record, 5, 13));
        int length = record.length - 5 - 8 - 16;
        byte[] aad = RawClientHello.join(new byte[8], new byte[] {22, 3, 3, (byte) (length >> 8), (byte) length});
        return open(Arrays.copyOf(block, 16), nonce, aad, record, 13);
    }

    private static byte[] open(byte[] key, byte[] nonce, byte[] aad, byte[] record, int from)
            throws GeneralSecurityException {
        Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
        gcm.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        gcm.updateAAD(aad);
        return gcm.doFinal(record, from, record.length - from);
    }

    /** RFC 8446 §7.1. */
    private static byte[] expand(byte[] secret, String label, byte[] context, int length)
            throws GeneralSecurityException {
        byte[] name = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
        byte[] info = RawClientHello.join(
                new byte[] {(byte) (length >> 8), (byte) length, (byte) name.length},
                name,
                new byte[] {(byte) context.length},
                context);
        return KDF.getInstance("HKDF-SHA256")
                .deriveData(HKDFParameterSpec.expandOnly(new SecretKeySpec(secret, "Generic"), info, length));
    }

    /** RFC 5246 §5. */
    private static byte[] prf(byte[] secret, String label, byte[] seed, int length) throws GeneralSecurityException {
        byte[] labelled = RawClientHello.join(label.getBytes(StandardCharsets.US_ASCII), seed);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] a = mac.doFinal(labelled); out.size() < length; a = mac.doFinal(a)) {
            out.writeBytes(mac.doFinal(RawClientHello.join(a, labelled)));
        }
        return Arrays.copyOf(out.toByteArray(), length);
    }

    private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    private static byte[] firstOf(int type, byte[] records) {
        return ofType(type, records).getFirst();
    }

    private static byte[] lastOf(int type, byte[] records) {
        return ofType(type, records).getLast();
    }

    private static List<byte[]> ofType(int type, byte[] records) {
        List<byte[]> found = new ArrayList<>();
        for (int at = 0, next; at < records.length; at = next) {
            next = at + 5 + ((records[at + 3] & 0xff) << 8 | records[at + 4] & 0xff);
            if (records[at] == type) {
                found.add(Arrays.copyOfRange(records, at, next));
            }
        }
        return found;
    }
}
