package io.offramp.proxy.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.tck.fuzz.Bounds;
import io.offramp.proxy.net.proxyprotocol.ProxyHeader.Proxied;
import io.offramp.proxy.net.proxyprotocol.ProxyHeaderReader;
import io.offramp.proxy.net.proxyprotocol.ProxyHeaderReader.Result;
import io.offramp.proxy.net.proxyprotocol.ProxyHeaderWriter;
import java.util.List;

/**
 * What a proxy may send in front of a connection. Each beginning of a header must be incomplete, a complete one must
 * not depend on what follows it, and one that is written anew must be read as the same.
 */
public final class ProxyHeadersFuzz {
    private static final long MAX_HEAP_BYTES = 1 << 20;

    private ProxyHeadersFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        Bounds.check(MAX_HEAP_BYTES, () -> read(Unpooled.wrappedBuffer(data)));
    }

    private static void read(ByteBuf in) {
        if (ProxyHeaderReader.read(in) instanceof Result.Complete complete) {
            check(complete.bytes() <= ProxyHeaderReader.MOST_BYTES, "too long", complete);
            check(
                    ProxyHeaderReader.read(in.slice(0, complete.bytes())).equals(complete),
                    "what follows counts",
                    complete);
            for (int i = 0; i < Math.min(complete.bytes(), 64); i++) {
                boolean incomplete = ProxyHeaderReader.read(in.slice(0, i)) instanceof Result.Incomplete;
                check(incomplete, i + " bytes are enough", complete);
            }
            if (complete.header() instanceof Proxied client) {
                ByteBuf anew = Unpooled.buffer();
                ProxyHeaderWriter.version2(client.source(), client.destination(), List.of(), anew);
                boolean same = ProxyHeaderReader.read(anew).equals(new Result.Complete(client, anew.readableBytes()));
                check(same || differ(client), "another when written anew", complete);
            }
        }
    }

    /** An IPv4 address in IPv6 form is an IPv4 address to Java. */
    private static boolean differ(Proxied client) {
        return client.source().getAddress().getClass()
                != client.destination().getAddress().getClass();
    }

    private static void check(boolean holds, String what, Result.Complete complete) {
        if (!holds) {
            throw new IllegalStateException(what + ": " + complete);
        }
    }
}
