package io.offramp.offload.ktls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.offramp.offload.RecordMode;
import io.offramp.offload.Require;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.Splice;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.aead.record.RecordSealer;
import io.offramp.offload.error.DeviceFaultException;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.ktls.ffi.Pipe;
import io.offramp.offload.ktls.kernel.CryptoInfo;
import io.offramp.offload.ktls.kernel.Errno;
import io.offramp.offload.ktls.kernel.KernelTls;
import io.offramp.offload.ktls.kernel.KernelTls.Conf;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Hands plaintext to the socket, whose kernel protects it. All output is a {@link SocketWrite} in the channel's
 * outbound buffer, so data, control records and new keys keep their order, and wait together while the socket is full.
 *
 * <p>Sequence and position are those behind all sealed records. They are counted here ({@link TxCount}), because each
 * record is cut here, or by the kernel's software in its only way. If a NIC may do the work, the kernel is asked behind
 * each write. Spliced records depend on pages: until they are out and the kernel was asked, each byte counts as a
 * record.
 *
 * <p>The descriptor is the channel's, and is used on its event loop only while the channel is open: afterwards the
 * number may belong to another connection.
 */
final class KtlsTxSession implements TxSession {
    private final KernelTls kernel;
    private final EpollSocketChannel channel;
    private final TxSink sink;
    private final KtlsCounters.TxCounters counters;
    private final KernelAbilities abilities;
    private final boolean splices;
    private final RecordBoundary start;
    private final TxCount count;
    private TrafficKeys keys;
    private int writesUnderWay;
    private boolean splicing;
    private boolean open = true;

    /** Null before the kernel has the first keys. */
    private @Nullable Switched switched;

    /**
     * The socket under the kernel's TLS.
     *
     * @param queuedBefore bytes by which TCP's count is above ours
     * @param softwareCuts true if the kernel's software cuts the records, in its only way
     */
    private record Switched(Conf conf, long queuedBefore, boolean softwareCuts) {}

    KtlsTxSession(
            KernelTls kernel,
            EpollSocketChannel channel,
            TrafficKeys keys,
            RecordBoundary at,
            TxSink sink,
            KtlsCounters.TxCounters counters,
            KernelAbilities abilities,
            boolean splices) {
        this.kernel = kernel;
        this.channel = channel;
        this.keys = keys;
        this.sink = sink;
        this.counters = counters;
        this.abilities = abilities;
        this.splices = splices;
        this.start = at;
        this.count =
                new TxCount(at.wirePosition(), at.nextSequence(), keys.format().overheadBytes());
    }

    /**
     * Switches the socket over: now, if all earlier writes are in the socket, else behind them.
     *
     * @return 0, or the kernel's error, after which nothing has changed
     */
    int install() {
        byte[] cryptoInfo = CryptoInfo.of(keys);
        ChannelOutboundBuffer written = channel.unsafe().outboundBuffer();
        if (isPending(written)) {
            channel.unsafe().flush();
        }
        if (!isPending(written)) {
            int result = kernel.setKeys(fd(), Direction.TX, cryptoInfo);
            Arrays.fill(cryptoInfo, (byte) 0);
            if (result < 0) {
                return result;
            }
            onSwitched();
        } else {
            writesUnderWay++;
            channel.unsafe().write(new KeysWrite(this, cryptoInfo), channel.newPromise());
        }
        return 0;
    }

    /** True if a write waits, flushed or not: {@code isEmpty} looks only at flushed ones. */
    private static boolean isPending(@Nullable ChannelOutboundBuffer written) {
        return written != null && written.totalPendingWriteBytes() > 0;
    }

    private void onSwitched() {
        long queuedBefore = kernel.queued(fd()) - count.wirePosition();
        Conf conf = kernel.conf(fd(), Direction.TX);
        boolean softwareCuts = conf == Conf.SW || conf == Conf.UNKNOWN && !kernel.mayBeOnDevice(fd(), Direction.TX);
        switched = new Switched(conf, queuedBefore, softwareCuts);
        if (open) {
            counters.onInstalled(conf);
        }
    }

    /** For {@link KeysWrite}: false if the kernel must send something first and the socket has no room. */
    boolean setKeys(byte[] cryptoInfo) throws IOException {
        int result;
        do {
            result = kernel.setKeys(fd(), Direction.TX, cryptoInfo);
        } while (result == -Errno.EINTR);
        if (result == -Errno.EAGAIN) {
            return false;
        }
        if (result < 0) {
            throw failed("kernel refused TX keys", result);
        }
        if (switched != null) {
            count.onKeySent();
        } else {
            onSwitched();
            if (open) {
                sink.onInfoChanged();
            }
        }
        return true;
    }

    /** For {@link RecordsWrite}: bytes taken, 0 if the socket is full. */
    int send(ContentType type, ByteBuf content, int index, int bytes) throws IOException {
        int sent;
        do {
            sent = type == ContentType.APPLICATION_DATA
                    ? kernel.send(fd(), content, index, bytes)
                    : kernel.sendRecord(fd(), type.code(), content, index, bytes);
        } while (sent == -Errno.EINTR);
        return requireSent(sent, type, bytes);
    }

    /** For {@link SpliceWrite}: bytes taken, 0 if the socket is full. */
    int drain(Pipe pipe) throws IOException {
        int held = pipe.held();
        return requireSent(pipe.drain(fd()), ContentType.APPLICATION_DATA, held);
    }

    private int requireSent(int sent, ContentType type, int bytes) throws IOException {
        if (sent == -Errno.EAGAIN) {
            return 0;
        }
        if (sent <= 0) {
            throw failed("kernel lost a " + type + " record of " + bytes + " bytes", sent);
        }
        return sent;
    }

    @Override
    public @Nullable Splice splice(Channel source, Runnable onReadable) {
        if (!canSplice(1)
                || !(source instanceof EpollSocketChannel socket)
                || !socket.isActive()
                || socket.eventLoop() != channel.eventLoop()) {
            return null;
        }
        Splice splice = KtlsSplice.open(this, kernel, socket, onReadable);
        if (splice != null) {
            counters.onSplice();
        }
        return splice;
    }

    /** True if this many further bytes may go through a pipe, even if each is a record of its own. */
    boolean canSplice(int bytes) {
        return open
                && splices
                && switched != null
                && count.nextSequence() + bytes <= keys.suite().recordLimit();
    }

    /** True while earlier spliced content is not out yet. */
    boolean isSplicing() {
        return splicing;
    }

    /** For {@link KtlsSplice}: sends the content of a pipe, which moves here. */
    void seal(Pipe pipe) {
        SpliceWrite write = new SpliceWrite(this, pipe);
        count.onSealed(write.bytes(), write.bytes());
        writesUnderWay++;
        splicing = true;
        sink.onSealed(write);
    }

    /**
     * A {@link RecordsWrite} is out; called before the next write.
     *
     * @param records that were counted for it
     * @param isRegular true if the kernel took it in the way of its software
     */
    void onSent(int records, int bytes, boolean isRegular) throws IOException {
        if (isRegular && switched != null && switched.softwareCuts()) {
            count.onSent(records);
        } else if (open) {
            countRecords(records, bytes);
        }
    }

    /** A {@link SpliceWrite} is out; called before the next write. */
    void onSpliced(int bytes) throws IOException {
        if (open) {
            long records = countRecords(bytes, bytes);
            counters.onBurst(records, bytes);
            counters.onSpliced(bytes);
            sink.onSpliced(records, bytes);
        }
    }

    /** Number of records that the kernel has made so far. */
    private long countRecords(int counted, int bytes) throws IOException {
        long sequence = kernel.nextSequence(fd(), Direction.TX, CryptoInfo.bytes(keys.suite()));
        long records = sequence - count.sentSequence();
        if (sequence < 0 || records < 1 || records > bytes) {
            throw failed("kernel counts " + records + " records of " + bytes + " bytes", (int) Math.min(0, sequence));
        }
        count.onSent(counted, sequence);
        return records;
    }

    /** A {@link SpliceWrite} is done or was dropped. */
    void onSpliceWritten() {
        splicing = false;
        onWritten();
    }

    /** No later write may go out, because its key is unknown. A lost connection is not the kernel's fault. */
    private IOException failed(String what, int result) {
        if (Errno.isConnectionLost(result) || !channel.isOpen()) {
            return new IOException("connection lost: " + Errno.name(result));
        }
        DeviceFaultException fault = new DeviceFaultException(
                what + ": " + Errno.name(result) + ", direction=TX, seq=" + count.nextSequence());
        if (open) {
            sink.onFault(fault);
        }
        return new IOException(fault.getMessage(), fault);
    }

    /** A {@link SocketWrite} is done or was dropped. */
    void onWritten() {
        writesUnderWay--;
    }

    private int fd() {
        return channel.isOpen() ? channel.fd().intValue() : SocketReader.NONE;
    }

    @Override
    public void seal(ContentType type, ByteBuf plaintext, int maxPlaintextBytes) {
        try {
            Require.sealable(open, type, plaintext, maxPlaintextBytes);
            if (!plaintext.isReadable()) {
                sink.onSealed(Unpooled.EMPTY_BUFFER);
                return;
            }
            int bytes = plaintext.readableBytes();
            int records = RecordSealer.records(bytes, maxPlaintextBytes);
            RecordSealer.requireLeft(keys.suite(), count.nextSequence(), records);
            RecordsWrite write = new RecordsWrite(this, type, direct(plaintext), maxPlaintextBytes, records);
            count.onSealed(records, bytes);
            counters.onBurst(records, bytes);
            writesUnderWay++;
            sink.onSealed(write);
        } finally {
            plaintext.release();
        }
    }

    /** The same content in one piece that the kernel can read; the caller's. */
    private ByteBuf direct(ByteBuf plaintext) {
        if (plaintext.isDirect() && plaintext.nioBufferCount() == 1) {
            return plaintext.retain();
        }
        return channel.alloc().directBuffer(plaintext.readableBytes()).writeBytes(plaintext);
    }

    @Override
    public SessionInfo info() {
        String detail = switched != null ? switched.conf().label() : "kernel, once the socket has room";
        return new SessionInfo(KtlsOffload.NAME, RecordMode.HW, detail);
    }

    @Override
    public long nextSequence() {
        return count.nextSequence();
    }

    @Override
    public @Nullable RecordBoundary boundary() {
        return writesUnderWay == 0 ? sealedBoundary() : null;
    }

    @Override
    public @Nullable RecordBoundary sealedBoundary() {
        return open ? start.movedTo(count.wirePosition(), count.nextSequence()) : null;
    }

    @Override
    public boolean canRekey() {
        return abilities.rekeysTx();
    }

    @Override
    public void rekey(RecordBoundary at, TrafficKeys next) {
        Require.current(sealedBoundary(), at);
        Require.successor(keys, next);
        if (!canRekey()) {
            throw new OffloadMisuseException("rekey of a session that cannot, direction=TX");
        }
        keys.destroy();
        keys = next;
        count.onRekeyed();
        writesUnderWay++;
        channel.unsafe().write(new KeysWrite(this, CryptoInfo.of(next)), channel.newPromise());
    }

    @Override
    public boolean canExport() {
        return false;
    }

    @Override
    public TrafficKeys export(RecordBoundary at) {
        throw new OffloadMisuseException("the kernel gives no direction back, direction=TX");
    }

    @Override
    public long unsentBytes() {
        if (switched == null || !open) {
            return 0;
        }
        long queued = kernel.queued(fd());
        return queued < 0 ? 0 : Math.max(0, count.wirePosition() - (queued - switched.queuedBefore()));
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            keys.destroy();
            if (switched != null) {
                counters.onClosed(switched.conf());
            }
        }
    }
}
