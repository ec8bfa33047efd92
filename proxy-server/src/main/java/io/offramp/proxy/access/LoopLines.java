package io.offramp.proxy.access;

import io.offramp.proxy.exchange.AccessEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The lines of one event loop for one destination: a queue of blocks. Methods of the loop and methods of the writer may
 * run at once; neither waits for the other, and nothing is allocated for a line. The last block stays in the queue, and
 * the writer takes lines from it while the loop appends.
 */
final class LoopLines {
    /** What a look for lines came to. */
    enum Progress {
        /** There were none. */
        NONE,
        /** All are written. */
        ALL,
        /** A block is written, and there is another behind it. */
        BLOCK,
        /** A part is written, which may end within a line: what is left must be written before anything else. */
        PART,
        /** The destination takes none. */
        STUCK
    }

    private final LogWriter writer;
    private final InstantSource clock;
    private final LineBytes line = new LineBytes();
    private final DateText date = new DateText(ZoneId.systemDefault());
    private final AtomicLong appendedBytes = new AtomicLong();
    private final AtomicLong writtenBytes = new AtomicLong();
    private Block tail;
    private Block head;
    /** Counts up by the share of exchanges that are taken, in 2^-32; overflows when one is. */
    private long phase;

    LoopLines(LogWriter writer, InstantSource clock) {
        this.writer = writer;
        this.clock = clock;
        tail = writer.firstBlock();
        head = tail;
    }

    /** Whose they are. */
    LogWriter writer() {
        return writer;
    }

    /** Whether the share takes this exchange. By the loop. */
    boolean isChosen(double share) {
        phase += (long) (share * (1L << 32));
        boolean chosen = phase >>> 32 != 0;
        phase &= 0xffff_ffffL;
        return chosen;
    }

    /** Appends a line; counts it as lost if there is no room. By the loop. */
    void append(AccessEntry exchange, LineLayout layout) {
        Block block = tail;
        int from = block.end();
        if (block.bytes.length - from < LineBytes.MOST_BYTES) {
            Block next = writer.takeBlock(waitingBytes() == 0); // a full block goes back only if one is behind it
            if (next == null) {
                writer.onLost(1);
                return;
            }
            block.next = next;
            tail = next;
            block = next;
            from = 0;
        }
        long now = clock.millis();
        date.at(now);
        line.begin(block.bytes, from);
        layout.write(exchange, line, date, now);
        int end = line.end();
        appendedBytes.lazySet(appendedBytes.getPlain() + end - from);
        block.commit(end);
        writer.onAppended(this);
    }

    /**
     * Writes what one block has. By the writer.
     *
     * @return how far it came
     * @throws IOException if the destination takes nothing now; lines stay
     */
    Progress writeBlock(LogOutput output) throws IOException {
        Block block = head;
        Block behind = block.next; // read first: with a block behind it, this one does not grow any more
        ByteBuffer lines = block.lines();
        int from = lines.position();
        try {
            if (lines.hasRemaining()) {
                output.write(lines);
            }
        } finally {
            writtenBytes.lazySet(writtenBytes.getPlain() + lines.position() - from);
        }
        boolean some = lines.position() > from;
        if (lines.hasRemaining()) {
            return some ? Progress.PART : Progress.STUCK;
        }
        if (behind == null) {
            return some ? Progress.ALL : Progress.NONE;
        }
        head = behind;
        writer.recycle(block);
        return Progress.BLOCK;
    }

    /** Whether lines are left. By the writer. */
    boolean hasLines() {
        return head.next != null || head.lines().hasRemaining();
    }

    /** Takes out the lines that are left, and counts them. By the writer at its end, and by the loop behind that. */
    synchronized long loseLines() {
        long lines = 0;
        for (Block block = head; block != null; block = block.next) {
            ByteBuffer left = block.lines();
            for (int i = left.position(); i < left.limit(); i++) {
                lines += left.get(i) == '\n' ? 1 : 0;
            }
            left.position(left.limit());
        }
        return lines;
    }

    /** Bytes of lines that wait. Any thread. */
    long waitingBytes() {
        long written = writtenBytes.get();
        return Math.max(0, appendedBytes.get() - written);
    }
}
