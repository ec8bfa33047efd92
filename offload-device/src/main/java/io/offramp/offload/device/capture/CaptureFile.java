package io.offramp.offload.device.capture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.offramp.offload.FileFailure;
import io.offramp.offload.PrivateFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A pcapng file of bounded size. Blocks go to memory; a thread of its own writes them. What does not fit in the memory
 * or in the file is dropped and counted, so that nobody waits for a disk. Thread-safe.
 */
final class CaptureFile implements AutoCloseable {
    private static final InternalLogger LOG = InternalLoggerFactory.getInstance(CaptureFile.class);
    private static final int WAITING_BYTES = 8 << 20;
    private static final long LOOK_MS = 50;
    private static final long CLOSE_MS = 2_000;

    /** Writes one block into the memory that waits. */
    @FunctionalInterface
    interface Block {
        void writeTo(ByteBuf out);
    }

    private enum State {
        OPEN,
        CLOSING,
        FAILED
    }

    private final Path file;
    private final FileChannel channel;
    private final long limitBytes;
    private final Thread writer = new Thread(this::write, "offramp-pcap");
    private ByteBuf waiting = Unpooled.directBuffer(WAITING_BYTES, WAITING_BYTES);
    private ByteBuf spare = Unpooled.directBuffer(WAITING_BYTES, WAITING_BYTES);
    private State state = State.OPEN;
    private long takenBytes;
    private long taken;
    private long dropped;

    private CaptureFile(Path file, FileChannel channel, long limitBytes) {
        this.file = file;
        this.channel = channel;
        this.limitBytes = limitBytes;
    }

    /**
     * Creates the file, or empties it, for its owner alone.
     *
     * @throws IOException if it cannot be written, is not a regular file, or is accessible to others than its owner
     */
    static CaptureFile open(Path file, long limitBytes) throws IOException {
        CaptureFile open = new CaptureFile(file, PrivateFile.empty(file), limitBytes);
        open.writer.setDaemon(true);
        open.writer.start();
        return open;
    }

    /**
     * Appends a block.
     *
     * @param bytes at least as many as it has
     * @return false if it was dropped
     */
    synchronized boolean append(int bytes, Block block) {
        if (state != State.OPEN || bytes > waiting.writableBytes() || takenBytes + bytes > limitBytes) {
            if (dropped++ == 0) {
                LOG.warn("{}: packets are dropped from here on, {} bytes are in it", file, takenBytes);
            }
            return false;
        }
        int before = waiting.writerIndex();
        block.writeTo(waiting);
        takenBytes += waiting.writerIndex() - before;
        taken++;
        return true;
    }

    /** Blocks so far. */
    synchronized long taken() {
        return taken;
    }

    /** Blocks that did not fit. */
    synchronized long dropped() {
        return dropped;
    }

    private void write() {
        try {
            for (ByteBuf full = next(); full != null; full = next()) {
                while (full.isReadable()) {
                    full.readBytes(channel, full.readableBytes());
                }
            }
        } catch (IOException e) {
            fail(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for blocks to write, or for the end: then null. */
    private synchronized @Nullable ByteBuf next() throws InterruptedException {
        while (!waiting.isReadable()) {
            if (state == State.CLOSING) {
                return null;
            }
            wait(LOOK_MS);
        }
        ByteBuf full = waiting;
        waiting = spare.clear();
        spare = full;
        return full;
    }

    private synchronized void fail(IOException why) {
        state = State.FAILED;
        LOG.error("{}: cannot be written: {}", file, FileFailure.reason(why));
    }

    /** Writes what waits. Blocks, but not for long. */
    @Override
    public void close() {
        synchronized (this) {
            state = state == State.OPEN ? State.CLOSING : state;
            notifyAll();
        }
        try {
            writer.join(CLOSE_MS);
            channel.close();
        } catch (IOException e) {
            LOG.warn("{}: {}", file, FileFailure.reason(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!writer.isAlive()) {
            synchronized (this) {
                wipe(waiting);
                wipe(spare);
            }
        }
    }

    /** Plaintext and secrets are not left in memory. */
    private static void wipe(ByteBuf buffer) {
        if (buffer.refCnt() > 0) {
            buffer.setZero(0, buffer.capacity()).release();
        }
    }
}
