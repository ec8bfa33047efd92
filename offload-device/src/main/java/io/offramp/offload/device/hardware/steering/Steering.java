package io.offramp.offload.device.hardware.steering;

import io.offramp.offload.device.hardware.firmware.Firmware;
import io.offramp.offload.device.hardware.packet.FlowKey;

/** The device's two flow tables, IPv4-TCP and IPv6-TCP. */
public final class Steering {
    private final SteeringTable ipv4;
    private final SteeringTable ipv6;

    /** @param entries exact matches per table */
    public Steering(int entries, Firmware firmware) {
        ipv4 = new SteeringTable(entries, firmware);
        ipv6 = new SteeringTable(entries, firmware);
    }

    /** The table that a flow belongs to. */
    public SteeringTable tableOf(FlowKey flow) {
        return flow.isIpv6() ? ipv6 : ipv4;
    }

    /** How many rules there are in both. */
    public int used() {
        return ipv4.used() + ipv6.used();
    }
}
