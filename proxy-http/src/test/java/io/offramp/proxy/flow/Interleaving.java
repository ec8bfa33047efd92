package io.offramp.proxy.flow;

import static io.offramp.proxy.flow.Work.check;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Runs one sequence of steps against a proxy, and holds what must hold behind each of them. */
final class Interleaving {
    private static final Message.Sort[] SORTS = Message.Sort.values();
    private static final int MOST_CLIENTS = 3;
    private static final int FLOOD = 400;

    /** Longer than a handshake. */
    static final Duration HANDSHAKE = Duration.ofMillis(500);

    /** Longer than a server may take for the last bytes of a tunnel, and shorter than a connection may be idle. */
    private static final Duration LAST_WRITES = Duration.ofSeconds(8);

    /** Longer than the pause between two attempts. */
    private static final Duration PAUSE = Duration.ofMillis(450);

    /** Longer than a server is skipped that has refused a connection. */
    private static final Duration REST = Duration.ofSeconds(4);

    /** Of a byte, without faults. */
    private static final int SHORT_ANSWER = 4;

    /** Longer than all timeouts of a connection one behind the other. */
    private static final int END_S = 130;

    private final ProxyUnderTest proxy;
    private final Operator operator;
    private final long boundOfConnection;
    private final int attempts;
    private final Work work = new Work();
    private final List<Message> messages = work.messages;
    private final List<ClientModel> clients = work.clients;
    private final List<ServerModel> servers = work.servers;
    private final Function<Peer, ClientModel> connecting;
    private final BiFunction<Peer, IntFunction<Message>, ServerModel> accepting;
    private int connections;

    /** What ends the connections that are left behind the last step. */
    enum End {
        /** Timeouts alone. */
        TIMEOUTS,
        /** Peers that stall no more, and timeouts. */
        READING,
        /** Clients that are gone at once: what no request uses, and no configuration has, ends with them. */
        NO_CLIENTS
    }

    /**
     * @param boundOfConnection bytes that the proxy may hold for each connection of either side
     * @param attempts servers that may act on one request
     * @param connecting makes a client of its connection
     * @param accepting makes a server of a connection to one
     */
    Interleaving(
            ProxyUnderTest proxy,
            Operator operator,
            long boundOfConnection,
            int attempts,
            Function<Peer, ClientModel> connecting,
            BiFunction<Peer, IntFunction<Message>, ServerModel> accepting) {
        this.proxy = proxy;
        this.operator = operator;
        this.boundOfConnection = boundOfConnection;
        this.attempts = attempts;
        this.connecting = connecting;
        this.accepting = accepting;
    }

    /**
     * Runs the steps, then ends everything. Another request finds the proxy as it was at first.
     *
     * @throws AssertionError if anything does not hold
     */
    void run(List<Step> steps, End end) {
        for (Step step : steps) {
            take(step);
            look();
        }
        if (end == End.READING) {
            clients.forEach(client -> client.peer.resume());
            servers.forEach(server -> server.peer().resume());
            settle();
        } else if (end == End.NO_CLIENTS) {
            endClients();
        }
        for (int second = 0; second < END_S && !proxy.isQuiet(); second++) {
            proxy.advance(Duration.ofSeconds(1));
            look();
        }
        check(proxy.isQuiet(), "connections outlive all timeouts");
        askOnceMore();
        proxy.close();
        look();
        check(proxy.heldBytes() == 0, "leaked: " + proxy.heldBytes() + " bytes");
        work.checkLog(proxy.logged(), attempts);
    }

    private void endClients() {
        clients.forEach(ClientModel::reset);
        servers.forEach(server -> server.peer().resume());
        settle();
        proxy.advance(LAST_WRITES);
        settle();
        for (ServerModel server : servers) {
            check(!operator.isGone(server.peer()), "a connection outlives its configuration");
        }
    }

    private void askOnceMore() {
        operator.makeReady();
        proxy.advance(REST);
        ClientModel client = connect();
        Message message = ask(client, Message.Sort.GET, 0);
        client.send(Integer.MAX_VALUE);
        settle();
        check(proxy.offered() > 0, "no connection for another request");
        ServerModel server = accept();
        settle();
        proxy.advance(HANDSHAKE);
        settle();
        server.answer(SHORT_ANSWER, false);
        server.send(Integer.MAX_VALUE);
        settle();
        check(message.isDone() && !message.own, "another request is not answered");
        client.reset();
        settle();
    }

    private void take(Step step) {
        switch (step.kind()) {
            case CONNECT -> {
                clients.removeIf(client -> !client.peer.isOpen());
                if (clients.size() < MOST_CLIENTS) {
                    connect();
                }
            }
            case ACCEPT -> {
                if (proxy.offered() > 0) {
                    accept();
                }
            }
            case RELOAD, MOVE, REPLACE_TRUST, DRAIN -> change(step);
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

    private ClientModel connect() {
        connections++;
        ClientModel client = connecting.apply(proxy.connect());
        clients.add(client);
        return client;
    }

    private ServerModel accept() {
        connections++;
        Peer peer = operator.accept();
        ServerModel server = accepting.apply(peer, number -> arriving(messages.get(number), peer));
        servers.add(server);
        return server;
    }

    /** A request that comes behind a change goes where it would go if nothing had been there before. */
    private Message arriving(Message message, Peer server) {
        int outdatedBy = operator.outdatedBy(server);
        check(
                message.changesBefore < outdatedBy,
                message + " has come behind " + message.changesBefore + " changes, on a connection outdated by the "
                        + outdatedBy + ".");
        message.server = server;
        return message;
    }

    /** A change ends no request that has a server or waits for one. */
    private void change(Step step) {
        boolean alone = step.n() % 3 != 0;
        if (alone) {
            settle();
        }
        List<ServerModel> busy = servers.stream().filter(work::isBusy).toList();
        long own = work.ownAnswers();
        operator.change(step.kind(), step.n() / 3);
        check(operator.areDrainedAsAsked(), "a server is drained, or not, and should not be");
        if (alone) {
            settle();
            for (ServerModel server : busy) {
                check(server.peer().isOpen(), step.kind() + " has ended requests: " + server.served());
            }
            check(work.ownAnswers() == own || operator.hasDrained(), step.kind() + " has failed a request that waits");
        }
    }

    private void take(Step step, ClientModel client) {
        switch (step.kind()) {
            case REQUEST -> {
                askIfMay(client, SORTS[step.n() / 4096 % SORTS.length], step.n() % 4096);
                if (step.n() % 2 == 0) {
                    client.send(Integer.MAX_VALUE);
                }
            }
            case FLOOD -> {
                for (int i = 0; i < FLOOD && client.peer.isStalled(); i++) {
                    askIfMay(client, Message.Sort.NOWHERE, 0);
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

    private void askIfMay(ClientModel client, Message.Sort sort, int bodyBytes) {
        if (client.mayAsk() && client.peer.isOpen()) {
            ask(client, sort, bodyBytes);
        }
    }

    private Message ask(ClientModel client, Message.Sort sort, int bodyBytes) {
        Message message = new Message(messages.size(), sort, bodyBytes);
        message.changesBefore = operator.changes();
        messages.add(message);
        client.ask(message);
        return message;
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
                if (operator.isOpen(server.peer())) {
                    server.stray(step.n());
                    settle();
                }
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
                server.served().forEach(message -> work.checkProgress(server, message));
            }
        }
        if (waitsForNobody()) {
            proxy.advance(PAUSE);
            look();
            check(!waitsForNobody(), "a request waits, and nobody is asked");
        }
    }

    /** True where a request is under way, without any server that has it, or might. */
    private boolean waitsForNobody() {
        return proxy.offered() == 0 && servers.isEmpty() && !operator.hasDrained() && work.isAwaited();
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
}
