package io.offramp.proxy.exchange.sketch;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/** The proxy's end of one HTTP/1.1 connection, and the peer's bytes that the proxy has not taken. */
final class Http1Line {
    private static final int PIECE_BYTES = 4096;

    private final EmbeddedChannel channel;
    private final ArrayDeque<ByteBuf> unsent = new ArrayDeque<>();

    Http1Line(EmbeddedChannel channel) {
        this.channel = channel;
    }

    EmbeddedChannel channel() {
        return channel;
    }

    /** As the kernel's buffer would be, full or not. */
    void writable(boolean is) {
        ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
        if (out != null) {
            out.setUserDefinedWritability(1, is);
        }
        channel.runPendingTasks();
    }

    void add(String text) {
        unsent.addLast(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    void addChunk(byte[] bytes) {
        add(Integer.toHexString(bytes.length) + "\r\n");
        for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
            unsent.addLast(Unpooled.copiedBuffer(bytes, at, Math.min(PIECE_BYTES, bytes.length - at)));
        }
        add("\r\n");
    }

    void addLastChunk(List<String> trailers) {
        add("0\r\n" + text(trailers) + "\r\n");
    }

    static String text(List<String> lines) {
        return String.join("", lines.stream().map(line -> line + "\r\n").toList());
    }

    /** Hands bytes over as long as the proxy takes them. */
    void push() {
        while (!unsent.isEmpty() && channel.config().isAutoRead() && channel.isOpen()) {
            channel.writeInbound(unsent.removeFirst());
        }
    }

    /** @param reader takes at least one byte of what the proxy has written, without its ownership */
    void pull(Consumer<ByteBuf> reader) {
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            while (out.isReadable()) {
                reader.accept(out);
            }
            out.release();
        }
    }

    long unsentBytes() {
        return unsent.stream().mapToLong(ByteBuf::readableBytes).sum();
    }

    void drop() {
        unsent.forEach(ByteBuf::release);
        unsent.clear();
    }
}
