package io.offramp.proxy.handshake.engine;

import io.offramp.offload.tck.fuzz.FuzzCorpus;
import io.offramp.proxy.handshake.certificate.PemFuzz;
import io.offramp.proxy.handshake.ticket.TicketFuzz;
import io.offramp.proxy.session.RecordsFuzz;
import java.util.Map;

class TlsFuzzCorpusTest extends FuzzCorpus {
    TlsFuzzCorpusTest() {
        super(Map.of(
                "ClientHello",
                ClientHelloFuzz::fuzzerTestOneInput,
                "Pem",
                PemFuzz::fuzzerTestOneInput,
                "Records",
                RecordsFuzz::fuzzerTestOneInput,
                "ServerFlight",
                ServerFlightFuzz::fuzzerTestOneInput,
                "Ticket",
                TicketFuzz::fuzzerTestOneInput));
    }
}
