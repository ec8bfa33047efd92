package io.offramp.offload.device.toe;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Wakes the thread at the other end of a lane, once however often it is rung before that thread looks. Any thread may
 * ring.
 */
final class Doorbell {
    private final EventLoop loop;
    private final Runnable work;
    private final Runnable abandoned;
    private final AtomicBoolean rung = new AtomicBoolean();

    /**
     * @param work runs on the loop; calls {@link #answer()} first
     * @param abandoned runs in place of it, on the thread that rings, where the loop has ended
     */
    Doorbell(EventLoop loop, Runnable work, Runnable abandoned) {
        this.loop = loop;
        this.work = work;
        this.abandoned = abandoned;
    }

    /** The work that follows sees everything done before this call. */
    void ring() {
        if (rung.compareAndSet(false, true)) {
            try {
                loop.execute(work);
            } catch (RejectedExecutionException e) {
                rung.set(false);
                abandoned.run();
            }
        }
    }

    /** From here on the bell may be rung again; before anything is looked at. */
    void answer() {
        rung.set(false);
    }
}
