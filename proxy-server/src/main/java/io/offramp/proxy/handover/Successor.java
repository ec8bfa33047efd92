package io.offramp.proxy.handover;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The process that takes the place of this one, as this one sees it. For one thread. */
public final class Successor implements AutoCloseable {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    /** Of a secret in one line. */
    private static final int PART_BYTES = 30 << 10;

    private final Peer peer;

    /** @param peer has said {@code take} */
    public Successor(Peer peer) {
        this.peer = peer;
    }

    /** Gives all. Blocks. The lines of secrets are strings, which nobody can wipe. */
    public void give(Legacy legacy) throws IOException {
        peer.say(Protocol.UPGRADES + legacy.upgrades().done() + " "
                + legacy.upgrades().failed());
        legacy.ticketKeys().forEach((listener, keys) -> sayInParts(Protocol.KEY, listener, keys));
        legacy.sessions().forEach((listener, sessions) -> sayInParts(Protocol.SESSION, listener, sessions));
        legacy.sockets().keySet().forEach(name -> peer.say(Protocol.SOCKET + name));
        peer.say(Protocol.END);
        String answer = peer.hear(ANSWER_LIMIT);
        if (!answer.equals(Protocol.SEND)) {
            throw new IOException("expected \"send\", came \"" + answer + "\"");
        }
        for (FileDescriptor each : legacy.sockets().values()) {
            peer.give(each);
        }
    }

    private void sayInParts(String word, String listener, byte[] secret) {
        Base64.Encoder base64 = Base64.getEncoder();
        String name = base64.encodeToString(listener.getBytes(StandardCharsets.UTF_8));
        for (int begin = 0; begin < secret.length; begin += PART_BYTES) {
            byte[] part = Arrays.copyOfRange(secret, begin, Math.min(begin + PART_BYTES, secret.length));
            peer.say(word + name + " " + base64.encodeToString(part));
            Arrays.fill(part, (byte) 0);
        }
    }

    /**
     * Blocks until it serves.
     *
     * @return names of the sockets that it has not taken
     * @throws IOException if it does not, with its reason if it gave one
     */
    public Set<String> awaitReady(Duration limit) throws IOException {
        Set<String> left = new HashSet<>();
        String answer = peer.hear(limit);
        while (answer.startsWith(Protocol.LEFT)) {
            left.add(answer.substring(Protocol.LEFT.length()));
            answer = peer.hear(limit);
        }
        if (!answer.equals(Protocol.READY)) {
            throw new IOException(
                    answer.equals(Protocol.OVER)
                            ? "was told to end before it served"
                            : answer.startsWith(Protocol.FAILED)
                                    ? answer.substring(Protocol.FAILED.length())
                                    : Protocol.mismatch(answer));
        }
        return left;
    }

    /** Completes when it has ended without a word. One that was told to end has said so, and nothing completes. */
    public CompletableFuture<Void> died() {
        CompletableFuture<Void> died = new CompletableFuture<>();
        peer.ended().thenRun(() -> {
            if (!peer.hasSaid(Protocol.OVER)) {
                died.complete(null);
            }
        });
        return died;
    }

    /** Refuses one that nobody waits for. */
    public static void refuse(Peer peer, String reason) {
        peer.say(Protocol.REFUSED + reason);
        peer.close();
    }

    @Override
    public void close() {
        peer.close();
    }
}
