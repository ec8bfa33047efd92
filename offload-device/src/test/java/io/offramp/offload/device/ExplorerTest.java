package io.offramp.offload.device;

import static io.offramp.offload.device.ExplorerEvent.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Histories of a connection, systematically and at random: whatever happens, nothing goes wrong for good. */
class ExplorerTest {
    private static final long SEED = Long.getLong("explorer.seed", 1);
    private static final int HISTORIES = Integer.getInteger("explorer.histories", 600);
    private static final int MOST_EVENTS = 24;

    private static List<ExplorerEvent> events(ExplorerWorld.Mode mode) {
        EnumSet<ExplorerEvent> stepped = EnumSet.of(LOSE_DOORBELL, STEP_CONTROL, STEP_SEND, STEP_PACKET);
        EnumSet<ExplorerEvent> onWire = EnumSet.of(
                LOSE_NEXT, LOSE_THIRD, DUPLICATE, REORDER, CORRUPT, RETRANSMIT, RESEGMENT, ACK_LATE, REROUTE);
        List<ExplorerEvent> events = new ArrayList<>(List.of(values()));
        if (mode != ExplorerWorld.Mode.ENGINES) {
            events.removeAll(stepped);
        }
        if (mode != ExplorerWorld.Mode.WIRED) {
            events.removeAll(onWire);
        }
        return events;
    }

    @ParameterizedTest
    @EnumSource
    void shouldHoldInEveryShortHistory(ExplorerWorld.Mode mode) {
        try (Explorer explorer = new Explorer(mode, false, SEED)) {
            List<ExplorerEvent> events = events(mode);
            assertThat(explorer.exploreAll(events, 1)).isNull();
            assertThat(explorer.exploreAll(events, 2)).isNull();
            assertThat(explorer.runs()).isEqualTo((long) events.size() * (events.size() + 1));
        }
    }

    /** What interrupts an entry on its way through the queues. */
    @Test
    void shouldHoldInEveryLongerHistoryOfTeardown() {
        List<ExplorerEvent> events =
                List.of(SEND, RECEIVE, CLOSE, GLITCH, UP, LOSE_DOORBELL, STEP_CONTROL, STEP_SEND, STEP_PACKET, POLL);
        try (Explorer explorer = new Explorer(ExplorerWorld.Mode.ENGINES, false, SEED)) {
            assertThat(explorer.exploreAll(events, 3)).isNull();
        }
    }

    /** What fails, and what is behind it in the queue. */
    @ParameterizedTest
    @EnumSource
    void shouldHoldInEveryLongerHistoryOfFailure(ExplorerWorld.Mode mode) {
        List<ExplorerEvent> events = List.of(
                SEND,
                RECEIVE,
                REKEY_TX,
                REKEY_RX,
                FAIL_NEXT,
                FAIL_SECOND,
                FAIL_THIRD,
                FAIL_FOURTH,
                FAIL_FIFTH,
                GLITCH,
                UP,
                INSTALL_TX_AGAIN,
                INSTALL_RX_AGAIN,
                LOOK_LATE,
                QUEUE_FULL,
                RESIZE,
                FAIL_PACKET,
                SETTLE);
        try (Explorer explorer = new Explorer(mode, false, SEED)) {
            assertThat(explorer.exploreAll(events, 3)).isNull();
        }
    }

    /** What brings a context elsewhere, and fails on the way. */
    @Test
    void shouldHoldInEveryLongerHistoryOfLoss() {
        List<ExplorerEvent> events = List.of(
                SEND,
                RECEIVE,
                LOSE_NEXT,
                LOSE_THIRD,
                RETRANSMIT,
                FAIL_NEXT,
                FAIL_SECOND,
                FAIL_THIRD,
                FAIL_FOURTH,
                FAIL_FIFTH,
                QUEUE_FULL);
        try (Explorer explorer = new Explorer(ExplorerWorld.Mode.WIRED, false, SEED)) {
            assertThat(explorer.exploreAll(events, 3)).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldHoldInLongHistoriesAtRandom(ExplorerWorld.Mode mode) {
        for (boolean resyncsByHint : new boolean[] {false, true}) {
            try (Explorer explorer = new Explorer(mode, resyncsByHint, SEED)) {
                assertThat(explorer.exploreSome(events(mode), HISTORIES, MOST_EVENTS))
                        .isNull();
            }
        }
    }
}
