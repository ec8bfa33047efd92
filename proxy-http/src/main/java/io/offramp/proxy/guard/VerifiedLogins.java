package io.offramp.proxy.guard;

import io.netty.util.concurrent.FastThreadLocal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Logins that were right a moment ago, so that the next request of the same user costs no bcrypt. They are known by a
 * hash of user, password and stored hash, under a key that this process has drawn: neither a password nor something
 * that it could be guessed from is kept. A changed password has another stored hash, so it is not remembered. Wrong
 * logins are never remembered: they could push out right ones. A full set forgets the one that ends first. Thread-safe,
 * without a lock.
 */
public final class VerifiedLogins {
    private static final String HMAC = "HmacSHA256";
    private static final int WAYS = 4;

    private final AtomicReferenceArray<@Nullable Entry> entries;
    private final SecretKeySpec secret;
    private final FastThreadLocal<Mac> macs = new FastThreadLocal<>() {
        @Override
        protected Mac initialValue() throws GeneralSecurityException {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(secret);
            return mac;
        }
    };

    private record Entry(Key key, long endNs) {}

    /** Of one login. */
    record Key(long high, long low) {}

    /** @param most logins that are remembered at once; rounded up to a power of two */
    public VerifiedLogins(int most) {
        entries = new AtomicReferenceArray<>(WAYS * Integer.highestOneBit(Math.max(1, (2 * most - 1) / WAYS)));
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        secret = new SecretKeySpec(bytes, HMAC);
    }

    /** The key of a login against the stored hash. */
    Key key(BasicCredentials login, String hash) {
        Mac mac = macs.get();
        mac.update(hash.getBytes(StandardCharsets.ISO_8859_1)); // 60 characters, each
        mac.update(login.user().getBytes(StandardCharsets.ISO_8859_1));
        mac.update((byte) 0); // in no user's name
        ByteBuffer digest = ByteBuffer.wrap(mac.doFinal(login.password()));
        return new Key(digest.getLong(), digest.getLong());
    }

    /** Whether that login was right lately. */
    boolean has(Key key, long nowNs) {
        int set = set(key);
        for (int i = set; i < set + WAYS; i++) {
            Entry entry = entries.get(i);
            if (entry != null && entry.key.equals(key)) {
                return entry.endNs - nowNs > 0;
            }
        }
        return false;
    }

    /** Remembers a login that was right. */
    void add(Key key, long nowNs, long forNs) {
        int set = set(key);
        int chosen = set;
        long least = Long.MAX_VALUE;
        for (int i = set; i < set + WAYS; i++) {
            Entry entry = entries.get(i);
            long left = entry == null ? Long.MIN_VALUE : entry.endNs - nowNs;
            if (entry != null && entry.key.equals(key)) {
                chosen = i;
                break;
            }
            if (left < least) {
                least = left;
                chosen = i;
            }
        }
        entries.set(chosen, new Entry(key, nowNs + forNs));
    }

    private int set(Key key) {
        return WAYS * (int) (key.high & entries.length() / WAYS - 1);
    }
}
