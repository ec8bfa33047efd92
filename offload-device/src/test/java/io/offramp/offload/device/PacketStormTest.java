package io.offramp.offload.device;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ResourceLeakDetector;
import io.offramp.offload.FiveTuple;
import io.offramp.offload.InstallResult;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.RxSession;
import io.offramp.offload.TxSession;
import io.offramp.offload.device.hardware.Nic;
import io.offramp.offload.device.hardware.packet.Checksums;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.sw.SwProvider;
import io.offramp.offload.tck.CollectingRxSink;
import io.offramp.offload.tck.CollectingTxSink;
import io.offramp.offload.tck.Counters;
import io.offramp.offload.tck.Protection;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The device's invariants over a million packets on wires of random faults: every packet that leaves holds just the
 * bytes that software would have sent there, so no plaintext; what arrives is what was sent, in both directions; no
 * nonce protects two plaintexts; the counters agree; and everything is given back at the end.
 */
class PacketStormTest {
    private static final int PACKETS = 1_000_000;
    private static final int ROUND_BYTES = 1_500_000;

    private static ResourceLeakDetector.Level level;

    /** Its stack traces would be most of the run; buffers are counted here by their allocator. */
    @BeforeAll
    static void countBuffersOtherwise() {
        level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterAll
    static void restore() {
        ResourceLeakDetector.setLevel(level);
    }

    @Test
    void shouldHoldItsInvariantsOverAMillionPackets() {
        long seed = Long.getLong("offramp.test.seed", System.nanoTime());
        Random random = new Random(seed);
        long packets = 0;
        for (int round = 0; packets < PACKETS; round++) {
            long roundSeed = random.nextLong();
            try {
                packets += new Round(new Random(roundSeed)).run();
            } catch (Throwable failed) {
                throw new AssertionError("seed " + seed + ", round " + round + " with seed " + roundSeed, failed);
            }
        }
    }

    /** One connection, both ways, on one wire. */
    private static final class Round {
        private final Random random;
        private final Protection protection;
        private final String faults;
        private final LedgerEngine engine = new LedgerEngine();
        private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
        private final EmbeddedChannel channel = new EmbeddedChannel();
        private final OffloadTarget target;
        private final int isn;
        private final long start;
        private final Device device;
        private final CollectingTxSink expectedSink = new CollectingTxSink();
        private final CollectingTxSink txSink = new CollectingTxSink();
        private final CollectingRxSink rxSink = new CollectingRxSink();
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private byte[] wire = {};
        private boolean isSending;
        private long packets;

        Round(Random random) {
            this.random = random;
            List<Protection> all = Protection.all().stream()
                    .filter(each -> each.suite().isGcm())
                    .toList();
            protection = all.get(random.nextInt(all.size()));
            isn = random.nextBoolean() ? random.nextInt() : -random.nextInt(ROUND_BYTES);
            start = random.nextInt(10_000);
            faults = "seed=" + random.nextInt(1_000_000) + share("loss", 8) + share("reorder", 8)
                    + share("duplicate", 5)
                    + share("corrupt", 3) + share("retransmit", 10) + share("resegment", 40) + share("ack-lag", 30)
                    + share("cqe-error", 2) + share("reroute", 4) + share("queue-full", 20) + share("delay", 30)
                    + share("move", 3) + share("resize", 1) + share("rq-error", 2) + share("mtu-change", 5)
                    + " mss=" + (100 + random.nextInt(1_349)) + " sequence=" + Integer.toUnsignedLong(isn);
            channel.config().setAllocator(allocator);
            target = new OffloadTarget(
                    random.nextInt(1_000),
                    channel,
                    new FiveTuple(
                            new InetSocketAddress("192.0.2.1", 443), new InetSocketAddress("198.51.100.7", 40_000)));
            Map<String, String> settings = new HashMap<>(
                    Map.of("faults", faults, "resync", random.nextBoolean() ? "async" : "hint", "rqs", "4"));
            device = new Device(DeviceSettings.parse(settings).tapped(this::onPacket), engine);
        }

        private String share(String name, int mostPercent) {
            return random.nextBoolean() ? "" : " " + name + "=" + random.nextInt(10 * mostPercent + 1) / 10.0 + "%";
        }

        /** What leaves, at whatever time and however often, is what software has sent at that place. */
        private void onPacket(ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes) {
            packets++;
            assertThat(Checksums.verify(header, headerBytes, payload, index, bytes))
                    .as("checksums of both headers")
                    .isTrue();
            assertThat(headerBytes - PacketHeader.ETHERNET_BYTES + bytes).isLessThanOrEqualTo(Nic.DEFAULT_MTU);
            if (isSending) {
                int at = PacketHeader.tcpSequence(header, 0) - isn - (int) start;
                boolean isSame = at >= 0
                        && at + bytes <= wire.length
                        && Arrays.equals(wire, at, at + bytes, ByteBufUtil.getBytes(payload, index, bytes), 0, bytes);
                assertThat(isSame)
                        .as("packet of %d bytes at %d of %d", bytes, at, wire.length)
                        .isTrue();
            }
        }

        long run() {
            try (var software = new SwProvider().open(Map.of())) {
                TrafficKeys keys = keys();
                Deque<TrafficKeys> nextOfPeer = new ArrayDeque<>();
                RxSession rx = rx(keys.copyAt(0));
                rxSink.whenControl(end -> rx.rekey(end, nextOfPeer.remove()));
                TxSession expected = tx(software.installTx(target, keys.copyAt(0), at(Direction.TX), expectedSink));
                TxSession tx = tx(device.installTx(target, keys, at(Direction.TX), txSink));
                int received = 0;
                while (sent.size() < ROUND_BYTES) {
                    if (protection.isTls13() && random.nextInt(25) == 0) {
                        // The KeyUpdate itself, then both ends change keys behind it.
                        TrafficKeys next = keys();
                        seal(expected, tx, ContentType.HANDSHAKE, new byte[] {24, 0, 0, 1, 0}, 16_384);
                        nextOfPeer.add(next.copyAt(0));
                        expected.rekey(requireNonNull(expected.sealedBoundary()), next.copyAt(0));
                        tx.rekey(requireNonNull(tx.sealedBoundary()), next);
                    }
                    byte[] content = new byte[random.nextInt(random.nextInt(4) == 0 ? 60_000 : 3_000)];
                    random.nextBytes(content);
                    sent.writeBytes(content);
                    int maxPlaintextBytes = random.nextInt(3) == 0 ? 200 + random.nextInt(2_000) : 16_384;
                    seal(expected, tx, ContentType.APPLICATION_DATA, content, maxPlaintextBytes);
                    received = receive(
                            rx, received, random.nextInt(4) == 0 ? wire.length : random.nextInt(wire.length + 1));
                }
                receive(rx, received, wire.length);
                check();
                tx.close();
                rx.close();
                expected.close();
            }
            device.close();
            channel.finishAndReleaseAll();
            expectAllGivenBack();
            return packets;
        }

        private void seal(TxSession expected, TxSession tx, ContentType type, byte[] content, int maxPlaintextBytes) {
            expected.seal(type, buffer(content), maxPlaintextBytes);
            wire = expectedSink.wire();
            isSending = true;
            tx.seal(type, buffer(content), maxPlaintextBytes);
            isSending = false;
        }

        /** Gives the peer's bytes, which are ours, to the receiving half; more than one record and cut anywhere. */
        private int receive(RxSession rx, int from, int to) {
            if (to <= from) {
                return from;
            }
            rx.receive(buffer(Arrays.copyOfRange(wire, from, to)));
            channel.runPendingTasks();
            return to;
        }

        private void check() {
            assertThat(Arrays.equals(txSink.wire(), wire))
                    .as("the wire's bytes are software's, %s", faults)
                    .isTrue();
            assertThat(Arrays.equals(rxSink.data(), sent.toByteArray()))
                    .as("what was sent came in, %s", faults)
                    .isTrue();
            assertThat(rxSink.faults()).isEmpty();
            assertThat(txSink.faults()).isEmpty();
            assertThat(counter("rx_tls_resync_req_start")).isLessThanOrEqualTo(counter("rx_tls_resync_req_pkt"));
            assertThat(counter("rx_tls_resync_req_end") + counter("rx_tls_resync_req_skip"))
                    .isLessThanOrEqualTo(counter("rx_tls_resync_req_start"));
            assertThat(counter("tx_tls_dump_bytes")).isLessThanOrEqualTo(counter("tx_tls_resync_bytes"));
            assertThat(counter("tx_tls_ctx") - counter("tx_tls_del"))
                    .isEqualTo(device.resources().tises().inUse());
            assertThat(counter("rx_tls_ctx") - counter("rx_tls_del"))
                    .isEqualTo(device.nic().tirs().inUse());
            assertThat(counter("tls_decrypt_error")).isZero();
        }

        private void expectAllGivenBack() {
            assertThat(allocator.metric().usedDirectMemory()).as("direct bytes").isZero();
            assertThat(device.nic().deks().loaded()).as("keys").isZero();
            assertThat(device.nic().steering().used()).as("rules").isZero();
            assertThat(counter("tx_tls_ctx")).isEqualTo(counter("tx_tls_del"));
            assertThat(counter("rx_tls_ctx")).isEqualTo(counter("rx_tls_del"));
            engine.expectClean();
        }

        private long counter(String name) {
            return Counters.value(device.counters(), name);
        }

        private RecordBoundary at(Direction direction) {
            return RecordBoundary.start(direction).movedTo(start, 0);
        }

        private RxSession rx(TrafficKeys keys) {
            return ((InstallResult.Installed<RxSession>) device.installRx(target, keys, at(Direction.RX), rxSink))
                    .session();
        }

        private static TxSession tx(InstallResult<TxSession> result) {
            return ((InstallResult.Installed<TxSession>) result).session();
        }

        private TrafficKeys keys() {
            byte[] key = new byte[protection.suite().keyBytes()];
            byte[] iv = new byte[TrafficKeys.ivBytes(protection.version(), protection.suite())];
            random.nextBytes(key);
            random.nextBytes(iv);
            return new TrafficKeys(protection.version(), protection.suite(), key, iv, 0);
        }

        private ByteBuf buffer(byte[] bytes) {
            return allocator.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
        }
    }
}
