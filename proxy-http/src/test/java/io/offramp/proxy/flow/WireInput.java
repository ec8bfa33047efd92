package io.offramp.proxy.flow;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.offramp.proxy.channel.FinEvent;
import java.util.ArrayDeque;

/** The half of a {@link WireChannel} that the proxy reads. */
final class WireInput {
    static final int READS_IN_A_BURST = 4;

    /** What a kernel takes for a proxy that does not read. */
    static final int RECEIVE_BYTES = 8 << 10;

    private final WireChannel channel;
    private final int readBytes;
    private final ArrayDeque<ByteBuf> incoming = new ArrayDeque<>();
    private End end = End.NONE;
    private boolean readPending;
    private boolean halfClosure;
    private boolean shutdown;
    /** In the buffer of the last read; 0 while it is delivered. */
    private int roomLeft;

    /** How the peer has ended its stream. A later one replaces an earlier one. */
    enum End {
        NONE,
        FIN,
        /** A FIN of a peer that does not read either. */
        LEFT,
        RESET
    }

    /** @param readBytes of one read */
    WireInput(WireChannel channel, int readBytes, boolean halfClosure) {
        this.channel = channel;
        this.readBytes = readBytes;
        this.halfClosure = halfClosure;
    }

    void allowHalfClosure(boolean allowed) {
        halfClosure = allowed;
    }

    void resume() {
        readPending = true;
    }

    void pause() {
        readPending = false;
    }

    void add(byte[] bytes) {
        if (end == End.NONE && bytes.length > 0) {
            incoming.addLast(Unpooled.wrappedBuffer(bytes));
        }
    }

    void end(End how) {
        if (how.compareTo(end) > 0) {
            end = how;
        }
    }

    int room() {
        int unread = 0;
        for (ByteBuf part : incoming) {
            unread += part.readableBytes();
        }
        return Math.max(0, RECEIVE_BYTES - unread);
    }

    boolean isEmpty() {
        return incoming.isEmpty();
    }

    /** Whether the last read, which is over, left nothing. */
    boolean isDrained() {
        return roomLeft > 0;
    }

    void clear() {
        incoming.clear();
    }

    void shutDown() {
        shutdown = true;
    }

    boolean isShutdown() {
        return shutdown;
    }

    boolean isReset() {
        return end == End.RESET;
    }

    boolean isReadable() {
        return !shutdown && (readPending && !incoming.isEmpty() || end != End.NONE);
    }

    /** What the event loop reads in one turn. */
    void readBurst() {
        boolean all = end != End.NONE;
        for (int i = 0; (all || i < READS_IN_A_BURST) && !incoming.isEmpty() && channel.isActive(); i++) {
            readPending = false;
            ByteBuf in = nextRead();
            boolean full = !in.isWritable();
            int left = in.writableBytes();
            roomLeft = 0;
            channel.pipeline().fireChannelRead(in);
            roomLeft = left;
            if (!all && (!full || !channel.config().isAutoRead())) {
                break;
            }
        }
        channel.pipeline().fireChannelReadComplete();
        if (end != End.NONE && incoming.isEmpty() && channel.isActive() && !shutdown) {
            onEnd();
        }
    }

    private ByteBuf nextRead() {
        ByteBuf in = channel.alloc().buffer(readBytes);
        while (in.isWritable() && !incoming.isEmpty()) {
            ByteBuf first = incoming.getFirst();
            in.writeBytes(first, Math.min(first.readableBytes(), in.writableBytes()));
            if (!first.isReadable()) {
                incoming.removeFirst();
            }
        }
        return in;
    }

    private void onEnd() {
        shutdown = true;
        if (halfClosure) {
            channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            if (end == End.LEFT) {
                channel.pipeline().fireUserEventTriggered(FinEvent.INSTANCE);
            }
        } else {
            channel.unsafe().close(channel.voidPromise());
        }
    }
}
