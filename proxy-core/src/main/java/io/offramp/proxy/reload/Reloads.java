package io.offramp.proxy.reload;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.offramp.proxy.reload.ReloadReport.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads registered items when their files change, and on request. One thread of its own does all reading, one reload
 * after the other. It looks at the files every second, because swapped links and network file systems send no events.
 * Thread-safe.
 */
public final class Reloads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);
    private static final long LOOK_EVERY_MS = 1_000;
    /** Looks between two attempts at a refused configuration. */
    private static final int MOST_PAUSE = 64;

    private final ReloadEvents events;
    private final List<Watched> watched = new CopyOnWriteArrayList<>();
    private volatile @Nullable Root root;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("offramp-reload", true));

    /**
     * The item that decides which others there are.
     *
     * @param item the same as {@code what}
     * @param isWatched whether a change of its files is enough
     */
    private record Root(ReloadRoot what, Watched item, boolean isWatched) {}

    /** Confined to the thread. */
    private static final class Watched {
        private final Reloadable what;
        private Map<Path, FileStamp> seen =
                Map.of(); // empty: the files may have changed since they were read at the start
        private List<String> unreported = List.of();
        private List<String> told = List.of();
        private boolean unsettled;
        private int looksToRetry;
        private int pause;
        private String fault = "";

        private Watched(Reloadable what) {
            this.what = what;
        }

        /** Whether a refused configuration is due once more: the reason may lie in other files, or in a taken port. */
        private boolean isRetryDue() {
            if (looksToRetry == 0) {
                return false;
            }
            looksToRetry--;
            return looksToRetry == 0;
        }

        /** Later each time. */
        private void onRead(ReloadOutcome outcome) {
            unsettled = outcome.unsettled();
            pause = outcome.problems().isEmpty() ? 0 : Math.min(Math.max(2 * pause, 2), MOST_PAUSE);
            looksToRetry = what instanceof ReloadRoot ? pause : 0;
        }
    }

    /** Idle until {@link #start}. */
    public Reloads(ReloadEvents events) {
        this.events = events;
    }

    /** Registers an item that has been loaded: from now on, a change of its files reloads it. */
    public void register(Reloadable what) {
        watched.add(new Watched(what));
    }

    /**
     * Registers the item that decides which others there are. Each reload of everything begins with it, and ends there
     * if it is refused.
     *
     * @param isWatched whether a change of its files reloads it, too
     */
    public void registerRoot(ReloadRoot what, boolean isWatched) {
        Watched item = new Watched(what);
        root = new Root(what, item, isWatched);
    }

    /** Whether there is such an item. */
    public boolean hasRoot() {
        return root != null;
    }

    /** Reloads an item that need not be registered, soon and on the reload thread. Nothing happens behind a stop. */
    public void soon(Reloadable what) {
        onThread(() -> {
            List<String> lines = new ArrayList<>();
            boolean failed = !reloadNow(new Watched(what), lines).problems().isEmpty();
            return new ReloadReport(lines, failed ? Result.REFUSED : Result.DONE);
        });
    }

    /** Looks at its files no more. */
    public void unregister(Reloadable what) {
        watched.removeIf(each -> each.what == what);
    }

    /** Begins to look at files. Once. */
    public void start() {
        thread.scheduleWithFixedDelay(this::poll, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    /** Reloads everything, even without a change. The future is completed on the reload thread. */
    public CompletableFuture<ReloadReport> reloadAll() {
        return onThread(this::reloadNow);
    }

    /** What reloading everything would change in its root. The future is completed on the reload thread. */
    public CompletableFuture<ReloadReport> dryRun() {
        Root known = root;
        return known == null
                ? CompletableFuture.completedFuture(new ReloadReport(List.of("nothing would change"), Result.DONE))
                : onThread(known.what::dryRun);
    }

    private CompletableFuture<ReloadReport> onThread(Supplier<ReloadReport> task) {
        try {
            return CompletableFuture.supplyAsync(task, thread);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new IllegalStateException("the proxy is stopping", e));
        }
    }

    /** Stops looking; a reload under way ends first. */
    @Override
    public void close() {
        thread.shutdown();
    }

    /**
     * Looks at all files once. A wrong replacement is reported only by the next look, if it is still wrong then,
     * because a certificate and its key are rarely written in one step.
     */
    void poll() {
        Root known = root;
        if (known != null && known.isWatched && !known.what.isLeaving()) {
            lookGuarded(known.item);
        }
        watched.forEach(this::lookGuarded);
    }

    private void lookGuarded(Watched each) {
        try {
            look(each);
            each.fault = "";
        } catch (Throwable e) { // errors too: an exception would end the schedule for good
            if (!e.toString().equals(each.fault)) {
                LOG.error("{}look failed", place(each.what), e);
            }
            each.fault = e.toString();
        }
    }

    private void look(Watched each) {
        Map<Path, FileStamp> now = FileStamp.of(each.what.files());
        List<String> unreported = each.unreported;
        each.unreported = List.of();
        boolean changed = !now.equals(each.seen);
        if (changed) {
            each.pause = 0;
            each.told = List.of();
        }
        if (changed || each.unsettled || each.isRetryDue()) {
            each.seen = now; // the state before reading: a write in between is for the next look
            ReloadOutcome outcome = reload(each.what);
            each.onRead(outcome);
            each.unreported = outcome.problems().equals(each.told) ? List.of() : outcome.problems();
            tellChanges(each.what, outcome);
        } else if (!unreported.isEmpty()) {
            each.told = unreported;
            tellProblems(each.what, unreported);
        }
    }

    private ReloadReport reloadNow() {
        List<String> lines = new ArrayList<>();
        Root known = root;
        ReloadOutcome configured = known == null ? ReloadOutcome.changed(List.of()) : reloadNow(known.item, lines);
        if (!configured.problems().isEmpty()) {
            return new ReloadReport(lines, Result.REFUSED);
        }
        boolean failed = false;
        for (Watched each : watched) { // those that the root has left or brought
            failed |= !reloadNow(each, lines).problems().isEmpty();
        }
        Result refused = configured.changes().isEmpty() ? Result.REFUSED : Result.IN_PART;
        return new ReloadReport(lines, failed ? refused : Result.DONE);
    }

    private ReloadOutcome reloadNow(Watched each, List<String> lines) {
        each.seen = FileStamp.of(each.what.files());
        each.unreported = List.of();
        ReloadOutcome outcome = reloadTold(each.what);
        each.onRead(outcome);
        each.told = outcome.problems();
        tellChanges(each.what, outcome);
        tellProblems(each.what, outcome.problems());
        outcome.changes().forEach(change -> lines.add(place(each.what) + change));
        outcome.problems().forEach(problem -> lines.add(place(each.what) + "error: " + problem));
        if (outcome.changes().isEmpty() && outcome.problems().isEmpty()) {
            lines.add(place(each.what) + "unchanged");
        }
        return outcome;
    }

    /** An explicit reload does not wait for the second look. */
    private static ReloadOutcome reloadTold(Reloadable what) {
        ReloadOutcome first = reload(what);
        if (!first.unsettled()) {
            return first;
        }
        ReloadOutcome second = reload(what);
        return new ReloadOutcome(
                Stream.concat(first.changes().stream(), second.changes().stream())
                        .toList(),
                second.problems(),
                second.unsettled());
    }

    /** A fault of ours, or a lack of memory for a large file, must not end the looking. */
    private static ReloadOutcome reload(Reloadable what) {
        try {
            return what.reload();
        } catch (RuntimeException | Error e) {
            LOG.error("{}reload failed", place(what), e);
            return ReloadOutcome.failed(e.toString());
        }
    }

    private void tellChanges(Reloadable what, ReloadOutcome outcome) {
        outcome.changes().forEach(change -> LOG.info("{}{}", place(what), change));
        if (!outcome.changes().isEmpty() && !(what instanceof ReloadRoot)) {
            events.onReloaded(what);
        }
    }

    private void tellProblems(Reloadable what, List<String> problems) {
        if (problems.isEmpty()) {
            return;
        }
        LOG.error("{}refused, the current one stays in use: {}", place(what), String.join("; ", problems));
        if (!(what instanceof ReloadRoot)) {
            events.onReloadFailed(what);
        }
    }

    private static String place(Reloadable what) {
        return what.owner() + ": " + what.kind() + ": ";
    }
}
