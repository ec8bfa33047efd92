package io.offramp.proxy.handshake.crypto;

import io.offramp.offload.FileFailure;
import io.offramp.offload.PrivateFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A key log in a file, one line for each secret, as Wireshark and others read it (RFC 9850). Readable by its owner
 * only; lines are appended. A separate thread writes them; when it does not keep up, lines are dropped and counted, so
 * that handshakes never wait. Thread-safe.
 */
public final class KeyLogFile implements KeyLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyLogFile.class);

    /** A few hundred handshakes. */
    private static final int MAX_WAITING = 4096;

    private static final long POLL_MS = 100;
    private static final long CLOSE_MS = 2000;

    private final Path file;
    private final SeekableByteChannel channel;
    private final BlockingQueue<byte[]> waiting;
    private final LongAdder dropped = new LongAdder();
    private final Thread writer = new Thread(this::write, "offramp-keylog");
    private volatile boolean closed;
    private boolean failed;

    private KeyLogFile(Path file, SeekableByteChannel channel, int maxWaiting) {
        this.file = file;
        this.channel = channel;
        this.waiting = new ArrayBlockingQueue<>(maxWaiting);
    }

    /**
     * Opens a file for appending; creates it, readable by its owner only, if it does not exist.
     *
     * @throws IOException if it cannot be written, is not a regular file, or is accessible to others than its owner
     */
    public static KeyLogFile open(Path file) throws IOException {
        KeyLogFile log = idle(file, MAX_WAITING);
        log.writer.setDaemon(true);
        log.writer.start();
        return log;
    }

    /** Without the thread; {@link #close} does its work, and nothing leaves the queue before. */
    static KeyLogFile idle(Path file, int maxWaiting) throws IOException {
        return new KeyLogFile(file, PrivateFile.append(file), maxWaiting);
    }

    @Override
    public void add(String label, byte[] clientRandom, byte[] secret) {
        HexFormat hex = HexFormat.of();
        String line = label + " " + hex.formatHex(clientRandom) + " " + hex.formatHex(secret) + "\n";
        if (closed || !waiting.offer(line.getBytes(StandardCharsets.US_ASCII))) {
            dropped.increment();
        }
    }

    /** Lines that were lost. */
    public long dropped() {
        return dropped.sum();
    }

    /** Writes the waiting lines. Blocks, but not for long. */
    @Override
    public void close() {
        closed = true;
        try {
            if (writer.isAlive()) {
                writer.join(CLOSE_MS);
            } else {
                write();
            }
            channel.close();
        } catch (IOException e) {
            LOG.warn("key log {}: {}", file, FileFailure.reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        try {
            while (!closed || !waiting.isEmpty()) {
                byte[] line = waiting.poll(POLL_MS, TimeUnit.MILLISECONDS);
                if (line != null) {
                    append(line);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void append(byte[] line) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(line);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            failed = false;
        } catch (IOException e) {
            dropped.increment();
            if (!failed) {
                failed = true;
                LOG.error("key log {}: {}", file, FileFailure.reason(e));
            }
        } finally {
            Arrays.fill(line, (byte) 0);
        }
    }
}
