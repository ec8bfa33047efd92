package io.offramp.proxy.handshake.ticket;

/** A ticket key cannot be used. The message says which and why. */
public final class BadTicketKeyException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param message names the file */
    public BadTicketKeyException(String message) {
        super(message);
    }
}
