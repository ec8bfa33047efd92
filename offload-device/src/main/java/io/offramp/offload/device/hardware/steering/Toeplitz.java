package io.offramp.offload.device.hardware.steering;

import io.offramp.offload.device.hardware.packet.FlowKey;
import java.util.HexFormat;

/**
 * The hash of receive side scaling: for each bit of the flow's addresses and ports that is set, 32 bits of the key from
 * there on are added, without carry. Over source address, destination address, source port, destination port, in
 * network order.
 */
public final class Toeplitz {
    /** The key of the published test vectors, which drivers have as their default. */
    public static final Toeplitz DEFAULT = new Toeplitz(HexFormat.of()
            .parseHex("6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa"));

    private static final int KEY_BYTES = 40;

    private final int[] key = new int[KEY_BYTES / Integer.BYTES];

    /** @param key 40 bytes: as many bits as the longest tuple has, and 32 */
    public Toeplitz(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("key has " + key.length + " bytes, expected " + KEY_BYTES);
        }
        for (int i = 0; i < KEY_BYTES; i++) {
            this.key[i / Integer.BYTES] |= (key[i] & 0xff) << 24 - i % Integer.BYTES * Byte.SIZE;
        }
    }

    /** Hash of a flow. */
    public int hash(FlowKey flow) {
        int hash = 0;
        for (int word = 0; word < flow.words(); word++) {
            long window = (long) key[word] << Integer.SIZE | key[word + 1] & 0xffff_ffffL;
            int input = flow.word(word);
            for (int bit = 0; bit < Integer.SIZE; bit++) {
                if (input << bit < 0) {
                    hash ^= (int) (window >>> Integer.SIZE - bit);
                }
            }
        }
        return hash;
    }
}
