package io.offramp.proxy.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.offramp.proxy.config.AdminAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** The file of a listening Unix socket: mode 0660 from its first moment, deleted at close. */
final class SocketFile {
    private static final String MODE = "rw-rw----";

    private final Path file;
    private final @Nullable Object key;

    private SocketFile(Path file) throws IOException {
        this.file = file;
        this.key = attributes(file).fileKey();
    }

    /** A socket and its file. */
    record Bound(Channel channel, SocketFile file) {}

    /**
     * Binds in a directory that no other user can enter, sets the mode there and moves the file to its place, over the
     * file of a dead process. Blocks.
     *
     * @throws IOException if the path is no socket, another process listens there, or the file cannot be made
     */
    static Bound bind(ServerBootstrap bootstrap, Path file) throws IOException {
        checkFree(file);
        Path directory = Files.createTempDirectory(file.toAbsolutePath().getParent(), ".offramp");
        Path made = directory.resolve("s");
        try {
            ChannelFuture bound =
                    bootstrap.bind(UnixDomainSocketAddress.of(made)).awaitUninterruptibly();
            if (!bound.isSuccess()) {
                throw new IOException(bound.cause().getMessage(), bound.cause());
            }
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(MODE));
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new Bound(bound.channel(), new SocketFile(file));
        } finally {
            Files.deleteIfExists(made);
            Files.delete(directory);
        }
    }

    /** Deletes the file, unless another process has replaced it. Blocks. */
    void delete() {
        try {
            Object now = attributes(file).fileKey();
            if (now != null && now.equals(key)) {
                Files.delete(file);
            }
        } catch (IOException e) { // deleted already, or the next start replaces it
            return;
        }
    }

    @Override
    public String toString() {
        return AdminAddress.PREFIX + file;
    }

    private static void checkFree(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!attributes(file).isOther()) {
            throw new IOException("is there, and is not a socket");
        }
        try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
            throw new IOException("another process listens there");
        } catch (ConnectException e) { // refused: no process listens any more
            return;
        }
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
