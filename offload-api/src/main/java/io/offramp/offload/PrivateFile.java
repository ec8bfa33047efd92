package io.offramp.offload;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that their owner alone may read: with secrets, or with what clients sent. Blocks. */
public final class PrivateFile {
    private static final boolean IS_POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private PrivateFile() {}

    /**
     * Opens a file to add to its end, or makes it.
     *
     * @throws IOException if it cannot be written, is not a regular file, or is accessible to others than its owner
     */
    public static FileChannel append(Path file) throws IOException {
        return open(file, StandardOpenOption.APPEND);
    }

    /**
     * Opens a file without its content, or makes it.
     *
     * @throws IOException if it cannot be written, is not a regular file, or is accessible to others than its owner
     */
    public static FileChannel empty(Path file) throws IOException {
        return open(file, StandardOpenOption.TRUNCATE_EXISTING);
    }

    /**
     * Replaces a file in one step, so that a reader sees the old content or the new, whatever happens meanwhile. A link
     * of that name is replaced, not followed.
     */
    public static void replace(Path file, String content) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Path fresh = Files.createTempFile(directory, String.valueOf(file.getFileName()), ".tmp", ownerOnly());
        try {
            Files.write(fresh, content.getBytes(StandardCharsets.UTF_8));
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static FileChannel open(Path file, OpenOption how) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            requirePrivate(file); // first: to open a pipe would block
        }
        Set<OpenOption> options =
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, how, LinkOption.NOFOLLOW_LINKS);
        FileChannel channel = FileChannel.open(file, options, ownerOnly());
        try {
            requirePrivate(file); // somebody else may have made it meanwhile
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        return IS_POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static void requirePrivate(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("is not a regular file (links are not followed): " + file);
        }
        if (IS_POSIX) {
            String permissions =
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
            if (!permissions.matches("...--.--.")) {
                throw new IOException("group or others may read or write it (" + permissions + "), chmod 600: " + file);
            }
        }
    }
}
