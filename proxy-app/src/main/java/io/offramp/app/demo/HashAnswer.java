package io.offramp.app.demo;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Answers with the SHA-256 and the length of the request's content, without keeping it. */
final class HashAnswer implements Answer {
    private final Reply reply;
    private final MessageDigest digest;
    private long bytes;

    HashAnswer(Reply reply) {
        this.reply = reply;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void onContent(ByteBuf content) {
        bytes += content.readableBytes();
        for (ByteBuffer part : content.nioBuffers()) {
            digest.update(part);
        }
    }

    @Override
    public void onEnd() {
        reply.text(200, HexFormat.of().formatHex(digest.digest()) + "  " + bytes + "\n");
    }
}
