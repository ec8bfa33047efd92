package io.offramp.proxy.channel;

import io.netty.util.AttributeKey;

/** An attribute of the client's channel, so asking a session that cannot splice needs no walk of its pipeline. */
final class SpliceTargets {
    static final AttributeKey<SpliceTarget> OF_CHANNEL = AttributeKey.valueOf(SpliceTarget.class, "session");

    private SpliceTargets() {}
}
