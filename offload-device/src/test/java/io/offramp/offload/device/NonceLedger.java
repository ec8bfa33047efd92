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

    /** Nonces that protected two different plaintexts. */
    List<String> reused() {
        return reused;
    }

    /** A message that is being protected: several may be under way at once. */
    final class Message {
        private final Nonce nonce;
        private final Protected known;
        private int at;

        private Message(Nonce nonce, Protected known) {
            this.nonce = nonce;
            this.known = known;
        }

        /** The next bytes of its plaintext. */
        void update(byte[] plaintext) {
            if (known.isOld) {
                // Only a whole one can be compared with what is left of it.
                if (at != 0 || plaintext.length != known.bytes || Arrays.hashCode(plaintext) != known.hash) {
                    reused.add(nonce + " after a long time");
                }
                return;
            }
            int both = Math.min(plaintext.length, Math.max(0, known.bytes - at));
            if (!Arrays.equals(known.content, at, at + both, plaintext, 0, both)) {
                reused.add(nonce.toString());
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
    }

    /** A message begins. */
    Message start(String key, int head, long tail, ByteBuf aad, int aadIndex, int aadBytes) {
        Nonce nonce = new Nonce(key, head, tail);
        byte[] data = ByteBufUtil.getBytes(aad, aadIndex, aadBytes);
        Protected known = recent.get(nonce);
        if (known == null) {
            known = old.remove(nonce);
            if (known == null) {
                known = new Protected();
                known.aad = data;
            }
            recent.put(nonce, known);
            retire();
        }
        if (!Arrays.equals(known.aad, data)) {
            reused.add(nonce + " with other additional data");
        }
        return new Message(nonce, known);
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
