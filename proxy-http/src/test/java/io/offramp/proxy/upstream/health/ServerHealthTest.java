package io.offramp.proxy.upstream.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.upstream.health.CheckConfig.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What makes a server rest, and for how long. */
class ServerHealthTest {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final HealthConfig CONFIG = new HealthConfig(
            new CheckConfig(new Probe.Tcp(), Duration.ofSeconds(1), Duration.ofSeconds(1), 2, 3, 0),
            new OutlierConfig(5, Duration.ofSeconds(30), Duration.ofSeconds(100), 50));

    private final List<ServerState> changes = new ArrayList<>();
    private boolean mayEject = true;
    private final ServerHealth health = new ServerHealth(CONFIG, new HealthListener() {
        @Override
        public void onChange(Standing before, Standing now) {
            changes.add(now.state());
        }

        @Override
        public boolean mayEject() {
            return mayEject;
        }
    });

    private boolean isUsable(long second) {
        return health.standing().isUsable(second * SECOND_NS);
    }

    private void faults(int count, long second) {
        for (int i = 0; i < count; i++) {
            health.onFault("status 500", second * SECOND_NS);
        }
    }

    private void check(boolean good, long second) {
        health.onCheck(good ? CheckResult.GOOD : CheckResult.BAD, good ? "status 200" : "refused", second * SECOND_NS);
    }

    private void late(long second) {
        health.onCheck(CheckResult.LATE, "no answer", second * SECOND_NS);
    }

    @Test
    void shouldSkipAServerThatDoesNotAcceptForThreeSeconds() {
        health.onRefused("refused", 10 * SECOND_NS);

        assertThat(isUsable(12)).isFalse();
        assertThat(isUsable(13)).isTrue();
        assertThat(changes).containsExactly(ServerState.UNREACHABLE);
    }

    @Test
    void shouldLetOneRequestTryAServerBehindItsRest() {
        health.onRefused("refused", 10 * SECOND_NS);

        health.onChosen(13 * SECOND_NS);

        assertThat(isUsable(14)).isFalse();
        health.onAccepted(14 * SECOND_NS);
        assertThat(isUsable(14)).isTrue();
        assertThat(changes).containsExactly(ServerState.UNREACHABLE, ServerState.UP);
    }

    @Test
    void shouldReportOnceWhereSomeConnectsFailAndOthersDoNot() {
        for (int i = 0; i < 100; i++) {
            health.onRefused("refused", 10 * SECOND_NS + i);
            health.onAccepted(10 * SECOND_NS + i);
            health.onAnswered(10 * SECOND_NS + i);
        }

        assertThat(changes).containsExactly(ServerState.UNREACHABLE);
    }

    @Test
    void shouldEjectAfterFaultsInARow() {
        faults(4, 1);
        health.onAnswered(SECOND_NS);
        faults(4, 1);
        assertThat(isUsable(1)).isTrue();

        faults(1, 1);

        assertThat(isUsable(30)).isFalse();
        assertThat(isUsable(31)).isTrue();
        assertThat(health.standing().why()).isEqualTo("5 faults in a row, the last: status 500");
    }

    @Test
    void shouldRestTwiceAsLongWhereTheFirstAnswerBehindARestIsAFault() {
        // Given
        faults(5, 0);

        // When
        health.onChosen(30 * SECOND_NS);
        faults(1, 30);

        // Then
        assertThat(isUsable(89)).isFalse();
        assertThat(isUsable(90)).isTrue();
        health.onChosen(90 * SECOND_NS);
        faults(1, 90);
        assertThat(isUsable(189)).as("at most 100 s").isFalse();
        assertThat(isUsable(190)).isTrue();
        assertThat(changes).hasSize(3).containsOnly(ServerState.EJECTED);
    }

    @Test
    void shouldBeginWithAShortRestWhereTheLastIsLongAgo() {
        faults(5, 0);
        health.onChosen(30 * SECOND_NS);
        health.onAnswered(31 * SECOND_NS);
        assertThat(health.standing().state()).isEqualTo(ServerState.UP);

        faults(5, 40);
        assertThat(isUsable(99)).as("soon again: 60 s").isFalse();
        health.onAnswered(100 * SECOND_NS);
        faults(5, 300);
        assertThat(isUsable(330)).as("later: 30 s").isTrue();
    }

    @Test
    void shouldNotLengthenARestForRequestsThatWereSentBefore() {
        faults(5, 1);
        faults(100, 2);

        assertThat(isUsable(31)).isTrue();
        assertThat(changes).hasSize(1);
    }

    @Test
    void shouldNotEjectMoreServersThanTheUpstreamCanLose() {
        mayEject = false;

        faults(50, 1);

        assertThat(health.standing().state()).isEqualTo(ServerState.UP);
    }

    @Test
    void shouldFallAndRiseByChecks() {
        check(true, 1);
        check(false, 2);
        check(false, 3);
        assertThat(health.standing().state()).isEqualTo(ServerState.UP);
        check(true, 4);
        check(false, 5);
        check(false, 6);
        check(false, 7);
        assertThat(health.standing().state()).isEqualTo(ServerState.DOWN);
        check(true, 8);
        check(false, 9);
        check(true, 10);
        assertThat(health.standing().state()).isEqualTo(ServerState.DOWN);
        check(true, 11);

        assertThat(changes).containsExactly(ServerState.DOWN, ServerState.UP);
        assertThat(health.standing().returned()).isTrue();
    }

    @Test
    void shouldFallAtTheFirstAnswerOfAll() {
        late(1);
        assertThat(changes).isEmpty();
        check(false, 2);

        assertThat(health.standing().state()).isEqualTo(ServerState.DOWN);
        assertThat(health.standing().why()).isEqualTo("refused");
    }

    @Test
    void shouldFallByNoFewerLateChecksAtTheStartThanLater() {
        late(1);
        late(2);
        assertThat(changes).isEmpty();
        late(3);
        assertThat(health.standing().state()).isEqualTo(ServerState.DOWN);
        check(true, 4);
        check(true, 5);
        late(6);
        check(false, 7);
        assertThat(health.standing().state()).isEqualTo(ServerState.UP);
        late(8);

        assertThat(changes).containsExactly(ServerState.DOWN, ServerState.UP, ServerState.DOWN);
    }

    @Test
    void shouldCountNoLateChecksInFrontOfAGoodOne() {
        late(1);
        late(2);
        check(true, 3);
        late(4);
        late(5);

        assertThat(changes).isEmpty();
    }

    @Test
    void shouldMakeNothingOfChecksThatGotNoConnection() {
        check(true, 1);
        for (int second = 2; second < 10; second++) {
            health.onCheck(CheckResult.BUSY, "no connection came free", second * SECOND_NS);
        }

        assertThat(changes).isEmpty();
    }

    @Test
    void shouldGiveNoRequestToAServerWhoseChecksFailHoweverLong() {
        health.onRefused("refused", SECOND_NS);
        check(false, 2);

        assertThat(isUsable(1_000_000)).isFalse();
        assertThat(changes).containsExactly(ServerState.UNREACHABLE, ServerState.DOWN);
    }

    @Test
    void shouldStayDrainedWhateverChecksSay() {
        // Given
        health.drain(true, SECOND_NS);

        // When
        check(false, 2);
        assertThat(health.standing().state()).isEqualTo(ServerState.DRAINED);
        health.drain(false, 3 * SECOND_NS);

        // Then
        assertThat(changes).containsExactly(ServerState.DRAINED, ServerState.DOWN);
    }
}
