package io.offramp.offload.device.hardware.engine;

/** Works on queues, apart from the threads that post. Thread-safe. */
public interface Engine {
    /** Works on these queues from here on. */
    void add(QueueSet queues);

    /** Returns when it no longer looks at these queues. */
    void remove(QueueSet queues);

    /** Doorbell: there is something to do. */
    void wake();

    /** Ends, and returns when it has ended. */
    void close();
}
