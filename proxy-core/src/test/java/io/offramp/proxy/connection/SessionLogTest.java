package io.offramp.proxy.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.offload.RecordMode;
import io.offramp.offload.SessionInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class SessionLogTest {
    private final SessionLog log = new SessionLog(3);

    @Test
    void shouldKeepTheLastOnesOldestFirst() {
        // When
        for (int i = 1; i <= 5; i++) {
            log.add(carrying(i));
        }

        // Then
        assertThat(log.total()).isEqualTo(5);
        assertThat(kept()).extracting(s -> s.tx().bytes()).containsExactly(3L, 4L, 5L);
        assertThat(kept()).noneMatch(SessionStats::isOpen);
    }

    @Test
    void shouldKeepNothingOfAConnectionWithoutASession() {
        log.add(TestConnections.accepted(1));
        assertThat(kept()).isEmpty();
        assertThat(log.live(TestConnections.accepted(1))).isNull();
    }

    @Test
    void shouldSayWhatALiveSessionHasDone() {
        // When
        SessionStats live = log.live(TestConnections.established(1, "a"));

        // Then
        assertThat(live).isNotNull();
        assertThat(live.isOpen()).isTrue();
        assertThat(live.tx()).isEqualTo(new SessionStats.Carried(3, 40_000, "hw", "configured"));
        assertThat(live.rx()).isEqualTo(new SessionStats.Carried(1, 120, "sw", "device declined: no TIR left"));
        assertThat(live.lifetimeMs()).isBetween(0L, 60_000L);
    }

    @Test
    void shouldSayHowLongASessionLivedWhenTheClockWasSetMeanwhile() {
        for (Duration step : List.of(Duration.ofHours(1), Duration.ofHours(-1))) {
            Connection c = TestConnections.accepted(1, Instant.now().plus(step), Duration.ofSeconds(5));

            SessionStats stats = log.live(TestConnections.handshaken(c, "a"));

            assertThat(stats).isNotNull();
            assertThat(stats.lifetimeMs()).isBetween(5_000L, 65_000L);
        }
    }

    @Test
    void shouldShareReasonsThatDifferInTheirFiguresOnly() {
        SharedTexts texts = new SharedTexts();
        String why = texts.of("auto: 4.1 MiB in 260 records");
        assertThat(why).isEqualTo("auto: # MiB in # records");
        assertThat(texts.of("auto: 12 MiB in 9000 records")).isSameAs(why);
        assertThat(texts.of("device declined: device has no TIS left (4096 contexts in use)"))
                .isEqualTo("device declined: device has no TIS left (# contexts in use)");
        assertThat(texts.of("device declined: device has no chacha20-poly1305"))
                .isEqualTo("device declined: device has no chacha20-poly1305");
        assertThat(texts.of("")).isEmpty();
    }

    @Test
    void shouldNotGrowWithReasonsThatNobodyForesaw() {
        SharedTexts texts = new SharedTexts();
        for (int i = 0; i < SharedTexts.LIMIT; i++) {
            assertThat(texts.of("reason x" + i)).isEqualTo("reason x" + i);
        }
        assertThat(texts.of("one more")).isEqualTo(SharedTexts.OTHER);
        assertThat(texts.of("reason x7")).isEqualTo("reason x7");
    }

    @Test
    void shouldLoseNothingWhenSeveralLoopsClose() throws Exception {
        // Given
        SessionLog shared = new SessionLog(4_000);

        // When
        try (ExecutorService loops = Executors.newFixedThreadPool(4)) {
            for (int loop = 0; loop < 4; loop++) {
                int first = 1 + loop * 1_000;
                loops.execute(() -> {
                    for (int i = first; i < first + 1_000; i++) {
                        shared.add(carrying(i));
                    }
                });
            }
        }

        // Then
        List<Long> bytes = new ArrayList<>();
        shared.iterator().forEachRemaining(s -> bytes.add(s.tx().bytes()));
        assertThat(bytes).hasSize(4_000).doesNotHaveDuplicates();
    }

    private List<SessionStats> kept() {
        List<SessionStats> kept = new ArrayList<>();
        log.iterator().forEachRemaining(kept::add);
        return kept;
    }

    private static Connection carrying(long bytes) {
        Connection c = TestConnections.established(bytes, "a");
        c.tx().onInstalled(new SessionInfo("sw", RecordMode.SW, "libcrypto"), "auto: 1.0 MiB in " + bytes + " records");
        c.tx().add(1, bytes - c.tx().bytes());
        return c;
    }
}
