package io.offramp.proxy.reload;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Files that the operator names. */
public final class InputFile {
    private InputFile() {}

    /**
     * Reads a file from its beginning. Links are followed; pipes and devices, which may never begin or never end, and
     * whose size says nothing, are refused.
     *
     * @param limit most bytes to read; more may be there
     * @throws IOException with a message for the operator, which names the file
     */
    public static byte[] read(Path file, int limit) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isRegularFile()) {
                try (InputStream in = Files.newInputStream(file)) {
                    return in.readNBytes(limit);
                }
            }
            throw new NotRegularException(
                    (attributes.isDirectory() ? "is a directory: " : "is not a regular file: ") + file);
        } catch (NotRegularException e) {
            throw e;
        } catch (NoSuchFileException e) {
            throw new IOException("no such file: " + file, e);
        } catch (AccessDeniedException e) {
            throw new IOException("not readable: " + file, e);
        } catch (IOException e) {
            throw new IOException("not readable: " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Who can read a file that should be secret, besides its owner: {@code everybody can read it: key.pem}; null for no
     * one. Blocks.
     */
    public static @Nullable String openTo(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
                return "everybody can read it: " + file;
            }
            return permissions.contains(PosixFilePermission.GROUP_READ) ? "its group can read it: " + file : null;
        } catch (IOException | UnsupportedOperationException e) { // told when it is read, or no such permissions here
            return null;
        }
    }

    private static final class NotRegularException extends IOException {
        private static final long serialVersionUID = 1;

        NotRegularException(String message) {
            super(message);
        }
    }
}
