package io.offramp.proxy.exchange;

/**
 * An answer that this proxy makes itself.
 *
 * @param reason of the status, where the version of HTTP has one
 * @param name of its only field beside {@code Content-Length} and {@code Date}
 * @param value of that field
 * @param body not to be changed
 * @param last true if the connection takes no further request
 */
public record OwnAnswer(int status, String reason, String name, String value, byte[] body, boolean last) {}
