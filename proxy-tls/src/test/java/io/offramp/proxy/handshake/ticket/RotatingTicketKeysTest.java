package io.offramp.proxy.handshake.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** With a clock that somebody sets. */
class RotatingTicketKeysTest {
    private static final Duration PERIOD = Duration.ofMinutes(10);
    private static final byte[] SESSION = {1, 2, 3};

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final TicketKeys keys = TicketKeys.rotating(PERIOD, () -> now);

    @Test
    void shouldNotWipeAKeyThatAHandshakeHoldsWhenTheClockIsSetForward() {
        TicketKey held = keys.current();
        byte[] ticket = held.seal(SESSION);

        now = now.plus(Duration.ofHours(1));
        TicketKey next = keys.current();

        assertThat(next).isNotSameAs(held);
        assertThat(held.open(ticket))
                .as("what is sealed with a wiped key is sealed with a known one")
                .isEqualTo(SESSION);
        assertThat(keys.all()).as("what it has sealed is too old").containsExactly(next);
    }

    @Test
    void shouldWipeThatKeyAPeriodLater() {
        TicketKey held = keys.current();
        byte[] ticket = held.seal(SESSION);
        now = now.plus(Duration.ofHours(1));
        keys.current();

        now = now.plus(PERIOD);
        keys.current();

        assertThat(held.open(ticket)).isNull();
    }

    @Test
    void shouldGoOnInAnotherProcess() {
        // Given
        byte[] older = keys.current().seal(SESSION);
        now = now.plus(PERIOD);
        byte[] newer = keys.current().seal(SESSION);
        now = now.plus(PERIOD.dividedBy(2));

        // When
        TicketKeys next = TicketKeys.rotating(PERIOD, () -> now, Objects.requireNonNull(keys.save()));

        // Then
        assertThat(next.all()).hasSize(2);
        assertThat(next.all().get(0).open(newer)).isEqualTo(SESSION);
        assertThat(next.all().get(1).open(older)).isEqualTo(SESSION);
        assertThat(keys.current().open(next.current().seal(SESSION))).isEqualTo(SESSION);

        // Then
        now = now.plus(PERIOD.dividedBy(2));
        assertThat(next.all().get(0).open(newer))
                .as("at the same time as before")
                .isNull();
        assertThat(next.all().get(1).open(newer)).isEqualTo(SESSION);
    }

    @Test
    void shouldReplaceAKeyOfAnotherProcessNoLaterThanOneOfItsOwn() {
        byte[] saved = Objects.requireNonNull(keys.save());
        Duration shorter = PERIOD.dividedBy(4);
        TicketKeys next = TicketKeys.rotating(shorter, () -> now, saved);
        byte[] ticket = next.current().seal(SESSION);

        now = now.plus(shorter);

        assertThat(next.current().open(ticket)).isNull();
        assertThatThrownBy(() -> TicketKeys.rotating(PERIOD, () -> now, new byte[100]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("100 bytes are no ticket keys");
    }

    @Test
    void shouldKeepItsKeyWhenTheClockIsSetBack() {
        TicketKey key = keys.current();

        now = now.minus(Duration.ofHours(1));

        assertThat(keys.current()).isSameAs(key);
        assertThat(keys.all()).containsExactly(key);
    }
}
