package io.offramp.offload;

/**
 * How a direction is protected at this moment, for humans.
 *
 * @param backend name of the backend
 * @param mode what {@code txconf} or {@code rxconf} says
 * @param detail where the backend keeps it: {@code tis=17 dek=33}; the engine in software
 */
public record SessionInfo(String backend, RecordMode mode, String detail) {}
