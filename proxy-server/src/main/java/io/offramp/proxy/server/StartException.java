package io.offramp.proxy.server;

/**
 * The proxy cannot start; the message is for the user and complete: {@code cannot listen on 0.0.0.0:443: Permission
 * denied}.
 */
public final class StartException extends Exception {
    /** @param message for the user */
    public StartException(String message) {
        super(message, null, false, false);
    }
}
