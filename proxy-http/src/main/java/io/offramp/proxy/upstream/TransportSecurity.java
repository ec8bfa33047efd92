package io.offramp.proxy.upstream;

import io.netty.channel.Channel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Secures new connections to the servers of one upstream, before a protocol speaks on them. Thread-safe. */
public interface TransportSecurity {
    /**
     * Begins; on the channel's event loop. Its result comes later or during the call; the channel's end comes as a
     * failure.
     *
     * @param channel open, with its transport as the last handler
     * @param name that is asked for, and that the certificate must have; null for the one that is configured
     * @param protocols for ALPN, in order of preference, unless others are configured; empty for none
     */
    void secure(Channel channel, UpstreamServer server, @Nullable String name, List<String> protocols, Result result);

    /** Gets the result once. */
    interface Result {
        /**
         * The transport has plaintext from now on: what it writes is protected, and what the server has sent already
         * comes after this call.
         *
         * @param session of this channel
         */
        void onSecured(TransportSession session);

        /** Whether nobody waits for it any more, so that a failure is nobody's fault. */
        boolean isCancelled();

        /** The channel is closed, or about to. */
        void onFailed(Throwable cause);

        /** The same, by a fault or a shortage of this proxy: the server is not to blame. */
        void onGivenUp(Throwable cause);
    }
}
