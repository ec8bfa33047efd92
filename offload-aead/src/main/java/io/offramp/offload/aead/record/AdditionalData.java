package io.offramp.offload.aead.record;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocal;
import io.offramp.offload.record.ProtocolVersion;

/**
 * The additional data of a TLS 1.2 record, which is not a run of the wire's bytes as in TLS 1.3 (RFC 5246 §6.2.3.3).
 *
 * <pre>
 *   0 ... 7      8      9    10    11    12
 * +----------+------+------+------+------+------+
 * | sequence | type |   version   | plaintext   |
 * +----------+------+------+------+------+------+
 * </pre>
 */
final class AdditionalData {
    static final int BYTES = 13;

    private static final int TYPE_OFFSET = 8;
    private static final int VERSION_OFFSET = 9;
    private static final int LENGTH_OFFSET = 11;

    // One scratch per thread, not per key: an own allocation per idle connection would cost more than this look-up per
    // record.
    private static final FastThreadLocal<ByteBuf> SCRATCH = new FastThreadLocal<>() {
        @Override
        protected ByteBuf initialValue() {
            return new UnpooledByteBufAllocator(true, true).directBuffer(BYTES, BYTES);
        }

        @Override
        protected void onRemoval(ByteBuf scratch) {
            scratch.release();
        }
    };

    private AdditionalData() {}

    /**
     * The thread's scratch, filled; good until the next call on this thread. Borrowed: the caller does not release it.
     */
    static ByteBuf of(long sequence, int type, int plaintextBytes) {
        ByteBuf aad = SCRATCH.get();
        aad.setLong(0, sequence);
        aad.setByte(TYPE_OFFSET, type);
        aad.setShort(VERSION_OFFSET, ProtocolVersion.LEGACY_RECORD_VERSION);
        aad.setShort(LENGTH_OFFSET, plaintextBytes);
        return aad;
    }
}
