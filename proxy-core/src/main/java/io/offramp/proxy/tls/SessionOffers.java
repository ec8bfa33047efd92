package io.offramp.proxy.tls;

/** Takes what a server sends for later sessions, as long as the session lives. Has one owner, who destroys it. */
public interface SessionOffers {
    /**
     * Takes a NewSessionTicket of TLS 1.3.
     *
     * @param body the message without its header (RFC 8446 §4.6.1)
     * @return false if it is malformed
     */
    boolean onTicket(byte[] body);

    /** Wipes its secret. */
    void destroy();
}
