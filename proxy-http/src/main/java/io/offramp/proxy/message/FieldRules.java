package io.offramp.proxy.message;

/**
 * Decides which fields of a head pass a proxy (RFC 9110 §7.6). Fields for one hop do not pass, nor do fields that a
 * proxy sets itself. Pure functions.
 */
public final class FieldRules {
    private FieldRules() {}

    /**
     * True if a field of a request passes to the server.
     *
     * @param client a trusted proxy's fields about its clients pass
     * @param counted true if {@code Max-Forwards} is rewritten
     */
    public static boolean passes(RequestHead request, int index, ClientFields client, boolean counted) {
        Fields fields = request.fields();
        return switch (fields.kind(index)) {
            case OTHER, DATE ->
                !request.options().names(fields, index)
                        && !(request.needsUpgrade() && WebSocketHandshake.isKey(fields, index));
            case RULE -> true;
            case MAX_FORWARDS -> !counted;
            case EXPECT -> request.message().modern();
            case FORWARDED -> client.trusted() && !client.forwarding().forwarded();
            case FORWARDING, X_FORWARDED_HOST, X_FORWARDED_PROTO ->
                client.trusted() && client.forwarding().xForwarded();
            case X_REQUEST_ID ->
                !client.forwarding().requestId() && !request.options().names(fields, index);
            case TRACEPARENT, TRACESTATE ->
                (!client.forwarding().trace() || RequestIds.isTraced(request, client))
                        && !request.options().names(fields, index);
            default -> false;
        };
    }

    /**
     * True if a client may say this of its request: not what this proxy says itself, and only a trusted proxy what
     * others say.
     */
    public static boolean isBelieved(Field kind, boolean trusted) {
        return switch (kind) {
            case CLIENT_CERT, FRAMING_TWIN, PROXY, TWIN -> false;
            case FORWARDED, FORWARDING, X_FORWARDED_FOR, X_FORWARDED_HOST, X_FORWARDED_PROTO -> trusted;
            default -> true;
        };
    }

    /**
     * True if a field of an answer passes to the client.
     *
     * @param upgrade true if the answer changes the protocol
     */
    public static boolean passes(Fields fields, ConnectionOptions options, int index, boolean upgrade) {
        return switch (fields.kind(index)) {
            case CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HTTP2_SETTINGS, KEEP_ALIVE, TE, TRANSFER_ENCODING -> false;
            // The only field of that family for all hops (RFC 9209 §2).
            case PROXY -> fields.name(index).equalsIgnoreCase("Proxy-Status");
            case UPGRADE -> upgrade;
            case DATE, RULE -> true;
            default -> !options.names(fields, index);
        };
    }
}
