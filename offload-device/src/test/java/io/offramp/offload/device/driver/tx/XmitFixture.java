package io.offramp.offload.device.driver.tx;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.offload.InstallResult;
import io.offramp.offload.device.driver.DriverFixture;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.session.DriverSettings;
import io.offramp.offload.device.hardware.context.TlsContext;
import io.offramp.offload.device.hardware.packet.Checksums;
import io.offramp.offload.device.hardware.packet.PacketHeader;
import io.offramp.offload.device.hardware.queue.ControlSegment;
import io.offramp.offload.device.hardware.queue.DataSegment;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.WorkQueue;
import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.offload.record.RecordFormat;
import io.offramp.offload.tck.Protection;
import io.offramp.offload.tck.ReferenceRecords;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A stream of records in plaintext, and packets of it that {@link Xmit} sends from wherever a test says. */
final class XmitFixture implements AutoCloseable {
    /** Wire bytes of each record of {@link #threeRecords()}. */
    static final int RECORD = 5_000 + 5 + 1 + 16;

    /** TCP sequence of the first record: it wraps soon. */
    static final int START = -2_500;

    static final int MSS = 1_000;
    static final long FIRST = 11;

    /** A packet that left the device. */
    record Left(int offset, byte[] payload) {}

    final DriverFixture driver = new DriverFixture(DriverSettings.DEFAULTS);
    final TrafficKeys keys;
    final RecordList records;
    final TxContext context;
    final Xmit xmit;
    final List<Left> left = new ArrayList<>();
    private final PacketTemplate packets;
    private final RecordFormat format;
    private final ReferenceRecords reference;
    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
    private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
    private long nextNumber = FIRST;
    private int consumed;

    XmitFixture(Protection protection) {
        keys = driver.keys(protection, FIRST);
        format = keys.format();
        reference = new ReferenceRecords(keys);
        records = new RecordList(START, FIRST, this::release);
        packets = new PacketTemplate(
                driver.place.target().flow().local(),
                driver.place.target().flow().remote());
        xmit = new Xmit(driver.place, records, packets, () -> MSS, keys, START);
        context = ((InstallResult.Installed<TxContext>) TxContext.open(driver.device, keys)).session();
        driver.channel.egress(this::transmit);
    }

    /** Three records, nothing of them sent. */
    static XmitFixture threeRecords() {
        XmitFixture tx = new XmitFixture(new Protection(ProtocolVersion.TLS_1_3, AeadSuite.AES_128_GCM));
        for (int i = 0; i < 3; i++) {
            tx.add(5_000);
        }
        return tx;
    }

    /** Three records, all of them sent, counters and posts as after that. */
    static XmitFixture sent() {
        XmitFixture tx = threeRecords();
        tx.send(0, tx.bytes());
        tx.posted();
        tx.left.clear();
        return tx;
    }

    /** Appends a record with random content of this length, framed as RFC 8446 §5.2 and RFC 5288 §3 have it. */
    void add(int contentBytes) {
        byte[] content = driver.content(contentBytes);
        int before = wire.size();
        wire.writeBytes(reference.seal(23, content));
        int recordBytes = wire.size() - before;
        ByteBuffer frame =
                ByteBuffer.allocate(recordBytes).put(new byte[] {23, 3, 3}).putShort((short) (recordBytes - 5));
        if (format == RecordFormat.TLS_1_2_GCM) {
            frame.putLong(nextNumber).put(content);
        } else {
            frame.put(content).put((byte) 23);
        }
        plain.writeBytes(frame.array());
        ByteBuf buffer = driver.allocator.directBuffer(recordBytes, recordBytes).writeBytes(frame.array());
        int key = driver.channel.regions().map(buffer);
        records.add(new SentRecord(nextNumber++, ContentType.APPLICATION_DATA, START + wire.size(), buffer, key));
    }

    private void release(SentRecord record) {
        driver.channel.regions().unmap(record.frameKey());
        record.frame().release();
    }

    /** Sends a part of the stream, counted from its start. */
    Xmit.Outcome send(int offset, int bytes) {
        Xmit.Outcome outcome = xmit.send(context, START + offset, bytes, null);
        driver.channel.send().poll();
        return outcome;
    }

    private void transmit(ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes) {
        assertThat(Checksums.verify(header, headerBytes, payload, index, bytes)).isTrue();
        assertThat(addresses(header)).as("addresses and ports").isEqualTo(addresses(packets.header()));
        int sequence = PacketHeader.tcpSequence(header, 0);
        left.add(new Left(sequence - START, ByteBufUtil.getBytes(payload, index, bytes)));
    }

    /** Ethernet addresses, and from the IPv4 addresses to the ports. */
    private static String addresses(ByteBuf header) {
        return ByteBufUtil.hexDump(header, 0, PacketHeader.ETHERNET_BYTES) + ByteBufUtil.hexDump(header, 26, 12);
    }

    /** Bytes of the stream as they should be on the wire. */
    byte[] wire(int offset, int bytes) {
        return Arrays.copyOfRange(wire.toByteArray(), offset, offset + bytes);
    }

    int bytes() {
        return wire.size();
    }

    /** Checks that everything that left is what the stream has at that place, and forgets it. */
    void expectLeft(int... offsetsAndBytes) {
        assertThat(left).extracting(Left::offset).containsExactly(every2nd(offsetsAndBytes, 0));
        for (int i = 0; i < left.size(); i++) {
            assertThat(left.get(i).payload)
                    .as("packet %d", i)
                    .isEqualTo(wire(offsetsAndBytes[2 * i], offsetsAndBytes[2 * i + 1]));
        }
        left.clear();
    }

    private static Integer[] every2nd(int[] values, int from) {
        Integer[] some = new Integer[values.length / 2];
        for (int i = 0; i < some.length; i++) {
            some[i] = values[2 * i + from];
        }
        return some;
    }

    /**
     * What was posted to the SQ since the last call: opcodes, F for a fence, the bytes of a DUMP. NOPs that fill a
     * round are left out.
     */
    List<String> posted() {
        WorkQueue queue = driver.queues.sendQueue();
        ByteBuf ring = queue.memory();
        List<String> posted = new ArrayList<>();
        while (consumed != queue.consumer()) {
            int at = queue.offset(consumed);
            String fence = ControlSegment.isFenced(ring, at) ? " F" : "";
            String name = switch (ControlSegment.opcode(ring, at)) {
                case Opcode.UMR -> "STATIC" + fence;
                case Opcode.SET_PSV -> "PROGRESS" + fence;
                case Opcode.NOP -> "NOP" + fence;
                case Opcode.DUMP -> "DUMP " + DataSegment.byteCount(ring, at + ControlSegment.BYTES) + fence;
                case Opcode.SEND -> "SEND" + fence;
                case Opcode.LSO -> "LSO" + fence;
                default -> "?";
            };
            if (!name.equals("NOP")) {
                posted.add(name);
            }
            int bytes = ControlSegment.octowords(ring, at) * ControlSegment.OCTOWORD_BYTES;
            consumed += Math.ceilDiv(bytes, WorkQueue.BLOCK_BYTES);
        }
        return posted;
    }

    TlsContext tis() {
        TlsContext tis = driver.device.nic().tises().get(context.tis());
        assertThat(tis).isNotNull();
        return tis;
    }

    /** True where the packets that left show a run of the content as the application gave it. */
    boolean hasLeaked() {
        String secret = new String(plain.toByteArray(), StandardCharsets.ISO_8859_1);
        return left.stream().anyMatch(packet -> {
            String seen = new String(packet.payload, StandardCharsets.ISO_8859_1);
            for (int i = 0; i + 16 <= seen.length(); i += 16) {
                if (secret.contains(seen.substring(i, i + 16))) {
                    return true;
                }
            }
            return false;
        });
    }

    @Override
    public void close() {
        driver.channel.egress(null);
        records.clear();
        context.close();
        driver.close();
    }
}
