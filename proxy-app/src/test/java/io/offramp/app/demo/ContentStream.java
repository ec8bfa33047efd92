package io.offramp.app.demo;

import io.netty.buffer.ByteBuf;
import java.io.InputStream;

/** The demo's content as a stream. */
final class ContentStream extends InputStream {
    private final int bytes;
    private int position;

    ContentStream(int bytes) {
        this.bytes = bytes;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (position == bytes) {
            return -1;
        }
        ByteBuf slice = DemoContent.slice(position, Math.min(length, bytes - position));
        int n = slice.readableBytes();
        slice.readBytes(target, offset, n);
        position += n;
        return n;
    }
}
