package io.offramp.proxy.http.codec;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long a message's body is (RFC 9112 §6.3), as one number: its length, or one of the negative constants. Every
 * doubt is {@link #INVALID}: Content-Length beside Transfer-Encoding, codings other than exactly {@code chunked}, more
 * than one length.
 */
public final class Framing {
    /** Chunked; the length is not known before the end. */
    public static final long CHUNKED = -1;

    /** An answer that ends with its connection. */
    public static final long UNTIL_CLOSE = -2;

    /** Not to be trusted; {@link #problem} says why. */
    public static final long INVALID = -3;

    /** Longest length that is read: 18 digits fit a long. */
    private static final int MAX_DIGITS = 18;

    private Framing() {}

    /** Framing of a request: without either field it has no body. */
    public static long ofRequest(HttpRequest request) {
        if (problem(request) != null) {
            return INVALID;
        }
        long framing = declared(request.headers());
        return framing == UNTIL_CLOSE ? 0 : framing;
    }

    /** Framing of an answer; {@code toHead}: of a request with method HEAD. */
    public static long ofAnswer(HttpResponse answer, boolean toHead) {
        if (problem(answer) != null) {
            return INVALID;
        }
        return isBodiless(answer.status().code(), toHead) ? 0 : declared(answer.headers());
    }

    /** Whether an answer has no body whatever its fields say. */
    public static boolean isBodiless(int status, boolean toHead) {
        return toHead || status < 200 || status == 204 || status == 304;
    }

    private static long declared(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return CHUNKED;
        }
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        return length == null ? UNTIL_CLOSE : digits(length);
    }

    /** Why the framing is {@link #INVALID}; null if it is not. */
    public static @Nullable String problem(HttpMessage message) {
        HttpHeaders headers = message.headers();
        boolean hasLength = headers.contains(HttpHeaderNames.CONTENT_LENGTH);
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return hasLength ? "Content-Length beside Transfer-Encoding" : codingProblem(message);
        }
        if (hasLength) {
            List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
            return lengths.size() > 1 || digits(lengths.getFirst()) == INVALID ? "Content-Length" : null;
        }
        return hasHiddenBody(message) ? "WebSocket draft 76" : null;
    }

    private static @Nullable String codingProblem(HttpMessage message) {
        if (message.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            return "Transfer-Encoding in HTTP/1.0";
        }
        List<String> codings = message.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        boolean chunked = codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked");
        return chunked ? null : "Transfer-Encoding other than chunked";
    }

    /** Netty's decoder gives this handshake, which no RFC knows, a body of eight bytes that no field announces. */
    private static boolean hasHiddenBody(HttpMessage message) {
        return message instanceof HttpRequest request
                && request.method().equals(HttpMethod.GET)
                && request.headers().contains("Sec-WebSocket-Key1")
                && request.headers().contains("Sec-WebSocket-Key2");
    }

    private static long digits(String text) {
        if (text.isEmpty() || text.length() > MAX_DIGITS) {
            return INVALID;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            if (!Ascii.isDigit(text.charAt(i))) {
                return INVALID;
            }
            value = value * 10 + text.charAt(i) - '0';
        }
        return value;
    }
}
