package io.offramp.app.demo;

import io.netty.buffer.ByteBuf;

/** Sends the request's content back while it comes in. */
final class EchoAnswer implements Answer {
    private final Reply reply;
    private final boolean chunked;
    private long bytes;

    /** @param length of the request's content; negative if unknown */
    EchoAnswer(Reply reply, String contentType, long length) {
        this.reply = reply;
        this.chunked = length < 0;
        if (chunked) {
            reply.beginChunked(200, contentType);
        } else {
            reply.begin(200, contentType, length);
        }
    }

    @Override
    public void onContent(ByteBuf content) {
        bytes += content.readableBytes();
        reply.write(content.retain());
    }

    @Override
    public void onEnd() {
        if (chunked) {
            reply.endChunked(bytes);
        } else {
            reply.end();
        }
    }
}
