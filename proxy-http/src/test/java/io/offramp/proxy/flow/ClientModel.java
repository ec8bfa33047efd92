package io.offramp.proxy.flow;

import java.util.List;

/** A client, in any version of HTTP, that knows which answer belongs to which of its requests. */
interface ClientModel {
    /** The far end of its connection. */
    Peer peer();

    /** All that it has asked. */
    List<Message> requests();

    /** Whether it has ended what it sends. */
    boolean hasEnded();

    /** Whether another request may follow. */
    boolean mayAsk();

    /** Sends a request, or will. */
    void ask(Message message);

    /** Sends of what it has to send. */
    void send(int most);

    boolean hasToSend();

    /** Whether the proxy can take all that was sent. */
    boolean isHeard();

    /** Ends its stream; what it had not sent it never does. */
    void end();

    /** Ends its stream, and need not be answered any more. */
    void leave();

    /** Is gone at once. */
    void reset();

    /** Takes a request back, or does something else that only its version has. */
    void takeBack(int n);

    /** Takes what has come; true if that made it send something. */
    boolean read();
}
