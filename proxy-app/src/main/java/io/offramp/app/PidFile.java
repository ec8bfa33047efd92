package io.offramp.app;

import io.offramp.offload.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the number of the process that serves, for tools that send it signals. Of mode 0644 and written by rename, so a
 * reader never sees a part of it. Thread-safe.
 */
final class PidFile {
    private static final Logger LOG = LoggerFactory.getLogger(PidFile.class);
    private static final String MODE = "rw-r--r--";

    private final Path file;
    private final long pid = ProcessHandle.current().pid();

    /** Writes nothing yet. */
    PidFile(Path file) {
        this.file = file;
    }

    /**
     * Whether it can be written, as far as this can be known before.
     *
     * @throws IOException if not
     */
    void check() throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || Files.isDirectory(file)) {
            throw new IOException("is a directory");
        }
        if (!Files.isWritable(directory)) {
            throw new IOException("cannot write in " + directory);
        }
    }

    /** This process serves. Blocks. A fault is logged: a process that serves goes on. */
    void write() {
        try {
            Path made = Files.createTempFile(file.toAbsolutePath().getParent(), ".offramp", ".pid");
            try {
                Files.writeString(made, pid + "\n");
                Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(MODE));
                Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(made);
            }
        } catch (IOException e) {
            LOG.warn("pid-file {}: not written: {}", file, FileFailure.reason(e));
        }
    }

    /** This process ends: the file goes, unless it is that of another one by now. Blocks. */
    void delete() {
        try {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) // a pipe would block
                    && Files.readString(file).strip().equals(Long.toString(pid))) {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOG.warn("pid-file {}: not deleted: {}", file, FileFailure.reason(e));
        }
    }
}
