package io.offramp.proxy.compress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Gzip (RFC 1952) by the JDK's zlib, straight between direct buffers. */
final class GzipCompressor extends Compressor {
    /** Magic number, deflate, no flags, no time, nothing about the level, an unknown system. */
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    private final CRC32 crc = new CRC32();
    private boolean headed;

    @Override
    void begin(int level) {
        deflater.setLevel(level);
        headed = false;
    }

    @Override
    void write(ByteBuf piece, ByteBufAllocator allocator, Consumer<ByteBuf> to) {
        head(allocator, to);
        for (ByteBuffer part : piece.nioBuffers()) {
            crc.update(part.duplicate());
            deflater.setInput(part);
            while (!deflater.needsInput()) {
                deflate(Deflater.NO_FLUSH, allocator, to);
            }
        }
        deflater.setInput(NOTHING); // the piece is the caller's again
    }

    private void head(ByteBufAllocator allocator, Consumer<ByteBuf> to) {
        if (!headed) {
            headed = true;
            room(allocator, to).writeBytes(HEADER);
        }
    }

    /** True if the output did not fill the room. */
    private boolean deflate(int flush, ByteBufAllocator allocator, Consumer<ByteBuf> to) {
        ByteBuf out = room(allocator, to);
        int room = out.writableBytes();
        int bytes = deflater.deflate(out.internalNioBuffer(out.writerIndex(), room), flush);
        out.writerIndex(out.writerIndex() + bytes);
        return bytes < room;
    }

    @Override
    void drain(ByteBufAllocator allocator, Consumer<ByteBuf> to) {
        head(allocator, to);
        while (!deflate(Deflater.SYNC_FLUSH, allocator, to)) {}
    }

    @Override
    void finish(ByteBufAllocator allocator, Consumer<ByteBuf> to) {
        head(allocator, to);
        deflater.finish();
        while (!deflater.finished()) {
            deflate(Deflater.NO_FLUSH, allocator, to);
        }
        ByteBuf out = room(allocator, to);
        out.writeIntLE((int) crc.getValue());
        out.writeIntLE((int) deflater.getBytesRead());
    }

    @Override
    void reset() {
        super.reset();
        deflater.reset();
        crc.reset();
    }

    @Override
    void close() {
        super.reset();
        deflater.end();
    }
}
