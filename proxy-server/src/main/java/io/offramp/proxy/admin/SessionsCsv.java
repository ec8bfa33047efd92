package io.offramp.proxy.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.stream.ChunkedInput;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.connection.SessionCsv;
import io.offramp.proxy.connection.SessionStats;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A capture for {@code offramp whatif}: closed sessions, oldest first, then open ones, written in chunks as the client
 * reads. A session that closes between the two parts may be missing.
 */
final class SessionsCsv implements ChunkedInput<ByteBuf> {
    private static final int CHUNK_BYTES = 32 << 10;
    private static final int LINE_BYTES = 256;

    private final ConnectionRegistry registry;
    private final Iterator<SessionStats> closed;
    private @Nullable Iterator<Connection> open;
    private boolean begun;
    private boolean ended;
    private long bytes;

    SessionsCsv(ConnectionRegistry registry) {
        this.registry = registry;
        closed = registry.sessions().iterator();
    }

    @Override
    public boolean isEndOfInput() {
        return ended;
    }

    @Override
    public ByteBuf readChunk(ByteBufAllocator allocator) {
        ByteBuf chunk = allocator.buffer(CHUNK_BYTES + LINE_BYTES);
        if (!begun) {
            begun = true;
            write(chunk, SessionCsv.HEADER);
        }
        while (!ended && chunk.readableBytes() < CHUNK_BYTES) {
            writeNext(chunk);
        }
        bytes += chunk.readableBytes();
        return chunk;
    }

    private void writeNext(ByteBuf chunk) {
        if (closed.hasNext()) {
            write(chunk, SessionCsv.line(closed.next()));
            return;
        }
        if (open == null) {
            open = registry.iterator();
        }
        if (!open.hasNext()) {
            ended = true;
            return;
        }
        SessionStats live = registry.sessions().live(open.next());
        if (live != null) {
            write(chunk, SessionCsv.line(live));
        }
    }

    private static void write(ByteBuf chunk, String line) {
        ByteBufUtil.writeUtf8(chunk, line);
        chunk.writeByte('\n');
    }

    @Override
    public void close() {
        ended = true;
    }

    @Override
    public long length() {
        return -1;
    }

    @Override
    public long progress() {
        return bytes;
    }

    @Deprecated
    @Override
    @SuppressWarnings("InlineMeSuggester") // of ChunkedInput
    public ByteBuf readChunk(ChannelHandlerContext ctx) {
        return readChunk(ctx.alloc());
    }
}
