package io.offramp.offload.device.driver.tx;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.InstallResult;
import io.offramp.offload.TxSession;
import io.offramp.offload.device.driver.DriverFixture;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.session.DriverSettings;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.queue.MemoryRegions;
import io.offramp.offload.device.wire.Fault;
import io.offramp.offload.device.wire.Faults;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.record.RecordFormat;
import io.offramp.offload.tck.CollectingTxSink;
import io.offramp.offload.tck.Protection;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Records as they are posted: framed, in plaintext, with space for the tag; kept until they are acknowledged. */
class FramingTest {
    private static final long FIRST = 300;
    private static final int START = 7_000;

    private static List<Protection> protections() {
        return Protection.all().stream()
                .filter(protection -> protection.suite().isGcm())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("protections")
    void shouldFrameRecordsInPlaintextFromTheStartOfTheOffloadOn(Protection protection) {
        try (DriverFixture driver = new DriverFixture(
                DriverSettings.DEFAULTS.withWire(neverAcknowledged()).withDemoteAfter(1_000))) {
            CollectingTxSink sink = new CollectingTxSink();
            TrafficKeys keys = driver.keys(protection, FIRST);
            TxSession session = install(driver, keys, sink);
            MemoryRegions regions = driver.channel.regions();
            byte[] content = driver.content(250);

            session.seal(ContentType.HANDSHAKE, driver.allocator.directBuffer().writeBytes(content), 100);

            assertThat(frames(regions, protection.format().overheadBytes() + 100))
                    .containsExactlyInAnyOrder(
                            frame(protection.format(), FIRST, content, 0, 100),
                            frame(protection.format(), FIRST + 1, content, 100, 100));
            assertThat(frames(regions, protection.format().overheadBytes() + 50))
                    .containsExactly(frame(protection.format(), FIRST + 2, content, 200, 50));
            TlsContext tis = driver.device.nic().tises().get(1);
            assertThat(tis).isNotNull();
            assertThat(tis.nextTcpSequence()).isEqualTo(START + sink.wire().length);
            assertThat(driver.counter("tx_tls_ooo"))
                    .as("the first packet starts at the start")
                    .isZero();
            assertThat(driver.counter("tx_tls_drop_bypass_req")).isZero();
            session.close();
        }
    }

    private static TxSession install(DriverFixture driver, TrafficKeys keys, CollectingTxSink sink) {
        PacketTemplate packets = new PacketTemplate(
                driver.place.target().flow().local(),
                driver.place.target().flow().remote());
        InstallResult<TxSession> result = DeviceTxSession.install(
                driver.place, keys, RecordBoundary.start(Direction.TX).movedTo(START, FIRST), sink, packets);
        assertThat(result).isInstanceOf(InstallResult.Installed.class);
        return ((InstallResult.Installed<TxSession>) result).session();
    }

    /** What is mapped and has just this length. */
    private static List<String> frames(MemoryRegions regions, int bytes) {
        List<String> frames = new ArrayList<>();
        for (int key = 0; key < 64; key++) {
            ByteBuf region = regions.resolve(key, 0, 0);
            if (region != null && region.capacity() == bytes) {
                frames.add(ByteBufUtil.hexDump(region, 0, bytes));
            }
        }
        return frames;
    }

    /** RFC 8446 §5.2; RFC 5246 §6.2.3.3 with RFC 5288 §3. */
    private static String frame(RecordFormat format, long number, byte[] content, int from, int bytes) {
        boolean is13 = format == RecordFormat.TLS_1_3;
        ByteBuffer frame = ByteBuffer.allocate(bytes + format.overheadBytes());
        frame.put((byte) (is13 ? 23 : 22)).put((byte) 3).put((byte) 3).putShort((short) (frame.capacity() - 5));
        if (!is13) {
            frame.putLong(number);
        }
        frame.put(content, from, bytes);
        if (is13) {
            frame.put((byte) 22);
        }
        assertThat(frame.remaining()).isEqualTo(16);
        return ByteBufUtil.hexDump(frame.array());
    }

    private static Faults neverAcknowledged() {
        return Faults.NONE.with(Fault.ACK_LAG, 1);
    }
}
