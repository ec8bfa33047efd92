package io.offramp.offload.device.hardware.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.offramp.offload.aead.choice.AeadEngines;
import io.offramp.offload.device.hardware.Nic;
import io.offramp.offload.device.hardware.NicLimits;
import io.offramp.offload.device.hardware.context.AuthState;
import io.offramp.offload.device.hardware.context.ProgressParams;
import io.offramp.offload.device.hardware.context.StaticParams;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.hardware.packet.HeaderWriter;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.CompletionQueue;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.DataSegment;
import io.offramp.offload.device.hardware.queue.EthernetSegment;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.ParamsWqe;
import io.offramp.offload.device.hardware.queue.QueueState;
import io.offramp.offload.device.hardware.queue.Syndrome;
import io.offramp.offload.device.hardware.queue.WorkQueue;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ProtocolVersion;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A device with one TIS and one key, and the hands of a driver that writes WQEs into its send queue byte by byte. */
abstract class SendQueueFixture {
    static final byte[] CONTENT = "plaintext that must never be seen on the wire".getBytes(StandardCharsets.US_ASCII);
    static final int SEQUENCE = -20;
    static final int RECORD_BYTES = 5 + CONTENT.length + 1 + 16;

    final Nic nic = new Nic(new NicLimits(4, 4, 4), AeadEngines.best());
    final QueueSet queues = nic.createQueues(1);
    final ByteBuf ring = queues.sendQueue().memory();
    private final ByteBuf header = Unpooled.buffer(PacketHeader.MAX_BYTES);
    final ByteBuf plaintext = Unpooled.directBuffer(1_000);
    final ByteBuf wire = Unpooled.directBuffer(1_000, 1_000).setZero(0, 1_000);
    final int plaintextKey = queues.regions().map(plaintext);
    final int wireKey = queues.regions().map(wire);
    final TrafficKeys keys =
            new TrafficKeys(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM, new byte[16], new byte[12], 3);
    private int headerBytes;
    int tis;
    int mss = 1448;
    int opcode = Opcode.LSO;
    int producer;

    @BeforeEach
    void program() {
        headerBytes = HeaderWriter.write(
                header, new InetSocketAddress("192.0.2.1", 443), new InetSocketAddress("192.0.2.2", 5));
        plaintext
                .writeBytes(new byte[] {23, 3, 3})
                .writeShort(RECORD_BYTES - 5)
                .writeBytes(CONTENT)
                .writeByte(23)
                .writeZero(16);
        tis = nic.tises().create(0);
        nic.deks().createBulk(1);
        nic.deks().load(0, keys.suite(), keys.dangerousKey());
    }

    @AfterEach
    void close() {
        queues.close();
        nic.deks().close();
        plaintext.release();
        wire.release();
    }

    TlsContext context() {
        TlsContext context = nic.tises().get(tis);
        assertThat(context).isNotNull();
        return context;
    }

    int at() {
        return queues.sendQueue().offset(producer);
    }

    void control(int opcode, int modifier, int octowords, int flags) {
        ControlSegment.write(
                ring,
                at(),
                opcode,
                modifier,
                producer,
                queues.sendQueue().number(),
                octowords,
                flags | ControlSegment.CQ_UPDATE,
                tis);
    }

    /** Posts and rings. A queue that has failed is reset before. */
    void post(int blocks) {
        if (queues.sendQueue().state() == QueueState.ERROR) {
            queues.sendQueue().reset();
        }
        producer += blocks;
        queues.ringSend(producer);
    }

    void writeStatic() {
        control(Opcode.UMR, Opcode.MODIFIER_TIS, ParamsWqe.STATIC_OCTOWORDS, 0);
        ParamsWqe.writeUmr(ring, at());
        StaticParams.write(ring, at() + ParamsWqe.STATIC_PARAMS, keys.version(), 3, 0, 0, 0, 0);
    }

    void postParams() {
        roomFor(16);
        postStatic();
        postProgress();
    }

    void postStatic() {
        writeStatic();
        post(ParamsWqe.STATIC_BLOCKS);
    }

    void postProgress() {
        control(Opcode.SET_PSV, Opcode.MODIFIER_TIS, ParamsWqe.PROGRESS_OCTOWORDS, 0);
        ParamsWqe.writeProgressContext(ring, at(), tis);
        ProgressParams.write(ring, at() + ParamsWqe.PROGRESS_PARAMS, 0, 0, TrackerState.START, AuthState.NO_OFFLOAD, 0);
        post(ParamsWqe.PROGRESS_BLOCKS);
    }

    void postFence() {
        control(Opcode.NOP, 0, 1, ControlSegment.FENCE);
        post(1);
    }

    /** Static params of a TIR, as an install of a receiving direction posts them. */
    void postControlQueueParams() {
        int tir = nic.tirs().create(0);
        ByteBuf control = queues.controlQueue().memory();
        ControlSegment.write(
                control,
                0,
                Opcode.UMR,
                Opcode.MODIFIER_TIR,
                0,
                queues.controlQueue().number(),
                ParamsWqe.STATIC_OCTOWORDS,
                0,
                tir);
        ParamsWqe.writeUmr(control, 0);
        StaticParams.write(control, ParamsWqe.STATIC_PARAMS, keys.version(), 3, 0, 0, 0, 0);
        queues.ringControl(ParamsWqe.STATIC_BLOCKS);
        assertThat(queues.controlCompletions().poll()).as("an error").isEqualTo(CompletionQueue.EMPTY);
    }

    /** @param ranges address and length of each payload segment */
    void postSend(int sequence, int... ranges) {
        postPart(sequence, RECORD_BYTES, ranges);
    }

    /** The same for a part of a record, {@code bytes} long. */
    void postPart(int sequence, int bytes, int... ranges) {
        roomFor(16);
        int ethernet = EthernetSegment.octowords(headerBytes);
        int octowords = 1 + ethernet + 1 + ranges.length / 2;
        control(opcode, 0, octowords, 0);
        PacketHeader.tcpSequence(header, 0, sequence);
        EthernetSegment.write(ring, at() + ControlSegment.BYTES, mss, header, headerBytes);
        int segment = at() + (1 + ethernet) * 16;
        DataSegment.write(ring, segment, bytes, wireKey, 0);
        for (int i = 0; i < ranges.length; i += 2) {
            segment += DataSegment.BYTES;
            DataSegment.write(ring, segment, ranges[i + 1], plaintextKey, ranges[i]);
        }
        post(Math.ceilDiv(octowords * 16, WorkQueue.BLOCK_BYTES));
    }

    void roomFor(int blocks) {
        while (queues.sendQueue().entries() - (producer & queues.sendQueue().entries() - 1) < blocks) {
            ControlSegment.write(
                    ring, at(), Opcode.NOP, 0, producer, queues.sendQueue().number(), 1, 0, 0);
            post(1);
        }
    }

    /** Checks that there are exactly {@code count} new completions and gives the last. */
    int lastCompletion(int count) {
        int last = lastCompletionOf(count);
        assertThat(queues.sendCompletions().poll()).isEqualTo(CompletionQueue.EMPTY);
        return last;
    }

    int lastCompletionOf(int count) {
        int last = CompletionQueue.EMPTY;
        for (int i = 0; i < count; i++) {
            last = queues.sendCompletions().poll();
            assertThat(last).as("completion %d of %d", i + 1, count).isNotEqualTo(CompletionQueue.EMPTY);
        }
        return last;
    }

    void expectError(int cqe, int syndrome, int vendor) {
        ByteBuf memory = queues.sendCompletions().memory();
        assertThat(Cqe.opcode(memory, cqe)).isEqualTo(Cqe.REQUEST_ERROR);
        assertThat(Cqe.byteCount(memory, cqe)).isZero();
        assertThat(Syndrome.describe(Cqe.syndrome(memory, cqe), Cqe.vendorSyndrome(memory, cqe)))
                .isEqualTo(Syndrome.describe(syndrome, vendor));
    }

    byte[] wireBytes(int bytes) {
        return Arrays.copyOf(ByteBufUtil.getBytes(wire, 0, wire.capacity()), bytes);
    }
}
