package io.offramp.proxy.guard;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.offramp.proxy.net.ClientKey;
import java.net.InetAddress;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/**
 * Checks passwords beside the event loops: one check takes as long as thousands of requests. As many wait as fit, and
 * no more than a few of one client, so that one who guesses keeps no one else from logging in. Thread-safe.
 */
public final class PasswordChecks implements AutoCloseable {
    private static final int MOST_OF_CLIENT = 16;
    private static final long IDLE_S = 60;

    private final ThreadPoolExecutor workers;
    private final ConcurrentHashMap<Long, Integer> byClient = new ConcurrentHashMap<>();

    /** What has become of a check. */
    enum Admission {
        /** Its task will run. */
        WAITING,
        /** Too many wait. */
        FULL,
        /** Too many of this client wait. */
        CLIENT_FULL
    }

    /** @param threads started when first needed */
    public PasswordChecks(int threads, int waiting) {
        workers = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_S,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(waiting),
                new DefaultThreadFactory("offramp-password", true));
        workers.allowCoreThreadTimeOut(true);
    }

    /** Runs a check of a client's login. */
    Admission submit(InetAddress client, Runnable check) {
        Long key = ClientKey.of(client);
        int own = byClient.merge(key, 1, Integer::sum);
        if (own > MOST_OF_CLIENT) {
            end(key);
            return Admission.CLIENT_FULL;
        }
        try {
            workers.execute(() -> {
                try {
                    check.run();
                } finally {
                    end(key);
                }
            });
            return Admission.WAITING;
        } catch (RejectedExecutionException e) {
            end(key);
            return Admission.FULL;
        }
    }

    private void end(Long key) {
        byClient.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
    }

    /** Whether the password has that hash of bcrypt. Takes its time. */
    static boolean matches(byte[] password, String hash) {
        return OpenBSDBCrypt.checkPassword(hash, password);
    }

    /** Ends the threads; checks under way are lost. */
    @Override
    public void close() {
        workers.shutdownNow();
    }
}
