package io.offramp.proxy.flow;

import java.util.List;

/** One connection to a server, in any version of HTTP, which answers whatever it is asked, in its own time. */
interface ServerModel {
    /** The far end of the connection. */
    Peer peer();

    /** Whether it has ended the connection. */
    boolean hasEnded();

    /** Whose heads have come, and that are not over for it. */
    List<Message> served();

    /** Whether the message has become a tunnel. */
    boolean isTunnel(Message message);

    /** Takes what has come; true if that made it send something. */
    boolean read();

    /** Begins an answer, where a request waits for one. */
    void answer(int n, boolean early);

    /** Answers, and at once a second time, or in another way that no server should. */
    void answerTwice(int n);

    /** What no request asked for. */
    void stray(int n);

    /** An interim answer with as many bytes. */
    void interim(int bytes);

    /** Sends of what it has to send. */
    void send(int most);

    /** Ends the connection in order. */
    void end();

    /** Is gone at once. */
    void reset();
}
