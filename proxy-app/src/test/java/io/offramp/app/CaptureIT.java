package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.offramp.proxy.session.OffloadConfig;
import io.offramp.proxy.session.OffloadConfig.PerDirection;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.OffloadConfig.WholeConnections;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Wireshark makes of the device's capture: another implementation of the packets, and of the records in them. */
class CaptureIT {
    private static final int REQUESTS = 3;
    private static final String NOT_GOOD = "tcp.checksum.status != \"Good\" || ip.checksum.status != \"Good\"";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "--tlsv1.3, hw, rqs=4",
        "--tls-max 1.2, hw, mtu=9000",
        "--tlsv1.3, hw, engines=2",
        "--tlsv1.3, hw-record, engines=0",
        "--tlsv1.3, hw, faults=seed=7 loss=2% reorder=2% duplicate=1% corrupt=1%",
        "--tls-max 1.2, hw-record, faults=seed=9 loss=2% reorder=2% duplicate=1% sequence=4294960000"
    })
    void shouldLetWiresharkCheckAndDecryptWhatTheDeviceHasDone(String options, String mode, String setting)
            throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/tshark")), "tshark is not installed");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
        // Given
        Path capture = directory.resolve("nic.pcapng");
        int port;
        try (DemoProxy demo = start(capture, mode, setting)) {
            port = demo.proxy().listeners().getFirst().address().getPort();
            String url = "https://127.0.0.1:" + port + "/bytes/";
            for (int i = 0; i < REQUESTS; i++) {
                // Two in a connection, so that a request comes in that no handshake has brought along.
                DemoProxy.run(("curl -sSk --http1.1 -o /dev/null -o /dev/null --max-time 20 " + options + " " + url
                                + "100 " + url + "200000")
                        .split(" "));
            }
        }

        // When
        Path wire = side(capture, 1);
        Path host = side(capture, 0);

        // Then
        for (Path each : List.of(wire, host)) {
            assertThat(frames(each, port, NOT_GOOD)).as("checksums, %s", each).isEmpty();
            assertThat(frames(each, port, "_ws.malformed && !tls"))
                    .as("malformed")
                    .isEmpty();
        }
        assertThat(frames(wire, port, "_ws.malformed")).isEmpty();
        assertThat(frames(wire, port, "http.request")).as("requests").hasSize(2 * REQUESTS);
        assertThat(frames(wire, port, "http.response")).as("responses").hasSize(2 * REQUESTS);
        assertThat(frames(host, port, "frame contains \"GET /bytes/200000\""))
                .as("plaintext between driver and device")
                // A thread of the device may be late now and then: software has such a packet.
                .hasSizeGreaterThanOrEqualTo(setting.equals("engines=2") ? REQUESTS / 2 : REQUESTS);
        assertThat(frames(wire, port, "frame contains \"GET /bytes/\""))
                .as("plaintext on the wire")
                .isEmpty();
        if (!setting.startsWith("faults")) {
            assertThat(frames(
                            wire,
                            port,
                            "tcp.analysis.retransmission || tcp.analysis.lost_segment"
                                    + " || tcp.analysis.out_of_order || tcp.analysis.ack_lost_segment"))
                    .as("sequence")
                    .isEmpty();
        }
    }

    private DemoProxy start(Path capture, String mode, String setting) throws Exception {
        OffloadConfig offload =
                mode.equals("hw") ? new PerDirection("device", Policy.HW, Policy.HW) : new WholeConnections("device");
        int equals = setting.indexOf('=');
        Map<String, String> settings = new HashMap<>(Map.of("pcap", capture.toString()));
        settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        return DemoProxy.start(directory, offload, Map.of("device", settings), null);
    }

    /** The packets of one interface, so that Wireshark does not take the other one's for retransmissions. */
    private Path side(Path capture, int number) throws Exception {
        Path side = directory.resolve("side" + number + ".pcapng");
        DemoProxy.run(
                "tshark", "-r", capture.toString(), "-Y", "frame.interface_id == " + number, "-w", side.toString());
        return side;
    }

    private static List<String> frames(Path capture, int port, String filter) throws Exception {
        List<String> command = new ArrayList<>(List.of("tshark", "-r", capture.toString(), "-Y", filter));
        command.addAll(List.of("-d", "tcp.port==" + port + ",tls", "-d", "tls.port==" + port + ",http"));
        command.addAll(List.of("-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"));
        command.addAll(List.of("-o", "tcp.reassemble_out_of_order:TRUE"));
        command.addAll(List.of("-T", "fields", "-e", "frame.number"));
        return DemoProxy.run(command.toArray(String[]::new)).lines().toList();
    }
}
