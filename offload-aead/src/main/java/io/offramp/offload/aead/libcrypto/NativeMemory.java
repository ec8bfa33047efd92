package io.offramp.offload.aead.libcrypto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.netty.buffer.ByteBuf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Memory by address, without bounds: callers have checked them. One segment over all of it, so that an access makes no
 * object and checks no lifetime.
 */
@SuppressWarnings("restricted")
final class NativeMemory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfInt INT_BIG_ENDIAN = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG_BIG_ENDIAN = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private NativeMemory() {}

    static void putByte(long address, byte value) {
        ALL.set(JAVA_BYTE, address, value);
    }

    /** In the machine's byte order. */
    static void putInt(long address, int value) {
        ALL.set(JAVA_INT_UNALIGNED, address, value);
    }

    /** In the machine's byte order. */
    static void putLong(long address, long value) {
        ALL.set(JAVA_LONG_UNALIGNED, address, value);
    }

    /** In the machine's byte order. */
    static int getInt(long address) {
        return ALL.get(JAVA_INT_UNALIGNED, address);
    }

    static void putIntBigEndian(long address, int value) {
        ALL.set(INT_BIG_ENDIAN, address, value);
    }

    static void putLongBigEndian(long address, long value) {
        ALL.set(LONG_BIG_ENDIAN, address, value);
    }

    static void putBytes(long address, byte[] bytes) {
        MemorySegment.copy(bytes, 0, ALL, JAVA_BYTE, address, bytes.length);
    }

    /** Copies from any kind of buffer. */
    static void putBytes(long address, ByteBuf from, int index, int bytes) {
        from.getBytes(index, ALL.asSlice(address, bytes).asByteBuffer());
    }

    /** Copies to any kind of buffer. */
    static void getBytes(long address, ByteBuf to, int index, int bytes) {
        to.setBytes(index, ALL.asSlice(address, bytes).asByteBuffer());
    }

    static void wipe(long address, long bytes) {
        ALL.asSlice(address, bytes).fill((byte) 0);
    }

    /** A C string that is never freed. */
    static long constant(String value) {
        return Arena.global().allocateFrom(value).address();
    }

    /** The C string at an address. */
    static String string(long address) {
        return ALL.getString(address);
    }
}
