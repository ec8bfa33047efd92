package io.offramp.proxy.sockets;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The file of a listening Unix socket: it has its mode from its first moment, and is deleted at close. Thread-safe. */
public final class SocketFile {
    private final Path file;
    private volatile @Nullable Object key;

    private SocketFile(Path file, @Nullable Object key) {
        this.file = file;
        this.key = key;
    }

    /** A socket and its file. */
    public record Bound(Channel channel, SocketFile file) {}

    /**
     * Binds in a directory that no other user can enter, sets the mode there and moves the file to its place, over the
     * file of a dead process. Blocks.
     *
     * @param mode such as {@code rw-rw----}
     * @throws IOException if the path is no socket, another process listens there, or the file cannot be made
     */
    static Bound bind(ServerBootstrap bootstrap, Function<Path, SocketAddress> address, Path file, String mode)
            throws IOException {
        checkFree(file);
        Path directory = Files.createTempDirectory(file.toAbsolutePath().getParent(), ".offramp");
        Path made = directory.resolve("s");
        try {
            ChannelFuture bound = bootstrap.bind(address.apply(made)).awaitUninterruptibly();
            if (!bound.isSuccess()) {
                throw new IOException(bound.cause().getMessage(), bound.cause());
            }
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(mode));
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new Bound(
                    bound.channel(), new SocketFile(file, attributes(file).fileKey()));
        } finally {
            Files.deleteIfExists(made);
            Files.delete(directory);
        }
    }

    /** The file of a socket that another process has bound: its own until it leaves it to us. */
    static SocketFile of(Path file) {
        return new SocketFile(file, null);
    }

    /** User ID of the file's owner: that of the process that has made it. */
    public int owner() throws IOException {
        return (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    /** Another process listens there now, and the file is not ours any more. */
    public void leave() {
        key = null;
    }

    /** The other process has ended, or left the file to us. */
    public void take() {
        try {
            key = attributes(file).fileKey();
        } catch (IOException e) { // deleted, or replaced by something that cannot be read: not ours
            key = null;
        }
    }

    /** Deletes the file, unless another process has it now. Blocks. */
    public void delete() {
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
        return "unix:" + file;
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
