package io.offramp.app;

import io.offramp.proxy.server.LoopCheck;
import io.offramp.proxy.server.StartException;
import io.offramp.proxy.sockets.ServiceManager;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this process is the service, for all who want to know: the service manager, its watchdog, the PID file. Of
 * processes that follow one another, one is it at a time. Thread-safe.
 */
final class MainProcess {
    private static final Logger LOG = LoggerFactory.getLogger(MainProcess.class);
    private static final String SERVING = "serving";

    private final ServiceManager manager;
    private final @Nullable Duration watchdog;
    private final @Nullable PidFile pidFile;
    private final long pid = ProcessHandle.current().pid();
    private volatile boolean isMain;

    /**
     * Not yet.
     *
     * @param environment of this process, which names the service manager
     * @throws StartException if the PID file cannot be written
     */
    MainProcess(Map<String, String> environment, @Nullable Path pidFile) throws StartException {
        this.manager = new ServiceManager(environment.get("NOTIFY_SOCKET"));
        this.watchdog = ServiceManager.watchdog(environment, pid);
        this.pidFile = pidFile == null ? null : checked(pidFile);
    }

    private static PidFile checked(Path file) throws StartException {
        PidFile checked = new PidFile(file);
        try {
            checked.check();
            return checked;
        } catch (IOException e) {
            throw new StartException("pid-file " + file + ": " + e.getMessage());
        }
    }

    /** States of the service, while this is its process. */
    ServiceManager manager() {
        return manager;
    }

    /** It serves, as the first process. */
    void begin(LoopCheck loops) {
        become();
        manager.ready(SERVING);
        watch(loops);
    }

    /** It serves, in the place of another, which has told the manager. */
    void takeOver(LoopCheck loops) {
        become();
        watch(loops);
    }

    /** It serves again, after another. */
    void takeBack() {
        become();
        manager.ready(pid, SERVING);
        if (watchdog != null) { // the last word of the other may be as old as it may be
            sayAlive();
        }
    }

    /** Another process was to serve in its place, and has ended before this one has handed over to it. */
    synchronized void goOn() {
        if (isMain) {
            become();
        }
    }

    private synchronized void become() {
        isMain = true;
        if (pidFile != null) {
            pidFile.write();
        }
    }

    /** Another process serves in its place. */
    synchronized void handTo(long other) {
        isMain = false;
        manager.ready(other, SERVING);
    }

    /**
     * It drains, to end.
     *
     * @return whether it was the service
     */
    boolean stopping() {
        if (isMain) {
            manager.stopping("draining");
        }
        return isMain;
    }

    /** Nothing of it is left. The PID file of another process is not its own, and may change at any time. */
    synchronized void end() {
        if (pidFile != null) { // the next one may have another
            pidFile.delete();
        }
        isMain = false;
    }

    /**
     * Four times in the time that the manager gives: at once, then again and again until the process ends. Of a loop
     * that is stuck, the log says so at half time, before the manager acts.
     */
    private void watch(LoopCheck loops) {
        if (watchdog != null) {
            long quarterNs = watchdog.toNanos() / 4;
            ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task ->
                    Thread.ofPlatform().daemon().name("offramp-watchdog").unstarted(task));
            thread.scheduleAtFixedRate(
                    () -> look(loops, Duration.ofNanos(quarterNs)), 0, quarterNs, TimeUnit.NANOSECONDS);
        }
    }

    private void look(LoopCheck loops, Duration limit) {
        try {
            List<String> silent = loops.silent(limit);
            if (silent.isEmpty()) {
                sayAlive();
            } else {
                LOG.warn("watchdog: no answer within {} ms from event {}", limit.toMillis(), String.join(", ", silent));
            }
        } catch (RuntimeException e) { // it would be the last look
            LOG.error("watchdog", e);
        }
    }

    /** Not behind the word that another process is the service now. */
    private synchronized void sayAlive() {
        if (isMain) {
            manager.alive();
        }
    }
}
