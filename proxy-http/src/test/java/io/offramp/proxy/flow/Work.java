package io.offramp.proxy.flow;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All requests of an interleaving, those who ask and those who answer, and how far they are. */
final class Work {
    final List<Message> messages = new ArrayList<>();
    final List<ClientModel> clients = new ArrayList<>();
    final List<ServerModel> servers = new ArrayList<>();

    static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** Whether the server has a request of which its client still awaits something. */
    boolean isBusy(ServerModel server) {
        return server.peer().isOpen()
                && !server.hasEnded()
                && server.served().stream()
                        .anyMatch(message ->
                                message.server == server.peer() && !message.isAnswered() && isAwaited(message));
    }

    private boolean isAwaited(Message message) {
        ClientModel client = clientOf(message);
        return client != null && client.peer.isOpen() && !client.hasEnded() && !message.isDone();
    }

    /** Whether a client has sent a request that servers answer, and has no answer yet, although it reads. */
    boolean isAwaited() {
        return clients.stream().anyMatch(Work::waits);
    }

    private static boolean waits(ClientModel client) {
        return client.peer.isOpen()
                && !client.peer.hasEnded()
                && !client.peer.isStalled()
                && !client.hasEnded()
                && !client.hasToSend()
                && client.requests.stream()
                        .anyMatch(message -> !message.isDone() && message.sort != Message.Sort.NOWHERE);
    }

    /** Number of answers by the proxy itself. */
    long ownAnswers() {
        return messages.stream().filter(message -> message.own).count();
    }

    /** What a peer has sent is where it belongs, if nobody on the way has stopped reading. */
    void checkProgress(ServerModel server, Message message) {
        ClientModel client = clientOf(message);
        if (client == null || !client.peer.isOpen() || client.hasEnded()) {
            return;
        }
        if (!server.peer().isStalled() && client.isHeard() && !message.isAnswered()) {
            check(
                    message.isTakenBack() || message.bodyArrived == message.bodySent,
                    "body of " + message + " does not arrive");
        }
        if (!client.peer.isStalled() && (server.isTunnel(message) || !message.isDone())) {
            check(
                    message.isTakenBack() || message.answerArrived == message.answerSent,
                    "answer to " + message + " does not arrive");
        }
    }

    private @Nullable ClientModel clientOf(Message message) {
        for (ClientModel client : clients) {
            if (client.requests.contains(message)) {
                return client;
            }
        }
        return null;
    }

    /**
     * Each request is in the log once, and no more servers got it than may.
     *
     * @param logged targets in the log
     */
    void checkLog(List<String> logged, int attempts) {
        int[] times = new int[messages.size()];
        for (String target : logged) {
            if (!target.equals("-")) {
                times[Integer.parseInt(target.substring(target.lastIndexOf('/') + 1))]++;
            }
        }
        for (Message message : messages) {
            int entries = times[message.number];
            check(entries <= 1, message + " is logged " + entries + " times");
            check(entries == 1 || !message.hasArrived(), message + " is not logged");
            check(message.attempts() <= attempts, message + " was sent " + message.attempts() + " times");
        }
    }
}
