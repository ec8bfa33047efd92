package io.offramp.proxy.message;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The key of a WebSocket's handshake in HTTP/1.1 (RFC 6455 §4), which HTTP/2 does not have (RFC 8441 §5): a proxy
 * between the two versions is the client of that handshake, or its server. Pure functions, apart from new keys.
 */
public final class WebSocketHandshake {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;
    private static final byte[] KEY = "sec-websocket-key".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ACCEPT = "sec-websocket-accept".getBytes(StandardCharsets.US_ASCII);

    private WebSocketHandshake() {}

    /** Whether a protocol of {@code Upgrade} has this handshake. */
    public static boolean isOf(String protocol) {
        return protocol.equalsIgnoreCase("websocket");
    }

    /** Whether an answer in the form of HTTP/1.1, a 101, changes to WebSocket. */
    public static boolean isChosen(AnswerHead answer) {
        return answer.message().fields().all(Field.UPGRADE).stream().anyMatch(WebSocketHandshake::isOf);
    }

    /** A key for a request to a server: no secret, but no other request has it. */
    public static String newKey() {
        byte[] nonce = new byte[KEY_BYTES];
        ThreadLocalRandom.current().nextBytes(nonce);
        return Base64.getEncoder().encodeToString(nonce);
    }

    /** Whether the field is the key of a request. */
    public static boolean isKey(Fields fields, int index) {
        return fields.isName(index, KEY);
    }

    /** Whether the field is the proof in an answer. */
    public static boolean isAccept(Fields fields, int index) {
        return fields.isName(index, ACCEPT);
    }

    /** The proof that an answer to this request needs; null if it has no key. */
    public static @Nullable String accept(Fields request) {
        int key = request.indexOf(KEY);
        return key < 0 ? null : accept(request.value(key));
    }

    private static String accept(String key) {
        try {
            byte[] bytes = (key + GUID).getBytes(StandardCharsets.ISO_8859_1);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    /** Whether an answer has the proof for a key of ours. */
    public static boolean accepts(Fields answer, String key) {
        int accept = answer.indexOf(ACCEPT);
        return accept >= 0 && answer.value(accept).equals(accept(key));
    }
}
