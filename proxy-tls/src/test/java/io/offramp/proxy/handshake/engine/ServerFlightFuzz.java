package io.offramp.proxy.handshake.engine;

import io.offramp.offload.tck.fuzz.Bounds;
import io.offramp.proxy.handshake.client.PeerName;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What a server may send to our client: any bytes, or any messages in well-formed records, in reads of any length. The
 * first byte says which.
 */
public final class ServerFlightFuzz {
    private static final long MAX_HEAP_BYTES = 8 << 20;
    private static final Set<Reason> PEERS_FAULT = Set.of(
            Reason.ALERT_SENT,
            Reason.ALERT_RECEIVED,
            Reason.CERTIFICATE_DEMANDED,
            Reason.SERVER_CERTIFICATE_BAD,
            Reason.NOT_TLS,
            Reason.TOO_LARGE,
            Reason.CLOSED,
            Reason.NO_DATA);
    private static final ClientSettings SETTINGS =
            new ClientSettings(null, null, Runnable::run, Duration.ofSeconds(10));

    private ServerFlightFuzz() {}

    /** Probes providers before the first input, whose time is limited. */
    public static void fuzzerInitialize() {
        SETTINGS.maxBytes();
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        if (data.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(data, 1, data.length);
        byte[] stream = (data[0] & 1) == 0 ? rest : FuzzedFlight.records(rest);
        Bounds.check(MAX_HEAP_BYTES, () -> send(stream, (data[0] & 0xff) >> 1));
    }

    private static void send(byte[] stream, int cut) throws Exception {
        ClientHandshake handshake =
                new ClientHandshake(SETTINGS, "fuzz", PeerName.of("api.example"), List.of("h2", "http/1.1"));
        try (EmbeddedHandshake client = new EmbeddedHandshake(handshake)) {
            FuzzedFlight.of(stream, cut).sendTo(client, PEERS_FAULT);
        }
    }
}
