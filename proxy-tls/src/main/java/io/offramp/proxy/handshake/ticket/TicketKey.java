package io.offramp.proxy.handshake.ticket;

import io.offramp.proxy.handshake.crypto.Kdf;
import io.offramp.proxy.handshake.crypto.RawKey;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Protects tickets. Thread-safe. Never prints its secret.
 *
 * <pre>
 * name 16 | format 1 | salt 16 | AES-256-GCM of the session | tag 16
 * </pre>
 *
 * <p>Each ticket has an AES key and a nonce of its own, HKDF-Expand(secret, label | salt) (RFC 5869) with a random salt
 * of 128 bits. So no AES key sees two tickets unless two salts are equal: for 2^40 tickets of one secret, from any
 * number of instances, that has a probability of 2^-49. With random 96-bit nonces under one key, 2^32 tickets would be
 * the limit (NIST SP 800-38D §8.3).
 */
public final class TicketKey {
    static final int NAME_BYTES = 16;
    static final int OVERHEAD_BYTES = NAME_BYTES + 1 + 16 + 16;

    /** The name, and what {@link #KDF} extracts. */
    static final int SAVED_BYTES = NAME_BYTES + 64;

    private static final byte FORMAT = 1;
    private static final int SALT_AT = NAME_BYTES + 1;
    private static final int SALT_BYTES = 16;
    private static final int SEALED_AT = SALT_AT + SALT_BYTES;
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;

    private static final byte[] EXTRACT_SALT = "offramp ticket secret".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EXPAND_LABEL = "offramp ticket 1".getBytes(StandardCharsets.US_ASCII);

    /** One block of its output is a key and a nonce. */
    private static final Kdf KDF = Kdf.SHA_512;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ThreadLocal<Cipher> CIPHERS = ThreadLocal.withInitial(TicketKey::cipher);

    private final byte[] name;
    private final byte[] secret;

    /**
     * A key that other instances may have too.
     *
     * @param name 16 bytes, public
     * @param secret at least 16 bytes of entropy; copied
     */
    TicketKey(byte[] name, byte[] secret) {
        this.name = name.clone();
        this.secret = KDF.extract(EXTRACT_SALT, secret);
    }

    private TicketKey(byte[] saved, int at) {
        this.name = Arrays.copyOfRange(saved, at, at + NAME_BYTES);
        this.secret = Arrays.copyOfRange(saved, at + NAME_BYTES, at + SAVED_BYTES);
    }

    /** A key of {@link #save}: {@link #SAVED_BYTES} from there on, which the caller keeps. */
    static TicketKey restore(byte[] saved, int at) {
        return new TicketKey(saved, at);
    }

    /** Puts name and secret there, {@link #SAVED_BYTES}. */
    void save(byte[] to, int at) {
        System.arraycopy(name, 0, to, at, NAME_BYTES);
        System.arraycopy(secret, 0, to, at + NAME_BYTES, secret.length);
    }

    /** A new random key. */
    static TicketKey random() {
        byte[] name = new byte[NAME_BYTES];
        byte[] secret = new byte[KEY_BYTES];
        RANDOM.nextBytes(name);
        RANDOM.nextBytes(secret);
        try {
            return new TicketKey(name, secret);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** Whether a ticket names this key. */
    boolean isNamedBy(byte[] ticket) {
        return ticket.length >= NAME_BYTES && Arrays.equals(ticket, 0, NAME_BYTES, name, 0, NAME_BYTES);
    }

    /** Whether name and secret are equal. */
    boolean isSame(TicketKey other) {
        return Arrays.equals(name, other.name) && Arrays.equals(secret, other.secret);
    }

    /** Makes a ticket; the caller keeps {@code session}. */
    public byte[] seal(byte[] session) {
        byte[] ticket = new byte[OVERHEAD_BYTES + session.length];
        System.arraycopy(name, 0, ticket, 0, NAME_BYTES);
        ticket[NAME_BYTES] = FORMAT;
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        System.arraycopy(salt, 0, ticket, SALT_AT, SALT_BYTES);
        try {
            keyed(Cipher.ENCRYPT_MODE, ticket).doFinal(session, 0, session.length, ticket, SEALED_AT);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return ticket;
    }

    /** The content of a ticket, which the caller wipes; null if it was not sealed with this key. */
    public byte @Nullable [] open(byte[] ticket) {
        if (ticket.length < OVERHEAD_BYTES || !isNamedBy(ticket) || ticket[NAME_BYTES] != FORMAT) {
            return null;
        }
        try {
            return keyed(Cipher.DECRYPT_MODE, ticket).doFinal(ticket, SEALED_AT, ticket.length - SEALED_AT);
        } catch (AEADBadTagException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Wipes the secret; the key must not be used any more. */
    void destroy() {
        Arrays.fill(secret, (byte) 0);
    }

    /** Authenticates name and format; the salt is authenticated by the key derived from it. */
    private Cipher keyed(int mode, byte[] ticket) throws GeneralSecurityException {
        byte[] info = Arrays.copyOf(EXPAND_LABEL, EXPAND_LABEL.length + SALT_BYTES);
        System.arraycopy(ticket, SALT_AT, info, EXPAND_LABEL.length, SALT_BYTES);
        byte[] keyAndNonce = KDF.expand(secret, info, KEY_BYTES + NONCE_BYTES);
        byte[] key = Arrays.copyOf(keyAndNonce, KEY_BYTES);
        try {
            Cipher cipher = CIPHERS.get();
            cipher.init(
                    mode,
                    new RawKey("AES", key),
                    new GCMParameterSpec(8 * TAG_BYTES, keyAndNonce, KEY_BYTES, NONCE_BYTES));
            cipher.updateAAD(ticket, 0, SALT_AT);
            return cipher;
        } finally {
            Arrays.fill(keyAndNonce, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }

    private static Cipher cipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "TicketKey[redacted]";
    }
}
