package io.offramp.offload.device.hardware;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.ProtocolVersion;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The capability bits of a device: {@code tls_tx}, {@code tls_rx} and those of {@code tls_cap}.
 *
 * @param bits those that are set
 */
public record NicCaps(Set<Bit> bits) {
    /** Everything that the bits can say. */
    public static final NicCaps ALL = new NicCaps(EnumSet.allOf(Bit.class));

    /** One capability. */
    public enum Bit {
        /** Encrypts. */
        TLS_TX,
        /** Decrypts. */
        TLS_RX,
        /** TLS 1.2 with AES-128-GCM. */
        TLS_1_2_AES_GCM_128,
        /** TLS 1.2 with AES-256-GCM. */
        TLS_1_2_AES_GCM_256,
        /** TLS 1.3 with AES-128-GCM. */
        TLS_1_3_AES_GCM_128,
        /** TLS 1.3 with AES-256-GCM. */
        TLS_1_3_AES_GCM_256;

        /** As the interface of the device spells it: {@code tls_tx}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Copies the set. */
    public NicCaps {
        bits = Set.copyOf(bits);
    }

    /**
     * Reads labels with spaces between them.
     *
     * @throws IllegalArgumentException if one is unknown
     */
    public static NicCaps parse(String text) {
        Set<Bit> bits = EnumSet.noneOf(Bit.class);
        for (String label : text.strip().split("\\s+")) {
            bits.add(Arrays.stream(Bit.values())
                    .filter(bit -> bit.label().equals(label))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("must be of " + labels() + ", is " + label)));
        }
        return new NicCaps(bits);
    }

    /** All labels, for help and errors. */
    public static String labels() {
        return Arrays.stream(Bit.values()).map(Bit::label).collect(Collectors.joining(" "));
    }

    /** The bit of a direction. */
    public static Bit bitOf(Direction direction) {
        return direction == Direction.TX ? Bit.TLS_TX : Bit.TLS_RX;
    }

    /** True where it has this direction at all. */
    public boolean supports(Direction direction) {
        return bits.contains(bitOf(direction));
    }

    /** True where records of this version and suite can be offloaded. */
    public boolean supports(ProtocolVersion version, AeadSuite suite) {
        boolean is13 = version == ProtocolVersion.TLS_1_3;
        return switch (suite) {
            case AES_128_GCM -> bits.contains(is13 ? Bit.TLS_1_3_AES_GCM_128 : Bit.TLS_1_2_AES_GCM_128);
            case AES_256_GCM -> bits.contains(is13 ? Bit.TLS_1_3_AES_GCM_256 : Bit.TLS_1_2_AES_GCM_256);
            case CHACHA20_POLY1305 -> false;
        };
    }
}
