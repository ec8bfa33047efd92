package io.offramp.proxy.upstream.transport;

import io.netty.channel.Channel;
import io.offramp.proxy.channel.ReadGate;
import io.offramp.proxy.channel.ReadGate.Holder;
import io.offramp.proxy.channel.SpliceListener;
import io.offramp.proxy.channel.SpliceTarget;
import io.offramp.proxy.channel.Splicing;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A transport's socket while it is spliced to a client; meanwhile nothing reads it here. */
final class SpliceSource implements SpliceListener {
    private final Transport transport;
    private @Nullable Splicing splicing;
    private @Nullable ReadGate gate;

    SpliceSource(Transport transport) {
        this.transport = transport;
    }

    /** Begins, if the target can and nothing is spliced yet. */
    void begin(SpliceTarget target, Channel source, ReadGate of, long bytes) {
        if (splicing == null) {
            splicing = target.splice(source, bytes, this);
            if (splicing != null) {
                gate = of;
                of.hold(Holder.SPLICE);
            }
        }
    }

    /** Later bytes are read in the ordinary way. */
    void stop() {
        if (close()) {
            read();
        }
    }

    /** Ends it, and leaves the gate as it is; true if there was one. */
    boolean close() {
        Splicing last = splicing;
        splicing = null;
        if (last != null) {
            last.close();
        }
        return last != null;
    }

    private void read() {
        if (gate != null) {
            gate.release(Holder.SPLICE);
        }
    }

    @Override
    public void onSpliced(int bytes) {
        transport.onSpliced(bytes);
    }

    @Override
    public void onSplicePaused() {
        transport.onSplicePaused();
    }

    @Override
    public void onSpliceEnded(@Nullable IOException failure) {
        splicing = null;
        if (transport.onSpliceEnded(failure)) {
            read();
        }
    }
}
