package io.offramp.app;

import io.offramp.proxy.handover.Protocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How an upgrade has ended whose old process was killed: the new one may serve, or be about to. */
final class LastWord {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final String KILLED = "the running process has ended without a last word, and ";

    private LastWord() {}

    /**
     * The line that the old process would have said. Blocks until the new process serves or has ended.
     *
     * @param socket where it answers once it serves
     * @param first line of the upgrade, which names it; may be empty
     */
    static String of(Path socket, String first) {
        String name = first.replaceFirst(" starts$", "");
        ProcessHandle started = name.equals(first) || !name.startsWith(Protocol.PROCESS) ? null : process(name);
        long endNs = System.nanoTime() + LIMIT.toNanos();
        String answer;
        boolean goesOn;
        do {
            goesOn = started != null && started.isAlive() && System.nanoTime() - endNs < 0; // before it is asked
            answer = ask(socket);
        } while (answer == null && goesOn && pause());
        if (name.equals(answer)) {
            return Protocol.DONE + KILLED + name + " serves";
        }
        if (answer != null) { // started by someone else, or of another build
            return Protocol.FAILED + KILLED + socket + " has the answer: " + answer;
        }
        return Protocol.FAILED
                + KILLED
                + (started != null && started.isAlive()
                        ? name + " runs and has not answered within " + LIMIT.toSeconds() + " s"
                        : "no process answers");
    }

    private static @Nullable ProcessHandle process(String name) {
        return ProcessHandle.of(Long.parseLong(name.substring(Protocol.PROCESS.length())))
                .orElse(null);
    }

    /** Null if nobody listens, or ends without an answer. */
    private static @Nullable String ask(Path socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            CompletableFuture.delayedExecutor(LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .execute(() -> close(channel));
            return call(channel, Protocol.WHO).readLine();
        } catch (IOException e) {
            return null;
        }
    }

    /** Says the first line. */
    static BufferedReader call(SocketChannel channel, String word) throws IOException {
        channel.write(ByteBuffer.wrap((Protocol.greeting(word) + "\n").getBytes(StandardCharsets.UTF_8)));
        return new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) { // it is gone, closed or not
            return;
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
