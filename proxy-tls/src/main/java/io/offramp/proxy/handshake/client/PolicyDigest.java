package io.offramp.proxy.handshake.client;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 over parts, each preceded by its length, so that no two lists of parts have the same input. Not thread-safe.
 */
final class PolicyDigest {
    private final MessageDigest digest;

    PolicyDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    PolicyDigest add(byte[] part) {
        digest.update(ByteBuffer.allocate(4).putInt(part.length).flip());
        digest.update(part);
        return this;
    }

    PolicyDigest add(int part) {
        return add(ByteBuffer.allocate(4).putInt(part).array());
    }

    /** 32 bytes. */
    byte[] finish() {
        return digest.digest();
    }
}
