package io.offramp.proxy.handshake.crypto;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.RecordFormat;
import io.offramp.proxy.tls.Handshaken;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * The smallest session there can be after a handover: echoes application data, or answers HTTP requests with a page.
 */
public final class EchoRecords extends ChannelInboundHandlerAdapter {
    private static final byte[] CLOSE_NOTIFY = {1, 0};
    private static final String PAGE = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n";

    private final Handshaken session;
    private final ByteBuf received = Unpooled.buffer();
    private long rxSequence;
    private long txSequence;

    public EchoRecords(Handshaken session) {
        this.session = session;
        this.rxSequence = session.rxKeys().nextSequence();
        this.txSequence = session.txKeys().nextSequence();
    }

    /** The tickets of the handshake as a record, which must be the first that is sent; empty if there are none. */
    public ByteBuf tickets() throws GeneralSecurityException {
        return session.tickets().length == 0 ? Unpooled.EMPTY_BUFFER : seal(ContentType.HANDSHAKE, session.tickets());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws GeneralSecurityException {
        ctx.writeAndFlush(tickets());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) throws GeneralSecurityException {
        ByteBuf in = (ByteBuf) msg;
        received.writeBytes(in);
        in.release();
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        while (received.readableBytes() >= RecordFormat.HEADER_BYTES
                && received.readableBytes()
                        >= RecordFormat.HEADER_BYTES + received.getUnsignedShort(received.readerIndex() + 3)) {
            int type = received.getUnsignedByte(received.readerIndex());
            byte[] record = new byte[RecordFormat.HEADER_BYTES + received.getUnsignedShort(received.readerIndex() + 3)];
            received.readBytes(record);
            byte[] content = open(type, record);
            if (content[content.length - 1] == ContentType.APPLICATION_DATA.code()) {
                data.write(content, 0, content.length - 1);
            } else if (content[content.length - 1] == ContentType.ALERT.code()) {
                ctx.writeAndFlush(seal(ContentType.ALERT, CLOSE_NOTIFY)).addListener(ChannelFutureListener.CLOSE);
            }
        }
        byte[] bytes = data.toByteArray();
        if (new String(bytes, StandardCharsets.ISO_8859_1).startsWith("GET ")) {
            bytes = PAGE.getBytes(StandardCharsets.US_ASCII);
        }
        for (int at = 0; at < bytes.length; at += 16384) {
            ctx.write(seal(
                    ContentType.APPLICATION_DATA, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 16384))));
        }
        ctx.flush();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        received.release();
    }

    /** Content, then the type. */
    private byte[] open(int type, byte[] record) throws GeneralSecurityException {
        TrafficKeys keys = session.rxKeys();
        int fragment = record.length - RecordFormat.HEADER_BYTES;
        long sequence = rxSequence++;
        if (keys.format() == RecordFormat.TLS_1_3) {
            byte[] inner = RecordProtection.open(
                    keys,
                    sequence,
                    RecordProtection.aad13(type, 0x0303, fragment),
                    record,
                    RecordFormat.HEADER_BYTES,
                    fragment);
            int end = inner.length;
            while (inner[end - 1] == 0) {
                end--;
            }
            return Arrays.copyOf(inner, end);
        }
        int explicit = keys.format().explicitNonceBytes();
        byte[] aad = RecordProtection.aad12(sequence, type, 0x0303, fragment - explicit - 16);
        long tail = explicit == 0 ? sequence : RecordProtection.getLong(record, RecordFormat.HEADER_BYTES);
        byte[] opened = RecordProtection.open(
                keys, tail, aad, record, RecordFormat.HEADER_BYTES + explicit, fragment - explicit);
        byte[] typed = Arrays.copyOf(opened, opened.length + 1);
        typed[opened.length] = (byte) type;
        return typed;
    }

    private ByteBuf seal(ContentType type, byte[] content) throws GeneralSecurityException {
        TrafficKeys keys = session.txKeys();
        RecordFormat format = keys.format();
        long sequence = txSequence++;
        byte[] record = new byte[content.length + format.overheadBytes()];
        boolean tls13 = format == RecordFormat.TLS_1_3;
        record[0] = (byte) (tls13 ? ContentType.APPLICATION_DATA : type).code();
        record[1] = 3;
        record[2] = 3;
        int fragment = record.length - RecordFormat.HEADER_BYTES;
        record[3] = (byte) (fragment >> 8);
        record[4] = (byte) fragment;
        byte[] inner = tls13 ? Arrays.copyOf(content, content.length + 1) : content;
        if (tls13) {
            inner[content.length] = (byte) type.code();
        }
        if (format.explicitNonceBytes() > 0) {
            RecordProtection.putLong(record, RecordFormat.HEADER_BYTES, sequence);
        }
        byte[] aad = tls13
                ? RecordProtection.aad13(record[0], 0x0303, fragment)
                : RecordProtection.aad12(sequence, type.code(), 0x0303, content.length);
        RecordProtection.seal(keys, sequence, aad, inner, 0, inner.length, record, format.prefixBytes());
        return Unpooled.wrappedBuffer(record);
    }
}
