package io.offramp.proxy.guard;

import io.offramp.proxy.message.Fields;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * User and password of a request (RFC 7617 §2).
 *
 * @param user one character a byte
 * @param password the bytes that came; {@link #wipe} clears them
 */
record BasicCredentials(String user, byte[] password) {
    private static final byte[] AUTHORIZATION = "authorization".getBytes(StandardCharsets.US_ASCII);
    private static final String SCHEME = "Basic ";

    /**
     * Those of a request; null if it has none, or something that can be read in two ways: several fields, or control
     * characters.
     */
    static @Nullable BasicCredentials of(Fields request) {
        int only = -1;
        for (int i = 0; i < request.size(); i++) {
            if (request.isName(i, AUTHORIZATION)) {
                if (only >= 0) {
                    return null;
                }
                only = i;
            }
        }
        return only < 0 ? null : of(request.value(only));
    }

    private static @Nullable BasicCredentials of(String value) {
        if (!value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        byte[] both;
        try {
            both = Base64.getDecoder().decode(value.substring(SCHEME.length()).strip());
        } catch (IllegalArgumentException e) {
            return null;
        }
        int colon = -1;
        for (int i = 0; i < both.length; i++) {
            if (both[i] >= 0 && both[i] < ' ' || both[i] == 0x7F) {
                return null;
            }
            colon = colon < 0 && both[i] == ':' ? i : colon;
        }
        if (colon < 0) {
            return null;
        }
        String user = new String(both, 0, colon, StandardCharsets.ISO_8859_1);
        byte[] password = Arrays.copyOfRange(both, colon + 1, both.length);
        Arrays.fill(both, (byte) 0);
        return new BasicCredentials(user, password);
    }

    /** Clears the password. */
    void wipe() {
        Arrays.fill(password, (byte) 0);
    }

    @Override
    public String toString() {
        return "credentials of " + user;
    }
}
