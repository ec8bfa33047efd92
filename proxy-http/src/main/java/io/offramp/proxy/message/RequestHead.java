package io.offramp.proxy.message;

/**
 * The head of a client's request, in one form for all versions of HTTP.
 *
 * @param message method, target and fields as they came
 * @param target parsed target; {@link RequestTarget#NONE} if it is invalid
 * @param options of its Connection fields
 * @param length bytes of its body, 0 for none; negative if unknown before its end
 */
public record RequestHead(Head message, RequestTarget target, ConnectionOptions options, long length) {
    /** Its fields. */
    public Fields fields() {
        return message.fields();
    }

    /** True if the client waits for a 100 before it sends its body (RFC 9110 §10.1.1); not with HTTP/1.0. */
    public boolean expectsContinue() {
        return message.modern() && message.fields().has(Field.EXPECT);
    }

    /** True if it asks for another protocol on its connection; not with HTTP/1.0. */
    public boolean asksForUpgrade() {
        return message.modern() && options.upgrade();
    }

    /**
     * True if it has no meaning without another protocol: a CONNECT of HTTP/2 (RFC 8441). An answer without a change of
     * the protocol is then none, if it is a success.
     */
    public boolean needsUpgrade() {
        return message.version() == Version.HTTP_2 && options.upgrade();
    }

    /** True if the method is idempotent (RFC 9110 §9.2.2). */
    public boolean isIdempotent() {
        return switch (message.method()) {
            case "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" -> true;
            default -> false;
        };
    }
}
