package io.offramp.proxy.compress;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.util.Native;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Zstandard (RFC 8878): one frame for each body, with a small window, because memory is taken for each answer. */
final class ZstdCompressor extends Compressor {
    private static final Logger LOG = LoggerFactory.getLogger(ZstdCompressor.class);

    /** RFC 9659 allows 8 MiB. */
    private static final int WINDOW_LOG = 18;

    /** From here on, a level's own tables are for a window of megabytes, and take up to 40 MiB. */
    static final int LEAST_BOUNDED_LEVEL = 4;

    private static final int TABLE_LOG = 18;

    private static final boolean AVAILABLE = load();

    private final ZstdCompressCtx context = new ZstdCompressCtx();

    private static boolean load() {
        try {
            Native.load();
            return true;
        } catch (LinkageError | RuntimeException e) {
            LOG.warn("no zstd, answers are not compressed by it: {}", e.toString());
            return false;
        }
    }

    /** Whether its library could be loaded; says in the log if not. */
    static boolean isAvailable() {
        return AVAILABLE;
    }

    @Override
    void begin(int level) {
        context.setLevel(level);
        context.setWindowLog(WINDOW_LOG);
        if (level >= LEAST_BOUNDED_LEVEL) {
            context.setHashLog(TABLE_LOG);
            context.setChainLog(TABLE_LOG);
        }
    }

    @Override
    void write(ByteBuf piece, ByteBufAllocator allocator, Consumer<ByteBuf> to) {
        if (piece.isDirect()) {
            for (ByteBuffer part : piece.nioBuffers()) {
                write(part, allocator, to);
            }
            return;
        }
        ByteBuf copy = allocator.directBuffer(piece.readableBytes());
        try {
            copy.writeBytes(piece, piece.readerIndex(), piece.readableBytes());
            write(copy.nioBuffer(), allocator, to);
        } finally {
            copy.release();
        }
    }

    private void write(ByteBuffer part, ByteBufAllocator allocator, Consumer<ByteBuf> to) {
        while (part.hasRemaining()) {
            compress(part, EndDirective.CONTINUE, allocator, to);
        }
    }

    private boolean compress(ByteBuffer in, EndDirective how, ByteBufAllocator allocator, Consumer<ByteBuf> to) {
        ByteBuf out = room(allocator, to);
        ByteBuffer into = out.internalNioBuffer(out.writerIndex(), out.writableBytes());
        int from = into.position();
        boolean all = context.compressDirectByteBufferStream(into, in, how);
        out.writerIndex(out.writerIndex() + into.position() - from);
        return all;
    }

    @Override
    void drain(ByteBufAllocator allocator, Consumer<ByteBuf> to) {
        while (!compress(empty(), EndDirective.FLUSH, allocator, to)) {}
    }

    @Override
    void finish(ByteBufAllocator allocator, Consumer<ByteBuf> to) {
        while (!compress(empty(), EndDirective.END, allocator, to)) {}
    }

    private static ByteBuffer empty() {
        return Unpooled.EMPTY_BUFFER.nioBuffer();
    }

    @Override
    void reset() {
        super.reset();
        context.reset();
    }

    @Override
    void close() {
        super.reset();
        context.close();
    }
}
