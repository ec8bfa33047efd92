package io.offramp.offload.ktls;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.ktls.ffi.LinuxTls;
import io.offramp.offload.record.Direction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A kernel that notes what it is told, protects nothing, and fails when asked to: for what no real one can be made to do. */
final class FakeKernel implements KernelTls {
    private final LinuxTls real = new LinuxTls();

    /** What was done, in order: {@code attach}, {@code TX keys}, {@code data 100}, {@code 22 5}. */
    final List<String> calls = new ArrayList<>();

    /** Bytes that each next send takes, or an error; all of them where it is empty. */
    final Deque<Integer> sends = new ArrayDeque<>();

    int attachResult;
    int keysResult;
    long queued;

    @Override
    public int attach(int fd) {
        calls.add("attach");
        return attachResult;
    }

    @Override
    public int setKeys(int fd, Direction direction, byte[] cryptoInfo) {
        calls.add(direction + " keys");
        return keysResult;
    }

    @Override
    public int getKeys(int fd, Direction direction, byte[] cryptoInfo) {
        return -Errno.EBUSY;
    }

    @Override
    public int send(int fd, ByteBuf content, int index, int bytes) {
        return sent("data", bytes);
    }

    @Override
    public int sendRecord(int fd, int type, ByteBuf content, int index, int bytes) {
        return sent(Integer.toString(type), bytes);
    }

    private int sent(String what, int bytes) {
        int sent = sends.isEmpty() ? bytes : sends.remove();
        calls.add(what + " " + (sent < 0 ? Errno.name(sent) : sent));
        return sent;
    }

    @Override
    public long receive(int fd, ByteBuf into, int index, int bytes) {
        return -Errno.EAGAIN;
    }

    @Override
    public int duplicate(int fd) {
        return real.duplicate(fd);
    }

    @Override
    public long queued(int fd) {
        return queued;
    }

    @Override
    public Conf conf(int fd, Direction direction) {
        return Conf.SW;
    }
}
