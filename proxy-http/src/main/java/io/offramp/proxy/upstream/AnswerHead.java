package io.offramp.proxy.upstream;

import io.offramp.proxy.http.codec.ConnectionOptions;
import io.offramp.proxy.http.codec.Framing;
import io.offramp.proxy.http.codec.Head;

/**
 * The head of an upstream's answer, checked.
 *
 * @param message as it came
 * @param options what its Connection fields say
 * @param framing of the body, as {@link Framing} has it; never invalid
 * @param following bytes that were read with it
 */
public record AnswerHead(Head message, ConnectionOptions options, long framing, int following) {
    /** Status code, 100 to 999. */
    public int status() {
        return message.status();
    }
}
