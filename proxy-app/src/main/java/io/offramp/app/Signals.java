package io.offramp.app;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ExitCode;

/**
 * What signals do to a process that is to serve, from the first moment of its start. SIGHUP and SIGUSR1 that come too
 * early are done, once, when it serves. SIGTERM and SIGINT end the start. Thread-safe.
 */
final class Signals implements AutoCloseable {
    private final Held hangUp = new Held();
    private final Held user = new Held();
    private final AtomicReference<Runnable> end = new AtomicReference<>(Signals::endStart);
    private final Thread hook = new Thread(() -> end.get().run(), "offramp-drain");

    private Signals() {}

    /** From now on. No signal ends a process that has said so and does not know yet what it is to do. */
    static Signals hold() {
        Signals signals = new Signals();
        ProcessSignal.HUP.handle(signals.hangUp::come);
        ProcessSignal.USR1.handle(signals.user::come);
        Runtime.getRuntime().addShutdownHook(signals.hook);
        return signals;
    }

    /** What SIGTERM and SIGINT do from now on. It has to end the process. */
    void onEnd(Runnable action) {
        end.set(action);
    }

    /** What SIGHUP does from now on. */
    void onHangUp(Runnable action) {
        hangUp.become(action);
    }

    /** What SIGUSR1 does from now on. */
    void onUser(Runnable action) {
        user.become(action);
    }

    /** The start has failed, and the process ends by itself. */
    @Override
    public void close() {
        end.set(() -> {});
    }

    /** Nothing is served yet, so nothing drains. What the start has bound ends with the process. */
    private static void endStart() {
        LoggerFactory.getLogger(Signals.class).info("stopped before it served"); // Logback is slow, and signals first
        LossyAppender.stopAll();
        Runtime.getRuntime().halt(ExitCode.OK);
    }

    private static final class Held {
        private @Nullable Runnable action;
        private boolean hasCome;

        void come() {
            Runnable now = arrived();
            if (now != null) {
                now.run();
            }
        }

        private synchronized @Nullable Runnable arrived() {
            hasCome = action == null;
            return action;
        }

        void become(Runnable next) {
            if (wasHeld(next)) {
                next.run();
            }
        }

        private synchronized boolean wasHeld(Runnable next) {
            action = next;
            return hasCome;
        }
    }
}
