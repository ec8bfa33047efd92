package io.offramp.proxy.message;

/**
 * The head of a client's request, as an exchange takes it from any version of HTTP.
 *
 * @param message method, target and fields as they came
 * @param target where it goes; {@link RequestTarget#NONE} where that is not valid
 * @param options what its Connection fields say
 * @param length bytes of its body, 0 if it has none; negative if that is not known before its end
 */
public record RequestHead(Head message, RequestTarget target, ConnectionOptions options, long length) {
    /** Its fields. */
    public Fields fields() {
        return message.fields();
    }

    /** Whether the client waits for a 100 before it sends its body (RFC 9110 §10.1.1); not with HTTP/1.0. */
    public boolean expectsContinue() {
        return message.modern() && message.fields().has(Field.EXPECT);
    }

    /** Whether it asks for another protocol on its connection; not with HTTP/1.0. */
    public boolean asksForUpgrade() {
        return message.modern() && options.upgrade();
    }

    /** Whether twice is as good as once (RFC 9110 §9.2.2). */
    public boolean isIdempotent() {
        return switch (message.method()) {
            case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" -> true;
            default -> false;
        };
    }
}
