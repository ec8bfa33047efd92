package io.offramp.proxy.http2;

import io.netty.util.AsciiString;
import io.offramp.proxy.message.Ascii;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.OwnAnswer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A request that is a call of gRPC ("gRPC over HTTP2" of the gRPC project): its client understands statuses of gRPC
 * better than those of HTTP.
 *
 * @param timeoutNs time that the client gives the call; 0 if it states none
 */
public record GrpcCall(long timeoutNs) {
    private static final String CONTENT_TYPE_VALUE = "application/grpc";
    private static final byte[] CONTENT_TYPE = "content-type".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TIMEOUT = "grpc-timeout".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_DIGITS = 8;

    private static final int CANCELLED = 1;
    private static final int UNKNOWN = 2;
    private static final int DEADLINE_EXCEEDED = 4;
    private static final int PERMISSION_DENIED = 7;
    private static final int RESOURCE_EXHAUSTED = 8;
    private static final int UNIMPLEMENTED = 12;
    private static final int INTERNAL = 13;
    private static final int UNAVAILABLE = 14;
    private static final int UNAUTHENTICATED = 16;

    /** The call that a request is; null if it is none. */
    static @Nullable GrpcCall of(Head request) {
        Fields fields = request.fields();
        int type = request.isGet() ? -1 : fields.indexOf(CONTENT_TYPE);
        if (type < 0 || !isGrpc(fields.bytes(type))) {
            return null;
        }
        int timeout = fields.indexOf(TIMEOUT);
        return new GrpcCall(timeout < 0 ? 0 : timeoutNs(fields.bytes(timeout)));
    }

    /** With any encoding of messages behind it: {@code application/grpc+proto}. */
    private static boolean isGrpc(AsciiString type) {
        int end = CONTENT_TYPE_VALUE.length();
        return type.regionMatches(true, 0, CONTENT_TYPE_VALUE, 0, end)
                && (type.length() == end || type.byteAt(end) == '+' || type.byteAt(end) == ';');
    }

    /** Of up to eight digits and a unit; 0 for all others, which the server may judge. */
    static long timeoutNs(AsciiString text) {
        int digits = text.length() - 1;
        if (digits < 1 || digits > MOST_DIGITS) {
            return 0;
        }
        long count = 0;
        for (int i = 0; i < digits; i++) {
            if (!Ascii.isDigit(text.byteAt(i))) {
                return 0;
            }
            count = count * 10 + text.byteAt(i) - '0';
        }
        TimeUnit unit = switch (text.byteAt(digits)) {
            case 'H' -> TimeUnit.HOURS;
            case 'M' -> TimeUnit.MINUTES;
            case 'S' -> TimeUnit.SECONDS;
            case 'm' -> TimeUnit.MILLISECONDS;
            case 'u' -> TimeUnit.MICROSECONDS;
            case 'n' -> TimeUnit.NANOSECONDS;
            default -> null;
        };
        return unit == null ? 0 : Math.max(1, unit.toNanos(count));
    }

    /**
     * The status that this call gets for an answer of our own: for a server's reset that of its code ("Errors" of "gRPC
     * over HTTP2"), else for a status of HTTP ("HTTP to gRPC Status Code Mapping"). A timeout of a call that states one
     * is DEADLINE_EXCEEDED.
     */
    int status(OwnAnswer answer) {
        return switch (answer.code()) {
            case CANCEL -> CANCELLED;
            case ENHANCE_YOUR_CALM -> RESOURCE_EXHAUSTED;
            case null, default -> status(answer.status());
        };
    }

    private int status(int http) {
        return switch (http) {
            case 400 -> INTERNAL;
            case 401 -> UNAUTHENTICATED;
            case 403 -> PERMISSION_DENIED;
            case 404 -> UNIMPLEMENTED;
            case 504 -> timeoutNs > 0 ? DEADLINE_EXCEEDED : UNAVAILABLE;
            case 429, 502, 503 -> UNAVAILABLE;
            default -> UNKNOWN;
        };
    }
}
