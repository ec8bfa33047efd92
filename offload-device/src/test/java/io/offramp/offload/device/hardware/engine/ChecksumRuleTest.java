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
import io.offramp.offload.device.hardware.packet.Checksums;
import io.offramp.offload.device.hardware.packet.FlowKey;
import io.offramp.offload.device.hardware.packet.HeaderWriter;
import io.offramp.offload.device.hardware.packet.PacketHeader;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checksum first, then the flow, then the sequence: a packet that was damaged on its way is nobody's. */
class ChecksumRuleTest {
    private static final int SEQUENCE = 1_000;

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "2001:db8::1"})
    void shouldDeliverADamagedPacketAsItIsAndKeepTheContextWhereItStands(String address) {
        Nic nic = new Nic(new NicLimits(2, 2, 2), AeadEngines.best());
        QueueSet queues = nic.createQueues(1);
        ByteBuf header = Unpooled.buffer(PacketHeader.MAX_BYTES);
        int headerBytes =
                HeaderWriter.write(header, new InetSocketAddress(address, 5), new InetSocketAddress(address, 443));
        TrafficKeys keys =
                new TrafficKeys(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, new byte[16], new byte[12], 0);
        int tir = nic.tirs().create(queues.receive().number(0));
        nic.deks().createBulk(1);
        nic.deks().load(0, keys.suite(), keys.dangerousKey());
        SendRing control = new SendRing(queues.controlQueue(), queues.controlCompletions(), queues::ringControl);
        ParamsPoster.postStatic(control, Opcode.MODIFIER_TIR, tir, keys, 0, 0, 0, 0, null);
        ParamsPoster.postProgress(control, Opcode.MODIFIER_TIR, tir, SEQUENCE, null);
        control.doorbell();
        FlowKey flow = new FlowKey().read(header, 0);
        nic.steering().tableOf(flow).group(Priority.TLS).add(flow, tir);
        TlsContext context = nic.tirs().get(tir);
        assertThat(context).isNotNull();

        byte[] record = new ReferenceRecords(keys).seal(23, new byte[99]);
        ByteBuf wire = Unpooled.directBuffer().writeBytes(record);
        PacketHeader.tcpSequence(header, 0, SEQUENCE);
        PacketHeader.payloadBytes(header, 0, headerBytes, record.length);
        Checksums.write(header, headerBytes, wire, 0, record.length);
        ByteBuf host = Unpooled.directBuffer(record.length, record.length);
        int key = queues.regions().map(host);

        wire.setByte(50, wire.getByte(50) ^ 1);
        int damaged = receive(queues, header, headerBytes, wire, record.length, key, 0);
        assertThat(Cqe.isIntact(queues.receive().all().getFirst().completions().memory(), damaged))
                .isFalse();
        assertThat(Cqe.tlsOffload(
                        queues.receive().all().getFirst().completions().memory(), damaged))
                .isEqualTo(TlsOffload.NOT_DECRYPTED);
        assertThat(ByteBufUtil.getBytes(host, 0, record.length)).isEqualTo(ByteBufUtil.getBytes(wire));
        assertThat(context.tracker()).isEqualTo(TrackerState.START);

        wire.setByte(50, wire.getByte(50) ^ 1);
        int intact = receive(queues, header, headerBytes, wire, record.length, key, 1);
        assertThat(Cqe.isIntact(queues.receive().all().getFirst().completions().memory(), intact))
                .isTrue();
        assertThat(Cqe.tlsOffload(
                        queues.receive().all().getFirst().completions().memory(), intact))
                .isEqualTo(TlsOffload.DECRYPTED);

        wire.release();
        host.release();
        queues.close();
        nic.deks().close();
    }

    private static int receive(
            QueueSet queues, ByteBuf header, int headerBytes, ByteBuf wire, int bytes, int key, int entry) {
        DataSegment.write(
                queues.receive().memory().memory(), queues.receive().memory().offset(entry), bytes, key, 0);
        queues.ringReceive(entry + 1);
        byte[] before = ByteBufUtil.getBytes(header, 0, headerBytes);
        assertThat(queues.receive(header, headerBytes, wire, 0, bytes)).isTrue();
        assertThat(ByteBufUtil.getBytes(header, 0, headerBytes))
                .as("headers are not touched")
                .isEqualTo(before);
        return queues.receive().all().getFirst().completions().poll();
    }
}
