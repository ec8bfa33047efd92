package io.offramp.proxy.session;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.error.RecordFormatException;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.ProtocolVersion;
import io.offramp.proxy.tls.Role;

/**
 * Handshake messages that arrive after the handshake, in records cut anywhere (RFC 8446 §5.1). In TLS 1.3 these are
 * KeyUpdate (§4.6.3) and, of a server, NewSessionTicket (§4.6.1). In TLS 1.2 they ask for the renegotiation that we
 * refuse: a client's ClientHello, a server's HelloRequest (RFC 5246 §7.4.1). Only a ticket is buffered, and only one at
 * a time; the others are short or skipped.
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

        /** The server has sent a NewSessionTicket, without its header; the array moves here. */
        void onTicket(byte[] body);
    }

    private static final int HELLO_REQUEST = 0;
    private static final int CLIENT_HELLO = 1;
    private static final int NEW_SESSION_TICKET = 4;
    private static final int KEY_UPDATE = 24;
    private static final int HEADER_BYTES = 4;
    private static final int MAX_CLIENT_HELLO_BYTES = 1 << 16;

    /** Larger tickets are legal; they are not worth their memory, and skipped. */
    private static final int MAX_KEPT_TICKET_BYTES = 16 << 10;

    /** The longest that the fields allow (RFC 8446 §4.6.1). */
    private static final int MAX_TICKET_BYTES = 4 + 4 + 256 + 2 * (2 + 0xffff);

    private static final byte[] NONE = {};

    private final Role role;
    private final ProtocolVersion version;
    private final Listener listener;
    private int header;
    private int headerBytes;
    private int bodyLeft;
    private byte[] ticket = NONE;

    HandshakeMessages(Role role, ProtocolVersion version, Listener listener) {
        this.role = role;
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
                onHeaderByte(content.readUnsignedByte());
            } else {
                onBody(content);
            }
        }
    }

    private void onHeaderByte(int octet) {
        header = header << 8 | octet;
        headerBytes++;
        if (headerBytes == 1) {
            requireKnown(header);
        }
        if (headerBytes == HEADER_BYTES) {
            bodyLeft = header & 0xff_ffff;
            requireLength(type());
            if (type() == NEW_SESSION_TICKET && bodyLeft <= MAX_KEPT_TICKET_BYTES) {
                ticket = new byte[bodyLeft];
            } else if (type() == HELLO_REQUEST) {
                toNextMessage();
                listener.onRenegotiation();
            }
        }
    }

    private void onBody(ByteBuf content) {
        switch (type()) {
            case KEY_UPDATE -> keyUpdate(content);
            case NEW_SESSION_TICKET -> ticket(content);
            default -> {
                if (isAtEnd(content)) {
                    toNextMessage();
                    listener.onRenegotiation();
                }
            }
        }
    }

    private int type() {
        return header >>> 24;
    }

    private void requireKnown(int type) {
        boolean known = version == ProtocolVersion.TLS_1_3
                ? type == KEY_UPDATE || type == NEW_SESSION_TICKET && role == Role.CLIENT
                : type == role.peer(CLIENT_HELLO, HELLO_REQUEST);
        if (!known) {
            throw new RecordFormatException(
                    AlertDescription.UNEXPECTED_MESSAGE, "handshake message of type " + type + " after the handshake");
        }
    }

    private void requireLength(int type) {
        switch (type) {
            case KEY_UPDATE -> requireLength("KeyUpdate", 1, 1);
            case HELLO_REQUEST -> requireLength("HelloRequest", 0, 0);
            case NEW_SESSION_TICKET -> requireLength("NewSessionTicket", 1, MAX_TICKET_BYTES);
            default -> requireLength("ClientHello", 1, MAX_CLIENT_HELLO_BYTES);
        }
    }

    private void requireLength(String message, int least, int most) {
        if (bodyLeft < least || bodyLeft > most) {
            String bound = least == most ? "must be " + most + " (RFC 8446 §4.6.3)" : "limit " + most;
            throw new RecordFormatException(
                    AlertDescription.DECODE_ERROR, message + " is " + bodyLeft + " bytes, " + bound);
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

    private void ticket(ByteBuf content) {
        byte[] body = ticket;
        if (body.length > 0) {
            content.getBytes(
                    content.readerIndex(), body, body.length - bodyLeft, Math.min(bodyLeft, content.readableBytes()));
        }
        if (isAtEnd(content)) {
            toNextMessage();
            if (body.length > 0) {
                listener.onTicket(body);
            }
        }
    }

    /** Skips what there is of the body; true if that was its end. */
    private boolean isAtEnd(ByteBuf content) {
        int skipped = Math.min(bodyLeft, content.readableBytes());
        content.skipBytes(skipped);
        bodyLeft -= skipped;
        return bodyLeft == 0;
    }

    private void toNextMessage() {
        header = 0;
        headerBytes = 0;
        bodyLeft = 0;
        ticket = NONE;
    }
}
