package io.offramp.proxy.reload;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Identifies the state of a file by its attributes. Symbolic links are followed, so a link that certbot or Kubernetes
 * points elsewhere is a change: at least of the inode.
 *
 * @param inode device and inode; null if there is none, or no file
 * @param bytes size; -1 without a file
 * @param modified null without a file
 */
record FileStamp(
        @Nullable Object inode, long bytes, @Nullable FileTime modified) {
    private static final FileStamp MISSING = new FileStamp(null, -1, null);

    /** Of files, and of the files in directories. Blocks. */
    static Map<Path, FileStamp> of(Collection<Path> files) {
        Map<Path, FileStamp> stamps = new HashMap<>();
        for (Path file : files) {
            stamps.put(file, Files.isDirectory(file) ? MISSING : of(file));
            if (Files.isDirectory(file)) {
                addEntries(file, stamps);
            }
        }
        return stamps;
    }

    /** A directory that cannot be listed counts as empty: its reader reports the reason. */
    private static void addEntries(Path directory, Map<Path, FileStamp> stamps) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> stamps.put(entry, of(entry)));
        } catch (IOException | DirectoryIteratorException e) {
            stamps.put(directory, new FileStamp(null, -2, null));
        }
    }

    private static FileStamp of(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new FileStamp(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
        } catch (IOException e) {
            return MISSING;
        }
    }
}
