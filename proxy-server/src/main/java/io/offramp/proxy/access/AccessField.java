package io.offramp.proxy.access;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A field of a line. In templates, its name is in lower case and in braces: {@code {status}}. */
enum AccessField {
    /** When the exchange ended, in the machine's time zone: {@code 2026-11-29T11:13:00.123+01:00}. */
    TIME,
    /** The same as RFC 3164 writes it: {@code Nov 29 11:13:00}. */
    DATE,
    /** Number of the client's connection. */
    ID,
    LISTENER,
    /** The client's address and port. */
    PEER,
    METHOD,
    TARGET,
    HOST,
    STATUS,
    /** Body bytes from the client. */
    IN,
    /** Body bytes to the client. */
    OUT,
    /** Milliseconds, with three decimals. */
    MS,
    UPSTREAM,
    SNI,
    VERSION,
    CIPHER,
    RESUMED,
    /** Subject of the client's certificate. */
    CLIENT,
    /** SHA-256 of the client's certificate. */
    FINGERPRINT,
    TXCONF,
    RXCONF,
    TXWHY,
    RXWHY,
    /** Why the exchange ended badly. */
    ABORT,
    /** Version of HTTP: {@code HTTP/1.1}, {@code HTTP/2.0}. */
    PROTOCOL,
    /** Identifier of the exchange's stream, with HTTP/2. */
    STREAM,
    /** Who protects what goes to the server, with TLS: {@code sw}, {@code hw}. */
    UPTXCONF,
    /** Who opens what comes from the server, with TLS. */
    UPRXCONF;

    /** Of the text form and of JSON, in their order. */
    static final List<AccessField> USUAL =
            Arrays.stream(values()).filter(field -> field != DATE).toList();

    /** Its name in text, JSON and templates. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
