package io.offramp.proxy.handshake.ticket;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
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
    void shouldKeepItsKeyWhenTheClockIsSetBack() {
        TicketKey key = keys.current();

        now = now.minus(Duration.ofHours(1));

        assertThat(keys.current()).isSameAs(key);
        assertThat(keys.all()).containsExactly(key);
    }
}
