package io.offramp.offload.device.capture;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that its owner alone may read. */
final class PrivateFile {
    private static final String OWNER_ONLY = "rw-------";

    private PrivateFile() {}

    /**
     * Creates a file, or empties it.
     *
     * @throws IOException if it cannot be written, is not a regular file, or is accessible to others than its owner
     */
    static FileChannel open(Path file) throws IOException {
        boolean isPosix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            requirePrivate(file, isPosix);
        }
        FileAttribute<?>[] owned = isPosix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY))
                }
                : new FileAttribute<?>[0];
        return FileChannel.open(
                file,
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS),
                owned);
    }

    private static void requirePrivate(Path file, boolean isPosix) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("is not a regular file (links are not followed): " + file);
        }
        if (isPosix) {
            String permissions =
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
            if (!permissions.endsWith("------")) {
                throw new IOException("group or others may read or write it (" + permissions + "), chmod 600: " + file);
            }
        }
    }
}
