package io.offramp.proxy.message;

import org.jspecify.annotations.Nullable;

/**
 * An answer that this proxy makes itself.
 *
 * @param reason of the status, where the version of HTTP has one
 * @param name of its only field beside {@code Content-Length}, {@code Date} and {@code Retry-After}
 * @param value of that field
 * @param body not to be changed
 * @param last true if the connection takes no further request
 * @param retryAfterS seconds behind which the client may ask again (RFC 9110 §10.2.3); 0 if it is not known
 * @param code of a server's reset, for clients whose protocol says more than a status of HTTP; null for none
 */
public record OwnAnswer(
        int status,
        String reason,
        String name,
        String value,
        byte[] body,
        boolean last,
        int retryAfterS,
        @Nullable ResetCode code) {
    /** One that no reset has caused. */
    public OwnAnswer(int status, String reason, String name, String value, byte[] body, boolean last) {
        this(status, reason, name, value, body, last, 0, null);
    }
}
