package io.offramp.offload.aead;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;

/** The kinds of buffer that callers have. */
enum BufferKind {
    DIRECT {
        @Override
        ByteBuf of(byte[] bytes) {
            return ByteBufAllocator.DEFAULT
                    .directBuffer(Math.max(1, bytes.length))
                    .writeBytes(bytes);
        }
    },
    DIRECT_WITHOUT_ADDRESS {
        @Override
        ByteBuf of(byte[] bytes) {
            return new UnpooledDirectByteBuf(UnpooledByteBufAllocator.DEFAULT, bytes.length, bytes.length)
                    .writeBytes(bytes);
        }
    },
    HEAP {
        @Override
        ByteBuf of(byte[] bytes) {
            return ByteBufAllocator.DEFAULT
                    .heapBuffer(Math.max(1, bytes.length))
                    .writeBytes(bytes);
        }
    },
    SLICE {
        @Override
        ByteBuf of(byte[] bytes) {
            return ByteBufAllocator.DEFAULT
                    .directBuffer(9 + bytes.length)
                    .writeZero(9)
                    .writeBytes(bytes)
                    .slice(9, bytes.length);
        }
    },
    COMPOSITE {
        @Override
        ByteBuf of(byte[] bytes) {
            int cut = bytes.length / 3;
            return Unpooled.wrappedBuffer(
                    Unpooled.directBuffer().writeBytes(bytes, 0, cut),
                    Unpooled.buffer().writeBytes(bytes, cut, cut),
                    Unpooled.directBuffer().writeBytes(bytes, 2 * cut, bytes.length - 2 * cut));
        }
    };

    /** A buffer that holds these bytes from index 0; the caller releases it. */
    abstract ByteBuf of(byte[] bytes);
}
