package io.offramp.proxy.flow;

import java.util.ArrayList;
import java.util.List;

/** A client, in any version of HTTP, that knows which answer belongs to which of its requests. */
abstract class ClientModel {
    /** The far end of its connection. */
    final Peer peer;

    /** All that it has asked. */
    final List<Message> requests = new ArrayList<>();

    private boolean ended;

    ClientModel(Peer peer) {
        this.peer = peer;
    }

    /** Whether it has ended what it sends. */
    final boolean hasEnded() {
        return ended;
    }

    /** Whether another request may follow. */
    abstract boolean mayAsk();

    /** Sends a request, or will. */
    abstract void ask(Message message);

    /** Sends of what it has to send. */
    abstract void send(int most);

    abstract boolean hasToSend();

    /** Whether the proxy can take all that was sent. */
    abstract boolean isHeard();

    /** Forgets what it had still to send. */
    abstract void forget();

    /** Ends its stream; what it had not sent it never does. */
    final void end() {
        onEnd();
        peer.endOutput();
    }

    /** Ends its stream, and need not be answered any more. */
    final void leave() {
        onEnd();
        peer.leave();
    }

    /** Is gone at once. */
    final void reset() {
        onEnd();
        peer.reset();
    }

    private void onEnd() {
        ended = true;
        forget();
    }

    /** Takes a request back, or does something else that only its version has. */
    abstract void takeBack(int n);

    /** Takes what has come; true if that made it send something. */
    abstract boolean read();
}
