package io.offramp.proxy.message;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers of our own: a status, and a sentence for the reader. They reveal nothing about upstreams. */
public enum Refusal {
    BAD_REQUEST(400, "Bad Request", "the request is not valid HTTP/1.1"),
    FORBIDDEN(403, "Forbidden", "this is not open to this client"),
    NO_ROUTE(404, "Not Found", "nothing is served under this host and path"),
    REQUEST_TIMEOUT(408, "Request Timeout", "the request did not arrive in time"),
    BODY_TOO_LARGE(413, "Content Too Large", "the request's body is larger than is accepted here"),
    LINE_TOO_LONG(414, "URI Too Long", "the request line is longer than is accepted here"),
    /** RFC 9110 §15.5.20: the client may ask again, on a connection for this name. */
    MISDIRECTED(421, "Misdirected Request", "this name is served on other connections than this one"),
    TOO_MANY_REQUESTS(429, "Too Many Requests", "this client asks for too much"),
    HEAD_TOO_LARGE(431, "Request Header Fields Too Large", "the header fields are larger than is accepted here"),
    INTERNAL(500, "Internal Server Error", "this proxy has failed"),
    NOT_IMPLEMENTED(501, "Not Implemented", "this method is not supported here"),
    UPGRADE(501, "Not Implemented", "a change to this protocol is not allowed here"),
    BAD_GATEWAY(502, "Bad Gateway", "the server behind this proxy did not answer properly"),
    /** The server has reset the request as one that is not wanted any more. */
    CANCELLED(502, "Bad Gateway", "the server behind this proxy has cancelled the request", ResetCode.CANCEL),
    /** The server has reset the request because its client asks for too much. */
    TOO_MUCH(502, "Bad Gateway", "the server behind this proxy has refused the load", ResetCode.ENHANCE_YOUR_CALM),
    NO_SERVER(503, "Service Unavailable", "no server behind this proxy is available"),
    /** All servers have as many requests as they may have, and no more may wait, or not for longer. */
    BUSY(503, "Service Unavailable", "the servers behind this proxy are busy", false, 1),
    OVERLOADED(503, "Service Unavailable", "there is no room for this request just now", true, 1),
    GATEWAY_TIMEOUT(504, "Gateway Timeout", "the server behind this proxy did not answer in time"),
    VERSION(505, "HTTP Version Not Supported", "only HTTP/1.0 and HTTP/1.1 are supported here");

    private final OwnAnswer answer;

    Refusal(int status, String reason, String sentence) {
        this(status, reason, sentence, false, 0, null);
    }

    /**
     * @param last true if the connection ends behind it
     * @param retryAfterS seconds behind which the cause may be gone
     */
    Refusal(int status, String reason, String sentence, boolean last, int retryAfterS) {
        this(status, reason, sentence, last, retryAfterS, null);
    }

    /** @param code of the server's reset */
    Refusal(int status, String reason, String sentence, ResetCode code) {
        this(status, reason, sentence, false, 0, code);
    }

    Refusal(int status, String reason, String sentence, boolean last, int retryAfterS, @Nullable ResetCode code) {
        String body = status + " " + reason + ": " + sentence + "\n";
        answer = new OwnAnswer(
                status,
                reason,
                List.of(new OwnAnswer.Entry("Content-Type", "text/plain; charset=us-ascii")),
                body.getBytes(StandardCharsets.US_ASCII),
                last,
                retryAfterS,
                code);
    }

    /** Of a request whose server fails, with that code, before an answer has begun. */
    public static Refusal ofServer(ResetCode code) {
        return switch (code) {
            case INTERNAL_ERROR -> BAD_GATEWAY;
            case CANCEL -> CANCELLED;
            case ENHANCE_YOUR_CALM -> TOO_MUCH;
        };
    }

    /** Its status. */
    public int status() {
        return answer.status();
    }

    /** The whole answer. */
    public OwnAnswer answer() {
        return answer;
    }
}
