package io.offramp.proxy.handshake.ticket;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is needed to resume a session, and to decide whether it may be resumed. Owns the secret.
 *
 * @param suite its cipher suite, and with that its version
 * @param extendedMasterSecret RFC 7627; always in TLS 1.3
 * @param startS end of the full handshake, in seconds since 1970
 * @param certificate SHA-256 of the certificate that the server sent
 * @param serverName what the client asked for; null for none
 * @param policy digest of what was demanded of the client, at most 255 bytes
 * @param secret the PSK in TLS 1.3, the master secret in TLS 1.2
 * @param clientPath DER of the client's certificates, its own first; empty for none
 */
public record ResumableSession(
        TlsSuite suite,
        boolean extendedMasterSecret,
        long startS,
        byte[] certificate,
        @Nullable String serverName,
        byte[] policy,
        byte[] secret,
        List<byte[]> clientPath) {
    static final int FINGERPRINT_BYTES = 32;

    private static final int MAX_CLIENT_CERTIFICATES = 16;
    private static final int NO_NAME = 0;
    private static final int FIXED_BYTES = 2 + 1 + Long.BYTES + FINGERPRINT_BYTES + 4;

    ProtocolVersion version() {
        return suite.version();
    }

    /** With a secret of its own. */
    ResumableSession copy() {
        return new ResumableSession(
                suite, extendedMasterSecret, startS, certificate, serverName, policy, secret.clone(), clientPath);
    }

    /** Wipes the secret. */
    void destroy() {
        Arrays.fill(secret, (byte) 0);
    }

    /**
     * The encoding, as the content of a ticket; the caller wipes it.
     *
     * <pre>
     * suite 2 | flags 1 | start 8 | certificate 32 | length 1, server name | length 1, policy | length 1, secret
     * | count 1, certificates
     * </pre>
     *
     * Three bytes of length precede each certificate. An empty server name stands for none: no client can send one.
     */
    byte[] encode() {
        byte[] name = serverName == null ? new byte[NO_NAME] : serverName.getBytes(StandardCharsets.ISO_8859_1);
        int clientBytes = clientPath.stream().mapToInt(der -> 3 + der.length).sum();
        ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + name.length + policy.length + secret.length + clientBytes);
        out.putShort((short) suite.code())
                .put((byte) (extendedMasterSecret ? 1 : 0))
                .putLong(startS)
                .put(certificate);
        putWithLength(out, name);
        putWithLength(out, policy);
        putWithLength(out, secret);
        out.put((byte) clientPath.size());
        for (byte[] der : clientPath) {
            out.put((byte) (der.length >>> 16)).putShort((short) der.length).put(der);
        }
        return out.array();
    }

    /** The session, or null if {@code encoded} is not one: authenticated, but written by another version. */
    static @Nullable ResumableSession decode(byte[] encoded) {
        try {
            ByteBuffer in = ByteBuffer.wrap(encoded);
            int code = in.getShort() & 0xffff;
            TlsSuite suite = TlsSuite.ALL.stream()
                    .filter(each -> each.code() == code)
                    .findAny()
                    .orElse(null);
            int flags = in.get();
            long startS = in.getLong();
            byte[] certificate = take(in, FINGERPRINT_BYTES);
            byte[] name = take(in, in.get() & 0xff);
            byte[] policy = take(in, in.get() & 0xff);
            byte[] secret = take(in, in.get() & 0xff);
            List<byte[]> clientPath = clientPath(in);
            if (suite == null || flags < 0 || flags > 1 || startS < 0 || clientPath == null || in.hasRemaining()) {
                return null;
            }
            String serverName = name.length == NO_NAME ? null : new String(name, StandardCharsets.ISO_8859_1);
            return new ResumableSession(suite, flags == 1, startS, certificate, serverName, policy, secret, clientPath);
        } catch (BufferUnderflowException e) {
            return null;
        }
    }

    private static @Nullable List<byte[]> clientPath(ByteBuffer in) {
        int count = in.get() & 0xff;
        if (count > MAX_CLIENT_CERTIFICATES) {
            return null;
        }
        List<byte[]> path = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            path.add(take(in, (in.get() & 0xff) << 16 | in.getShort() & 0xffff));
        }
        return path;
    }

    /** Preceded by one byte of length. */
    private static void putWithLength(ByteBuffer out, byte[] bytes) {
        out.put((byte) bytes.length).put(bytes);
    }

    /** Checks before it allocates. */
    private static byte[] take(ByteBuffer in, int length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    @Override
    public String toString() {
        return "ResumableSession[" + suite + " of " + serverName + ", secret redacted]";
    }
}
