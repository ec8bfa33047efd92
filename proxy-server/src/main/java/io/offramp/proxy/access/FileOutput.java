package io.offramp.proxy.access;

import io.offramp.offload.FileFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends to a file, and rotates it between two lines. If that fails, or the file cannot be opened anew, lines go to
 * the file that is open, and the next try comes after a second, and later after up to a minute.
 */
final class FileOutput implements LogOutput {
    private static final Logger LOG = LoggerFactory.getLogger(FileOutput.class);

    private static final Set<StandardOpenOption> APPEND =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);

    private static final long FIRST_PAUSE_MS = 1000;
    private static final long MOST_PAUSE_MS = 60_000;

    private final LogTarget.File target;
    private final InstantSource clock;
    private final LogCounters counters;
    private FileChannel channel;
    private long bytes;
    private long period;
    private boolean midLine;
    /** A new file begins, while the old one has a part of a line only. */
    private boolean repeats;
    /** The file must be opened anew, which failed. */
    private boolean stale;

    private long failedMs;
    /** From the failure to the next try; 0 if there was none. */
    private long pauseMs;

    /** @throws IOException if the file cannot be opened */
    FileOutput(LogTarget.File target, InstantSource clock, LogCounters counters) throws IOException {
        this.target = target;
        this.clock = clock;
        this.counters = counters;
        channel = open();
        bytes = channel.size();
        period = period(
                bytes == 0
                        ? clock.millis()
                        : Files.getLastModifiedTime(target.path()).toMillis());
    }

    @Override
    public void write(ByteBuffer lines) throws IOException {
        if (!midLine && (stale || isDue(lines.remaining())) && Math.abs(clock.millis() - failedMs) >= pauseMs) {
            renew();
        }
        if (repeats) {
            toStartOfLine(lines);
            repeats = false;
        }
        int from = lines.position();
        try {
            channel.write(lines);
        } finally {
            int end = lines.position();
            bytes += end - from;
            midLine = end > from ? lines.get(end - 1) != '\n' : midLine;
        }
    }

    @Override
    public void reopen() throws IOException {
        stale = true;
        FileChannel opened;
        try {
            opened = open();
        } catch (IOException e) {
            backOff();
            throw e;
        }
        stale = false;
        pauseMs = 0;
        FileChannel old = channel;
        channel = opened;
        bytes = opened.size();
        period = period(clock.millis());
        if (midLine && bytes == 0) {
            repeats = true;
            midLine = false;
        }
        old.close();
    }

    private static void toStartOfLine(ByteBuffer lines) {
        while (lines.position() > 0 && lines.get(lines.position() - 1) != '\n') {
            lines.position(lines.position() - 1);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private FileChannel open() throws IOException {
        if (!target.canOpen()) {
            throw new FileSystemException(target.toString(), null, LogTarget.File.NO_FILE);
        }
        boolean made = Files.notExists(target.path());
        FileChannel opened =
                FileChannel.open(target.path(), APPEND, PosixFilePermissions.asFileAttribute(target.mode()));
        if (made) {
            Files.setPosixFilePermissions(target.path(), target.mode()); // whatever the umask
        }
        return opened;
    }

    private boolean isDue(int more) {
        Rotation rotation = target.rotation();
        return rotation != null
                && bytes > 0
                && (rotation.bytes() > 0 && bytes + more > rotation.bytes() || period != period(clock.millis()));
    }

    /** The number of the current interval, whose borders are those of the local clock. */
    private long period(long epochMs) {
        Rotation rotation = target.rotation();
        Duration every = rotation == null ? null : rotation.every();
        if (every == null) {
            return 0;
        }
        long offsetMs =
                ZoneId.systemDefault().getRules().getOffset(clock.instant()).getTotalSeconds() * 1000L;
        return Math.floorDiv(epochMs + offsetMs, every.toMillis());
    }

    /** Rotates the file, if it is not renamed already, and opens it anew. */
    private void renew() {
        try {
            if (!stale) {
                shift();
            }
            reopen();
        } catch (IOException e) {
            if (!stale) {
                backOff();
            }
            counters.onFailure();
            LOG.warn(
                    "access log: {} cannot be rotated or opened anew, and continues: {}",
                    target,
                    FileFailure.reason(e));
        }
    }

    private void backOff() {
        failedMs = clock.millis();
        pauseMs = Math.clamp(pauseMs * 2, FIRST_PAUSE_MS, MOST_PAUSE_MS);
    }

    private void shift() throws IOException {
        if (!target.canRotate()) {
            throw new FileSystemException(target.toString(), null, LogTarget.File.NO_REGULAR_FILE);
        }
        Rotation rotation = target.rotation();
        int keep = rotation == null ? 0 : rotation.keep();
        int free = 0; // the first free name: if files move up to there only, retries push none out
        while (free < keep && Files.exists(older(free))) {
            free++;
        }
        for (int i = free - 1; i >= 0; i--) {
            Files.move(older(i), older(i + 1), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The file itself is 0. */
    private Path older(int number) {
        return number == 0
                ? target.path()
                : target.path().resolveSibling(target.path().getFileName() + "." + number);
    }
}
