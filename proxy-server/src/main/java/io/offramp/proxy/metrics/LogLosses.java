package io.offramp.proxy.metrics;

import java.util.function.LongSupplier;

/**
 * Losses of the log, counted by its writer.
 *
 * @param dropped lines without room
 * @param waitingBytes of lines that are not written yet
 * @param failures failed writes
 */
public record LogLosses(LongSupplier dropped, LongSupplier waitingBytes, LongSupplier failures) {}
