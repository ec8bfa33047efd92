package io.offramp.proxy.metrics;

import java.util.function.LongSupplier;

/**
 * What is lost of the log, kept by who writes it.
 *
 * @param dropped lines for which there was no room
 * @param waitingBytes of lines that are not written yet
 * @param failures writes that failed
 */
public record LogLosses(LongSupplier dropped, LongSupplier waitingBytes, LongSupplier failures) {}
