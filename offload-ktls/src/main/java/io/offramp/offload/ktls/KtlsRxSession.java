package io.offramp.offload.ktls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Errors;
import io.offramp.offload.RecordMode;
import io.offramp.offload.Require;
import io.offramp.offload.RxSink;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.SocketRxSession;
import io.offramp.offload.error.DeviceFaultException;
import io.offramp.offload.error.OffloadException;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.error.RecordAuthenticationException;
import io.offramp.offload.error.RecordFormatException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.ktls.kernel.CryptoInfo;
import io.offramp.offload.ktls.kernel.Errno;
import io.offramp.offload.ktls.kernel.KernelTls;
import io.offramp.offload.ktls.kernel.KernelTls.Conf;
import io.offramp.offload.record.AlertDescription;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import io.offramp.offload.record.RecordFormat;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads content from the socket, whose kernel opens the records. The kernel joins data records and drops empty ones, so
 * a delivered piece may have been several records; a record of another type is always one. Sequence and position come
 * from the kernel; the position leaves padding out.
 *
 * <p>Reads until the socket is empty or the channel's auto-read is off, with a pause for other connections now and
 * then: edge-triggered epoll will not signal again.
 */
final class KtlsRxSession implements SocketRxSession {
    /** Reads before other connections of the event loop get their turn. */
    private static final int READS_PER_TURN = 16;

    /** Bytes for a sink at once: as many as a record may carry. */
    private static final int MAX_BYTES = RecordFormat.MAX_PLAINTEXT_BYTES;

    private final KernelTls kernel;
    private final EpollSocketChannel channel;
    private final RxSink sink;
    private final KtlsCounters.DirectionCounters counters;
    private final KernelAbilities abilities;
    private final RecvByteBufAllocator.ExtendedHandle sizes;
    private final RecordBoundary start;
    private TrafficKeys keys;
    private long contentBytes;
    private long recordsBefore;
    private Conf conf = Conf.UNKNOWN;
    private @Nullable SocketReader reader;
    private boolean readable = true;
    private boolean reading;
    private boolean open = true;

    KtlsRxSession(
            KernelTls kernel,
            EpollSocketChannel channel,
            TrafficKeys keys,
            RecordBoundary at,
            RxSink sink,
            KtlsCounters.DirectionCounters counters,
            KernelAbilities abilities) {
        this.kernel = kernel;
        this.channel = channel;
        this.keys = keys;
        this.sink = sink;
        this.counters = counters;
        this.abilities = abilities;
        this.sizes = (RecvByteBufAllocator.ExtendedHandle)
                channel.config().getRecvByteBufAllocator().newHandle();
        this.start = at;
        this.recordsBefore = -at.nextSequence();
    }

    /**
     * Switches the socket over. The keys are set last, because they cannot be taken back.
     *
     * @return 0, or the kernel's error, after which nothing has changed
     */
    int install() {
        int duplicate = kernel.duplicate(channel.fd().intValue());
        if (duplicate < 0) {
            return duplicate;
        }
        SocketReader watching = SocketReader.open((IoEventLoop) channel.eventLoop(), duplicate, this::onReadable);
        if (watching == null) {
            return -Errno.EIO;
        }
        reader = watching;
        int result = setKeys(keys);
        if (result < 0) {
            watching.close();
            return result;
        }
        conf = kernel.conf(fd(), Direction.RX);
        counters.onInstalled(conf);
        return 0;
    }

    private int setKeys(TrafficKeys next) {
        byte[] cryptoInfo = CryptoInfo.of(next);
        int result = kernel.setKeys(fd(), Direction.RX, cryptoInfo);
        Arrays.fill(cryptoInfo, (byte) 0);
        return result;
    }

    /** The session's own descriptor: after the channel's close, its number may belong to another connection. */
    private int fd() {
        return reader == null ? SocketReader.NONE : reader.number();
    }

    @Override
    public boolean isDrained() {
        return open && !readable;
    }

    private void onReadable() {
        readable = true;
        resume();
    }

    @Override
    public boolean readsSocket() {
        return open;
    }

    @Override
    public void resume() {
        if (reading || !open) {
            return;
        }
        reading = true;
        int reads = 0;
        long bytesBefore = contentBytes;
        sizes.reset(channel.config());
        try {
            while (open && readable && channel.config().isAutoRead() && reads < READS_PER_TURN) {
                reads += read() ? 1 : 0;
            }
        } catch (Throwable thrown) {
            // A sink that throws has broken the stream: the bytes behind its record are lost.
            close();
            throw thrown;
        } finally {
            reading = false;
        }
        if (reads > 0) {
            sizes.readComplete();
            counters.onBurst(reads, contentBytes - bytesBefore);
            sink.onBurstEnd();
        }
        if (reads == READS_PER_TURN && open) {
            channel.eventLoop().execute(this::resume);
        }
    }

    /** True if bytes were read, or the stream has ended. */
    private boolean read() {
        ByteBuf buffer = sizes.allocate(channel.alloc());
        long received;
        try {
            received = kernel.receive(fd(), buffer, buffer.writerIndex(), Math.min(buffer.writableBytes(), MAX_BYTES));
        } catch (Throwable thrown) {
            buffer.release();
            throw thrown;
        }
        if (received < 0) {
            buffer.release();
            return failed((int) received);
        }
        sizes.attemptedBytesRead(buffer.writableBytes());
        sizes.lastBytesRead(KernelTls.bytes(received));
        buffer.writerIndex(buffer.writerIndex() + KernelTls.bytes(received));
        deliver(KernelTls.type(received), buffer);
        return true;
    }

    private void deliver(int type, ByteBuf content) {
        ContentType known = ContentType.of(type);
        int bytes = content.readableBytes();
        contentBytes += bytes;
        if (type == 0 && bytes == 0) {
            content.release();
            readable = false;
            sink.onEnd();
        } else if (known == ContentType.APPLICATION_DATA) {
            sink.onData(content);
        } else if (known == null || bytes == 0) {
            content.release();
            fail(new RecordFormatException(
                    AlertDescription.UNEXPECTED_MESSAGE,
                    "record of type " + type + " with " + bytes + " bytes, direction=RX"));
        } else {
            RecordBoundary end = here();
            if (end == null) {
                content.release();
            } else {
                sink.onControl(known, content, end);
            }
        }
    }

    /** True where the stream is over. */
    private boolean failed(int error) {
        switch (-error) {
            case Errno.EINTR -> {
                return false;
            }
            case Errno.EAGAIN -> {
                readable = false;
                return false;
            }
            case Errno.EBADMSG ->
                fail(new RecordAuthenticationException(
                        "kernel: a record does not authenticate (EBADMSG), direction=RX"));
            case Errno.EMSGSIZE ->
                fail(new RecordFormatException(
                        AlertDescription.RECORD_OVERFLOW, "kernel: a record is too long (EMSGSIZE), direction=RX"));
            case Errno.EINVAL ->
                fail(new RecordFormatException(
                        AlertDescription.DECODE_ERROR, "kernel: a record of another version (EINVAL), direction=RX"));
            case Errno.EKEYEXPIRED ->
                fail(new DeviceFaultException(
                        "kernel: waits for a key that nobody gives it (EKEYEXPIRED), direction=RX"));
            default -> {
                if (Errno.isConnectionLost(error)) {
                    readable = false;
                    sink.onEnd();
                } else {
                    // The record is lost to us: the kernel has ended the connection, or would give it only in part.
                    fail(new DeviceFaultException("kernel: gives nothing (" + Errno.name(error) + "), direction=RX"));
                }
            }
        }
        return true;
    }

    private void fail(OffloadException fault) {
        close();
        sink.onFault(fault);
    }

    /** Delivers content that the channel's transport has read itself, at the peer's FIN. */
    @Override
    public void receive(ByteBuf content) {
        if (!open || !content.isReadable()) {
            content.release();
            return;
        }
        int bytes = content.readableBytes();
        contentBytes += bytes;
        counters.onBurst(1, bytes);
        while (content.readableBytes() > MAX_BYTES && open) {
            sink.onData(content.readRetainedSlice(MAX_BYTES));
        }
        if (open) {
            sink.onData(content);
        } else {
            content.release();
        }
    }

    @Override
    public void readFailed(IOException cause) {
        if (!open) {
            return;
        }
        if (!(cause instanceof Errors.NativeIoException error)) {
            readable = false;
            sink.onEnd();
        } else if (error.expectedErr() == -Errno.EIO) {
            // A record that is no data: it stays there until it is read with its type.
            onReadable();
        } else {
            failed(error.expectedErr());
        }
    }

    /** Always 0: the kernel holds partial records and does not report them. */
    @Override
    public int bufferedBytes() {
        return 0;
    }

    @Override
    public SessionInfo info() {
        return new SessionInfo(KtlsOffload.NAME, RecordMode.HW, conf.label());
    }

    /** Asks the kernel, except once closed. Without an answer the session ends, because its position is unknown. */
    @Override
    public long nextSequence() {
        if (!open) {
            return 0;
        }
        long sequence = kernel.nextSequence(fd(), Direction.RX, CryptoInfo.bytes(keys.suite()));
        if (sequence >= 0) {
            return sequence;
        }
        fail(new DeviceFaultException(
                "kernel does not say its sequence: " + Errno.name((int) sequence) + ", direction=RX"));
        return 0;
    }

    @Override
    public @Nullable RecordBoundary boundary() {
        return open ? here() : null;
    }

    /** Null if the kernel gave no answer, and the session has ended. */
    private @Nullable RecordBoundary here() {
        long sequence = nextSequence();
        if (!open) {
            return null;
        }
        long overhead = (recordsBefore + sequence) * keys.format().overheadBytes();
        return start.movedTo(start.wirePosition() + contentBytes + overhead, sequence);
    }

    @Override
    public boolean canRekey() {
        return abilities.rekeysRx();
    }

    @Override
    public void rekey(RecordBoundary at, TrafficKeys next) {
        Require.current(boundary(), at);
        Require.successor(keys, next);
        if (!canRekey()) {
            throw new OffloadMisuseException("rekey of a session that cannot, direction=RX");
        }
        int result = setKeys(next);
        keys.destroy();
        keys = next;
        recordsBefore += at.nextSequence();
        if (result < 0) {
            fail(new DeviceFaultException("kernel refused RX keys: " + Errno.name(result) + ", direction=RX"));
        }
    }

    @Override
    public boolean canExport() {
        return false;
    }

    @Override
    public Export export(RecordBoundary at) {
        throw new OffloadMisuseException("the kernel gives no direction back, direction=RX");
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            keys.destroy();
            counters.onClosed(conf);
            if (reader != null) {
                reader.close();
            }
        }
    }
}
