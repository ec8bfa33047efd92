package io.offramp.proxy.route;

import io.offramp.proxy.message.ClientAddress;
import io.offramp.proxy.message.FieldEdits;
import io.offramp.proxy.message.FieldRules;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.net.Cidr;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of one route: a request has to meet all of them.
 *
 * @param hosts one is enough; empty for any, and for none
 * @param path of the request's target
 * @param methods one is enough; empty for any
 * @param fields by name in lower case
 * @param parameters of the query, by name
 * @param clients one is enough; empty for any
 */
public record RouteConditions(
        List<HostCondition> hosts,
        PathCondition path,
        Set<String> methods,
        Map<String, ValueCondition> fields,
        Map<String, ValueCondition> parameters,
        List<Cidr> clients) {
    /** Copies the collections, which keep their order. */
    public RouteConditions {
        hosts = List.copyOf(hosts);
        methods = Collections.unmodifiableSet(new LinkedHashSet<>(methods));
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        clients = List.copyOf(clients);
    }

    /** By host and path alone. */
    public static RouteConditions of(@Nullable String host, PathCondition path) {
        return new RouteConditions(
                host == null ? List.of() : List.of(HostCondition.of(host)),
                path,
                Set.of(),
                Map.of(),
                Map.of(),
                List.of());
    }

    /** The same for readings of paths. */
    RouteConditions read() {
        return new RouteConditions(hosts, path.read(), methods, fields, parameters, clients);
    }

    /** True if more than host and path count. */
    public boolean hasOthers() {
        return !methods.isEmpty() || !fields.isEmpty() || !parameters.isEmpty() || !clients.isEmpty();
    }

    boolean matchesHost(@Nullable String host) {
        return hosts.isEmpty() || host != null && hosts.stream().anyMatch(each -> each.matches(host));
    }

    /** What a request does not meet, besides host and path; null if it meets all. */
    @Nullable
    String missed(RequestHead request, ClientAddress client) {
        if (!methods.isEmpty() && !methods.contains(request.message().method())) {
            return "method";
        }
        for (Map.Entry<String, ValueCondition> each : fields.entrySet()) {
            if (!each.getValue().matches(values(request.fields(), each.getKey(), client.isProxy()))) {
                return "header " + each.getKey();
            }
        }
        for (Map.Entry<String, ValueCondition> each : parameters.entrySet()) {
            if (!each.getValue().matches(Query.values(request.target().originForm(), each.getKey()))) {
                return "query " + each.getKey();
            }
        }
        if (!clients.isEmpty()) {
            InetAddress address = client.of(request.fields());
            if (clients.stream().noneMatch(each -> each.contains(address))) {
                return "client";
            }
        }
        return null;
    }

    /** Of lines that the client may say. */
    private static List<String> values(Fields fields, String name, boolean trusted) {
        byte[] lower = FieldEdits.lower(name);
        List<String> values = new ArrayList<>(1);
        for (int i = 0; i < fields.size(); i++) {
            if (fields.isName(i, lower) && FieldRules.isBelieved(fields.kind(i), trusted)) {
                values.add(fields.value(i));
            }
        }
        return values;
    }

    /** True if every request that meets the others meets these. */
    public boolean covers(RouteConditions others) {
        boolean host = hosts.isEmpty()
                || !others.hosts.isEmpty()
                        && others.hosts.stream()
                                .allMatch(other -> hosts.stream().anyMatch(own -> own.covers(other)));
        boolean method = methods.isEmpty() || !others.methods.isEmpty() && methods.containsAll(others.methods);
        boolean client = clients.isEmpty()
                || !others.clients.isEmpty()
                        && others.clients.stream()
                                .allMatch(other -> clients.stream().anyMatch(own -> covers(own, other)));
        return host
                && method
                && client
                && path.covers(others.path)
                && others.fields.entrySet().containsAll(fields.entrySet())
                && others.parameters.entrySet().containsAll(parameters.entrySet());
    }

    private static boolean covers(Cidr own, Cidr other) {
        return own.bits() <= other.bits() && own.contains(other.address());
    }

    /** Names of the groups of its expressions. */
    public Set<String> groups() {
        return path instanceof PathCondition.Matching(Regex regex) ? regex.groups() : Set.of();
    }
}
