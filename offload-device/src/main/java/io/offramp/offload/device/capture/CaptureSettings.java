package io.offramp.offload.device.capture;

import java.nio.file.Path;
import java.util.function.IntSupplier;

/**
 * What is captured where.
 *
 * @param file for pcapng; created or emptied
 * @param limitBytes most bytes that it gets
 * @param mtu of the device, in bytes from the IP header on
 * @param sequence TCP sequence of each connection's first byte
 */
public record CaptureSettings(Path file, long limitBytes, IntSupplier mtu, int sequence) {}
