package io.offramp.offload.device.hardware.engine;

/** The port of the device, as its queues see it. Thread-safe. */
public interface LinkState {
    /** True while the device works. */
    boolean isUp();

    /** The longest packet, in bytes from the IP header on. */
    int mtu();
}
