package io.offramp.app;

import ch.qos.logback.classic.LoggerContext;
import io.offramp.offload.FileFailure;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handover.Predecessor;
import io.offramp.proxy.handover.UpgradeSocket;
import io.offramp.proxy.reload.ReloadReport;
import io.offramp.proxy.sandbox.Sandbox;
import io.offramp.proxy.server.ConfigSource;
import io.offramp.proxy.server.ProxyServer;
import io.offramp.proxy.server.StartException;
import io.offramp.proxy.sockets.Inheritance;
import io.offramp.proxy.sockets.InheritedSockets;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ExitCode;

/** A proxy from its start to the signal that ends it. */
final class Serving {
    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);

    /** Between two looks at the warm-up. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private static final Duration LOG_LIMIT = Duration.ofSeconds(5);

    private final ProxyServer server;
    private final MainProcess main;
    private final Upgrades upgrades;
    private final @Nullable UpgradeSocket socket;
    private final @Nullable Predecessor predecessor;
    /** Names of sockets of the predecessor that this process has not taken. */
    private final List<String> left;

    private Serving(
            ProxyServer server,
            MainProcess main,
            Upgrades upgrades,
            @Nullable UpgradeSocket socket,
            @Nullable Predecessor predecessor,
            List<String> left) {
        this.server = server;
        this.main = main;
        this.upgrades = upgrades;
        this.socket = socket;
        this.predecessor = predecessor;
        this.left = left;
    }

    /**
     * Starts the proxy, whose configuration is read again on demand.
     *
     * @throws CommandFailure if it cannot be started; nothing is left running
     */
    static Serving start(ProxyConfig config, Installation installation, ConfigSource source) throws CommandFailure {
        Serving serving = start(config, installation);
        serving.server.reloadFrom(source);
        return serving;
    }

    /**
     * Starts the proxy, whose configuration stays.
     *
     * @throws CommandFailure if it cannot be started; nothing is left running
     */
    static Serving start(ProxyConfig config, Installation installation) throws CommandFailure {
        Logging.apply(config.logging());
        warnIfCacheIsUnused();
        enterSandbox(config);
        Predecessor predecessor = predecessor();
        try {
            return start(config, installation, predecessor);
        } catch (StartException | IOException e) {
            if (predecessor != null) {
                predecessor.sayFailed(String.valueOf(e.getMessage()));
                predecessor.close();
            }
            throw CommandFailure.atRunTime(String.valueOf(e.getMessage()));
        }
    }

    private static Serving start(ProxyConfig config, Installation installation, @Nullable Predecessor predecessor)
            throws StartException, IOException {
        Inheritance inheritance = predecessor == null
                ? Inheritance.of(InheritedSockets.of(
                        System.getenv(), ProcessHandle.current().pid()))
                : predecessor.take();
        MainProcess main = new MainProcess(System.getenv(), config.pidFile());
        Upgrades upgrades = new Upgrades(main, predecessor);
        UpgradeSocket socket = open(config.upgradeSocket(), inheritance, upgrades);
        try {
            ProxyServer server = ProxyServer.start(config, installation.backends(), inheritance);
            if (predecessor != null) { // which serves until this process is warm
                server.succession().rest();
            }
            server.metrics().bindBuild(Version.text());
            server.metrics().bindLog(Logging.losses(server.accessLog()));
            List<String> left = inheritance.sockets().names();
            return new Serving(server, main, upgrades, socket, predecessor, left);
        } catch (StartException e) {
            if (socket != null) {
                socket.close();
            }
            throw e;
        } finally {
            inheritance.close();
        }
    }

    private static void enterSandbox(ProxyConfig config) {
        String said = System.getenv(Sandbox.VARIABLE);
        boolean isSuccessor = System.getenv(Upgrades.VARIABLE) != null;
        if (said != null && !isSuccessor) {
            LOG.warn(
                    "{}={} in the environment is ignored: only a process that starts its successor sets it; `sandbox: "
                            + "off` in the configuration turns the sandbox off",
                    Sandbox.VARIABLE,
                    said);
        }
        if (!config.sandbox()) {
            LOG.info("sandbox: off");
            return;
        }
        try {
            LOG.info("sandbox: {}", Sandbox.enter(isSuccessor ? said : null));
        } catch (IOException e) {
            LOG.warn("sandbox: none: {}; sandbox: off says that this is meant", e.getMessage());
        }
    }

    /**
     * The process that has started this one to take its place; null for none. One that was killed, as its socket
     * without a listener proves, has left its place, and its addresses are free. One that ended in order has told this
     * one to end.
     */
    private static @Nullable Predecessor predecessor() throws CommandFailure {
        String socket = System.getenv(Upgrades.VARIABLE);
        try {
            return socket == null ? null : Predecessor.call(Path.of(socket));
        } catch (ConnectException e) {
            LOG.warn("the process before has ended before it gave anything: {}; this one serves alone", e.getMessage());
            return null;
        } catch (IOException e) {
            throw CommandFailure.atRunTime(Upgrades.VARIABLE + ": " + e.getMessage());
        }
    }

    private static @Nullable UpgradeSocket open(@Nullable Path file, Inheritance inheritance, Upgrades upgrades)
            throws StartException {
        try {
            return file == null ? null : UpgradeSocket.open(file, inheritance.sockets(), upgrades);
        } catch (IOException e) {
            throw new StartException("upgrade-socket " + file + ": " + FileFailure.reason(e));
        }
    }

    /**
     * If the cache from the start script does not fit, the JVM runs without it. Its own message, four lines, is off.
     */
    private static void warnIfCacheIsUnused() {
        if (System.getProperty("offramp.cache") != null
                && !System.getProperty("java.vm.info", "").contains("sharing")) {
            LOG.warn("slow start: the cache does not fit this JVM, its flags or these jars; run `offramp train` again"
                    + " (JAVA_OPTS=-Xlog:aot says why)");
        }
    }

    ProxyServer server() {
        return server;
    }

    /**
     * Serves until SIGTERM or SIGINT, then drains. Does not return: the process ends with 0. SIGHUP reads the
     * configuration and its files again, SIGUSR1 opens the access log anew.
     *
     * @param signals that may have come meanwhile
     */
    void untilSignal(Signals signals) {
        signals.onEnd(this::drain);
        LOG.info("serving; SIGTERM drains and stops, SIGHUP reads the configuration again");
        try {
            if (begin()) {
                signals.onHangUp(this::reload);
                signals.onUser(server.accessLog()::reopen);
                if (socket != null) {
                    upgrades.on(server, socket);
                }
            }
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return false if this process was told to end before it served */
    private boolean begin() {
        Predecessor other = predecessor;
        if (other == null) {
            main.begin(server.loopCheck());
            return true;
        }
        awaitTurn(other);
        return upgrades.unlessEnding(() -> takeOver(other));
    }

    /** Until this process is warm and has served beside the other one, or that has ended: its connections wait. */
    private void awaitTurn(Predecessor other) {
        boolean isAlone = false;
        while (!server.isWarm() && !isAlone) {
            isAlone = other.hasEnded(LOOK);
        }
        if (!isAlone && upgrades.unlessEnding(server.succession()::share)) {
            other.hasEnded(server.config().upgradeOverlap());
        }
    }

    private void takeOver(Predecessor other) {
        server.succession().takeBack();
        main.takeOver(server.loopCheck()); // before the other one may end, and delete its PID file
        other.sayReady(left);
        server.metrics().upgrades().onUpgrade(true);
        server.succession().own();
        if (socket != null) {
            socket.own();
        }
    }

    /** The errors themselves are in the log already. */
    private void reload() {
        if (server.isDraining()) {
            LOG.info("SIGHUP: ignored: this process is about to end");
            return;
        }
        main.manager().reloading();
        server.reloads().reloadAll().whenComplete((report, failure) -> {
            if (failure != null) {
                LOG.warn("SIGHUP: nothing was read: {}", failure.getMessage());
                main.manager().ready("nothing was read again");
            } else {
                LOG.info(
                        "SIGHUP: {}{}",
                        switch (report.result()) {
                            case DONE -> "all files are in order";
                            case IN_PART -> "the configuration is in use, some files were refused";
                            case REFUSED -> "some files were refused";
                        },
                        server.reloads().hasRoot() ? "" : "; " + ReloadReport.SCOPE);
                main.manager()
                        .ready(
                                report.result() == ReloadReport.Result.DONE
                                        ? "serving"
                                        : "serving; files were refused, see the log");
            }
        });
    }

    /**
     * A JVM that ends on a signal reports 128 + the signal even after a clean drain, so it is halted with the right
     * code.
     */
    private void drain() {
        Duration rest = upgrades.end();
        int cut = rest == null ? stop() : server.close(rest);
        upgrades.awaitNext();
        LOG.info(cut == 0 ? "stopped" : "stopped, {} connections were cut", cut);
        if (rest != null) {
            upgrades.sayDone(cut);
        }
        if (socket != null) {
            socket.close();
        }
        main.end();
        endLog();
        Runtime.getRuntime().halt(ExitCode.OK);
    }

    private int stop() {
        if (predecessor != null) {
            predecessor.sayOver();
        }
        // Nobody asks one that is not the service whether it is ready.
        Duration delay = main.stopping() ? server.config().drainDelay() : Duration.ZERO;
        if (!delay.isZero()) {
            LOG.info("leaving: /healthz/ready says no, all goes on for {} s", delay.toSeconds());
            server.announceStop(delay);
        }
        Duration drain = server.config().drain();
        LOG.info(
                "stopping: {} connections have {} s to finish",
                server.connections().count(),
                drain.toSeconds());
        return server.close(drain);
    }

    /** Writes the queued lines first, unless no reader takes them. */
    private static void endLog() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Thread end = Thread.ofPlatform().daemon().start(context::stop);
        try {
            end.join(LOG_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
