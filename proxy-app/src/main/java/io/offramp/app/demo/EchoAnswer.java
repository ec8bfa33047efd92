package io.offramp.app.demo;

import io.netty.buffer.ByteBuf;

/** Sends back what it is sent, while it is being sent. */
final class EchoAnswer implements Answer {
    private final Reply reply;
    private final boolean chunked;
    private long bytes;

    /** @param length of the request's content; negative if not known */
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
