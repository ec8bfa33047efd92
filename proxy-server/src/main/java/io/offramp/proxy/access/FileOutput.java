package io.offramp.proxy.access;

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

/** Appends to a file, and rotates it between two lines. */
final class FileOutput implements LogOutput {
    private static final Logger LOG = LoggerFactory.getLogger(FileOutput.class);

    private static final Set<StandardOpenOption> APPEND =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);

    private final LogTarget.File target;
    private final InstantSource clock;
    private FileChannel channel;
    private long bytes;
    private long period;
    private boolean midLine;

    /** @throws IOException if the file cannot be opened */
    FileOutput(LogTarget.File target, InstantSource clock) throws IOException {
        this.target = target;
        this.clock = clock;
        channel = open();
        bytes = channel.size();
        period = period(
                bytes == 0
                        ? clock.millis()
                        : Files.getLastModifiedTime(target.path()).toMillis());
    }

    @Override
    public void write(ByteBuffer lines) throws IOException {
        if (!midLine && isDue(lines.remaining())) {
            rotate();
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
        FileChannel opened = open();
        FileChannel old = channel;
        channel = opened;
        bytes = opened.size();
        period = period(clock.millis());
        old.close();
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

    /** If that fails, the lines go to the same file, until it is due once more. */
    private void rotate() {
        bytes = 0;
        period = period(clock.millis());
        try {
            shift();
            reopen();
        } catch (IOException e) {
            LOG.warn("access log: {} cannot be rotated, and continues: {}", target, e.toString());
        }
    }

    private void shift() throws IOException {
        if (!target.canRotate()) {
            throw new FileSystemException(target.toString(), null, LogTarget.File.NO_REGULAR_FILE);
        }
        Rotation rotation = target.rotation();
        int keep = rotation == null ? 0 : rotation.keep();
        for (int i = keep - 1; i >= 0; i--) {
            if (Files.exists(older(i))) { // somebody may have moved any of them, also the last file
                Files.move(older(i), older(i + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** The file itself is 0. */
    private Path older(int number) {
        return number == 0
                ? target.path()
                : target.path().resolveSibling(target.path().getFileName() + "." + number);
    }
}
