package io.offramp.proxy.handshake.client;

/** What a certificate has to be for (RFC 5280 §4.2.1.12). */
enum Purpose {
    CLIENT("1.3.6.1.5.5.7.3.2", "not for clients (extendedKeyUsage without clientAuth)"),
    SERVER("1.3.6.1.5.5.7.3.1", "not for servers (extendedKeyUsage without serverAuth)");

    private final String usage;
    private final String refusal;

    Purpose(String usage, String refusal) {
        this.usage = usage;
        this.refusal = refusal;
    }

    /** Object identifier of the key purpose. */
    String usage() {
        return usage;
    }

    /** A clause about a certificate without it. */
    String refusal() {
        return refusal;
    }
}
