package io.offramp.proxy.http;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Answers that we make ourselves: a status, and a sentence for who reads it. They say nothing about upstreams. */
enum Refusal {
    BAD_REQUEST(400, "Bad Request", "the request is not valid HTTP/1.1"),
    NO_ROUTE(404, "Not Found", "nothing is served under this host and path"),
    REQUEST_TIMEOUT(408, "Request Timeout", "the request did not arrive in time"),
    BODY_TOO_LARGE(413, "Content Too Large", "the request's body is larger than is accepted here"),
    LINE_TOO_LONG(414, "URI Too Long", "the request line is longer than is accepted here"),
    HEAD_TOO_LARGE(431, "Request Header Fields Too Large", "the header fields are larger than is accepted here"),
    NOT_IMPLEMENTED(501, "Not Implemented", "this method is not supported here"),
    UPGRADE(501, "Not Implemented", "a change to this protocol is not allowed here"),
    BAD_GATEWAY(502, "Bad Gateway", "the server behind this proxy did not answer properly"),
    NO_SERVER(503, "Service Unavailable", "no server behind this proxy is available"),
    OVERLOADED(503, "Service Unavailable", "there is no room for this request just now"),
    GATEWAY_TIMEOUT(504, "Gateway Timeout", "the server behind this proxy did not answer in time"),
    VERSION(505, "HTTP Version Not Supported", "only HTTP/1.0 and HTTP/1.1 are supported here");

    private static final byte[] CLOSE = "Connection: close\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP_ALIVE = "Connection: keep-alive\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};

    private final int status;
    private final byte[] head;
    private final byte[] body;

    Refusal(int status, String reason, String sentence) {
        this.status = status;
        body = (status + " " + reason + ": " + sentence + "\n").getBytes(StandardCharsets.US_ASCII);
        String lines = "HTTP/1.1 " + status + " " + reason + "\r\nContent-Type: text/plain; charset=us-ascii\r\n"
                + "Content-Length: " + body.length + "\r\n";
        head = lines.getBytes(StandardCharsets.US_ASCII);
    }

    int status() {
        return status;
    }

    int bodyBytes() {
        return body.length;
    }

    /** Bytes that {@link #write} needs at most. */
    int length(HttpDate date) {
        return head.length + date.length() + KEEP_ALIVE.length + 2 + body.length;
    }

    /**
     * Writes the whole answer.
     *
     * @param date of now
     * @param modern whether the client speaks HTTP/1.1
     * @param withBody false for a HEAD request
     */
    void write(ByteBuf out, HttpDate date, boolean keepAlive, boolean modern, boolean withBody) {
        out.writeBytes(head);
        date.write(out);
        out.writeBytes(!keepAlive ? CLOSE : modern ? NOTHING : KEEP_ALIVE)
                .writeByte('\r')
                .writeByte('\n')
                .writeBytes(withBody ? body : NOTHING);
    }
}
