package io.offramp.offload.device;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes down what every nonce has protected, also in part, and finds those that protected two different things. Of a
 * nonce that was last used long ago only a hash is kept.
 */
final class NonceLedger {
    private static final int RECENT = 512;

    private record Nonce(String key, int head, long tail) {}

    private static final class Protected {
        private byte[] aad = {};
        private byte[] content = {};
        private int bytes;
        private int hash;
        private boolean isOld;
    }

    private final Map<Nonce, Protected> recent = new LinkedHashMap<>(RECENT, 0.75f, true);
    private final Map<Nonce, Protected> old = new LinkedHashMap<>();
    private final List<String> reused = new ArrayList<>();
    private Protected current = new Protected();
    private Nonce currentNonce = new Nonce("", 0, 0);
    private int at;

    /** Nonces that protected two different plaintexts. */
    List<String> reused() {
        return reused;
    }

    /** A message begins. */
    void start(String key, int head, long tail, ByteBuf aad, int aadIndex, int aadBytes) {
        currentNonce = new Nonce(key, head, tail);
        byte[] data = ByteBufUtil.getBytes(aad, aadIndex, aadBytes);
        Protected known = recent.get(currentNonce);
        if (known == null) {
            known = old.remove(currentNonce);
            if (known == null) {
                known = new Protected();
                known.aad = data;
            }
            recent.put(currentNonce, known);
            retire();
        }
        if (!Arrays.equals(known.aad, data)) {
            reused.add(currentNonce + " with other additional data");
        }
        current = known;
        at = 0;
    }

    /** The next bytes of its plaintext. */
    void update(byte[] plaintext) {
        Protected known = current;
        if (known.isOld) {
            // Only a whole one can be compared with what is left of it.
            if (at != 0 || plaintext.length != known.bytes || Arrays.hashCode(plaintext) != known.hash) {
                reused.add(currentNonce + " after a long time");
            }
            return;
        }
        int both = Math.min(plaintext.length, Math.max(0, known.bytes - at));
        if (!Arrays.equals(known.content, at, at + both, plaintext, 0, both)) {
            reused.add(currentNonce.toString());
        }
        int end = at + plaintext.length;
        if (end > known.bytes) {
            if (end > known.content.length) {
                known.content = Arrays.copyOf(known.content, Math.max(end, 2 * known.content.length));
            }
            System.arraycopy(plaintext, both, known.content, at + both, plaintext.length - both);
            known.bytes = end;
        }
        at = end;
    }

    private void retire() {
        if (recent.size() > RECENT) {
            Map.Entry<Nonce, Protected> eldest = recent.entrySet().iterator().next();
            Protected retired = eldest.getValue();
            recent.remove(eldest.getKey());
            retired.hash = Arrays.hashCode(Arrays.copyOf(retired.content, retired.bytes));
            retired.content = new byte[0];
            retired.isOld = true;
            old.put(eldest.getKey(), retired);
        }
    }
}
