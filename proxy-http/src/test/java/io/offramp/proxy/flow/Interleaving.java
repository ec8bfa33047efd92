package io.offramp.proxy.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Runs one sequence of steps against a proxy, and holds what must hold behind each of them. */
final class Interleaving {
    private static final Message.Sort[] SORTS = Message.Sort.values();
    private static final int MOST_CLIENTS = 3;
    private static final int FLOOD = 400;

    /** Longer than all timeouts of a connection one behind the other. */
    private static final int END_S = 130;

    private final ProxyUnderTest proxy;
    private final long boundOfConnection;
    private final int attempts;
    private final List<Message> messages = new ArrayList<>();
    private final List<ClientModel> clients = new ArrayList<>();
    private final List<ServerModel> servers = new ArrayList<>();
    private final Function<Peer, ClientModel> connecting;
    private final BiFunction<Peer, IntFunction<Message>, ServerModel> accepting;
    private int connections;

    /**
     * @param boundOfConnection bytes that the proxy may hold for each connection of either side
     * @param attempts servers that may act on one request
     * @param connecting makes a client of its connection
     * @param accepting makes a server of a connection to one
     */
    Interleaving(
            ProxyUnderTest proxy,
            long boundOfConnection,
            int attempts,
            Function<Peer, ClientModel> connecting,
            BiFunction<Peer, IntFunction<Message>, ServerModel> accepting) {
        this.proxy = proxy;
        this.boundOfConnection = boundOfConnection;
        this.attempts = attempts;
        this.connecting = connecting;
        this.accepting = accepting;
    }

    /**
     * Runs the steps, then ends everything in the way that {@code patient} says: by timeouts alone, or with peers that
     * read on.
     *
     * @throws AssertionError if anything does not hold
     */
    void run(List<Step> steps, boolean patient) {
        for (Step step : steps) {
            take(step);
            look();
        }
        if (patient) {
            clients.forEach(client -> client.peer.resume());
            servers.forEach(server -> server.peer().resume());
            settle();
        }
        for (int second = 0; second < END_S && !proxy.isQuiet(); second++) {
            proxy.advance(Duration.ofSeconds(1));
            look();
        }
        check(proxy.isQuiet(), "connections outlive all timeouts");
        proxy.close();
        look();
        check(proxy.heldBytes() == 0, "leaked: " + proxy.heldBytes() + " bytes");
        checkLog();
    }

    private void take(Step step) {
        switch (step.kind()) {
            case CONNECT -> connect();
            case ACCEPT -> {
                if (proxy.offered() > 0) {
                    connections++;
                    servers.add(accepting.apply(proxy.accept(), messages::get));
                }
            }
            case REFUSE -> {
                if (proxy.offered() > 0) {
                    proxy.refuse();
                }
            }
            case TURN -> proxy.turn();
            case TIME -> proxy.advance(Duration.ofMillis(step.n() % 4000));
            case REQUEST,
                    FLOOD,
                    CLIENT_SENDS,
                    CLIENT_ENDS,
                    CLIENT_LEAVES,
                    CLIENT_RESETS,
                    CLIENT_STALLS,
                    CLIENT_RESUMES -> {
                if (!clients.isEmpty()) {
                    take(step, clients.get(step.who() % clients.size()));
                }
            }
            default -> {
                if (!servers.isEmpty()) {
                    take(step, servers.get(step.who() % servers.size()));
                }
            }
        }
        // Often several things happen before the proxy looks.
        if (step.n() % 3 != 0 && step.kind() != Step.Kind.TURN) {
            settle();
        }
    }

    private void connect() {
        clients.removeIf(client -> !client.peer.isOpen());
        if (clients.size() < MOST_CLIENTS) {
            connections++;
            clients.add(connecting.apply(proxy.connect()));
        }
    }

    private void take(Step step, ClientModel client) {
        switch (step.kind()) {
            case REQUEST -> {
                ask(client, SORTS[step.n() / 4096 % SORTS.length], step.n() % 4096);
                if (step.n() % 2 == 0) {
                    client.send(Integer.MAX_VALUE);
                }
            }
            case FLOOD -> {
                for (int i = 0; i < FLOOD && client.peer.isStalled(); i++) {
                    ask(client, Message.Sort.NOWHERE, 0);
                }
                for (int i = 0; i < 4 && client.hasToSend(); i++) {
                    client.send(Integer.MAX_VALUE);
                    settle();
                }
            }
            case CLIENT_SENDS -> client.send(1 + step.n() % 1500);
            case CLIENT_ENDS -> client.end();
            case CLIENT_LEAVES -> client.leave();
            case CLIENT_RESETS -> {
                if (step.n() % 2 == 0) {
                    client.takeBack(step.n() / 2);
                } else {
                    client.reset();
                }
            }
            case CLIENT_STALLS -> client.peer.stall();
            case CLIENT_RESUMES -> client.peer.resume();
            default -> throw new IllegalStateException();
        }
    }

    private void ask(ClientModel client, Message.Sort sort, int bodyBytes) {
        if (client.mayAsk() && client.peer.isOpen()) {
            Message message = new Message(messages.size(), sort, bodyBytes);
            messages.add(message);
            client.ask(message);
        }
    }

    private void take(Step step, ServerModel server) {
        switch (step.kind()) {
            case ANSWER, ANSWER_EARLY -> {
                server.answer(step.n(), step.kind() == Step.Kind.ANSWER_EARLY);
                if (step.n() % 2 == 0) {
                    server.send(Integer.MAX_VALUE);
                }
            }
            case ANSWER_TWICE -> server.answerTwice(step.n());
            case INTERIM -> {
                server.interim(step.n() % 50);
                server.send(Integer.MAX_VALUE);
            }
            case INTERIM_FLOOD -> {
                for (int i = 0; i < 80; i++) {
                    server.interim(500);
                    server.send(Integer.MAX_VALUE);
                    settle();
                }
            }
            case SERVER_SENDS -> server.send(1 + step.n() % 1500);
            case SERVER_STRAYS -> {
                settle();
                server.stray(step.n());
                settle();
            }
            case SERVER_ENDS -> server.end();
            case SERVER_RESETS -> server.reset();
            case SERVER_STALLS -> server.peer().stall();
            case SERVER_RESUMES -> server.peer().resume();
            default -> throw new IllegalStateException();
        }
    }

    private void settle() {
        do {
            proxy.settle();
        } while (look());
        check(proxy.unflushedBytes() == 0, "written and not flushed: " + proxy.unflushedBytes() + " bytes");
        for (ServerModel server : servers) {
            if (server.peer().isOpen() && !server.hasEnded()) {
                server.served().forEach(message -> checkProgress(server, message));
            }
        }
    }

    /** What a peer has sent is where it belongs, if nobody on the way has stopped reading. */
    private void checkProgress(ServerModel server, Message message) {
        ClientModel client = clientOf(message);
        if (client == null || !client.peer.isOpen() || client.hasEnded()) {
            return;
        }
        if (!server.peer().isStalled() && client.isHeard() && !message.isAnswered()) {
            check(
                    message.takenBack || message.bodyArrived == message.bodySent,
                    "body of " + message + " does not arrive");
        }
        if (!client.peer.isStalled() && (server.isTunnel(message) || !message.done)) {
            check(
                    message.takenBack || message.answerArrived == message.answerSent,
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

    /** True if what has come made a peer send something. */
    private boolean look() {
        boolean sent = false;
        for (ClientModel client : clients) {
            sent |= client.read();
        }
        // Those that the proxy has given up first: it may have sent their requests to others since.
        servers.sort(Comparator.comparing(server -> server.peer().isOpen()));
        for (ServerModel server : servers) {
            sent |= server.read();
        }
        servers.removeIf(server -> !server.peer().isOpen());
        long bound = boundOfConnection * connections;
        check(proxy.heldBytes() <= bound, proxy.heldBytes() + " bytes held, bound " + bound);
        return sent;
    }

    private void checkLog() {
        int[] times = new int[messages.size()];
        for (String target : proxy.logged()) {
            if (!target.equals("-")) {
                times[Integer.parseInt(target.substring(target.lastIndexOf('/') + 1))]++;
            }
        }
        for (Message message : messages) {
            int logged = times[message.number];
            check(logged <= 1, message + " is logged " + logged + " times");
            check(logged == 1 || !message.hasArrived(), message + " is not logged");
            check(message.attempts() <= attempts, message + " was sent " + message.attempts() + " times");
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
