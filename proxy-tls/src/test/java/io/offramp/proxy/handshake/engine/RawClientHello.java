package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.handshake.crypto.Group;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** A ClientHello put together by hand, for what no client would send (RFC 8446 §4.1.2). */
public final class RawClientHello {
    private static final int SUPPORTED_GROUPS = 10;
    private static final int SIGNATURE_ALGORITHMS = 13;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int KEY_SHARE = 51;

    private final Map<Integer, byte[]> extensions = new LinkedHashMap<>();
    private int legacyVersion = 0x0303;
    private byte[] random = new byte[32];
    private byte[] sessionId = new byte[0];
    private int[] suites = {0x1301, 0xc02b, 0xc02f};
    private byte[] compressions = {0};

    /** TLS 1.3 with a share for one group. */
    static RawClientHello tls13(Group group, byte[] share) {
        return new RawClientHello()
                .with(SUPPORTED_VERSIONS, new byte[] {2, 3, 4})
                .with(SUPPORTED_GROUPS, list(shorts(group.code())))
                .with(SIGNATURE_ALGORITHMS, list(shorts(0x0403, 0x0804)))
                .with(KEY_SHARE, list(join(shorts(group.code(), share.length), share)));
    }

    /** TLS 1.2, or the version of an older client. */
    static RawClientHello legacy(int version) {
        RawClientHello hello = new RawClientHello();
        hello.legacyVersion = version;
        return hello;
    }

    /** TLS 1.3, supporting these without a share for any. */
    static RawClientHello withoutShare(Group... groups) {
        return tls13(Group.X25519, new byte[0])
                .with(
                        SUPPORTED_GROUPS,
                        list(shorts(Stream.of(groups).mapToInt(Group::code).toArray())))
                .with(KEY_SHARE, list(new byte[0]));
    }

    /** With a share for this group only. */
    RawClientHello withShare(Group group, byte[] share) {
        return with(KEY_SHARE, list(join(shorts(group.code(), share.length), share)));
    }

    RawClientHello with(int extension, byte[] data) {
        extensions.put(extension, data);
        return this;
    }

    RawClientHello without(int extension) {
        extensions.remove(extension);
        return this;
    }

    RawClientHello withSuites(int... codes) {
        suites = codes;
        return this;
    }

    RawClientHello withRandom(byte[] bytes) {
        random = bytes;
        return this;
    }

    RawClientHello withSessionId(byte[] bytes) {
        sessionId = bytes;
        return this;
    }

    RawClientHello withVersion(int version) {
        legacyVersion = version;
        return this;
    }

    RawClientHello withCompressions(int... methods) {
        compressions = new byte[methods.length];
        for (int i = 0; i < methods.length; i++) {
            compressions[i] = (byte) methods[i];
        }
        return this;
    }

    /** The handshake message. */
    byte[] message() {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(shorts(legacyVersion));
        body.writeBytes(random);
        body.write(sessionId.length);
        body.writeBytes(sessionId);
        body.writeBytes(list(shorts(suites)));
        body.write(compressions.length);
        body.writeBytes(compressions);
        if (!extensions.isEmpty()) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            extensions.forEach((type, data) -> all.writeBytes(join(shorts(type), list(data))));
            body.writeBytes(list(all.toByteArray()));
        }
        return join(ByteBuffer.allocate(4).putInt(1 << 24 | body.size()).array(), body.toByteArray());
    }

    /** As one record. */
    byte[] record() {
        return record(22, message());
    }

    /** In records of at most {@code bytes} of content. */
    static byte[] records(byte[] message, int bytes) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int at = 0; at < message.length; at += bytes) {
            all.writeBytes(record(22, Arrays.copyOfRange(message, at, Math.min(message.length, at + bytes))));
        }
        return all.toByteArray();
    }

    static byte[] record(int type, byte[] fragment) {
        return join(new byte[] {(byte) type, 3, 3}, list(fragment));
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] list(byte[] content) {
        return join(shorts(content.length), content);
    }

    static byte[] shorts(int... values) {
        ByteBuffer out = ByteBuffer.allocate(2 * values.length);
        for (int value : values) {
            out.putShort((short) value);
        }
        return out.array();
    }
}
