package io.offramp.proxy.server;

import io.netty.channel.DefaultMessageSizeEstimator;
import io.netty.channel.FileRegion;
import io.netty.channel.MessageSizeEstimator;

/**
 * The size of a write until it is out. Netty counts a {@link FileRegion} as a file, which costs no memory. The regions
 * of a backend that protects on the way out of the socket hold their plaintext, and a client that does not read must
 * not make them pile up.
 */
final class WriteSizes {
    static final MessageSizeEstimator ESTIMATOR = () -> WriteSizes::of;

    private static final MessageSizeEstimator.Handle OTHERS = DefaultMessageSizeEstimator.DEFAULT.newHandle();

    private WriteSizes() {}

    private static int of(Object message) {
        return message instanceof FileRegion region
                ? (int) Math.min(Integer.MAX_VALUE, region.count() - region.transferred())
                : OTHERS.size(message);
    }
}
