package io.offramp.proxy.route;

import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.OwnCookie;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.net.ClientKey;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.balance.HashKey;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The destination of a request, by the routes. */
public sealed interface Destination {
    /**
     * To an upstream.
     *
     * @param bounds of the route, and of the upstream
     */
    record To(UpstreamGroup upstream, ExchangeBounds bounds) implements Destination {}

    /**
     * To one of several upstreams.
     *
     * @param shares not empty
     */
    record Split(List<Share> shares, ShareBy by) implements Destination {
        /** Copies the list. */
        public Split {
            shares = List.copyOf(shares);
        }

        /** The share of a request. */
        public Share of(RequestHead request, ClientFields client) {
            return switch (by) {
                case ShareBy.Lot lot -> drawn();
                case ShareBy.Hash(HashKey key) -> {
                    long hash = key instanceof HashKey.Address
                            ? HashKey.hash(Long.toHexString(
                                    ClientKey.of(client.source().of(request.fields()))))
                            : key.of(request, client.source());
                    yield hash == HashKey.NONE ? drawn() : at((int) Math.floorMod(hash, (long) weight()));
                }
                case ShareBy.Cookie(String name) -> {
                    List<String> ids = ShareCookie.ids(request.fields(), name);
                    yield shares.stream()
                            .filter(share -> share.weight > 0 && ids.contains(share.id()))
                            .findFirst()
                            .orElseGet(this::drawn);
                }
            };
        }

        private Share drawn() {
            return at(ThreadLocalRandom.current().nextInt(weight()));
        }

        /** @param position from 0 on, below {@link #weight} */
        Share at(int position) {
            int left = position;
            for (Share share : shares) {
                left -= share.weight;
                if (left < 0) {
                    return share;
                }
            }
            throw new IllegalArgumentException(position + " of " + weight());
        }

        /** The line of an answer's head that keeps the client with its share; null if none is due. */
        public byte @Nullable [] cookie(Share chosen, RequestHead request, ClientFields client) {
            if (!(by instanceof ShareBy.Cookie(String name))) {
                return null;
            }
            List<String> known = ShareCookie.ids(request.fields(), name);
            if (known.contains(chosen.id())) {
                return null;
            }
            List<String> own = shares.stream().map(Share::id).toList();
            return OwnCookie.line(name, ShareCookie.value(known, own, chosen.id()), client);
        }

        /** Of all shares. */
        public int weight() {
            return shares.stream().mapToInt(Share::weight).sum();
        }
    }

    /** One part of a split. */
    record Share(int weight, To to) {
        /** Of its upstream in cookies; a hash of its name. */
        String id() {
            return HexFormat.of().toHexDigits(HashKey.hash(to.upstream.name()));
        }
    }

    /** None: a rule of the route answers every request. */
    record Rules() implements Destination {}

    /**
     * No upstream.
     *
     * @param refusal its answer
     * @param why for the log; null if the answer says it
     */
    record Nowhere(Refusal refusal, @Nullable String why) implements Destination {}

    /** No route matches. */
    Destination UNKNOWN = new Nowhere(Refusal.NO_ROUTE, null);

    /** A route matches, but another reading of the path would match another route. */
    Destination AMBIGUOUS = new Nowhere(Refusal.BAD_REQUEST, "path with several readings");
}
