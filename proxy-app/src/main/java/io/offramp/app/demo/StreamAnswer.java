package io.offramp.app.demo;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/**
 * Answers with {@link DemoContent} of any length, as fast as the client reads; the write buffer bounds what is in
 * flight.
 */
final class StreamAnswer implements Answer {
    private static final int PIECE_BYTES = 128 << 10;
    private static final int CHUNK_BYTES = 16 << 10;

    private final Channel channel;
    private final Reply reply;
    private final long length;
    private final boolean chunked;
    private long written;
    private boolean writing;
    private boolean complete;

    StreamAnswer(Channel channel, Reply reply, long length, boolean chunked) {
        this.channel = channel;
        this.reply = reply;
        this.length = length;
        this.chunked = chunked;
    }

    @Override
    public void onEnd() {
        if (chunked) {
            reply.beginChunked(200, Reply.TEXT);
        } else {
            reply.begin(200, Reply.TEXT, length);
        }
        onWritable();
    }

    @Override
    public void onWritable() {
        if (writing) {
            return; // called from inside a write
        }
        writing = true;
        while (written < length && channel.isWritable()) {
            ByteBuf piece = DemoContent.slice(written, Math.min(length - written, chunked ? CHUNK_BYTES : PIECE_BYTES));
            written += piece.readableBytes();
            reply.write(piece);
        }
        writing = false;
        if (written == length && !complete) {
            complete = true;
            end();
        }
    }

    private void end() {
        if (chunked) {
            reply.endChunked(length);
        } else {
            reply.end();
        }
    }

    @Override
    public boolean isComplete() {
        return complete;
    }
}
