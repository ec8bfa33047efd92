package io.offramp.proxy.server;

import io.offramp.offload.FileFailure;
import io.offramp.proxy.handshake.crypto.KeyLog;
import io.offramp.proxy.handshake.crypto.KeyLogFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key logs of all listeners; listeners with the same file share it. Used while the proxy starts, reloads its
 * configuration, and stops: one thread at a time.
 */
final class KeyLogs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyLogs.class);

    private final Map<Path, KeyLogFile> files = new ConcurrentHashMap<>();
    private final LongAdder droppedBefore = new LongAdder();
    private boolean shown;

    /**
     * The key log of a listener.
     *
     * @param listener its name, for messages
     * @param file null for none
     */
    KeyLog of(String listener, @Nullable Path file) throws StartException {
        if (file == null) {
            return KeyLog.NONE;
        }
        LOG.warn("{}: SECRETS OF ALL SESSIONS ARE WRITTEN TO {}: its readers can decrypt the traffic", listener, file);
        Path path = file.toAbsolutePath().normalize();
        KeyLogFile open = files.get(path);
        if (open == null) {
            try {
                open = KeyLogFile.open(path);
            } catch (IOException e) {
                throw new StartException(
                        listener + ": tls.keylog: cannot write " + file + ": " + FileFailure.reason(e));
            }
            files.put(path, open);
        }
        return open;
    }

    /** True once: at the first call with an open file. */
    boolean isNew() {
        boolean first = !files.isEmpty() && !shown;
        shown |= first;
        return first;
    }

    /** Closes all files but these: no listener of the current configuration has them. */
    void keep(Set<Path> used) {
        Set<Path> paths =
                used.stream().map(each -> each.toAbsolutePath().normalize()).collect(Collectors.toSet());
        files.entrySet().removeIf(each -> {
            boolean gone = !paths.contains(each.getKey());
            if (gone) {
                each.getValue().close();
                droppedBefore.add(each.getValue().dropped());
                LOG.info("{}: no secrets are written to it any more", each.getKey());
            }
            return gone;
        });
    }

    /** Number of open files. */
    int count() {
        return files.size();
    }

    /** Lost lines. */
    long dropped() {
        return droppedBefore.sum()
                + files.values().stream().mapToLong(KeyLogFile::dropped).sum();
    }

    /** Writes the waiting lines. */
    @Override
    public void close() {
        files.values().forEach(KeyLogFile::close);
    }
}
