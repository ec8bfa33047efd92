package io.offramp.proxy.handover;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Secrets by name of the listener, as lines bring them: {@code WORD NAME PART}, in Base64. The lines stay in the heap
 * until they are collected; their bytes here are wiped. One thread at a time.
 */
final class Secrets {
    private final Map<String, List<byte[]>> parts = new HashMap<>();

    /** A further part of one. */
    void add(String line) {
        String[] words = line.split(" ");
        Base64.Decoder base64 = Base64.getDecoder();
        parts.computeIfAbsent(new String(base64.decode(words[1]), StandardCharsets.UTF_8), _ -> new ArrayList<>())
                .add(base64.decode(words[2]));
    }

    /** Each as a whole; they are the caller's. Once. */
    Map<String, byte[]> all() {
        Map<String, byte[]> all = new HashMap<>();
        parts.forEach((name, list) -> all.put(name, join(list)));
        return all;
    }

    /** Wipes the parts. */
    private static byte[] join(List<byte[]> parts) {
        ByteBuffer joined =
                ByteBuffer.allocate(parts.stream().mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            joined.put(part);
            Arrays.fill(part, (byte) 0);
        }
        return joined.array();
    }
}
