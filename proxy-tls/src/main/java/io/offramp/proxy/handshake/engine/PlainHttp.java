package io.offramp.proxy.handshake.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** The answer to a client that speaks HTTP without TLS to a TLS port. */
final class PlainHttp {
    private static final String BODY = "400 Bad Request: this port speaks TLS, use https://\n";
    private static final byte[] ANSWER = ("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: "
                    + BODY.length() + "\r\nConnection: close\r\n\r\n" + BODY)
            .getBytes(StandardCharsets.US_ASCII);

    private PlainHttp() {}

    static ByteBuf answer() {
        return Unpooled.wrappedBuffer(ANSWER);
    }
}
