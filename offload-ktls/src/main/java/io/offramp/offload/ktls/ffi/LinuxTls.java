package io.offramp.offload.ktls.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.ktls.kernel.Errno;
import io.offramp.offload.ktls.kernel.KernelTls;
import io.offramp.offload.record.Direction;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The running kernel (include/uapi/linux/tls.h, tcp.h). */
public final class LinuxTls implements KernelTls {
    private static final int SOL_TCP = 6;
    private static final int TCP_INFO = 11;
    private static final int TCP_ULP = 31;
    private static final int SOL_TLS = 282;
    private static final int TLS_TX = 1;
    private static final int TLS_RX = 2;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;

    // Offsets in struct tcp_info.
    private static final int TCPI_NOTSENT_BYTES = 144;
    private static final int TCPI_BYTES_SENT = 200;
    private static final int TCPI_BYTES_RETRANS = 208;
    private static final int TCPI_BYTES = 216;

    private static final ValueLayout.OfLong SEQUENCE = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final byte[] TLS = "tls".getBytes(StandardCharsets.US_ASCII);
    private static final int EOPNOTSUPP = 95;

    @Override
    public int attach(int fd) {
        CallMemory memory = CallMemory.current();
        return Libc.setsockopt(memory.state, fd, SOL_TCP, TCP_ULP, memory.value(TLS), TLS.length);
    }

    @Override
    public int setKeys(int fd, Direction direction, byte[] cryptoInfo) {
        CallMemory memory = CallMemory.current();
        try {
            return Libc.setsockopt(
                    memory.state, fd, SOL_TLS, option(direction), memory.value(cryptoInfo), cryptoInfo.length);
        } finally {
            memory.wipe();
        }
    }

    @Override
    public long nextSequence(int fd, Direction direction, int cryptoInfoBytes) {
        CallMemory memory = CallMemory.current();
        try {
            int result = Libc.getsockopt(
                    memory.state, fd, SOL_TLS, option(direction), memory.value, memory.length(cryptoInfoBytes));
            // The last field of each struct, big endian.
            return result < 0 ? result : memory.value.get(SEQUENCE, cryptoInfoBytes - Long.BYTES);
        } finally {
            memory.wipe();
        }
    }

    @Override
    public int send(int fd, ByteBuf content, int index, int bytes) {
        return Libc.send(
                CallMemory.current().state, fd, address(content, index, bytes), bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
    }

    @Override
    public int sendRecord(int fd, int type, ByteBuf content, int index, int bytes) {
        CallMemory memory = CallMemory.current();
        memory.prepare(address(content, index, bytes), bytes);
        memory.putType(type);
        return Libc.sendmsg(memory.state, fd, memory.message, MSG_NOSIGNAL | MSG_DONTWAIT);
    }

    @Override
    public long receive(int fd, ByteBuf into, int index, int bytes) {
        CallMemory memory = CallMemory.current();
        memory.prepare(address(into, index, bytes), bytes);
        int read = Libc.recvmsg(memory.state, fd, memory.message, MSG_DONTWAIT);
        if (read < 0) {
            return read;
        }
        return memory.isControlTruncated() ? -Errno.EIO : KernelTls.received(memory.type(), read);
    }

    @Override
    public int duplicate(int fd) {
        return Libc.fcntl(CallMemory.current().state, fd, F_DUPFD_CLOEXEC, 0);
    }

    @Override
    public long queued(int fd) {
        CallMemory memory = CallMemory.current();
        int result = Libc.getsockopt(
                memory.state, fd, SOL_TCP, TCP_INFO, memory.value, memory.length(CallMemory.VALUE_BYTES));
        if (result < 0) {
            return result;
        }
        if (memory.length.get(JAVA_INT, 0) < TCPI_BYTES) {
            return -EOPNOTSUPP;
        }
        return memory.value.get(JAVA_LONG, TCPI_BYTES_SENT)
                - memory.value.get(JAVA_LONG, TCPI_BYTES_RETRANS)
                + Integer.toUnsignedLong(memory.value.get(JAVA_INT, TCPI_NOTSENT_BYTES));
    }

    @Override
    public Conf conf(int fd, Direction direction) {
        return SocketDiagnosis.conf(fd, direction);
    }

    @Override
    public boolean mayBeOnDevice(int fd, Direction direction) {
        return !TlsStatistics.isOfThisNamespace(fd) || TlsStatistics.onDevice(TlsStatistics.FILE, direction) != 0;
    }

    private static int option(Direction direction) {
        return direction == Direction.TX ? TLS_TX : TLS_RX;
    }

    private static long address(ByteBuf content, int index, int bytes) {
        return content.hasMemoryAddress()
                ? content.memoryAddress() + index
                : MemorySegment.ofBuffer(content.internalNioBuffer(index, bytes))
                        .address();
    }
}
