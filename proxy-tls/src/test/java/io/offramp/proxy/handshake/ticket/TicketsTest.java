package io.offramp.proxy.handshake.ticket;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TicketsTest {
    private static final Duration LIFETIME = Duration.ofHours(2);

    private final List<TicketRefusal> first = new ArrayList<>();
    private final List<TicketRefusal> second = new ArrayList<>();
    private final TicketKeys keys = TicketKeys.rotating(LIFETIME, InstantSource.system());
    private final Tickets tickets = new Tickets(keys, 2, LIFETIME, 0, first::add, InstantSource.system());

    @Test
    void shouldReportToTheOtherListenerWithTheSameKeys() {
        Tickets other = tickets.reportingTo(second::add);
        byte[] forged = keys.current().seal(new byte[64]);
        forged[forged.length - 1] ^= 1;

        assertThat(other.open(forged)).isNull();
        assertThat(tickets.open(new byte[64])).isNull();

        assertThat(second).containsExactly(TicketRefusal.FORGED);
        assertThat(first).containsExactly(TicketRefusal.UNKNOWN_KEY);
        assertThat(other.count()).isEqualTo(2);
    }
}
