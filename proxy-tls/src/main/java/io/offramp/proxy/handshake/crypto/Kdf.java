package io.offramp.proxy.handshake.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import org.bouncycastle.tls.crypto.CryptoHashAlgorithm;

/**
 * Hash, HMAC, HKDF (RFC 5869) and the PRF of TLS 1.2 (RFC 5246 §5) for one hash. Always from the JDK: its hashes are
 * intrinsics, and native providers lose more on the call than they gain on such small inputs. Thread-safe.
 */
public enum Kdf {
    SHA_256("SHA-256", "HmacSHA256", 32),
    SHA_384("SHA-384", "HmacSHA384", 48),
    SHA_512("SHA-512", "HmacSHA512", 64);

    private final String hashName;
    private final int hashBytes;
    private final MessageDigest unused;
    private final byte[] emptyHash;
    private final ThreadLocal<Mac> macs;
    private final String macName;

    Kdf(String hashName, String macName, int hashBytes) {
        this.hashName = hashName;
        this.macName = macName;
        this.hashBytes = hashBytes;
        this.unused = create(hashName);
        this.emptyHash = newDigest().digest();
        this.macs = ThreadLocal.withInitial(this::newMac);
    }

    /** @param cryptoHashAlgorithm Bouncy Castle's number */
    static Kdf of(int cryptoHashAlgorithm) {
        return switch (cryptoHashAlgorithm) {
            case CryptoHashAlgorithm.sha256 -> SHA_256;
            case CryptoHashAlgorithm.sha384 -> SHA_384;
            case CryptoHashAlgorithm.sha512 -> SHA_512;
            default -> throw new IllegalArgumentException("hash " + cryptoHashAlgorithm);
        };
    }

    /** The JCA name. */
    String hashName() {
        return hashName;
    }

    public int hashBytes() {
        return hashBytes;
    }

    /** A copy of the hash of the empty input. */
    public byte[] emptyHash() {
        return emptyHash.clone();
    }

    /** A new digest. Cloned, since the search for a provider costs more than hashing a handshake. */
    public MessageDigest newDigest() {
        try {
            return (MessageDigest) unused.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e); // the JDK's digests are cloneable
        }
    }

    public byte[] hmac(byte[] key, byte[] input, int offset, int length) {
        Mac mac = keyed(key);
        mac.update(input, offset, length);
        return mac.doFinal();
    }

    public byte[] extract(byte[] salt, byte[] inputKey) {
        return hmac(salt, inputKey, 0, inputKey.length);
    }

    public byte[] expand(byte[] key, byte[] info, int length) {
        byte[] out = new byte[length];
        Mac mac = keyed(key);
        for (int done = 0, counter = 1; done < length; done += hashBytes, counter++) {
            if (counter > 1) {
                mac.update(out, done - hashBytes, hashBytes);
            }
            mac.update(info);
            mac.update((byte) counter);
            finish(mac, out, done);
        }
        return out;
    }

    /** P_hash of RFC 5246 §5; {@code seed} is label and seed. */
    byte[] prf(byte[] secret, byte[] seed, int length) {
        byte[] out = new byte[length];
        byte[] chain = seed;
        Mac mac = keyed(secret);
        for (int done = 0; done < length; done += hashBytes) {
            mac.update(chain);
            chain = mac.doFinal();
            mac.update(chain);
            mac.update(seed);
            finish(mac, out, done);
        }
        return out;
    }

    private Mac keyed(byte[] key) {
        Mac mac = macs.get();
        try {
            mac.init(new RawKey(macName, key));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static MessageDigest create(String hashName) {
        try {
            return MessageDigest.getInstance(hashName);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes the MAC to {@code out} at {@code to}, or as much of it as there is room for. */
    private void finish(Mac mac, byte[] out, int to) {
        try {
            if (out.length - to >= hashBytes) {
                mac.doFinal(out, to);
            } else {
                byte[] block = mac.doFinal();
                System.arraycopy(block, 0, out, to, out.length - to);
                Arrays.fill(block, (byte) 0);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Mac newMac() {
        try {
            return Mac.getInstance(macName);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
