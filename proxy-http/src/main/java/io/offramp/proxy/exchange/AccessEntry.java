package io.offramp.proxy.exchange;

import io.offramp.proxy.connection.Connection;
import org.jspecify.annotations.Nullable;

/**
 * One finished HTTP exchange, or one finished TCP connection, for the access log.
 *
 * @param connection the client's connection
 * @param protocol version of HTTP: {@code HTTP/2.0}; null for a TCP connection, or if no request was read
 * @param stream identifier of its stream (RFC 9113 §5.1.1); 0 without HTTP/2
 * @param method HTTP method; {@code TCP} for a TCP connection
 * @param target request target as received; {@code -} for a TCP connection
 * @param host Host header or SNI, if any
 * @param status status sent to the client; 0 for a TCP connection, 499 if the client went away before one was sent
 * @param requestBytes body bytes received from the client
 * @param responseBytes body bytes sent to the client
 * @param durationNs from the first byte of the request to the last of the response
 * @param upstream address of the server that answered, as configured, if any
 * @param session TLS with that server; null in the clear
 * @param abort the reason of a bad end, else null: {@code upstream reset after 10240 bytes}
 */
public record AccessEntry(
        Connection connection,
        @Nullable String protocol,
        int stream,
        String method,
        String target,
        @Nullable String host,
        int status,
        long requestBytes,
        long responseBytes,
        long durationNs,
        @Nullable String upstream,
        @Nullable Connection session,
        @Nullable String abort) {}
