package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.budget.Shed;
import io.offramp.proxy.budget.Sizing;
import io.offramp.proxy.handshake.engine.HandshakeEvent;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HalfOpenHandshakesTest {
    private static final int BUDGET_BYTES = 10_000 * Sizing.HANDSHAKE_BYTES;

    private final AtomicLong directBytes = new AtomicLong();
    private final EnumMap<Shed, Integer> sheds = new EnumMap<>(Shed.class);
    private final MemoryBudget budget = new MemoryBudget(
            BUDGET_BYTES,
            1 << 20,
            () -> 0,
            directBytes::get,
            () -> 0,
            () -> 0,
            what -> sheds.merge(what, 1, Integer::sum));
    private final HalfOpenHandshakes halfOpen = new HalfOpenHandshakes(() -> 3, budget);
    private final Handshake only = new Handshake();
    private final List<Handshake> others = List.of(new Handshake(), new Handshake());

    /** Embedded channels all have loops of their own. */
    private final class Handshake extends ChannelInboundHandlerAdapter {
        private final List<Object> events = new ArrayList<>();
        private final EmbeddedChannel channel;
        private HalfOpenHandshakes admittedBy = halfOpen;
        private boolean leaves = true;

        Handshake() {
            channel = new EmbeddedChannel(this);
        }

        /** On the loop of another. */
        Handshake(Handshake other) {
            channel = new EmbeddedChannel(this) {
                @Override
                public EventLoop eventLoop() {
                    return other == null || other.channel == null ? super.eventLoop() : other.channel.eventLoop();
                }
            };
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            events.add(event);
            if (leaves) {
                admittedBy.onEnded(ctx.channel());
            }
        }
    }

    @Test
    void shouldMakeRoomByDisplacingASilentOneOfTheSameLoop() {
        // Given
        halfOpen.admit(only.channel);
        others.forEach(other -> halfOpen.admit(other.channel));

        // When one more comes to the loop of the first
        boolean admitted = halfOpen.admit(only.channel);

        // Then
        assertThat(admitted).isTrue();
        assertThat(only.events).containsExactly(HandshakeEvent.DISPLACE);
        assertThat(halfOpen.count()).isEqualTo(3);
        assertThat(others).allMatch(other -> other.events.isEmpty());
    }

    @Test
    void shouldDisplaceTheOldestThatWasAnsweredWhereNoneIsSilent() {
        // Given a loop on its own with room for three, where the second is the only silent one
        List<Handshake> crowd = List.of(new Handshake(only), new Handshake(only), new Handshake(only));
        crowd.forEach(each -> halfOpen.admit(each.channel));
        halfOpen.onAnswered(crowd.get(2).channel);
        halfOpen.onAnswered(crowd.get(0).channel);

        // When
        Handshake fourth = new Handshake(only);
        Handshake fifth = new Handshake(only);
        assertThat(halfOpen.admit(fourth.channel)).isTrue();
        halfOpen.onAnswered(fourth.channel);
        assertThat(halfOpen.admit(fifth.channel)).isTrue();

        // Then
        assertThat(crowd.get(1).events).as("the silent one went first").containsExactly(HandshakeEvent.DISPLACE);
        assertThat(crowd.get(2).events).as("then the first that was answered").containsExactly(HandshakeEvent.DISPLACE);
        assertThat(crowd.get(0).events).isEmpty();
        assertThat(fourth.events).isEmpty();
        assertThat(halfOpen.count()).isEqualTo(3);
    }

    @Test
    void shouldKeepAShareForEveryLoop() {
        // Given a loop that has the whole limit
        List<Handshake> flood = List.of(new Handshake(only), new Handshake(only), new Handshake(only));
        flood.forEach(each -> halfOpen.admit(each.channel));
        flood.forEach(each -> halfOpen.onAnswered(each.channel));

        // When another begins, and the flood continues
        assertThat(halfOpen.admit(others.getFirst().channel)).isTrue();
        assertThat(halfOpen.admit(new Handshake(only).channel)).isTrue();

        // Then the flood is down to its share, and has hit itself
        assertThat(halfOpen.count()).isEqualTo(2);
        assertThat(others.getFirst().events).isEmpty();
    }

    @Test
    void shouldLeaveAloneWhatIsWithTheWorker() {
        only.leaves = false;
        halfOpen.admit(only.channel);
        others.forEach(other -> halfOpen.admit(other.channel));

        assertThat(halfOpen.admit(new Handshake(only).channel)).isFalse();

        assertThat(only.events).as("asked").isNotEmpty();
        assertThat(halfOpen.count()).isEqualTo(3);
    }

    @Test
    void shouldAskFewWhereAllAreWithTheWorker() {
        HalfOpenHandshakes many = new HalfOpenHandshakes(() -> 1000, budget);
        List<Handshake> busy =
                Stream.generate(() -> new Handshake(only)).limit(1000).toList();
        busy.forEach(each -> {
            each.leaves = false;
            many.admit(each.channel);
        });

        assertThat(many.admit(only.channel)).isFalse();

        assertThat(busy.stream().mapToInt(each -> each.events.size()).sum()).isLessThan(100);
        assertThat(many.count()).isEqualTo(1000);
    }

    @Test
    void shouldCountEachHandshakeOnce() {
        halfOpen.admit(only.channel);
        halfOpen.onAnswered(only.channel);
        halfOpen.onEnded(only.channel);
        halfOpen.onEnded(only.channel);
        halfOpen.onAnswered(only.channel);

        assertThat(halfOpen.count()).isZero();
    }

    @Test
    void shouldAskAllThatAreSilentAtADrain() {
        halfOpen.admit(only.channel);
        others.forEach(other -> halfOpen.admit(other.channel));
        halfOpen.onAnswered(only.channel);

        halfOpen.drain();
        others.forEach(other -> other.channel.runPendingTasks());

        assertThat(only.events).isEmpty();
        assertThat(others).allMatch(other -> other.events.equals(List.of(HandshakeEvent.DRAIN)));
        assertThat(halfOpen.count()).isEqualTo(1);
    }

    @Test
    void shouldCountWhatEachHoldsUntilItEnds() {
        halfOpen.admit(only.channel);
        assertThat(budget.heldBytes()).isEqualTo(Sizing.HANDSHAKE_BYTES);

        halfOpen.onReceived(only.channel, 30_000);
        assertThat(budget.heldBytes()).isEqualTo(Sizing.HANDSHAKE_BYTES + 30_000);
        halfOpen.onAnswered(only.channel);
        halfOpen.onReceived(only.channel, 60_000);
        assertThat(budget.heldBytes()).isEqualTo(Sizing.HANDSHAKE_BYTES + 60_000);

        halfOpen.onEnded(only.channel);
        halfOpen.onReceived(only.channel, 70_000);
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void shouldLetANewOneTakeThePlaceOfAnotherWhileMemoryIsShort() {
        halfOpen.admit(only.channel);
        halfOpen.onReceived(only.channel, BUDGET_BYTES);
        assertThat(budget.isShedding()).isTrue();

        assertThat(halfOpen.admit(new Handshake(only).channel)).isTrue();

        assertThat(only.events).containsExactly(HandshakeEvent.DISPLACE);
        assertThat(sheds).isEqualTo(Map.of(Shed.HANDSHAKE, 1));
        assertThat(budget.heldBytes()).isEqualTo(Sizing.HANDSHAKE_BYTES);
    }

    @Test
    void shouldRefuseWhoComesWhileMemoryIsShortAndNobodyCanMakeRoom() {
        directBytes.set(1 << 20);
        budget.look();

        assertThat(halfOpen.admit(only.channel)).isFalse();

        assertThat(sheds).isEqualTo(Map.of(Shed.CONNECTION, 1));
        assertThat(halfOpen.count()).isZero();
    }

    @Test
    void shouldCutOffAQuarterOfEachLoopAtATime() {
        List<Handshake> crowd =
                Stream.generate(() -> new Handshake(only)).limit(8).toList();
        HalfOpenHandshakes many = new HalfOpenHandshakes(() -> 100, budget);
        crowd.forEach(each -> {
            each.admittedBy = many;
            many.admit(each.channel);
        });

        many.shed();
        only.channel.runPendingTasks();

        assertThat(crowd.stream().map(each -> each.events.size()))
                .as("asked, oldest first")
                .containsExactly(1, 1, 0, 0, 0, 0, 0, 0);
        assertThat(many.count()).isEqualTo(6);
    }
}
