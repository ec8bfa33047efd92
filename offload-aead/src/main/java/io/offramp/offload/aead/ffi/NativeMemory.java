package io.offramp.offload.aead.ffi;

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
public final class NativeMemory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfInt INT_BIG_ENDIAN = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG_BIG_ENDIAN = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private NativeMemory() {}

    public static void putByte(long address, byte value) {
        ALL.set(JAVA_BYTE, address, value);
    }

    /** In the machine's byte order. */
    public static void putInt(long address, int value) {
        ALL.set(JAVA_INT_UNALIGNED, address, value);
    }

    /** In the machine's byte order. */
    public static void putLong(long address, long value) {
        ALL.set(JAVA_LONG_UNALIGNED, address, value);
    }

    /** In the machine's byte order. */
    public static int getInt(long address) {
        return ALL.get(JAVA_INT_UNALIGNED, address);
    }

    public static void putIntBigEndian(long address, int value) {
        ALL.set(INT_BIG_ENDIAN, address, value);
    }

    public static void putLongBigEndian(long address, long value) {
        ALL.set(LONG_BIG_ENDIAN, address, value);
    }

    public static void putBytes(long address, byte[] bytes) {
        MemorySegment.copy(bytes, 0, ALL, JAVA_BYTE, address, bytes.length);
    }

    /** Copies from any kind of buffer. */
    public static void putBytes(long address, ByteBuf from, int index, int bytes) {
        from.getBytes(index, ALL.asSlice(address, bytes).asByteBuffer());
    }

    /** Copies to any kind of buffer. */
    public static void getBytes(long address, ByteBuf to, int index, int bytes) {
        to.setBytes(index, ALL.asSlice(address, bytes).asByteBuffer());
    }

    /** In the machine's byte order. */
    public static long getLong(long address) {
        return ALL.get(JAVA_LONG_UNALIGNED, address);
    }

    public static long getLongBigEndian(long address) {
        return ALL.get(LONG_BIG_ENDIAN, address);
    }

    /** Copies between areas that are apart. */
    public static void copy(long from, long to, int bytes) {
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    public static void wipe(long address, long bytes) {
        ALL.asSlice(address, bytes).fill((byte) 0);
    }

    /** A C string that is never freed. */
    public static long constant(String value) {
        return Arena.global().allocateFrom(value).address();
    }

    /** The C string at an address. */
    public static String string(long address) {
        return ALL.getString(address);
    }
}
