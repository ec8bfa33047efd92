package io.offramp.offload;

/**
 * How a direction is protected now, for people to read.
 *
 * @param backend name of the backend
 * @param mode as {@code txconf} or {@code rxconf} of {@code ss -ti}
 * @param detail where the backend keeps it: {@code tis=17 dek=33}; the engine in software
 */
public record SessionInfo(String backend, RecordMode mode, String detail) {}
