package io.offramp.offload.device.capture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.offramp.offload.ConnectionWatch;
import io.offramp.offload.OffloadTarget;
import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.device.capture.CapturedPacket.Side;
import io.offramp.offload.device.hardware.engine.QueueSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a device's connections exchange, in a file, once it is started. Before that, and where it fails, nothing is
 * seen. Thread-safe.
 */
public final class Capture implements ConnectionWatch, AutoCloseable {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(Capture.class);
    private static final int HEAD_BYTES = 1_024;
    private static final int MAX_COMMENT_BYTES = 0xfff0;

    private final CaptureSettings settings;
    private final long offsetNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();
    private volatile @Nullable CaptureFile file;

    /** Nothing is written yet. */
    public Capture(CaptureSettings settings) {
        this.settings = settings;
    }

    /**
     * Creates the file.
     *
     * @throws IOException if it cannot be written, is not a regular file, or is accessible to others than its owner
     */
    public void start() throws IOException {
        CaptureFile opened = CaptureFile.open(settings.file(), settings.limitBytes());
        opened.append(HEAD_BYTES, out -> {
            PcapngBlocks.writeSectionHeader(out, "offramp");
            PcapngBlocks.writeInterface(out, "host", "between driver and device");
            PcapngBlocks.writeInterface(out, "wire", "between device and network");
        });
        file = opened;
        LOG.warn("PLAINTEXT AND SECRETS OF ALL SESSIONS ARE WRITTEN TO {}", settings.file());
    }

    /** What connections need to know. */
    CaptureSettings settings() {
        return settings;
    }

    @Override
    public void onAccepted(OffloadTarget connection) {
        connection.channel().pipeline().addFirst(new ConnectionTap(this, connection));
    }

    @Override
    public void onSecret(String label, byte[] clientRandom, byte[] secret) {
        HexFormat hex = HexFormat.of();
        String line = label + " " + hex.formatHex(clientRandom) + " " + hex.formatHex(secret) + "\n";
        byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
        CaptureFile to = file;
        if (to != null) {
            to.append(
                    PcapngBlocks.blockBytes(2 * Integer.BYTES + bytes.length),
                    out -> PcapngBlocks.writeSecrets(out, bytes));
        }
        Arrays.fill(bytes, (byte) 0);
    }

    /** Sees what crosses these queues. */
    public void observe(QueueSet queues) {
        queues.observe(new QueueTap(this, queues));
    }

    /** A packet is on the wire, with its checksums. */
    public void onWire(ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes) {
        add(Side.WIRE, header, headerBytes, payload, index, bytes, "");
    }

    /** Writes a packet. */
    void add(Side side, ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes, CharSequence comment) {
        CaptureFile to = file;
        if (to != null) {
            byte[] text = utf8(comment);
            CapturedPacket packet = packet(side, header, headerBytes, payload, index, bytes);
            to.append(blockBytes(packet, text), out -> PcapngBlocks.writePacket(out, packet, text));
        }
    }

    /** A packet as it will be in the file, for {@link #write}. */
    ByteBuf encode(
            Side side, ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes, CharSequence comment) {
        byte[] text = utf8(comment);
        CapturedPacket packet = packet(side, header, headerBytes, payload, index, bytes);
        ByteBuf block = Unpooled.buffer(blockBytes(packet, text));
        PcapngBlocks.writePacket(block, packet, text);
        return block;
    }

    /** Writes a packet that was encoded before. */
    void write(ByteBuf block) {
        CaptureFile to = file;
        if (to != null) {
            to.append(block.readableBytes(), out -> out.writeBytes(block));
        }
    }

    private CapturedPacket packet(Side side, ByteBuf header, int headerBytes, ByteBuf payload, int index, int bytes) {
        return new CapturedPacket(side, System.nanoTime() + offsetNs, header, headerBytes, payload, index, bytes);
    }

    private static byte[] utf8(CharSequence comment) {
        byte[] text = comment.toString().stripTrailing().getBytes(StandardCharsets.UTF_8);
        return text.length > MAX_COMMENT_BYTES ? Arrays.copyOf(text, MAX_COMMENT_BYTES) : text;
    }

    private static int blockBytes(CapturedPacket packet, byte[] comment) {
        return PcapngBlocks.PACKET_OVERHEAD + packet.headerBytes() + packet.bytes() + comment.length;
    }

    /** Counters of it. */
    public List<OffloadCounter> counters() {
        return List.of(
                new OffloadCounter(
                        "device_pcap",
                        "1 while plaintext and secrets of all sessions are written to a file",
                        OffloadCounter.Kind.GAUGE,
                        () -> file == null ? 0 : 1),
                new OffloadCounter(
                        "device_pcap_blocks",
                        "Packets and secrets that were captured",
                        OffloadCounter.Kind.COUNTER,
                        () -> count(true)),
                new OffloadCounter(
                        "device_pcap_dropped",
                        "Packets and secrets that did not fit in the memory or the file of the capture",
                        OffloadCounter.Kind.COUNTER,
                        () -> count(false)));
    }

    private long count(boolean isTaken) {
        CaptureFile of = file;
        return of == null ? 0 : isTaken ? of.taken() : of.dropped();
    }

    @Override
    public void close() {
        CaptureFile open = file;
        if (open != null) {
            open.close();
        }
    }
}
