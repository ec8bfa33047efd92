package io.offramp.proxy.config;

import io.offramp.proxy.guard.AddressList;
import io.offramp.proxy.guard.BasicAuthConfig;
import io.offramp.proxy.guard.CertificateCondition;
import io.offramp.proxy.guard.ForwardAuthConfig;
import io.offramp.proxy.guard.GuardConfig;
import io.offramp.proxy.guard.Logins;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.reload.InputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code access}: of a route, or of a listener for all its routes. */
final class AccessReader {
    static final String[] KEYS = {"addresses", "client-certificate", "basic-auth", "forward-auth"};

    private static final int MAX_FILE_BYTES = 1024 * 1024;
    private static final String ALL = "all";
    private static final String OFF = "off";
    private static final Duration REMEMBER = Duration.ofMinutes(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Scalar<List<Cidr>> ADDRESSES =
            new Scalar<>("addresses such as 10.0.0.0/8, or all", AccessReader::addresses);
    private static final Scalar<String> REALM = new Scalar<>(
            "a text of printable ASCII without quotes", text -> text.matches("[ !#-\\[\\]-~]{1,100}") ? text : null);
    private static final Scalar<String> FINGERPRINT =
            new Scalar<>("the SHA-256 of a certificate, 64 hex digits", text -> {
                String digits = text.replace(":", "").toLowerCase(Locale.ROOT);
                return digits.matches("[0-9a-f]{64}") ? digits : null;
            });
    private static final Scalar<String> PATH = new Scalar<>(
            "a path such as /verify", text -> text.matches("/[!-~]*") && text.indexOf('#') < 0 ? text : null);
    private static final Scalar<Duration> TIME = Scalar.duration(Duration.ofMillis(1));
    private static final Scalar<Duration> OR_ZERO = Scalar.duration(Duration.ZERO);

    /** Names that say where a request goes or how its body is framed; this proxy sets them itself. */
    private static final Set<String> NOT_COPIED = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    static final Scalar<String> FIELD = new Scalar<>("the name of a header field", text -> {
        if (NOT_COPIED.contains(text.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("\"" + text + "\" belongs to a connection, not to a request");
        }
        if (!FieldChangeReader.isOfRules(text, true)) {
            throw new IllegalArgumentException("\"" + text + "\" belongs to this proxy");
        }
        return text.matches("[A-Za-z0-9][A-Za-z0-9-]{0,99}") ? text : null;
    });

    private final Surroundings surroundings;
    private final Function<Value, @Nullable String> upstreams;

    /** @param upstreams reads the name of one, of which the servers take requests */
    AccessReader(Surroundings surroundings, Function<Value, @Nullable String> upstreams) {
        this.surroundings = surroundings;
        this.upstreams = upstreams;
    }

    /**
     * The conditions that are written, and those of the listener for what is not.
     *
     * @param value null if nothing is written
     * @param certificates whether the listener asks clients for certificates
     */
    GuardConfig read(@Nullable Value value, GuardConfig usual, boolean certificates) {
        Section section = value == null ? null : value.section(KEYS);
        if (section == null) {
            return usual;
        }
        return new GuardConfig(
                or(section.get("addresses"), usual.addresses(), AccessReader::addressList),
                or(section.get("client-certificate"), usual.certificate(), each -> certificate(each, certificates)),
                or(section.get("basic-auth"), usual.basicAuth(), this::basicAuth),
                or(section.get("forward-auth"), usual.forwardAuth(), this::forwardAuth));
    }

    private static <T> @Nullable T or(@Nullable Value value, @Nullable T usual, Function<Value, @Nullable T> read) {
        if (value == null) {
            return usual;
        }
        return value.isScalar() && OFF.equals(value.as(Scalar.TEXT)) ? null : read.apply(value);
    }

    static @Nullable AddressList addressList(Value value) {
        List<AddressList.Line> lines = new ArrayList<>();
        Value all = null;
        for (Value item : value.items("a list such as [{allow: 10.0.0.0/8}, {deny: all}]")) {
            Section line = item.section("allow", "deny");
            if (line == null) {
                continue;
            }
            if (line.entries().size() != 1) {
                item.error("expected either allow or deny");
                continue;
            }
            Map.Entry<String, Value> only = line.entries().entrySet().iterator().next();
            if (all != null) {
                item.warn("never used: " + all.path() + " has all addresses");
            }
            List<Cidr> blocks = new ArrayList<>();
            for (Value each :
                    only.getValue().isList() ? only.getValue().items("addresses") : List.of(only.getValue())) {
                List<Cidr> read = each.as(ADDRESSES);
                blocks.addAll(read == null ? List.of() : read);
            }
            all = blocks.stream().filter(each -> each.bits() == 0).count() > 1 ? item : all;
            if (only.getKey().equals("allow") || only.getKey().equals("deny")) {
                lines.add(new AddressList.Line(only.getKey().equals("allow"), List.copyOf(blocks)));
            }
        }
        return new AddressList(List.copyOf(lines));
    }

    private static List<Cidr> addresses(String text) {
        return text.equals(ALL) ? List.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0")) : List.of(Cidr.parse(text));
    }

    private static @Nullable CertificateCondition certificate(Value value, boolean certificates) {
        if (!certificates) {
            value.error("the listener asks no client for a certificate; set tls.client-auth.mode");
        }
        if (value.isScalar()) {
            value.as(Scalar.choice(List.of(Wanted.REQUIRED)));
            return new CertificateCondition(Set.of(), Set.of(), Set.of());
        }
        Section section = value.section("subjects", "issuers", "fingerprints");
        return section == null
                ? null
                : new CertificateCondition(
                        texts(section.get("subjects"), Scalar.TEXT),
                        texts(section.get("issuers"), Scalar.TEXT),
                        texts(section.get("fingerprints"), FINGERPRINT));
    }

    private enum Wanted {
        REQUIRED
    }

    private static Set<String> texts(@Nullable Value value, Scalar<String> kind) {
        return value == null
                ? Set.of()
                : new LinkedHashSet<>(value.distinct("a list", kind).keySet());
    }

    private @Nullable BasicAuthConfig basicAuth(Value value) {
        Section section = value.section("realm", "file", "remember");
        Value file = section == null
                ? null
                : section.require("file", "users and hashes of passwords, as htpasswd -B writes them");
        Logins logins = file == null ? null : logins(file);
        return section == null || logins == null
                ? null
                : new BasicAuthConfig(
                        section.get("realm", REALM, "offramp"), logins, section.get("remember", OR_ZERO, REMEMBER));
    }

    private @Nullable Logins logins(Value value) {
        Path file = value.as(surroundings.path());
        if (file == null) {
            return null;
        }
        try {
            // One character a byte, as users' names come.
            String text = new String(InputFile.read(file, MAX_FILE_BYTES), StandardCharsets.ISO_8859_1);
            Logins logins = Logins.parse(text.lines().toList());
            String open = InputFile.openTo(file);
            if (open != null) {
                value.warn(open);
            }
            if (logins.hashes().isEmpty()) {
                value.warn("has no user: nobody may log in");
            }
            if (!logins.haveOneCost()) {
                value.warn("its hashes have several costs: the time of an answer tells who is there");
            }
            return logins;
        } catch (IOException e) {
            value.error(String.valueOf(e.getMessage()));
        } catch (Logins.BadFileException e) {
            value.error(file + ", " + e.getMessage());
        }
        return null;
    }

    private @Nullable ForwardAuthConfig forwardAuth(Value value) {
        Section section = value.section("upstream", "path", "timeout", "copy");
        Value upstream = section == null
                ? null
                : section.require("upstream", "the server that decides, " + UpstreamReader.EXPECTED);
        String name = upstream == null ? null : upstreams.apply(upstream);
        if (section == null || name == null) {
            return null;
        }
        Value copy = section.get("copy");
        return new ForwardAuthConfig(
                name,
                section.get("path", PATH, "/"),
                section.get("timeout", TIME, TIMEOUT),
                copy == null ? List.of() : HttpReader.distinct(copy, "a list of header fields", FIELD));
    }
}
