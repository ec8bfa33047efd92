package io.offramp.offload.device;

import io.offramp.offload.device.capture.CaptureSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a capture goes, as configuration has it.
 *
 * @param file for pcapng; created or emptied when the proxy starts
 * @param limitMib most MiB that it gets
 */
record CaptureTarget(Path file, int limitMib) {
    /** The setting that writes plaintext and secrets. */
    static final String PCAP = "pcap";

    private static final String LIMIT = "pcap-limit";
    private static final int DEFAULT_MIB = 256;
    private static final int MAX_MIB = 1 << 16;

    static void help(Map<String, String> help) {
        help.put(
                PCAP,
                "file for a capture in pcapng of what crosses the device, in plaintext, and of the wire, with its"
                        + " secrets; needs --unsafe-keylog; default none");
        help.put(LIMIT, "most MiB that the capture gets, 1 to " + MAX_MIB + "; default " + DEFAULT_MIB);
    }

    /** @throws IllegalArgumentException if a value is wrong */
    static @Nullable CaptureTarget parse(SettingValues settings) {
        int limitMib = settings.number(LIMIT, 1, MAX_MIB, DEFAULT_MIB);
        String file = settings.text(PCAP);
        if (file == null) {
            return null;
        }
        try {
            return new CaptureTarget(Path.of(file), limitMib);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(PCAP + ": is not a file name: " + file, e);
        }
    }

    /** Of a device whose MTU may change. */
    CaptureSettings in(IntSupplier mtu, int sequence) {
        return new CaptureSettings(file, (long) limitMib << 20, mtu, sequence);
    }
}
