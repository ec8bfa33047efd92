package io.offramp.proxy.exchange.sketch;

import java.util.List;

/** One request of a client, in some version of HTTP. */
interface Client {
    /**
     * @param method of HTTP/2 also {@code CONNECT websocket}, which ends with its head
     * @param bodiless whether the request ends with its head
     */
    void head(String method, String path, boolean bodiless);

    void body(byte[] bytes);

    void end(List<String> trailers);

    /** Bytes of body that the proxy has not taken. */
    long unsent();

    /** Takes no more of the answer than was allowed so far. */
    void stall();

    /** Takes this many further bytes of the answer. */
    void take(long bytes);

    /** Leaves, before the answer is complete. */
    void leave();

    Received answer();
}
