package io.offramp.app;

import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handover.Legacy;
import io.offramp.proxy.handover.Peer;
import io.offramp.proxy.handover.Predecessor;
import io.offramp.proxy.handover.Protocol;
import io.offramp.proxy.handover.Successor;
import io.offramp.proxy.handover.UpgradeSocket;
import io.offramp.proxy.sandbox.Sandbox;
import io.offramp.proxy.server.ProxyServer;
import io.offramp.proxy.server.Succession;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ExitCode;

/**
 * Upgrades of the process that this is: it starts the next one, gives it sockets and ticket keys, and ends when that
 * serves and its own connections have ended. Until the next one serves, and again if that ends, this one serves. Each
 * call has a thread of its own.
 */
final class Upgrades implements UpgradeSocket.Callers {
    /** In the environment of the next process: the upgrade socket of this one. */
    static final String VARIABLE = "OFFRAMP_UPGRADE";

    private static final Logger LOG = LoggerFactory.getLogger(Upgrades.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    /** From the last word of a process to its end. */
    private static final Duration LAST_MOMENT = Duration.ofSeconds(2);

    private final MainProcess main;
    private final @Nullable Predecessor before;
    private final CompletableFuture<Running> running = new CompletableFuture<>();
    private final Semaphore turn = new Semaphore(1);
    private volatile @Nullable Next next;
    private volatile CompletableFuture<?> ending = CompletableFuture.completedFuture(null);
    private Stage stage = Stage.SERVING;
    private long handedUntilNs;

    /** @param before the process whose place this one takes; null for none */
    Upgrades(MainProcess main, @Nullable Predecessor before) {
        this.main = main;
        this.before = before;
    }

    private enum Stage {
        SERVING,
        /** The next process serves. */
        HANDED,
        /** This process ends, and no other takes its place any more. */
        ENDING
    }

    private record Running(ProxyServer server, UpgradeSocket socket) {}

    /**
     * The process that is to take the place of this one.
     *
     * @param command the caller that asked for it
     * @param process started for that
     * @param call completes when it calls
     */
    private record Next(Peer command, Process process, CompletableFuture<Peer> call) {}

    /** Calls may come. */
    void on(ProxyServer server, UpgradeSocket socket) {
        running.complete(new Running(server, socket));
        socket.accept();
    }

    @Override
    public void onCommand(Peer command) {
        if (!turn.tryAcquire()) {
            fail(command, "an upgrade is under way");
            return;
        }
        try {
            String refusal = refusal();
            if (refusal == null) {
                upgrade(command, running.join());
            } else {
                fail(command, refusal);
            }
        } catch (IOException e) {
            running.join().server().metrics().upgrades().onUpgrade(false);
            fail(command, String.valueOf(e.getMessage()));
        } finally {
            next = null;
            turn.release();
        }
    }

    @Override
    public void onSuccessor(Peer successor) {
        Next expected = next;
        try {
            long pid = successor.pid();
            if (expected == null || expected.process().pid() != pid) {
                LOG.warn("upgrade: process {} wants to take over, and nobody has started it for that", pid);
                Successor.refuse(successor, "no upgrade by this process is under way");
            } else if (!expected.call().complete(successor)) {
                successor.close();
            }
        } catch (IOException e) {
            successor.close();
        }
    }

    /** Why no upgrade can begin, which is no failed one; null if it can. */
    private @Nullable String refusal() {
        if (ProcessHandle.current().pid() == 1) {
            return "a container ends with its first process, which is this one: replace the container";
        }
        if (before != null && !before.hasEnded(LAST_MOMENT)) {
            return "the process before this one still has connections: wait until it has ended";
        }
        return null;
    }

    private void upgrade(Peer command, Running now) throws IOException {
        Next started = next(command, now.server());
        Process process = started.process();
        ProxyConfig config = now.server().config();
        say(command, name(process) + " starts");
        Successor successor;
        try {
            successor = new Successor(call(started));
            Set<String> taken = give(successor, now);
            say(command, name(process) + " has the sockets");
            taken.removeAll(
                    successor.awaitReady(START_LIMIT.plus(config.warmup()).plus(config.upgradeOverlap())));
            hand(process, taken, now);
        } catch (IOException e) {
            endNext(process, config);
            checkServing();
            throw new IOException(name(process) + ": " + e.getMessage() + "; this process serves on", e);
        }
        leave(started, successor, now);
    }

    /** A stop comes before it, and it is not started, or behind it, and it is ended. */
    private synchronized Next next(Peer command, ProxyServer server) throws IOException {
        checkServing();
        Next started = new Next(command, start(server), new CompletableFuture<>());
        next = started;
        return started;
    }

    private synchronized void checkServing() throws IOException {
        if (stage != Stage.SERVING) {
            throw new IOException("this process stops");
        }
    }

    /** The same command as that of this process, by the start script of now. */
    private Process start(ProxyServer server) throws IOException {
        String script = System.getProperty("offramp.script");
        if (script == null) {
            throw new IOException("this process was not started by the start script, so it cannot start another");
        }
        List<String> ours =
                List.of(Files.readString(Path.of("/proc/self/cmdline")).split("\0"));
        List<String> command = new ArrayList<>(List.of(script));
        command.addAll(ours.subList(ours.indexOf(Main.class.getName()) + 1, ours.size()));
        // By fork: the JDK's helper program may be that of another JDK by now, as an installation replaces the files.
        System.setProperty("jdk.lang.Process.launchMechanism", "FORK");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        // They name this process, or descriptors of it.
        builder.environment().keySet().removeIf(name -> name.startsWith("LISTEN_") || name.equals("WATCHDOG_PID"));
        Sandbox.tell(builder.environment());
        builder.environment().put(VARIABLE, String.valueOf(server.config().upgradeSocket()));
        return builder.start();
    }

    private static Peer call(Next started) throws IOException {
        CompletableFuture<Object> first =
                CompletableFuture.anyOf(started.call(), started.process().onExit());
        try {
            if (first.get(START_LIMIT.toSeconds(), TimeUnit.SECONDS) instanceof Peer peer) {
                return peer;
            }
            throw new IOException("ended with " + started.process().exitValue() + ", and the log has its reason");
        } catch (TimeoutException e) {
            throw new IOException("did not call within " + START_LIMIT.toSeconds() + " s", e);
        } catch (ExecutionException | InterruptedException e) {
            throw new IOException(e.toString(), e);
        }
    }

    /** @return names of the sockets that were given */
    private static Set<String> give(Successor successor, Running now) throws IOException {
        Legacy legacy = now.socket().with(now.server().succession().legacy());
        try {
            successor.give(legacy);
            return new HashSet<>(legacy.sockets().keySet());
        } finally {
            legacy.wipe();
        }
    }

    /** As one step: a stop comes before it, or finds that all is the other's. */
    private synchronized void hand(Process process, Set<String> taken, Running now) throws IOException {
        checkServing();
        stage = Stage.HANDED;
        handedUntilNs = System.nanoTime() + now.server().config().drain().toNanos();
        main.handTo(process.pid());
        now.server().succession().rest(taken);
        if (taken.contains(now.socket().name())) {
            now.socket().rest();
        }
    }

    /** Not if this process ends: then its connections have the rest of their time, and it takes no other. */
    private synchronized boolean takeBack(Running now) {
        if (stage != Stage.HANDED) {
            return false;
        }
        stage = Stage.SERVING;
        now.server().succession().takeBack();
        now.socket().goOn();
        main.takeBack();
        return true;
    }

    private void leave(Next started, Successor successor, Running now) throws IOException {
        Succession succession = now.server().succession();
        Duration drain = now.server().config().drain();
        succession.leave(); // before its caller hears that the other serves
        say(
                started.command(),
                name(started.process()) + Protocol.SERVES
                        + now.server().connections().count() + " connections of process "
                        + ProcessHandle.current().pid() + " have " + drain.toSeconds() + " s to finish");
        if (succession.drain(drain, successor.died())) {
            System.exit(ExitCode.OK); // the shutdown hook does the rest
        }
        throw new IOException(name(started.process())
                + (takeBack(now) ? " has ended; this process serves again" : " has ended, and this process ends, too"));
    }

    private static String name(Process process) {
        return "process " + process.pid();
    }

    /**
     * This process ends. A next one that does not serve yet must not begin to.
     *
     * @return the rest of the time that its connections have if the next one serves; null if this one served
     */
    synchronized @Nullable Duration end() {
        Stage last = stage;
        stage = Stage.ENDING;
        if (last == Stage.HANDED) {
            return Duration.ofNanos(Math.max(0, handedUntilNs - System.nanoTime()));
        }
        Next started = next;
        if (started != null) {
            endNext(started.process(), running.join().server().config());
        }
        return null;
    }

    /**
     * Ends one that may have accepted connections beside this process, and may just have begun to serve: then the PID
     * file is its own.
     *
     * @param config of this process: its times are those that the other one has
     */
    private void endNext(Process process, ProxyConfig config) {
        process.destroy();
        Duration limit = config.drainDelay().plus(config.drain()).plus(LAST_MOMENT);
        CompletableFuture<Process> end = process.onExit()
                .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(_ -> process.destroyForcibly());
        ending = CompletableFuture.allOf(ending, end);
        try {
            process.waitFor(LAST_MOMENT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        main.goOn();
    }

    /** Blocks until a process that was told to end has ended, or was killed: its addresses are free then. */
    void awaitNext() {
        ending.join();
    }

    /**
     * Takes a step towards serving, unless this process has been told to end: then it must not begin to.
     *
     * @return whether the step was taken
     */
    synchronized boolean unlessEnding(Runnable step) {
        if (stage == Stage.ENDING) {
            return false;
        }
        step.run();
        return true;
    }

    /** The last word of this process. */
    void sayDone(int cut) {
        Next started = next;
        if (started != null) {
            say(
                    started.command(),
                    Protocol.DONE + "process " + ProcessHandle.current().pid() + " has ended"
                            + (cut == 0 ? "" : ", " + cut + " connections were cut"));
        }
    }

    private static void fail(Peer command, String reason) {
        LOG.warn("upgrade: {}", reason);
        command.say(Protocol.FAILED + reason);
        command.close();
    }

    private static void say(Peer command, String line) {
        LOG.info("upgrade: {}", line);
        command.say(line);
    }
}
