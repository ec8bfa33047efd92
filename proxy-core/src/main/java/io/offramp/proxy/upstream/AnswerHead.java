package io.offramp.proxy.upstream;

import io.netty.handler.codec.http.HttpResponse;
import io.offramp.proxy.http.codec.ConnectionOptions;
import io.offramp.proxy.http.codec.Framing;

/**
 * The head of an upstream's answer, checked.
 *
 * @param message   as decoded
 * @param options   what its Connection fields say
 * @param framing   of the body, as {@link Framing} has it; never invalid
 * @param bytes     of the head as it came
 * @param following bytes that were read with it
 */
public record AnswerHead(HttpResponse message, ConnectionOptions options, long framing, int bytes, int following) {
    /** Status code, 100 to 999. */
    public int status() {
        return message.status().code();
    }
}
