package io.offramp.proxy.session;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.error.RecordFormatException;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.ProtocolVersion;

/**
 * Handshake messages that arrive after the handshake, in records cut anywhere (RFC 8446 §5.1). Only two are supported:
 * KeyUpdate in TLS 1.3 (§4.6.3), and in TLS 1.2 a ClientHello, which asks for the renegotiation that we refuse (RFC
 * 5246 §7.4.1.2). Nothing is buffered: the first is one byte long and the second is skipped.
 */
final class HandshakeMessages {
    /** Receives the messages. Called from inside {@link #receive}. */
    interface Listener {
        /**
         * The peer replaces its key.
         *
         * @param answerRequested whether we must replace ours too
         */
        void onKeyUpdate(boolean answerRequested);

        /** The peer wants to renegotiate. */
        void onRenegotiation();
    }

    private static final int CLIENT_HELLO = 1;
    private static final int KEY_UPDATE = 24;
    private static final int HEADER_BYTES = 4;
    private static final int MAX_CLIENT_HELLO_BYTES = 1 << 16;

    private final ProtocolVersion version;
    private final Listener listener;
    private int header;
    private int headerBytes;
    private int bodyLeft;

    HandshakeMessages(ProtocolVersion version, Listener listener) {
        this.version = version;
        this.listener = listener;
    }

    /** True while a message has begun and not ended: no other content type may come in between (RFC 8446 §5.1). */
    boolean inMessage() {
        return headerBytes > 0;
    }

    /**
     * Takes a handshake record's content; does not release it.
     *
     * @throws RecordFormatException with the alert, if a message is not expected or does not parse
     */
    void receive(ByteBuf content) {
        while (content.isReadable()) {
            if (headerBytes < HEADER_BYTES) {
                header = header << 8 | content.readUnsignedByte();
                headerBytes++;
                if (headerBytes == 1) {
                    requireKnown(header);
                }
                if (headerBytes == HEADER_BYTES) {
                    bodyLeft = header & 0xff_ffff;
                    requireLength(header >>> 24);
                }
                continue;
            }
            if (header >>> 24 == KEY_UPDATE) {
                keyUpdate(content);
            } else {
                skip(content);
            }
        }
    }

    private void requireKnown(int type) {
        boolean known = version == ProtocolVersion.TLS_1_3 ? type == KEY_UPDATE : type == CLIENT_HELLO;
        if (!known) {
            throw new RecordFormatException(
                    AlertDescription.UNEXPECTED_MESSAGE, "handshake message of type " + type + " after the handshake");
        }
    }

    private void requireLength(int type) {
        if (type == KEY_UPDATE && bodyLeft != 1) {
            throw new RecordFormatException(
                    AlertDescription.DECODE_ERROR, "KeyUpdate is " + bodyLeft + " bytes, must be 1 (RFC 8446 §4.6.3)");
        }
        if (type == CLIENT_HELLO && (bodyLeft == 0 || bodyLeft > MAX_CLIENT_HELLO_BYTES)) {
            throw new RecordFormatException(
                    AlertDescription.DECODE_ERROR,
                    "ClientHello is " + bodyLeft + " bytes, limit " + MAX_CLIENT_HELLO_BYTES);
        }
    }

    private void keyUpdate(ByteBuf content) {
        int request = content.readUnsignedByte();
        if (request > 1) {
            throw new RecordFormatException(
                    AlertDescription.ILLEGAL_PARAMETER, "KeyUpdate asks for " + request + ", must be 0 or 1");
        }
        if (content.isReadable()) {
            // = RFC 8446 §5.1
            // # Handshake messages MUST NOT span key changes.
            throw new RecordFormatException(
                    AlertDescription.UNEXPECTED_MESSAGE,
                    content.readableBytes() + " bytes behind a KeyUpdate in its record");
        }
        toNextMessage();
        listener.onKeyUpdate(request == 1);
    }

    private void skip(ByteBuf content) {
        int skipped = Math.min(bodyLeft, content.readableBytes());
        content.skipBytes(skipped);
        bodyLeft -= skipped;
        if (bodyLeft == 0) {
            toNextMessage();
            listener.onRenegotiation();
        }
    }

    private void toNextMessage() {
        header = 0;
        headerBytes = 0;
        bodyLeft = 0;
    }
}
