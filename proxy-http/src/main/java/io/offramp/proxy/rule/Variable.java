package io.offramp.proxy.rule;

import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.RequestIds;
import io.offramp.proxy.tls.Negotiated;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a template may take from a request. Without a value, it is empty. */
enum Variable {
    /** Address of the client: the last one that no trusted proxy has. */
    CLIENT(Variable::client),
    /** Lower case, without port. */
    HOST(request -> request.head().target().host()),
    METHOD(request -> request.head().message().method()),
    /** As it came, without the query. */
    PATH(request -> request.head().target().path()),
    /** As it came, without the question mark. */
    QUERY(Variable::query),
    REQUEST_ID(request -> RequestIds.id(request.head().fields(), request.client())),
    /** That of the client, by the word of a trusted proxy or by its connection. */
    SCHEME(Variable::scheme),
    SNI(request -> tls(request, Negotiated::serverName)),
    TLS_CIPHER(request -> tls(request, Negotiated::cipherSuite)),
    TLS_VERSION(request -> tls(request, tls -> "TLSv" + tls.version().label())),
    /** Path and query as they came. */
    URI(request -> request.head().target().originForm()),
    /** Of basic authentication, once an access rule has checked the password. */
    USER(request -> request.edits().user());

    private final Function<RuleRequest, @Nullable String> value;

    Variable(Function<RuleRequest, @Nullable String> value) {
        this.value = value;
    }

    /** Its name in templates. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The one of that name; null if there is none. */
    static @Nullable Variable of(String label) {
        return Arrays.stream(values())
                .filter(each -> each.label().equals(label))
                .findFirst()
                .orElse(null);
    }

    /** All names, for messages. */
    static String known() {
        return Arrays.stream(values()).map(Variable::label).collect(Collectors.joining(", "));
    }

    String of(RuleRequest request) {
        String text = value.apply(request);
        return text == null ? "" : text;
    }

    /** The same, but with the path as the route has read it. */
    String read(RuleRequest request) {
        String path = request.route().path();
        return switch (this) {
            case PATH -> UrlText.path(path);
            case URI -> {
                String query = query(request);
                yield UrlText.path(path) + (query.isEmpty() ? "" : "?" + query);
            }
            default -> of(request);
        };
    }

    /** The same as the value of a parameter of a query; the client's query is more than one value, and stays. */
    String parameter(RuleRequest request) {
        return switch (this) {
            case QUERY -> UrlText.valid(of(request));
            case PATH -> UrlText.parameter(request.route().path());
            default -> UrlText.parameter(of(request));
        };
    }

    private static String client(RuleRequest request) {
        String address = request.client().source().of(request.head().fields()).getHostAddress();
        int scope = address.indexOf('%');
        return scope < 0 ? address : address.substring(0, scope);
    }

    private static String query(RuleRequest request) {
        String target = request.head().target().originForm();
        return target.substring(
                Math.min(target.length(), request.head().target().path().length() + 1));
    }

    static String scheme(RuleRequest request) {
        String named = request.client().trusted() ? request.head().fields().first(Field.X_FORWARDED_PROTO) : null;
        boolean known = "https".equalsIgnoreCase(named) || "http".equalsIgnoreCase(named);
        return known && named != null
                ? named.toLowerCase(Locale.ROOT)
                : request.client().proto().toString();
    }

    private static @Nullable String tls(RuleRequest request, Function<Negotiated, @Nullable String> part) {
        Negotiated tls = request.connection().tls();
        return tls == null ? null : part.apply(tls);
    }
}
