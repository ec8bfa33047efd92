package io.offramp.offload.ktls;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.ktls.ffi.LinuxTls;
import io.offramp.offload.ktls.kernel.Errno;
import io.offramp.offload.ktls.kernel.KernelTls;
import io.offramp.offload.record.Direction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;

/** A kernel that notes its calls, protects nothing, and fails when asked to: for what no real one can be made to do. */
final class FakeKernel implements KernelTls {
    private final LinuxTls real = new LinuxTls();

    /** What was done, in order: {@code attach}, {@code TX keys}, {@code data 100}, {@code 22 5}. */
    final List<String> calls = new ArrayList<>();

    /** Bytes that each next send takes, or an error; all of them where it is empty. */
    final Deque<Integer> sends = new ArrayDeque<>();

    /** What each next read returns; nothing is there where it is empty. */
    final Deque<Long> receives = new ArrayDeque<>();

    /** Descriptors of all calls except {@link #attach}. */
    final Set<Integer> descriptors = new TreeSet<>();

    /** Results of the next that give keys; {@link #keysResult} where it is empty. */
    final Deque<Integer> keys = new ArrayDeque<>();

    int attachResult;
    int keysResult;
    long queued;

    /** Who does the work, and how long the records are that it makes at most. */
    Conf conf = Conf.SW;

    boolean mayBeOnDevice = true;

    int mostBytes = 16_384;

    /** What it says of the sequence that it has. */
    LongUnaryOperator says = LongUnaryOperator.identity();

    private long sequence;

    @Override
    public int attach(int fd) {
        calls.add("attach");
        return attachResult;
    }

    @Override
    public int setKeys(int fd, Direction direction, byte[] cryptoInfo) {
        descriptors.add(fd);
        int result = keys.isEmpty() ? keysResult : keys.remove();
        calls.add(direction + " keys" + (result < 0 && result != keysResult ? " " + Errno.name(result) : ""));
        sequence = result < 0 ? sequence : 0;
        return result;
    }

    @Override
    public long nextSequence(int fd, Direction direction, int cryptoInfoBytes) {
        descriptors.add(fd);
        return says.applyAsLong(sequence);
    }

    @Override
    public int send(int fd, ByteBuf content, int index, int bytes) {
        return sent(fd, "data", bytes);
    }

    @Override
    public int sendRecord(int fd, int type, ByteBuf content, int index, int bytes) {
        return sent(fd, Integer.toString(type), bytes);
    }

    private int sent(int fd, String what, int bytes) {
        descriptors.add(fd);
        int sent = sends.isEmpty() ? bytes : sends.remove();
        calls.add(what + " " + (sent < 0 ? Errno.name(sent) : sent));
        sequence += sent < 0 ? 0 : Math.ceilDiv(sent, mostBytes);
        return sent;
    }

    @Override
    public long receive(int fd, ByteBuf into, int index, int bytes) {
        descriptors.add(fd);
        return receives.isEmpty() ? -Errno.EAGAIN : receives.remove();
    }

    @Override
    public int duplicate(int fd) {
        return real.duplicate(fd);
    }

    @Override
    public long queued(int fd) {
        descriptors.add(fd);
        return queued;
    }

    @Override
    public Conf conf(int fd, Direction direction) {
        descriptors.add(fd);
        return conf;
    }

    @Override
    public boolean mayBeOnDevice(int fd, Direction direction) {
        descriptors.add(fd);
        return mayBeOnDevice;
    }
}
