package io.offramp.proxy.exchange.sketch;

import java.util.List;

/** One server, in some version of HTTP; its requests are counted from 0. */
interface Server {
    /** Requests so far. */
    int requests();

    Received request(int index);

    /** Takes this many further bytes of a request's body. */
    void take(int index, long bytes);

    void interim(int index, int status);

    /** The head of an answer whose length is not known. */
    void head(int index, int status, List<String> fields);

    void body(int index, byte[] bytes);

    void end(int index, List<String> trailers);

    /** Breaks an answer off. */
    void reset(int index);

    /** Bytes of answers that the proxy has not taken. */
    long unsent();

    /** Connections so far. */
    int connections();
}
