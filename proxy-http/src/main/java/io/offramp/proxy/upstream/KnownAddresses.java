package io.offramp.proxy.upstream;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The addresses of one server, by the last answers of DNS. An answer may be a part of all addresses, another one each
 * time: an address that is missing once has not gone. Immutable.
 *
 * @param current those of the last answer, the one that accepted last first; at least one
 * @param missed number of answers since, in a row, for each address that an earlier one had
 */
public record KnownAddresses(List<SocketAddress> current, Map<SocketAddress, Integer> missed) {
    /** Answers in a row without an address, after which it is gone. */
    static final int ANSWERS = 3;

    /** Copies both. */
    public KnownAddresses {
        current = List.copyOf(current);
        missed = Map.copyOf(missed);
    }

    /** The first answer. */
    static KnownAddresses of(List<? extends SocketAddress> found) {
        return new KnownAddresses(List.copyOf(found), Map.of());
    }

    /** Whether a connection to this address may carry further requests. */
    public boolean includes(SocketAddress address) {
        return current.contains(address) || missed.containsKey(address);
    }

    /** Another answer; the address that accepted last stays the first. */
    KnownAddresses found(List<? extends SocketAddress> answer) {
        if (missed.isEmpty() && current.size() == answer.size() && current.containsAll(answer)) {
            return this;
        }
        Map<SocketAddress, Integer> missing = new HashMap<>(missed);
        current.forEach(address -> missing.put(address, 0));
        answer.forEach(missing::remove);
        missing.replaceAll((address, answers) -> answers + 1);
        missing.values().removeIf(answers -> answers >= ANSWERS);
        List<SocketAddress> next = new ArrayList<>(answer);
        toFirst(next, current.getFirst());
        return new KnownAddresses(next, missing);
    }

    /** The server has accepted at {@code used}. */
    KnownAddresses accepted(SocketAddress used) {
        if (current.getFirst().equals(used)) {
            return this;
        }
        List<SocketAddress> next = new ArrayList<>(current);
        return toFirst(next, used) ? new KnownAddresses(next, missed) : this;
    }

    private static boolean toFirst(List<SocketAddress> all, SocketAddress one) {
        boolean known = all.remove(one);
        if (known) {
            all.addFirst(one);
        }
        return known;
    }
}
