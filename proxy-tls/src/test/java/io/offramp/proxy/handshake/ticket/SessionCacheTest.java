package io.offramp.proxy.handshake.ticket;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.handshake.crypto.TlsSuite;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SessionCacheTest {
    private static final long LIFETIME_S = 100;

    private final Random random = new Random(3);

    @Test
    void shouldGiveACopyThatOutlivesItself() {
        SessionCache cache = new SessionCache(10, LIFETIME_S);
        byte[] id = random(32);
        ResumableSession session = session(0);
        cache.put(id, session, 0);

        ResumableSession copy = requireNonNull(cache.copyOf(id));
        assertThat(copy).usingRecursiveComparison().isEqualTo(session);
        copy.destroy();

        assertThat(cache.copyOf(id)).usingRecursiveComparison().isEqualTo(session);
        assertThat(cache.copyOf(random(32))).isNull();
        assertThat(cache.copyOf(new byte[] {1})).isNull();
    }

    @Test
    void shouldHoldNoMoreThanItMayAndWipeWhatItDrops() {
        for (int limit : new int[] {1, 10, 1000, 20_000}) {
            SessionCache cache = new SessionCache(limit, LIFETIME_S);
            ResumableSession first = session(0);
            byte[] id = random(32);
            cache.put(id, first, 0);
            for (int i = 0; i < 2 * limit + 32; i++) {
                cache.put(random(32), session(0), 0);
            }
            assertThat(cache.size()).isBetween(limit, limit + 16);
            assertThat(cache.copyOf(id)).isNull();
            assertThat(first.secret()).containsOnly(0);
        }
    }

    @Test
    void shouldForgetWhatIsTooOld() {
        SessionCache cache = new SessionCache(50, LIFETIME_S);
        ResumableSession old = session(1000);
        cache.put(random(32), old, 1000);
        cache.put(random(32), session(1050), 1050);

        cache.put(random(32), session(1100), 1100);

        assertThat(cache.size()).isEqualTo(2);
        assertThat(old.secret()).containsOnly(0);
    }

    private ResumableSession session(long startS) {
        return new ResumableSession(
                TlsSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
                true,
                startS,
                random(32),
                null,
                new byte[0],
                random(48),
                List.of());
    }

    private byte[] random(int bytes) {
        byte[] array = new byte[bytes];
        random.nextBytes(array);
        return array;
    }
}
