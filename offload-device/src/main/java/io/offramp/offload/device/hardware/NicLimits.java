package io.offramp.offload.device.hardware;

/**
 * How much a device has of everything.
 *
 * @param contexts TIS and TIR together
 * @param deks DEK objects
 * @param steeringEntries exact matches in each of the two flow tables
 */
public record NicLimits(int contexts, int deks, int steeringEntries) {}
