package io.offramp.offload.device.capture;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Reads the blocks of a little-endian pcapng file, one after the other. Not thread-safe. */
final class PcapngReader {
    private static final int HEAD_BYTES = 8;
    private static final int MAX_BLOCK_BYTES = 1 << 24;

    /**
     * A block.
     *
     * @param type such as {@link PcapngBlocks#ENHANCED_PACKET}
     * @param body little-endian, without lengths
     */
    record Block(int type, ByteBuffer body) {}

    private final InputStream in;

    /** @throws IOException if it cannot be read, or is no such file */
    PcapngReader(InputStream in) throws IOException {
        this.in = in;
        Block first = next();
        if (first == null
                || first.type != PcapngBlocks.SECTION_HEADER
                || first.body.remaining() < Integer.BYTES
                || first.body.getInt() != PcapngBlocks.BYTE_ORDER) {
            throw new IOException("is no pcapng file of this machine's byte order");
        }
    }

    /**
     * The next block, or null behind the last one.
     *
     * @throws EOFException if the file ends in the middle of it
     */
    @Nullable
    Block next() throws IOException {
        byte[] head = in.readNBytes(HEAD_BYTES);
        if (head.length == 0) {
            return null;
        }
        ByteBuffer fields = ByteBuffer.wrap(requireAll(head, HEAD_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        int type = fields.getInt();
        int bytes = fields.getInt();
        int rest = bytes - HEAD_BYTES;
        if (rest < Integer.BYTES || bytes > MAX_BLOCK_BYTES || bytes % Integer.BYTES != 0) {
            throw new IOException("is no pcapng file: a block of " + bytes + " bytes");
        }
        byte[] body = requireAll(in.readNBytes(rest), rest);
        return new Block(type, ByteBuffer.wrap(body, 0, rest - Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN));
    }

    private static byte[] requireAll(byte[] read, int bytes) throws EOFException {
        if (read.length < bytes) {
            throw new EOFException("ends in the middle of a block");
        }
        return read;
    }
}
