package io.offramp.offload.key;

import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordFormat;
import java.util.Arrays;
import javax.security.auth.Destroyable;

/**
 * Key, IV and next record sequence of one direction (RFC 8446 §7.3, RFC 5246 §6.3).
 *
 * <p>Has one owner at a time. The owner destroys it. Not thread-safe. Never prints a secret.
 */
public final class TrafficKeys implements Destroyable {
    private final ProtocolVersion version;
    private final AeadSuite suite;
    private final byte[] key;
    private final byte[] iv;
    private final long nextSequence;
    private boolean destroyed;

    /**
     * Takes ownership of both arrays: {@link #destroy()} wipes them.
     *
     * @param key {@link AeadSuite#keyBytes()} bytes
     * @param iv 12 bytes; 4 (the salt, RFC 5288 §3) in TLS 1.2 with GCM
     * @param nextSequence record sequence of the next record
     */
    public TrafficKeys(ProtocolVersion version, AeadSuite suite, byte[] key, byte[] iv, long nextSequence) {
        if (key.length != suite.keyBytes()) {
            throw new IllegalArgumentException(
                    "key is " + key.length + " bytes, " + suite + " takes " + suite.keyBytes());
        }
        if (iv.length != ivBytes(version, suite)) {
            throw new IllegalArgumentException("IV is " + iv.length + " bytes, " + version + " with " + suite
                    + " takes " + ivBytes(version, suite));
        }
        this.version = version;
        this.suite = suite;
        this.key = key;
        this.iv = iv;
        this.nextSequence = nextSequence;
    }

    /** Length of the static IV: 4 in TLS 1.2 with GCM, else 12. */
    public static int ivBytes(ProtocolVersion version, AeadSuite suite) {
        return AeadSuite.NONCE_BYTES - suite.format(version).explicitNonceBytes();
    }

    /** Negotiated protocol version. */
    public ProtocolVersion version() {
        return version;
    }

    /** Negotiated AEAD. */
    public AeadSuite suite() {
        return suite;
    }

    /** Geometry of the records that these keys protect. */
    public RecordFormat format() {
        return suite.format(version);
    }

    /** Record sequence of the next record: an unsigned 64-bit number. */
    public long nextSequence() {
        return nextSequence;
    }

    /** The key itself, not a copy: the caller neither keeps nor changes it. */
    public byte[] dangerousKey() {
        requireAlive();
        return key;
    }

    /** The static IV or salt itself, not a copy: the caller neither keeps nor changes it. */
    public byte[] dangerousIv() {
        requireAlive();
        return iv;
    }

    /** The first four bytes of the nonce, big endian: constant for all records. */
    public int nonceHead() {
        requireAlive();
        return iv[0] << 24 | (iv[1] & 0xff) << 16 | (iv[2] & 0xff) << 8 | (iv[3] & 0xff);
    }

    /**
     * The mask of the record sequence: XORed with it, it gives the nonce's last eight bytes, big endian (RFC 8446
     * §5.3). Zero in TLS 1.2 with GCM, where the explicit nonce is the sequence itself. So one formula serves all
     * formats.
     */
    public long nonceTailMask() {
        requireAlive();
        long mask = 0;
        for (int i = 4; i < iv.length; i++) {
            mask = mask << 8 | (iv[i] & 0xff);
        }
        return mask;
    }

    /** A copy of these keys for another record. The original stays with its owner. */
    public TrafficKeys copyAt(long sequence) {
        requireAlive();
        return new TrafficKeys(version, suite, key.clone(), iv.clone(), sequence);
    }

    /** Wipes key and IV. May be called more than once. */
    @Override
    public void destroy() {
        Arrays.fill(key, (byte) 0);
        Arrays.fill(iv, (byte) 0);
        destroyed = true;
    }

    @Override
    public boolean isDestroyed() {
        return destroyed;
    }

    private void requireAlive() {
        if (destroyed) {
            throw new IllegalStateException("traffic keys were destroyed");
        }
    }

    @Override
    public String toString() {
        return "TrafficKeys[" + version.label() + " " + suite.kernelName() + " seq=" + nextSequence
                + (destroyed ? " destroyed]" : " redacted]");
    }
}
