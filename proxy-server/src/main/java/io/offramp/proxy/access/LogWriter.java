package io.offramp.proxy.access;

import io.offramp.offload.FileFailure;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the lines of all event loops to one destination, on a thread of its own. It looks for lines once in a delay,
 * so a line costs no wake-up. Only the first line after a pause wakes it, and loops that have used half of the room.
 * What the destination does not take stays, until all blocks are full. Further lines are lost, and counted.
 */
final class LogWriter {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);
    private static final long TELL_NS = TimeUnit.MINUTES.toNanos(1);

    /** The first pause while a destination takes nothing, but does not fail; it doubles, up to the delay. */
    private static final long FULL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /** The least pause behind a failure. */
    private static final long FAILED_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** The pause behind a failure at the end. */
    private static final long LAST_FAILED_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /** What the writer is about; {@link #work} has it. */
    private enum Work {
        WRITE,
        REOPEN,
        END
    }

    /** Why the writer rests. */
    private enum Rest {
        NOTHING_TO_DO,
        /** There was something: more will come. */
        BUSY,
        /** It does not: there is more. */
        NONE,
        FULL,
        FAILED
    }

    private final LogTarget target;
    private final LogOutput output;
    private final LogCounters counters;
    private final int blockBytes;
    private final AtomicInteger blocksLeft;
    private final Queue<Block> free = new ConcurrentLinkedQueue<>();
    private final int scarceBlocks;
    private final long delayNs;
    private final InstantSource clock;
    private final List<LoopLines> all = new CopyOnWriteArrayList<>();
    private final AtomicReference<Work> work = new AtomicReference<>(Work.WRITE);
    private final Thread thread;
    private volatile boolean asleep;
    private volatile boolean hurried;
    private volatile boolean ended;
    private volatile long endNs;
    private int turn;
    private long fullNs = FULL_NS;
    private long tellFailureNs = System.nanoTime();
    private long tellLossNs = System.nanoTime();
    private long toldLost;

    LogWriter(LogTarget target, LogOutput output, LogBuffer buffer, LogCounters counters, InstantSource clock) {
        this.target = target;
        this.output = output;
        this.counters = counters;
        this.clock = clock;
        blockBytes = buffer.blockBytes();
        blocksLeft = new AtomicInteger(buffer.blocks());
        scarceBlocks = buffer.blocks() / 2;
        delayNs = buffer.delay().toNanos();
        toldLost = counters.lost();
        thread = Thread.ofPlatform().name("offramp-access").daemon().unstarted(this::run);
    }

    /** Starts its thread. */
    void start() {
        thread.start();
    }

    /** The lines of a further event loop. */
    LoopLines newLines() {
        LoopLines lines = new LoopLines(this, clock);
        all.add(lines);
        return lines;
    }

    /** Opens the destination anew, soon. */
    void reopen() {
        if (work.compareAndSet(Work.WRITE, Work.REOPEN)) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Writes what is there, and ends. Blocks; a destination that does not take its lines in time loses them.
     *
     * @param grace time for event loops that are about to append a line
     * @param limit time for the destination, from then on
     */
    void close(Duration grace, Duration limit) {
        pause(grace);
        endNs = System.nanoTime() + limit.toNanos();
        work.set(Work.END);
        LockSupport.unpark(thread);
        try {
            if (!thread.join(limit.plusMillis(200))) {
                LOG.warn("access log: {} did not take the last {} bytes of lines, which are lost", target, waiting());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pause(Duration grace) {
        long untilNs = System.nanoTime() + grace.toNanos();
        for (long left = grace.toNanos(); left > 0; left = untilNs - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Bytes of lines that wait. */
    long waiting() {
        return all.stream().mapToLong(LoopLines::waitingBytes).sum();
    }

    /** Each loop has one block, whatever the limit. */
    Block firstBlock() {
        blocksLeft.decrementAndGet();
        return new Block(blockBytes);
    }

    /**
     * A block for a loop; null if all are in use.
     *
     * @param anyway whatever the limit, for a loop that has nothing but a block that is written
     */
    @Nullable
    Block takeBlock(boolean anyway) {
        int left = blocksLeft.decrementAndGet();
        if (left < scarceBlocks && !hurried) {
            hurried = true;
            LockSupport.unpark(thread);
        }
        if (left < 0 && !anyway) {
            blocksLeft.incrementAndGet();
            return null;
        }
        Block block = free.poll();
        return block == null ? new Block(blockBytes) : block;
    }

    /** A block has been written, and its loop has another. */
    void recycle(Block block) {
        block.clear();
        free.add(block);
        blocksLeft.incrementAndGet(); // behind the other, so a block is made only where there is none
    }

    /** A loop has appended a line. */
    void onAppended(LoopLines lines) {
        if (ended) {
            counters.onLost(lines.loseLines());
        } else if (asleep) {
            asleep = false;
            LockSupport.unpark(thread);
        }
    }

    /** A loop had no room for lines. */
    void onLost(long lines) {
        counters.onLost(lines);
    }

    private void run() {
        while (work.get() != Work.END) {
            if (work.compareAndSet(Work.REOPEN, Work.WRITE)) {
                reopenNow();
            }
            Rest rest = drain();
            tellLosses();
            rest(rest);
        }
        Rest rest = drain();
        while (rest != Rest.NOTHING_TO_DO && endNs - System.nanoTime() > 0) {
            switch (rest) {
                case FULL -> LockSupport.parkNanos(this, FULL_NS);
                case FAILED -> LockSupport.parkNanos(this, LAST_FAILED_NS);
                default -> {}
            }
            rest = drain();
        }
        end();
    }

    /** Writes a block of each loop at most, so that {@link #work} is seen however much there is. */
    private Rest drain() {
        hurried = false;
        Rest rest = Rest.NOTHING_TO_DO;
        try {
            for (int looks = all.size(); looks > 0; looks--) {
                LoopLines.Progress progress = all.get(turn % all.size()).writeBlock(output);
                if (progress == LoopLines.Progress.STUCK) {
                    return Rest.FULL;
                }
                if (progress != LoopLines.Progress.NONE) {
                    fullNs = FULL_NS;
                    rest = progress == LoopLines.Progress.ALL && rest != Rest.NONE ? Rest.BUSY : Rest.NONE;
                }
                if (progress == LoopLines.Progress.PART) {
                    return rest; // this loop's turn still: no line of another comes into one of its lines
                }
                turn = (turn + 1) % all.size();
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) { // lines wait, whatever it was
            onFailure(e);
            return Rest.FAILED;
        }
        return rest;
    }

    private void rest(Rest rest) {
        switch (rest) {
            case NONE -> {}
            case BUSY -> LockSupport.parkNanos(this, delayNs);
            case FULL -> {
                restWhateverTheHurry(fullNs);
                fullNs = Math.min(fullNs * 2, Math.max(delayNs, FULL_NS));
            }
            case FAILED -> restWhateverTheHurry(Math.max(delayNs, FAILED_NS));
            case NOTHING_TO_DO -> sleep();
        }
    }

    /** A destination that takes nothing takes no more if a loop is in a hurry. */
    private void restWhateverTheHurry(long ns) {
        hurried = true;
        long untilNs = System.nanoTime() + ns;
        for (long left = ns; left > 0 && work.get() == Work.WRITE; left = untilNs - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    private void sleep() {
        free.clear(); // memory goes back
        asleep = true; // from now on, a loop that appends a line wakes this thread
        if (!hasLines() && work.get() == Work.WRITE) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    private boolean hasLines() {
        return all.stream().anyMatch(LoopLines::hasLines);
    }

    private void reopenNow() {
        try {
            output.reopen();
            LOG.info("access log: {} is open anew", target);
        } catch (IOException | RuntimeException e) {
            counters.onFailure();
            LOG.warn("access log: {} cannot be opened anew, and stays as it was: {}", target, reason(e));
        }
    }

    private void onFailure(Throwable e) {
        counters.onFailure();
        long now = System.nanoTime();
        if (now - tellFailureNs >= 0) {
            tellFailureNs = now + TELL_NS;
            LOG.warn("access log: {} takes no lines, which wait: {}", target, reason(e));
        }
    }

    private void tellLosses() {
        long lost = counters.lost();
        long now = System.nanoTime();
        if (lost != toldLost && now - tellLossNs >= 0) {
            tellLossNs = now + TELL_NS;
            LOG.warn("access log: {} lines are lost: {} does not take them", lost - toldLost, target);
            toldLost = lost;
        }
    }

    private void end() {
        ended = true; // from now on, a loop counts what it appends
        long left = all.stream().mapToLong(LoopLines::loseLines).sum();
        if (left > 0) {
            counters.onLost(left);
            LOG.warn("access log: {} did not take the last {} lines, which are lost", target, left);
        }
        try {
            output.close();
        } catch (IOException e) {
            counters.onFailure();
            LOG.warn("access log: {}: {}", target, reason(e));
        }
    }

    private static String reason(Throwable e) {
        return e instanceof IOException failure ? FileFailure.reason(failure) : e.toString();
    }
}
