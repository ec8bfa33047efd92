package io.offramp.offload.device;

import static io.offramp.offload.device.DeviceFixture.TLS_1_3;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.ConnectionWatch;
import io.offramp.offload.device.capture.Trace;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.tck.SessionFixtures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a capture says of sessions, and the file that it goes to. */
class DeviceCaptureTest {
    private static final int MAX = 16_384;
    private static final byte[] REQUEST = "GET /secret-of-the-host HTTP/1.1".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path directory;

    @Test
    void shouldShowPlaintextBetweenHostAndDeviceAndCiphertextOnTheWire() throws IOException {
        Path file = directory.resolve("nic.pcapng");
        byte[] wire;
        try (DeviceFixture fixture = new DeviceFixture("pcap", file.toString())) {
            start(fixture);
            SessionFixtures.Tx tx = fixture.sessions().tx(TLS_1_3, 0);
            SessionFixtures.Rx rx = fixture.sessions().rx(TLS_1_3, 0);

            tx.session().seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(REQUEST), MAX);
            tx.session().seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(new byte[40_000]), MAX);
            fixture.sessions().receive(rx, rx.peer().seal(23, REQUEST));
            fixture.sessions().settle();
            wire = tx.sink().wire();
            assertThat(fixture.counter("device_pcap")).isEqualTo(1);
            assertThat(fixture.counter("device_pcap_blocks")).isGreaterThan(30);
            assertThat(fixture.counter("device_pcap_dropped")).isZero();
        }

        List<String> host = trace(file, "host");
        assertThat(host).hasSize(3);
        assertThat(host.get(0))
                .contains("GET /secret-of-the-host", "UMR tis=", "initial_record_number=0", "SET_PSV tis=", "NOP")
                .contains("SEND tis=", "  before: start", "  after: tracking, offload", "record=1 offset=0", "CQE REQ");
        assertThat(host.get(1)).contains("LSO tis=", "mss=1448", "record=4 offset=0");
        assertThat(host.get(2))
                .contains("GET /secret-of-the-host", "tls_offload=DECRYPTED", "TIR before: start", "UMR tir=");
        List<String> onWire = trace(file, "wire");
        assertThat(onWire).hasSize(1 + Math.ceilDiv(wire.length - REQUEST.length - 22, 1_448));
        assertThat(onWire).noneMatch(packet -> packet.contains("secret"));
        assertThat(contains(Files.readAllBytes(file), Arrays.copyOf(wire, REQUEST.length + 22)))
                .as("the record as it is on the wire")
                .isTrue();
    }

    /** Handshakes and what software makes go past the device's queues: the tap at the socket sees them. */
    @Test
    void shouldShowWhatPassesTheDeviceBy() throws IOException {
        Path file = directory.resolve("nic.pcapng");
        try (DeviceFixture fixture = new DeviceFixture("pcap", file.toString())) {
            ConnectionWatch watch = start(fixture);
            watch.onAccepted(fixture.sessions().target());
            EmbeddedChannel channel =
                    (EmbeddedChannel) fixture.sessions().target().channel();

            channel.writeInbound(Unpooled.copiedBuffer("client hello", StandardCharsets.US_ASCII));
            channel.writeOutbound(Unpooled.copiedBuffer("server hello", StandardCharsets.US_ASCII));
            watch.onSecret("CLIENT_RANDOM", new byte[32], new byte[48]);
            SessionFixtures.Tx tx = fixture.sessions().tx(fixture.sessions().keys(TLS_1_3, 0), 12);
            seal(fixture, tx);
            channel.writeOutbound(Unpooled.wrappedBuffer(tx.sink().wire()));
            fixture.device().down();
            int before = tx.sink().wire().length;
            seal(fixture, tx);
            channel.writeOutbound(Unpooled.wrappedBuffer(
                    Arrays.copyOfRange(tx.sink().wire(), before, tx.sink().wire().length)));
            channel.releaseInbound();
            channel.releaseOutbound();
        }

        assertThat(trace(file, "wire")).hasSize(9).satisfies(packets -> {
            assertThat(packets.get(0)).contains("seq=4294967295", "[S]");
            assertThat(packets.get(1)).contains("seq=4294967295 ack=0", "[SA]");
            assertThat(packets.get(3)).contains("client hello", "seq=0 ack=0 len=12");
            assertThat(packets.get(4)).contains("server hello", "seq=0 ack=12 len=12");
            assertThat(packets.get(5)).contains("seq=12 ack=12 len=54");
            assertThat(packets.get(6)).contains("seq=66 ack=12 len=54");
            assertThat(packets.get(7)).contains("seq=12", "[FA]");
            assertThat(packets.get(8)).contains("seq=120", "[FA]");
        });
        assertThat(trace(file, "host")).hasSize(5).satisfies(packets -> {
            assertThat(packets.get(0)).contains("client hello", "not offloaded");
            assertThat(packets.get(2)).contains("SEND tis=", "secret-of-the-host");
            assertThat(packets.get(3)).contains("secret-of-the-host", "CQE REQ_ERR");
            assertThat(packets.get(4)).contains("not offloaded", "seq=66").doesNotContain("secret");
        });
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                .contains("CLIENT_RANDOM " + "00".repeat(32) + " " + "00".repeat(48) + "\n");
    }

    @Test
    void shouldShowAResyncWithItsDumps() throws IOException {
        Path file = directory.resolve("nic.pcapng");
        try (DeviceFixture fixture =
                new DeviceFixture("pcap", file.toString(), "faults", "seed=3 loss=10% reorder=10% mss=500")) {
            start(fixture);
            SessionFixtures.Tx tx = fixture.sessions().tx(TLS_1_3, 0);
            SessionFixtures.Rx rx = fixture.sessions().rx(TLS_1_3, 0);
            byte[] content = fixture.sessions().content(200_000);

            tx.session().seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(content), MAX);
            fixture.sessions().receive(rx, rx.peer().sealAll(23, content, 1_500));

            assertThat(rx.sink().data()).isEqualTo(content);
        }

        String host = String.join("", trace(file, "host"));
        assertThat(host)
                .contains("DUMP tis=", "tls_offload=RESYNC", "GET_PSV tir=", "resync_tcp_sn=")
                .contains("TIR after: searching");
    }

    @Test
    void shouldBeForItsOwnerAlone() throws IOException {
        Path file = directory.resolve("nic.pcapng");
        try (DeviceFixture fixture = new DeviceFixture("pcap", file.toString())) {
            assertThat(file).as("before it is started").doesNotExist();
            start(fixture);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("target"));
        for (Path refused : List.of(file, link)) {
            try (DeviceFixture fixture = new DeviceFixture("pcap", refused.toString())) {
                assertThatThrownBy(fixture.device()::startWatch).isInstanceOf(IOException.class);
            }
        }
        assertThat(directory.resolve("target")).doesNotExist();
    }

    @Test
    void shouldGetNoLongerThanItsLimitAndCountTheRest() throws IOException {
        Path file = directory.resolve("nic.pcapng");
        try (DeviceFixture fixture = new DeviceFixture("pcap", file.toString(), "pcap-limit", "1")) {
            start(fixture);
            SessionFixtures.Tx tx = fixture.sessions().tx(TLS_1_3, 0);
            for (int i = 0; i < 40; i++) {
                tx.session()
                        .seal(ContentType.APPLICATION_DATA, fixture.sessions().buffer(new byte[50_000]), MAX);
            }
            fixture.sessions().settle();
            assertThat(fixture.counter("device_pcap_dropped")).isPositive();
        }

        assertThat(Files.size(file)).isBetween(900_000L, 1L << 20);
        assertThat(trace(file, null)).as("whole packets").hasSizeGreaterThan(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HTTP/1.1", "\n\r\r\n"})
    void shouldRefuseToTraceAnotherFile(String content) {
        InputStream in = new ByteArrayInputStream(content.getBytes(StandardCharsets.US_ASCII));

        assertThatThrownBy(() -> new Trace(in, null)).isInstanceOf(IOException.class);
    }

    private static void seal(DeviceFixture fixture, SessionFixtures.Tx tx) {
        ByteBuf content = fixture.sessions().buffer(REQUEST);
        tx.session().seal(ContentType.APPLICATION_DATA, content, MAX);
        fixture.sessions().settle();
    }

    private static ConnectionWatch start(DeviceFixture fixture) throws IOException {
        return requireNonNull(fixture.device().startWatch());
    }

    private static List<String> trace(Path file, @Nullable String side) throws IOException {
        List<String> packets = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            Trace trace = new Trace(in, side);
            for (String packet = trace.next(); packet != null; packet = trace.next()) {
                packets.add(packet);
            }
        }
        return packets;
    }

    private static boolean contains(byte[] all, byte[] part) {
        return ByteBufUtil.indexOf(Unpooled.wrappedBuffer(part), Unpooled.wrappedBuffer(all)) >= 0;
    }
}
