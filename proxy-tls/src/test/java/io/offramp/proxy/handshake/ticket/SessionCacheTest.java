package io.offramp.proxy.handshake.ticket;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.offramp.proxy.handshake.crypto.TlsSuite;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
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

    @Test
    void shouldSaveTheNewestThatFitAndRestoreThem() {
        // Given
        SessionCache cache = new SessionCache(1000, LIFETIME_S);
        List<byte[]> ids = Stream.generate(() -> random(32)).limit(500).toList();
        for (int i = 0; i < ids.size(); i++) {
            cache.put(ids.get(i), session(1000 + i / 10), 1000 + i / 10);
        }
        byte[] all = cache.save(Integer.MAX_VALUE, 1050);

        // When
        SessionCache next = new SessionCache(1000, LIFETIME_S);
        next.restore(cache.save(all.length / 2, 1050), 1050);

        // Then
        assertThat(next.size()).isEqualTo(250);
        for (int i = 250; i < ids.size(); i++) {
            assertThat(next.copyOf(ids.get(i)))
                    .usingRecursiveComparison()
                    .isEqualTo(requireNonNull(cache.copyOf(ids.get(i))));
        }

        // Then nothing that is too old
        assertThat(cache.save(Integer.MAX_VALUE, 1049 + LIFETIME_S)).isEmpty();
    }

    @Test
    void shouldRefuseWhatWasNotSaved() {
        SessionCache cache = new SessionCache(10, LIFETIME_S);
        cache.put(random(32), session(0), 0);
        byte[] saved = cache.save(Integer.MAX_VALUE, 0);

        for (int length = 1; length < saved.length; length++) {
            byte[] cut = Arrays.copyOf(saved, length);
            assertThatThrownBy(() -> new SessionCache(10, LIFETIME_S).restore(cut, 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (int i = 0; i < 10_000; i++) {
            byte[] changed = saved.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                new SessionCache(10, LIFETIME_S).restore(changed, 0);
            } catch (IllegalArgumentException e) { // the other answer that may be given
                assertThat(e).hasMessageContaining("saved session");
            }
        }
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
