package io.offramp.proxy.http;

import io.offramp.proxy.connection.Connection;
import java.nio.charset.StandardCharsets;

/** What every request of one connection tells an upstream about its client; made once, at the first request. */
record ClientFields(byte[] addressAndProto) {
    /** Of a client whose handshake, if it made one, is complete. */
    static ClientFields of(Connection connection) {
        String address = connection.remote().getAddress().getHostAddress();
        int scope = address.indexOf('%');
        String proto = connection.tls() == null ? "http" : "https";
        String text = (scope < 0 ? address : address.substring(0, scope)) + "\r\nX-Forwarded-Proto: " + proto + "\r\n";
        return new ClientFields(text.getBytes(StandardCharsets.US_ASCII));
    }
}
