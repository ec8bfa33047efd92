package io.offramp.proxy.handshake.engine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * A parsed ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2): well-formed, but its content is not checked.
 *
 * @param version legacy_version
 * @param random 32 bytes
 * @param sessionId up to 32 bytes
 * @param suites at least one
 * @param compressions numbers of methods, at least one
 * @param extensions content by type, in the order of the message; empty if it has none
 */
record ReceivedHello(
        int version,
        byte[] random,
        byte[] sessionId,
        int[] suites,
        byte[] compressions,
        Map<Integer, byte[]> extensions) {
    private static final int RANDOM_BYTES = 32;
    private static final int MAX_SESSION_ID_BYTES = 32;

    /**
     * Parses the body of a message.
     *
     * @throws TlsFatalAlert decode_error if it is not a ClientHello, illegal_parameter if an extension appears twice
     *     (RFC 8446 §4.2)
     */
    static ReceivedHello of(byte[] body) throws TlsFatalAlert {
        HelloReader in = new HelloReader("ClientHello", body);
        int version = in.uint16();
        byte[] random = in.bytes(RANDOM_BYTES);
        byte[] sessionId = in.vector8(0);
        if (sessionId.length > MAX_SESSION_ID_BYTES) {
            throw new TlsFatalAlert(AlertDescription.decode_error, "session id of " + sessionId.length + " bytes");
        }
        int[] suites = in.part16("cipher_suites", 2).uint16s();
        byte[] compressions = in.vector8(1);
        Map<Integer, byte[]> extensions = in.hasMore() ? extensions(in.only16(0)) : Map.of();
        return new ReceivedHello(version, random, sessionId, suites, compressions, extensions);
    }

    private static Map<Integer, byte[]> extensions(HelloReader in) throws TlsFatalAlert {
        Map<Integer, byte[]> extensions = new LinkedHashMap<>();
        while (in.hasMore()) {
            int type = in.uint16();
            if (extensions.putIfAbsent(type, in.vector16(0)) != null) {
                throw new TlsFatalAlert(AlertDescription.illegal_parameter, "extension " + type + " twice");
            }
        }
        return Collections.unmodifiableMap(extensions);
    }

    /** Whether it has an extension of this type. */
    boolean has(HelloExtension extension) {
        return extensions.containsKey(extension.type());
    }
}
