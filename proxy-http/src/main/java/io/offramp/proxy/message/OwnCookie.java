package io.offramp.proxy.message;

import java.nio.charset.StandardCharsets;

/** Cookies by which clients stay with a server, or with a share of a split (RFC 6265 §4.1). Pure functions. */
public final class OwnCookie {
    private OwnCookie() {}

    /**
     * The line of an answer's head, its end included, that sets a cookie for a session of the browser.
     *
     * @param client whose scheme decides whether it is kept to https
     */
    public static byte[] line(String name, String value, ClientFields client) {
        String secure = client.proto().contentEquals("https") ? "; Secure" : "";
        return ("Set-Cookie: " + name + "=" + value + "; Path=/; HttpOnly" + secure + "; SameSite=Lax\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
