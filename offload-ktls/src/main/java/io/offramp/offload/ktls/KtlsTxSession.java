package io.offramp.offload.ktls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.offramp.offload.RecordMode;
import io.offramp.offload.SessionInfo;
import io.offramp.offload.Splice;
import io.offramp.offload.TxSession;
import io.offramp.offload.TxSink;
import io.offramp.offload.aead.record.RecordSealer;
import io.offramp.offload.aead.record.Require;
import io.offramp.offload.error.DeviceFaultException;
import io.offramp.offload.error.OffloadMisuseException;
import io.offramp.offload.key.TrafficKeys;
import io.offramp.offload.ktls.KernelTls.Conf;
import io.offramp.offload.ktls.ffi.Pipe;
import io.offramp.offload.record.ContentType;
import io.offramp.offload.record.Direction;
import io.offramp.offload.record.RecordBoundary;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Hands plaintext to the socket, whose kernel protects it. All that goes out is a {@link SocketWrite} in the channel's outbound
 * buffer, so that data, control records and new keys keep their order, and wait together where the socket is full.
 *
 * <p>Sequence and position are those behind what was sealed: they are counted here, since each record is cut here or cut by the
 * kernel in the one way that it has. How it cuts what is spliced depends on pages: until that is out and the kernel was asked, each
 * byte counts as a record.
 */
final class KtlsTxSession implements TxSession {
    private final KernelTls kernel;
    private final EpollSocketChannel channel;
    private final TxSink sink;
    private final KtlsCounters.TxCounters counters;
    private final boolean canRekey;
    private final boolean splices;
    private TrafficKeys keys;
    private long wirePosition;
    private long nextSequence;
    private int writesUnderWay;
    private int epoch;
    private boolean splicing;
    private boolean open = true;

    /** What TCP's count of bytes is more than ours; unknown before the kernel has the first keys. */
    private long queuedBefore;

    private Conf conf = Conf.UNKNOWN;
    private boolean switched;

    KtlsTxSession(
            KernelTls kernel, EpollSocketChannel channel, TrafficKeys keys, RecordBoundary at, TxSink sink,
            KtlsCounters.TxCounters counters, boolean canRekey, boolean splices) {
        this.kernel = kernel;
        this.channel = channel;
        this.keys = keys;
        this.sink = sink;
        this.counters = counters;
        this.canRekey = canRekey;
        this.splices = splices;
        this.wirePosition = at.wirePosition();
        this.nextSequence = at.nextSequence();
    }

    /**
     * Switches the socket over: now, where all that was written before is in the socket, else behind that.
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

    /** Whether anything waits, flushed or not: {@code isEmpty} looks at what was flushed only. */
    private static boolean isPending(@Nullable ChannelOutboundBuffer written) {
        return written != null && written.totalPendingWriteBytes() > 0;
    }

    private void onSwitched() {
        queuedBefore = kernel.queued(fd()) - wirePosition;
        conf = kernel.conf(fd(), Direction.TX);
        switched = true;
        if (open) {
            counters.onInstalled(conf);
        }
    }

    /** For {@link KeysWrite}. */
    void setKeys(byte[] cryptoInfo) throws IOException {
        int result = kernel.setKeys(fd(), Direction.TX, cryptoInfo);
        if (result < 0) {
            throw failed("kernel refused TX keys", result);
        }
        if (!switched) {
            onSwitched();
            if (open) {
                sink.onInfoChanged();
            }
        }
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
        if (sent == -Errno.EPIPE || sent == -Errno.ECONNRESET) {
            throw new IOException("send: " + Errno.name(sent));
        }
        if (sent <= 0) {
            throw failed("kernel lost a " + type + " record of " + bytes + " bytes", sent);
        }
        return sent;
    }

    @Override
    public @Nullable Splice splice(Channel source, Runnable onReadable) {
        if (!canSplice(1) || !(source instanceof EpollSocketChannel socket) || !socket.isActive()
                || socket.eventLoop() != channel.eventLoop()) {
            return null;
        }
        Splice splice = KtlsSplice.open(this, kernel, socket, onReadable);
        if (splice != null) {
            counters.onSplice();
        }
        return splice;
    }

    /** Whether so many bytes more can go through a pipe, in as many records as they are bytes if need be. */
    boolean canSplice(int bytes) {
        return open && splices && switched && nextSequence + bytes <= keys.suite().recordLimit();
    }

    /** Whether what was spliced before is not out yet. */
    boolean isSplicing() {
        return splicing;
    }

    /** For {@link KtlsSplice}: sends what is in a pipe, which moves here. */
    void seal(Pipe pipe) {
        SpliceWrite write = new SpliceWrite(this, pipe, nextSequence, epoch);
        nextSequence += write.bytes();
        wirePosition += write.bytes();
        writesUnderWay++;
        splicing = true;
        sink.onSealed(write);
    }

    /** Of a {@link SpliceWrite} that is out, before anything behind it goes. */
    void onSpliced(SpliceWrite write) throws IOException {
        if (!open) {
            return;
        }
        byte[] cryptoInfo = new byte[CryptoInfo.bytes(keys.suite())];
        int result = kernel.getKeys(fd(), Direction.TX, cryptoInfo);
        long records = CryptoInfo.sequence(cryptoInfo) - write.firstSequence();
        Arrays.fill(cryptoInfo, (byte) 0);
        if (result < 0 || records < 1 || records > write.bytes()) {
            throw failed("kernel counts " + records + " records of " + write.bytes() + " bytes", result);
        }
        wirePosition += records * keys.format().overheadBytes();
        if (write.epoch() == epoch) {
            nextSequence -= write.bytes() - records;
        }
        counters.onBurst(records, write.bytes());
        counters.onSpliced(write.bytes());
        sink.onSpliced(records, write.bytes());
    }

    /** Of a {@link SpliceWrite} that is done or was dropped. */
    void onSpliceWritten() {
        splicing = false;
        onWritten();
    }

    /** Nothing behind this may go out: under which key it would is not known. */
    private IOException failed(String what, int result) {
        DeviceFaultException fault =
                new DeviceFaultException(what + ": " + Errno.name(result) + ", direction=TX, seq=" + nextSequence);
        if (open) {
            sink.onFault(fault);
        }
        return new IOException(fault.getMessage(), fault);
    }

    /** Of a {@link SocketWrite} that is done or was dropped. */
    void onWritten() {
        writesUnderWay--;
    }

    private int fd() {
        return channel.fd().intValue();
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
            RecordSealer.requireLeft(keys.suite(), nextSequence, records);
            RecordsWrite write = new RecordsWrite(this, type, direct(plaintext), maxPlaintextBytes);
            nextSequence += records;
            wirePosition += keys.format().sealedBytes(bytes, maxPlaintextBytes);
            counters.onBurst(records, bytes);
            writesUnderWay++;
            sink.onSealed(write);
        } finally {
            plaintext.release();
        }
    }

    /** The same content where the kernel can read it in one piece; the caller's. */
    private ByteBuf direct(ByteBuf plaintext) {
        if (plaintext.isDirect() && plaintext.nioBufferCount() == 1) {
            return plaintext.retain();
        }
        return channel.alloc().directBuffer(plaintext.readableBytes()).writeBytes(plaintext);
    }

    @Override
    public SessionInfo info() {
        String detail = switched ? conf.label() : "kernel, once the socket has room";
        return new SessionInfo(KtlsOffload.NAME, RecordMode.HW, detail);
    }

    @Override
    public long nextSequence() {
        return nextSequence;
    }

    @Override
    public @Nullable RecordBoundary boundary() {
        return writesUnderWay == 0 ? sealedBoundary() : null;
    }

    @Override
    public @Nullable RecordBoundary sealedBoundary() {
        return open ? new RecordBoundary(Direction.TX, wirePosition, nextSequence) : null;
    }

    @Override
    public boolean canRekey() {
        return canRekey;
    }

    @Override
    public void rekey(RecordBoundary at, TrafficKeys next) {
        Require.current(sealedBoundary(), at);
        Require.successor(keys, next);
        if (!canRekey) {
            throw new OffloadMisuseException("rekey of a session that cannot, direction=TX");
        }
        keys.destroy();
        keys = next;
        epoch++;
        nextSequence = 0;
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
        if (!switched || !open) {
            return 0;
        }
        long queued = kernel.queued(fd());
        return queued < 0 ? 0 : Math.max(0, wirePosition - (queued - queuedBefore));
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            keys.destroy();
            if (switched) {
                counters.onClosed(conf);
            }
        }
    }
}
