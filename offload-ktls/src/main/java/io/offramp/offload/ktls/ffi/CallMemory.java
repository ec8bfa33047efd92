package io.offramp.offload.ktls.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.netty.util.concurrent.FastThreadLocal;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory for a thread's system calls: {@code errno}, a message with room for the type of one record, and a block for
 * values of socket options. Freed with the thread.
 *
 * <pre>
 * message: | msghdr 0..55 | iovec 56..71 | control 72..95 |
 * </pre>
 */
final class CallMemory {
    /** The largest value of a socket option that is asked for here: {@code struct tcp_info}. */
    static final int VALUE_BYTES = 512;

    private static final int SOL_TLS = 282;
    private static final int TLS_SET_RECORD_TYPE = 1;
    private static final int TLS_GET_RECORD_TYPE = 2;
    private static final int MESSAGE_BYTES = 96;
    private static final int FLAGS = 48;
    private static final int MSG_CTRUNC = 8;
    private static final int IOVEC = 56;
    private static final int CONTROL = 72;
    private static final int CONTROL_SPACE = 24;

    /** {@code CMSG_LEN(1)}. */
    private static final int CONTROL_LENGTH = 17;

    private static final FastThreadLocal<CallMemory> PER_THREAD = new FastThreadLocal<>() {
        @Override
        protected CallMemory initialValue() {
            return new CallMemory();
        }
    };

    final MemorySegment state;
    final MemorySegment message;
    final MemorySegment value;
    final MemorySegment length;

    private CallMemory() {
        Arena arena = Arena.ofAuto();
        state = arena.allocate(Libc.CALL_STATE);
        message = arena.allocate(MESSAGE_BYTES, Long.BYTES);
        value = arena.allocate(VALUE_BYTES, Long.BYTES);
        length = arena.allocate(JAVA_INT);
    }

    static CallMemory current() {
        return PER_THREAD.get();
    }

    /** A message of these bytes, with room for control data and none in it. */
    void prepare(long address, int bytes) {
        message.fill((byte) 0);
        message.set(JAVA_LONG, 16, message.address() + IOVEC);
        message.set(JAVA_LONG, 24, 1);
        message.set(JAVA_LONG, 32, message.address() + CONTROL);
        message.set(JAVA_LONG, 40, CONTROL_SPACE);
        message.set(JAVA_LONG, IOVEC, address);
        message.set(JAVA_LONG, IOVEC + 8, bytes);
    }

    /** Sets the type of the message's record. */
    void putType(int type) {
        message.set(JAVA_LONG, CONTROL, CONTROL_LENGTH);
        message.set(JAVA_INT, CONTROL + 8, SOL_TLS);
        message.set(JAVA_INT, CONTROL + 12, TLS_SET_RECORD_TYPE);
        message.set(JAVA_BYTE, CONTROL + 16, (byte) type);
    }

    /** The record's type from the kernel; 0 if it gave none. */
    int type() {
        boolean isThere = message.get(JAVA_LONG, 40) >= CONTROL_LENGTH
                && message.get(JAVA_INT, CONTROL + 8) == SOL_TLS
                && message.get(JAVA_INT, CONTROL + 12) == TLS_GET_RECORD_TYPE;
        return isThere ? message.get(JAVA_BYTE, CONTROL + 16) & 0xff : 0;
    }

    /** True if the kernel's control data did not fit, so the type may be missing. */
    boolean isControlTruncated() {
        return (message.get(JAVA_INT, FLAGS) & MSG_CTRUNC) != 0;
    }

    /** Copies these bytes to the block for socket options. */
    MemorySegment value(byte[] bytes) {
        MemorySegment.copy(bytes, 0, value, JAVA_BYTE, 0, bytes.length);
        return value;
    }

    /** Sets the length of the value. */
    MemorySegment length(int bytes) {
        length.set(JAVA_INT, 0, bytes);
        return length;
    }

    /** A value may have been a key. */
    void wipe() {
        value.fill((byte) 0);
    }
}
