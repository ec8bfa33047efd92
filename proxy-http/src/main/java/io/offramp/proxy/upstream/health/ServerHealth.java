package io.offramp.proxy.upstream.health;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one server. Requests read {@link #standing}, one volatile field; the lock is taken for changes only.
 * All times are of the event loops' clock. Thread-safe.
 */
public final class ServerHealth {
    /** For which a server that does not accept is skipped. */
    static final long SKIPPED_NS = TimeUnit.SECONDS.toNanos(3);

    private volatile Watch watch;
    private volatile Standing standing = Standing.NEW;
    /** Faults of requests in a row. */
    private volatile int faults;

    private boolean drained;
    private Checks checks = Checks.NONE;
    /** That say the opposite. */
    private int checksInRow;

    private @Nullable Standing rest;
    private int rests;
    private long restEndNs;

    /** What checks say. */
    private enum Checks {
        NONE,
        GOOD,
        BAD
    }

    /**
     * How the current configuration watches it.
     *
     * @param config its limits
     * @param listener learns of changes
     */
    private record Watch(HealthConfig config, HealthListener listener) {
        boolean isChecked() {
            return config.check().probe() != null;
        }
    }

    /** @param listener learns of changes */
    public ServerHealth(HealthConfig config, HealthListener listener) {
        watch = new Watch(config, listener);
    }

    /**
     * Another configuration of the same server holds from now on. What is known stays, except for the result of checks
     * that nobody makes any more.
     */
    public synchronized void become(HealthConfig config, HealthListener listener, long nowNs) {
        watch = new Watch(config, listener);
        if (!watch.isChecked()) {
            checks = Checks.NONE;
            checksInRow = 0;
        }
        become("not checked any more", nowNs);
    }

    /** The current state. */
    public Standing standing() {
        return standing;
    }

    /** It has been chosen for a request; after a rest, others wait for the result of this one. */
    public void onChosen(long nowNs) {
        if (standing.isResting()) {
            rearm(nowNs);
        }
    }

    private synchronized void rearm(long nowNs) {
        Standing now = rest;
        if (now != null) {
            rest = new Standing(now.state(), now.why(), now.sinceNs(), later(nowNs, SKIPPED_NS), false);
            standing = standing == now ? rest : standing;
        }
    }

    /** It has accepted a connection. */
    public void onAccepted(long nowNs) {
        if (standing.state() == ServerState.UNREACHABLE) {
            becomeReachable("it accepts again", nowNs);
        }
    }

    /** Some connects may fail while others do not: the state changes no more often than it is tried again. */
    private void becomeReachable(String why, long nowNs) {
        if (nowNs - standing.sinceNs() >= SKIPPED_NS) {
            endRest(ServerState.UNREACHABLE, why, nowNs);
        }
    }

    /** It has not accepted. */
    public synchronized void onRefused(String why, long nowNs) {
        Standing before = rest;
        long until = later(nowNs, SKIPPED_NS);
        if (before == null) {
            rest = new Standing(ServerState.UNREACHABLE, why, nowNs, until, false);
        } else {
            until = before.untilNs() - until > 0 ? before.untilNs() : until;
            rest = new Standing(before.state(), before.why(), before.sinceNs(), until, false);
        }
        become(why, nowNs);
    }

    /** True if an answer without a fault is news. */
    public boolean isDoubtful() {
        return faults != 0 || standing.isResting();
    }

    /** It has answered without a fault. */
    public void onAnswered(long nowNs) {
        if (faults != 0) {
            faults = 0;
        }
        switch (standing.state()) {
            case EJECTED -> endRest(ServerState.EJECTED, "it answers again", nowNs);
            case UNREACHABLE -> becomeReachable("it answers", nowNs);
            case UP, DOWN, DRAINED -> {}
        }
    }

    /** Its answer was a fault, or broke off. */
    public void onFault(String why, long nowNs) {
        int limit = watch.config().outliers().errors();
        if (limit == 0) {
            return;
        }
        int inRow = faults + 1;
        faults = inRow; // a count that another event loop overwrites does no harm
        if (inRow >= limit || standing.state() == ServerState.EJECTED) {
            eject(inRow + " faults in a row, the last: " + why, nowNs);
        }
    }

    private synchronized void eject(String why, long nowNs) {
        Standing before = rest;
        boolean again = before != null && before.state() == ServerState.EJECTED;
        if (before != null && again) {
            if (before.untilNs() - nowNs > SKIPPED_NS) {
                return; // it rests already: this request was sent before
            }
        } else if (!watch.listener().mayEject()) {
            return;
        }
        OutlierConfig limits = watch.config().outliers();
        if (!again && nowNs - restEndNs > limits.most().toNanos()) {
            rests = 0;
        }
        faults = 0;
        rests++;
        rest = new Standing(ServerState.EJECTED, why, nowNs, later(nowNs, limits.restNs(rests)), false);
        become(why, nowNs);
    }

    private synchronized void endRest(ServerState of, String why, long nowNs) {
        if (rest != null && rest.state() == of) {
            rest = null;
            restEndNs = nowNs;
            become(why, nowNs);
        }
    }

    /**
     * The result of a check. The first answer decides alone, so that a new process sends nothing to a server that says
     * no. Silence decides nothing alone: this proxy is slow itself while it is cold.
     */
    public synchronized void onCheck(CheckResult result, String why, long nowNs) {
        if (!watch.isChecked() || result == CheckResult.BUSY) { // or under way when its configuration went
            return;
        }
        boolean good = result == CheckResult.GOOD;
        Checks said = good ? Checks.GOOD : Checks.BAD;
        CheckConfig check = watch.config().check();
        checksInRow = said == checks ? 0 : checksInRow + 1;
        boolean first = checks == Checks.NONE && result != CheckResult.LATE;
        if (first || checksInRow >= (good ? check.rise() : check.fall())) {
            checks = said;
            checksInRow = 0;
            become(why, nowNs);
        }
        if (good) {
            endRest(ServerState.UNREACHABLE, why, nowNs);
        }
    }

    /** Drains it, or lets it have requests again. */
    public synchronized void drain(boolean on, long nowNs) {
        drained = on;
        become("by command", nowNs);
    }

    /** Takes the worst of all that is known. */
    private void become(String why, long nowNs) {
        Standing before = standing;
        ServerState state = state();
        Standing resting = rest;
        if (resting != null && state == resting.state()) {
            standing = resting;
            if (state == before.state() && resting.sinceNs() == before.sinceNs()) {
                return;
            }
        } else if (state == before.state()) {
            return;
        } else {
            standing = new Standing(state, why, nowNs, 0, state == ServerState.UP);
        }
        watch.listener().onChange(before, standing);
    }

    private ServerState state() {
        if (drained) {
            return ServerState.DRAINED;
        }
        if (checks == Checks.BAD) {
            return ServerState.DOWN;
        }
        return rest == null ? ServerState.UP : rest.state();
    }

    /** A later time that is not 0, which stands for none. */
    private static long later(long nowNs, long byNs) {
        long time = nowNs + byNs;
        return time == 0 ? 1 : time;
    }
}
