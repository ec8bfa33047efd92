package io.offramp.proxy.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private static final int LIMIT = 10 << 20;
    private static final int DIRECT_LIMIT = 1 << 20;

    private final AtomicLong nowNs = new AtomicLong(Long.MAX_VALUE - 5); // as good as any: it overflows soon
    private final AtomicLong connectionBytes = new AtomicLong();
    private final AtomicLong directBytes = new AtomicLong();
    private final AtomicLong failures = new AtomicLong(3);
    private final List<Shed> sheds = new ArrayList<>();
    private final MemoryBudget budget = new MemoryBudget(
            LIMIT, DIRECT_LIMIT, connectionBytes::get, directBytes::get, failures::get, nowNs::get, sheds::add);
    private final EventLoop loop = new DefaultEventLoop();
    private final EventLoop other = new DefaultEventLoop();

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        other.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Test
    void shouldShedFromFourFifthsOnUntilLessThanSevenTenthsAreHeld() {
        Holding held = budget.on(loop).holding();

        held.set(LIMIT / 100 * 78);
        assertThat(budget.isShedding()).isFalse();
        held.set(LIMIT / 100 * 82);
        assertThat(budget.isShedding()).as("at once, not at the next look").isTrue();

        held.set(LIMIT / 100 * 75);
        budget.look();
        assertThat(budget.isShedding()).as("not back and forth").isTrue();
        held.set(LIMIT / 100 * 65);
        budget.look();
        assertThat(budget.isShedding()).isFalse();
    }

    @Test
    void shouldCountWhatTwoLoopsAndTheConnectionsTakeTogether() {
        budget.on(loop).holding().set(LIMIT / 100 * 30);
        connectionBytes.set(LIMIT / 100 * 25);
        assertThat(budget.isShedding()).isFalse();

        budget.on(other).holding().set(LIMIT / 100 * 30);

        assertThat(budget.isShedding()).isTrue();
        assertThat(budget.heldBytes()).isEqualTo(LIMIT / 100 * 85);
    }

    @Test
    void shouldSeeAtALookWhatConnectionsAndBuffersTake() {
        connectionBytes.set(LIMIT / 100 * 85);
        budget.look();
        assertThat(budget.isShedding()).isTrue();
        connectionBytes.set(0);
        budget.look();
        assertThat(budget.isShedding()).isFalse();

        directBytes.set(DIRECT_LIMIT / 100 * 85);
        budget.look();
        assertThat(budget.isShedding()).isTrue();
    }

    @Test
    void shouldCountNativeMemoryAsDirectMemoryAndGiveNoneWhileItSheds() {
        // Given
        directBytes.set(DIRECT_LIMIT / 100 * 60);
        assertThat(budget.takeNative(DIRECT_LIMIT / 100 * 15, DIRECT_LIMIT / 100 * 25))
                .isTrue();
        assertThat(budget.takeNative(DIRECT_LIMIT / 100 * 15, DIRECT_LIMIT / 100 * 25))
                .isFalse();
        budget.look();
        assertThat(budget.isShedding()).isFalse();

        // When
        assertThat(budget.takeNative(DIRECT_LIMIT / 100 * 10, DIRECT_LIMIT / 100 * 25))
                .isTrue();
        budget.look();

        // Then
        assertThat(budget.isShedding()).isTrue();
        assertThat(budget.takeNative(1, DIRECT_LIMIT)).isFalse();
        assertThat(budget.nativeBytes()).isEqualTo(DIRECT_LIMIT / 100 * 15 + DIRECT_LIMIT / 100 * 10);
        budget.giveNative(budget.nativeBytes());
        budget.look();
        assertThat(budget.isShedding()).isFalse();
    }

    @Test
    void shouldShedForASecondAfterABufferThatCouldNotBeHad() {
        budget.look();
        assertThat(budget.isShedding()).as("those before are another's").isFalse();

        failures.addAndGet(2);
        budget.look();
        budget.look();
        assertThat(budget.isShedding()).isTrue();
        assertThat(sheds).containsExactly(Shed.BUFFER, Shed.BUFFER);

        nowNs.addAndGet(TimeUnit.SECONDS.toNanos(1));
        budget.look();
        assertThat(budget.isShedding()).isFalse();
    }

    @Test
    void shouldTellAFailedAllocationFromOtherFaults() {
        long before = BufferFailures.count();

        assertThat(BufferFailures.counts(new IllegalStateException())).isFalse();
        assertThat(BufferFailures.count()).isEqualTo(before);
        assertThat(BufferFailures.counts(new OutOfMemoryError("Cannot reserve 4194304 bytes of direct buffer memory")))
                .isTrue();
        assertThat(BufferFailures.count()).isEqualTo(before + 1);
    }

    @Test
    void shouldCountExactlyAndLeaseNoMoreThanAChunkAheadWhateverIsHeld() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Holding> holdings = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            holdings.add(budget.on(i % 2 == 0 ? loop : other).holding());
        }
        for (int step = 0; step < 100_000; step++) {
            holdings.get(random.nextInt(holdings.size())).set(random.nextInt(3) == 0 ? 0 : random.nextInt(300_000));
            long held = holdings.stream().mapToLong(Holding::bytes).sum();
            assertThat(budget.heldBytes()).as("seed %d, step %d", seed, step).isEqualTo(held);
            assertThat(budget.leasedBytes())
                    .as("seed %d, step %d", seed, step)
                    .isBetween(held, held + 4L * LoopLease.CHUNK_BYTES);
        }
        holdings.forEach(Holding::clear);
        assertThat(budget.heldBytes()).isZero();
        assertThat(budget.leasedBytes()).isLessThanOrEqualTo(4L * LoopLease.CHUNK_BYTES);
    }

    @Test
    void shouldTouchNothingSharedForSmallHoldingsThatComeAndGo() {
        Holding usual = budget.on(loop).holding();
        usual.set(1000);
        long leased = budget.leasedBytes();
        for (int i = 0; i < 1000; i++) {
            usual.clear();
            assertThat(budget.leasedBytes()).isEqualTo(leased);
            usual.set(40_000);
            assertThat(budget.leasedBytes()).isEqualTo(leased);
        }
    }
}
