package io.offramp.proxy.handshake.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.handshake.certificate.TestCertificates;
import io.offramp.proxy.handshake.client.ClientAuth;
import io.offramp.proxy.handshake.crypto.EchoRecords;
import io.offramp.proxy.handshake.ticket.TicketKeys;
import io.offramp.proxy.handshake.ticket.TicketRefusal;
import io.offramp.proxy.handshake.ticket.Tickets;
import io.offramp.proxy.tls.Negotiated;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.io.TempDir;

/**
 * A listener that sessions come back to, on a clock that stands still, and the JDK's client with its cache. No sockets.
 */
abstract class ResumptionFixture {
    static final Duration LIFETIME = Duration.ofHours(2);

    static final Consumer<SSLParameters> TLS_1_2 = p -> p.setProtocols(new String[] {"TLSv1.2"});

    @TempDir
    Path dir;

    final FakeClock clock = new FakeClock();
    final List<TicketRefusal> refusals = new ArrayList<>();
    final TicketKeys keys = TicketKeys.rotating(LIFETIME, clock);
    final SSLContext client = JsseClient.resumingContext();

    /** Asks clients for a certificate. */
    ClientAuth optional() throws Exception {
        Path ca = dir.resolve("ca.pem");
        if (Files.notExists(ca)) {
            TestCertificates.write(
                    ca, TestCertificates.pem(TestCertificates.selfSigned(TestCertificates.ec("secp256r1"), "CA")));
        }
        return ClientAuth.load(false, List.of(ca), null, 1);
    }

    HandshakeSettings.Builder settings() {
        return HandshakeSettings.builder(List.of(TestSettings.P256), Runnable::run)
                .protocols(List.of("http/1.1"))
                .versions(Set.of(ProtocolVersion.values()))
                .tickets(tickets(keys, 2));
    }

    Tickets tickets(TicketKeys with, int count) {
        return tickets(with, count, LIFETIME);
    }

    Tickets tickets(TicketKeys with, int count, Duration lifetime) {
        return new Tickets(with, count, lifetime, 100, refusals::add, clock);
    }

    SSLEngine engine() {
        SSLEngine engine = client.createSSLEngine("localhost", 8443);
        engine.setUseClientMode(true);
        return engine;
    }

    static Negotiated connect(HandshakeSettings settings, ResumingBouncyClient client) throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            for (byte[] toServer = client.hello(); toServer.length > 0; ) {
                toServer = client.exchange(server.receive(toServer));
            }
            return server.session().negotiated();
        }
    }

    Negotiated connect(HandshakeSettings settings, Consumer<SSLParameters> change) throws Exception {
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            handshake(server, change);
            return server.session().negotiated();
        }
    }

    /** Up to the tickets. */
    void handshake(EmbeddedHandshake server, Consumer<SSLParameters> change) throws Exception {
        EngineClient engine = new EngineClient(engine(), p -> {
            p.setProtocols(new String[] {"TLSv1.3"});
            change.accept(p);
        });
        for (byte[] toServer = engine.hello(); toServer.length > 0; ) {
            toServer = engine.exchange(server.receive(toServer));
        }
        ByteBuf tickets = new EchoRecords(server.session()).tickets();
        engine.exchange(ByteBufUtil.getBytes(tickets));
        tickets.release();
    }

    static int indexOf(byte[] all, byte[] part) {
        for (int at = 0; at <= all.length - part.length; at++) {
            if (Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        throw new AssertionError("not there");
    }
}
