package io.offramp.proxy.handshake.engine;

import io.offramp.offload.tck.fuzz.Bounds;
import io.offramp.proxy.handshake.ticket.TicketKeys;
import io.offramp.proxy.handshake.ticket.Tickets;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * What a client may begin with. The first byte of an input says how the rest is sent: even as it is; odd as the body of
 * a ClientHello with the lengths around it set right, so that mutations get past them. Its other bits say how large the
 * reads are.
 */
public final class ClientHelloFuzz {
    private static final long MAX_HEAP_BYTES = 8 << 20;
    private static final Set<Reason> PEERS_FAULT = Set.of(
            Reason.ALERT_SENT,
            Reason.ALERT_RECEIVED,
            Reason.NOT_TLS,
            Reason.PLAIN_HTTP,
            Reason.TOO_LARGE,
            Reason.CLOSED,
            Reason.NO_DATA);
    private static final HandshakeSettings SETTINGS = TestSettings.DEFAULT
            .with(TestSettings.P256, TestSettings.RSA)
            .on((Executor) Runnable::run)
            .changed(builder -> builder.tickets(new Tickets(
                    TicketKeys.rotating(Duration.ofHours(2), InstantSource.system()),
                    2,
                    Duration.ofHours(2),
                    100,
                    refusal -> {},
                    InstantSource.system())))
            .build();

    private ClientHelloFuzz() {}

    /** Makes the listener's keys before the first input, whose time is limited. */
    public static void fuzzerInitialize() {
        SETTINGS.maxBytes();
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        if (data.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(data, 1, data.length);
        byte[] stream = (data[0] & 1) == 0 ? rest : hello(rest);
        Bounds.check(MAX_HEAP_BYTES, () -> send(stream, (data[0] & 0xff) >> 1));
    }

    private static void send(byte[] stream, int cut) throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(SETTINGS)) {
            FuzzedFlight.of(stream, cut).sendTo(server, PEERS_FAULT);
        }
    }

    private static byte[] hello(byte[] body) {
        return FuzzedFlight.records(RawClientHello.join(
                new byte[] {1, (byte) (body.length >> 16), (byte) (body.length >> 8), (byte) body.length}, body));
    }
}
