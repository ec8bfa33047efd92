package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.device.driver.queue.ParamsPoster;
import io.offramp.offload.device.driver.queue.SendRing;
import io.offramp.offload.device.hardware.Nic;
import io.offramp.offload.device.hardware.NicLimits;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.device.hardware.packet.HeaderWriter;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.DataSegment;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.TlsOffload;
import io.offramp.offload.device.hardware.steering.Priority;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.tck.ReferenceRecords;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The receiving half of the hardware: what a packet's CQE says and what lies in host memory. */
class RxEngineTest {
    private static final int SEQUENCE = Integer.MAX_VALUE - 50;

    private final Nic nic = new Nic(new NicLimits(4, 4, 4), AeadEngines.best());
    private final QueueSet queues = nic.createQueues(1);
    private final ByteBuf header = Unpooled.buffer(PacketHeader.MAX_BYTES);
    private final ByteBuf host = Unpooled.directBuffer(2_000, 2_000);
    private final int hostKey = queues.regions().map(host);
    private final TrafficKeys keys =
            new TrafficKeys(ProtocolVersion.TLS_1_2, AeadSuite.AES_256_GCM, new byte[32], new byte[4], 3);
    private final ReferenceRecords peer = new ReferenceRecords(keys);
    private int headerBytes;
    private int tir;
    private int posted;

    @BeforeEach
    void program() {
        queues.hasChecksums(false);
        headerBytes = HeaderWriter.write(
                header, new InetSocketAddress("2001:db8::2", 5), new InetSocketAddress("2001:db8::1", 443));
        tir = nic.tirs().create(queues.receive().number(0));
        nic.deks().createBulk(1);
        nic.deks().load(0, keys.suite(), keys.dangerousKey());
        SendRing control = new SendRing(queues.controlQueue(), queues.controlCompletions(), queues::ringControl);
        ParamsPoster.postStatic(control, Opcode.MODIFIER_TIR, tir, keys, 0, 3, 0, 0, null);
        ParamsPoster.postProgress(control, Opcode.MODIFIER_TIR, tir, SEQUENCE, null);
        control.doorbell();
        FlowKey flow = new FlowKey().read(header, 0);
        nic.steering().tableOf(flow).group(Priority.TLS).add(flow, tir);
    }

    @AfterEach
    void close() {
        queues.close();
        nic.deks().close();
        host.release();
    }

    @Test
    void shouldDecryptTheContentAndLeaveTheFramingUntouched() {
        byte[] record = peer.seal(23, "hello, world".getBytes(StandardCharsets.US_ASCII));

        assertThat(receive(SEQUENCE, record)).isEqualTo(TlsOffload.DECRYPTED);

        byte[] delivered = ByteBufUtil.getBytes(host, 0, record.length);
        assertThat(Arrays.copyOf(delivered, 13)).isEqualTo(Arrays.copyOf(record, 13));
        assertThat(new String(delivered, 13, 12, StandardCharsets.US_ASCII)).isEqualTo("hello, world");
        assertThat(Arrays.copyOfRange(delivered, 25, 41)).isEqualTo(Arrays.copyOfRange(record, 25, 41));
        assertThat(context().recordNumber()).isEqualTo(4);
    }

    @Test
    void shouldFollowTheSequencePastItsWrap() {
        int sequence = SEQUENCE;
        for (int i = 0; i < 10; i++) {
            byte[] packet = ReferenceRecords.concat(peer.seal(23, new byte[100]), peer.seal(21, new byte[2]));
            assertThat(receive(sequence, packet)).isEqualTo(TlsOffload.DECRYPTED);
            sequence += packet.length;
        }

        assertThat(context().nextTcpSequence()).isEqualTo(sequence).isNegative();
        assertThat(context().recordNumber()).isEqualTo(23);
    }

    /** All records of a packet are authentic, or it is delivered as on the wire; never a part of it. */
    @Test
    void shouldDeliverThePacketAsOnTheWireWhenItsLastRecordIsForged() {
        byte[] packet = ReferenceRecords.concat(peer.seal(23, new byte[100]), peer.seal(23, new byte[100]));
        packet[packet.length - 1] ^= 1;

        assertThat(receive(SEQUENCE, packet)).isEqualTo(TlsOffload.ERROR);

        assertThat(ByteBufUtil.getBytes(host, 0, packet.length)).isEqualTo(packet);
        assertThat(context().recordNumber()).as("lengths are in the clear").isEqualTo(5);
        byte[] next = peer.seal(23, new byte[7]);
        assertThat(receive(SEQUENCE + packet.length, next)).isEqualTo(TlsOffload.DECRYPTED);
    }

    @Test
    void shouldAskForAResyncOnceWhenASequenceIsMissing() {
        byte[] lost = peer.seal(23, new byte[100]);
        byte[] next = peer.seal(23, new byte[100]);

        assertThat(receive(SEQUENCE + lost.length, next)).isEqualTo(TlsOffload.RESYNC);
        assertThat(ByteBufUtil.getBytes(host, 0, next.length)).isEqualTo(next);
        assertThat(context().isAsking()).isTrue();
        assertThat(receive(SEQUENCE, lost)).isEqualTo(TlsOffload.NOT_DECRYPTED);
    }

    @Test
    void shouldSearchWhenThereIsNoHeaderWhereOneBelongs() {
        byte[] packet = peer.seal(23, new byte[100]);
        packet[1] = 4;

        assertThat(receive(SEQUENCE, packet)).isEqualTo(TlsOffload.NOT_DECRYPTED);
        assertThat(context().tracker()).isEqualTo(TrackerState.SEARCHING);
        assertThat(ByteBufUtil.getBytes(host, 0, packet.length)).isEqualTo(packet);
    }

    /** Another flow's packets between those of one of which everything is lost, forged or out of order. */
    @Test
    void shouldLeavePacketsOfOtherFlowsAloneUnderLoad() {
        Random random = new Random(5);
        int sequence = SEQUENCE;
        for (int i = 0; i < 2_000; i++) {
            byte[] packet = peer.seal(23, new byte[random.nextInt(300)]);
            if (random.nextInt(3) == 0) {
                port(6);
                assertThat(receive(random.nextInt(4) == 0 ? sequence : random.nextInt(), packet))
                        .as("packet %d", i)
                        .isEqualTo(TlsOffload.NOT_DECRYPTED);
                assertThat(ByteBufUtil.getBytes(host, 0, packet.length))
                        .as("packet %d", i)
                        .isEqualTo(packet);
                continue;
            }
            port(5);
            packet[random.nextInt(packet.length)] ^= (byte) random.nextInt(2);
            receive(random.nextInt(5) == 0 ? random.nextInt() : sequence, packet);
            sequence += packet.length;
        }
    }

    private void port(int remote) {
        HeaderWriter.write(
                header, new InetSocketAddress("2001:db8::2", remote), new InetSocketAddress("2001:db8::1", 443));
    }

    @Test
    void shouldLeavePacketsOfOtherFlowsAlone() {
        byte[] packet = peer.seal(23, new byte[100]);
        HeaderWriter.write(header, new InetSocketAddress("2001:db8::2", 6), new InetSocketAddress("2001:db8::1", 443));

        assertThat(receive(SEQUENCE, packet)).isEqualTo(TlsOffload.NOT_DECRYPTED);
        assertThat(ByteBufUtil.getBytes(host, 0, packet.length)).isEqualTo(packet);
        assertThat(context().tracker()).isEqualTo(TrackerState.START);
    }

    @Test
    void shouldDecryptNothingWhileDown() {
        nic.setUp(false);
        byte[] packet = peer.seal(23, new byte[100]);

        assertThat(receive(SEQUENCE, packet)).isEqualTo(TlsOffload.NOT_DECRYPTED);
        assertThat(ByteBufUtil.getBytes(host, 0, packet.length)).isEqualTo(packet);
    }

    @Test
    void shouldDropAPacketForWhichThereIsNoRoom() {
        ByteBuf wire = Unpooled.wrappedBuffer(peer.seal(23, new byte[100]));
        assertThat(queues.receive(header, headerBytes, wire, 0, wire.readableBytes()))
                .isFalse();

        post(wire.readableBytes() - 1);
        assertThat(queues.receive(header, headerBytes, wire, 0, wire.readableBytes()))
                .isFalse();
        assertThat(queues.receive().all().getFirst().completions().poll()).isEqualTo(CompletionQueue.EMPTY);
    }

    private TlsContext context() {
        TlsContext context = nic.tirs().get(tir);
        assertThat(context).isNotNull();
        return context;
    }

    private void post(int bytes) {
        DataSegment.write(
                queues.receive().memory().memory(), queues.receive().memory().offset(posted), bytes, hostKey, 0);
        queues.ringReceive(++posted);
    }

    private TlsOffload receive(int sequence, byte[] packet) {
        ByteBuf wire = Unpooled.directBuffer().writeBytes(packet);
        post(packet.length);
        PacketHeader.tcpSequence(header, 0, sequence);
        assertThat(queues.receive(header, headerBytes, wire, 0, packet.length)).isTrue();
        assertThat(ByteBufUtil.getBytes(wire))
                .as("the wire is read, never written")
                .isEqualTo(packet);
        wire.release();
        int cqe = queues.receive().all().getFirst().completions().poll();
        assertThat(Cqe.byteCount(queues.receive().all().getFirst().completions().memory(), cqe))
                .isEqualTo(packet.length);
        return Cqe.tlsOffload(queues.receive().all().getFirst().completions().memory(), cqe);
    }
}
