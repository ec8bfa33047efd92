package io.offramp.proxy.exchange;

import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.RequestHead;

/**
 * Which fields of a head pass a proxy (RFC 9110 §7.6): those that are meant for one hop do not, and those that a proxy
 * sets itself do not either. Pure functions.
 */
public final class FieldRules {
    private FieldRules() {}

    /**
     * Whether a field of a request passes to the server.
     *
     * @param trusted whether the client is a proxy whose word on its own clients counts
     * @param counted whether {@code Max-Forwards} is written anew
     */
    public static boolean passes(RequestHead request, int index, boolean trusted, boolean counted) {
        Fields fields = request.fields();
        return switch (fields.kind(index)) {
            case OTHER, DATE -> !request.options().names(fields, index);
            case MAX_FORWARDS -> !counted;
            case EXPECT -> request.message().modern();
            case FORWARDING, X_FORWARDED_HOST, X_FORWARDED_PROTO -> trusted;
            default -> false;
        };
    }

    /**
     * Whether a field of an answer passes to the client.
     *
     * @param upgrade whether the answer changes the protocol
     */
    public static boolean passes(Fields fields, ConnectionOptions options, int index, boolean upgrade) {
        return switch (fields.kind(index)) {
            case CONNECTION, CONTENT_LENGTH, EXPECT, HOST, KEEP_ALIVE, TE, TRANSFER_ENCODING -> false;
            // Of that family, the only one that is meant for all hops (RFC 9209 §2).
            case PROXY -> fields.name(index).equalsIgnoreCase("Proxy-Status");
            case UPGRADE -> upgrade;
            case DATE -> true;
            default -> !options.names(fields, index);
        };
    }
}
