package io.offramp.offload.device;

import io.offramp.offload.device.hardware.NicCaps;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Devices that can be asked for by name: what the hardware can do, as far as the software on top of it lets it. */
enum Profile {
    /** ConnectX-6 Dx, "crypto enabled": both versions, both AES-GCM suites. */
    CONNECTX_6DX("connectx-6dx", NicCaps.ALL),
    /** The same under Linux 6.18, whose core offers TLS 1.2 alone to a device ({@code tls_set_device_offload}). */
    LINUX_6_18("linux-6.18", new NicCaps(true, true, true, true, false, false));

    private final String label;
    private final NicCaps caps;

    Profile(String label, NicCaps caps) {
        this.label = label;
        this.caps = caps;
    }

    /** As configuration names it. */
    String label() {
        return label;
    }

    NicCaps caps() {
        return caps;
    }

    /** All labels, for help and errors. */
    static String labels() {
        return Arrays.stream(values()).map(Profile::label).collect(Collectors.joining(" or "));
    }

    /** @throws IllegalArgumentException if there is no such profile */
    static Profile of(String label) {
        return Arrays.stream(values())
                .filter(profile -> profile.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("profile: must be " + labels() + ", is " + label));
    }
}
