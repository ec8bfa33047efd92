package io.offramp.offload.ktls.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.offramp.offload.ktls.kernel.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The TLS features of an interface, as {@code ethtool -k} shows them (include/uapi/linux/ethtool.h): its feature
 * strings by {@code ETHTOOL_GSTRINGS}, their state by {@code ETHTOOL_GFEATURES}, at the same index. It needs no
 * privilege.
 *
 * <pre>
 * ifreq:      | name 0..15 | pointer 16..23 | padding to 40 |
 * sset_info:  | command 4 | reserved 4 | mask 8 | count 4 |
 * gstrings:   | command 4 | set 4 | count 4 | 32 bytes each ... |
 * gfeatures:  | command 4 | blocks 4 | available 4, requested 4, active 4, never changed 4 per 32 features ... |
 * </pre>
 */
public final class NicFeatures {
    private static final List<String> TLS = List.of("tls-hw-tx-offload", "tls-hw-rx-offload", "tls-hw-record");

    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 0x80002;
    private static final long SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_GSTRINGS = 0x1b;
    private static final int ETHTOOL_GSSET_INFO = 0x37;
    private static final int ETHTOOL_GFEATURES = 0x3a;
    private static final int ETH_SS_FEATURES = 4;

    private static final int NAME_BYTES = 16;
    private static final int IFREQ_BYTES = 40;
    private static final int STRING_BYTES = 32;
    private static final int BLOCK_BYTES = 16;
    private static final int MAX_FEATURES = 1024;

    private final Arena arena;
    private final int socket;
    private final MemorySegment request;

    private NicFeatures(Arena arena, int socket, String name) {
        this.arena = arena;
        this.socket = socket;
        this.request = arena.allocate(IFREQ_BYTES, Long.BYTES);
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(bytes, 0, request, JAVA_BYTE, 0, Math.min(bytes.length, NAME_BYTES - 1));
    }

    /**
     * For humans: {@code tls-hw-tx-offload on, tls-hw-rx-offload off}, {@code no TLS offload}, or the reason why it is
     * unknown.
     */
    public static String describe(String interfaceName) {
        MemorySegment state = CallMemory.current().state;
        int socket = Libc.socket(state, AF_INET, SOCK_DGRAM_CLOEXEC, 0);
        if (socket < 0) {
            return unknown(socket);
        }
        try (Arena arena = Arena.ofConfined()) {
            return new NicFeatures(arena, socket, interfaceName).describe();
        } finally {
            Libc.close(state, socket);
        }
    }

    private static String unknown(int error) {
        return "TLS offload not known: " + Errno.name(error);
    }

    private String describe() {
        MemorySegment info = command(ETHTOOL_GSSET_INFO, 20);
        info.set(JAVA_LONG, 8, 1L << ETH_SS_FEATURES);
        int result = ask(info);
        int count = Math.min(info.get(JAVA_INT, 16), MAX_FEATURES);
        MemorySegment strings = command(ETHTOOL_GSTRINGS, 12 + count * STRING_BYTES);
        strings.set(JAVA_INT, 4, ETH_SS_FEATURES);
        strings.set(JAVA_INT, 8, count);
        result = result < 0 ? result : ask(strings);
        int blocks = Math.ceilDiv(count, Integer.SIZE);
        MemorySegment features = command(ETHTOOL_GFEATURES, 8 + blocks * BLOCK_BYTES);
        features.set(JAVA_INT, 4, blocks);
        result = result < 0 ? result : ask(features);
        if (result < 0) {
            return unknown(result);
        }
        List<String> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = strings.getString(12 + (long) i * STRING_BYTES, StandardCharsets.US_ASCII);
            long block = 8 + (long) i / Integer.SIZE * BLOCK_BYTES;
            boolean available = isSet(features, block, i);
            boolean active = isSet(features, block + 8, i);
            if (TLS.contains(name) && (available || active)) {
                found.add(name + (active ? " on" : " off"));
            }
        }
        return found.isEmpty() ? "no TLS offload" : String.join(", ", found);
    }

    private static boolean isSet(MemorySegment features, long word, int feature) {
        return (features.get(JAVA_INT, word) >>> feature % Integer.SIZE & 1) != 0;
    }

    private MemorySegment command(int number, int bytes) {
        MemorySegment command = arena.allocate(bytes, Long.BYTES);
        command.set(JAVA_INT, 0, number);
        return command;
    }

    private int ask(MemorySegment command) {
        request.set(JAVA_LONG, NAME_BYTES, command.address());
        return Libc.ioctl(CallMemory.current().state, socket, SIOCETHTOOL, request);
    }
}
