package io.offramp.offload.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs histories of a connection on a device: all short ones, then longer ones at random. What goes wrong in one is
 * boiled down to the fewest events that show it.
 */
final class Explorer implements AutoCloseable {
    /** Runs on one device: it must be as good as new after each. */
    private static final int RUNS_PER_DEVICE = 100;

    private final ExplorerWorld.Mode mode;
    private final boolean resyncsByHint;
    private final long seed;
    private @Nullable ExplorerDevice device;
    private int runsOnDevice;
    private long runs;

    /** @param seed of everything that is left to chance in a run */
    Explorer(ExplorerWorld.Mode mode, boolean resyncsByHint, long seed) {
        this.mode = mode;
        this.resyncsByHint = resyncsByHint;
        this.seed = seed;
    }

    /** Histories so far. */
    long runs() {
        return runs;
    }

    /** All histories of {@code depth} events; the first counterexample, or null. */
    @Nullable
    String exploreAll(List<ExplorerEvent> events, int depth) {
        int[] at = new int[depth];
        while (true) {
            List<ExplorerEvent> history = new ArrayList<>();
            for (int index : at) {
                history.add(events.get(index));
            }
            String found = explore(history);
            if (found != null) {
                return found;
            }
            int place = depth - 1;
            while (place >= 0 && ++at[place] == events.size()) {
                at[place--] = 0;
            }
            if (place < 0) {
                return null;
            }
        }
    }

    /** Histories of up to {@code most} events, drawn from the seed; the first counterexample, or null. */
    @Nullable
    String exploreSome(List<ExplorerEvent> events, int histories, int most) {
        Random random = new Random(seed);
        for (int i = 0; i < histories; i++) {
            List<ExplorerEvent> history = new ArrayList<>();
            int length = 3 + random.nextInt(most - 2);
            while (history.size() < length) {
                history.add(events.get(random.nextInt(events.size())));
            }
            String found = explore(history);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable String explore(List<ExplorerEvent> history) {
        if (run(history) == null) {
            return null;
        }
        List<ExplorerEvent> least = shrunk(history);
        return "mode=" + mode + " hint=" + resyncsByHint + " seed=" + seed + " " + least + ": " + run(least);
    }

    /** Leaves out what is not needed for it to go wrong, one event after the other, until all are. */
    private List<ExplorerEvent> shrunk(List<ExplorerEvent> history) {
        List<ExplorerEvent> least = new ArrayList<>(history);
        for (int i = 0; i < least.size(); ) {
            List<ExplorerEvent> fewer = new ArrayList<>(least);
            fewer.remove(i);
            if (run(fewer) != null) {
                least = fewer;
                i = 0;
            } else {
                i++;
            }
        }
        return least;
    }

    /** What goes wrong in this history, or null. */
    @Nullable
    String run(List<ExplorerEvent> history) {
        runs++;
        if (device == null || runsOnDevice++ == RUNS_PER_DEVICE) {
            close();
            device = new ExplorerDevice(mode, resyncsByHint);
            runsOnDevice = 0;
        }
        ExplorerDevice used = device;
        String wrong = wrong(() -> new ExplorerWorld(used, seed).run(history));
        if (wrong != null) {
            // Nothing of it can be relied on.
            device = null;
        }
        return wrong;
    }

    private static @Nullable String wrong(Supplier<@Nullable String> run) {
        try {
            return run.get();
        } catch (RuntimeException | AssertionError e) {
            return String.valueOf(e);
        }
    }

    @Override
    public void close() {
        if (device != null) {
            device.close();
            device = null;
        }
    }
}
