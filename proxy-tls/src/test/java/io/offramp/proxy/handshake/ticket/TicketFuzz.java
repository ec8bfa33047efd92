package io.offramp.proxy.handshake.ticket;

import io.offramp.offload.tck.fuzz.Bounds;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;

/**
 * What a client may offer as a ticket. The first byte of an input says what the rest is: a ticket as it comes; one
 * under our key's name; or what is inside one, which only who holds the key can write, and which is decoded all the
 * same.
 */
public final class TicketFuzz {
    private static final long MAX_HEAP_BYTES = 1 << 20;
    private static final TicketKeys KEYS = TicketKeys.rotating(Duration.ofHours(2), InstantSource.system());
    private static final Tickets TICKETS =
            new Tickets(KEYS, 1, Duration.ofHours(2), 0, refusal -> {}, InstantSource.system());

    private TicketFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        if (data.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(data, 1, data.length);
        Bounds.check(MAX_HEAP_BYTES, () -> {
            switch (data[0] & 3) {
                case 0 -> refuse(rest);
                case 1 -> refuse(named(rest));
                default -> decode(rest);
            }
        });
    }

    private static void refuse(byte[] ticket) {
        if (TICKETS.open(ticket) != null) {
            throw new IllegalStateException("a ticket that nobody has made");
        }
    }

    private static byte[] named(byte[] rest) {
        byte[] own = KEYS.current().seal(new byte[1]);
        byte[] ticket = Arrays.copyOf(own, TicketKey.NAME_BYTES + rest.length);
        System.arraycopy(rest, 0, ticket, TicketKey.NAME_BYTES, rest.length);
        return ticket;
    }

    private static void decode(byte[] encoded) {
        ResumableSession session = ResumableSession.decode(encoded);
        if (session != null && !Arrays.equals(session.encode(), encoded)) {
            throw new IllegalStateException("decoded " + session + ", which encodes to something else");
        }
    }
}
