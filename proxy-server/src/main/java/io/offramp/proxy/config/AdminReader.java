package io.offramp.proxy.config;

import io.offramp.proxy.reload.InputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code admin}. */
final class AdminReader {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+");
    private static final Scalar<String> NAME = new Scalar<>(
            "a host name or address without a port",
            text -> HOST.matcher(text).matches() ? text.toLowerCase(Locale.ROOT) : null);

    private final Surroundings surroundings;
    private final Binds binds;

    AdminReader(Surroundings surroundings, Binds binds) {
        this.surroundings = surroundings;
        this.binds = binds;
    }

    /** Null after a problem. */
    @Nullable
    AdminConfig read(Value value) {
        Section section = value.section("bind", "hosts", "token-file");
        Value bindValue = section == null
                ? null
                : section.require("bind", "where to serve /metrics, such as 127.0.0.1:9090 or unix:FILE");
        if (section == null || bindValue == null) {
            return null;
        }
        AdminAddress bind = bindValue.as(
                new Scalar<>(AdminAddress.EXPECTED, text -> AdminAddress.parseBind(text, surroundings::resolve)));
        if (bind instanceof AdminAddress.Tcp tcp) {
            binds.take(tcp.hostPort(), bindValue);
        }
        Value hosts = section.get("hosts");
        Value token = section.get("token-file");
        Set<String> names = hosts == null
                ? Set.of()
                : new HashSet<>(hosts.distinct("a list of host names", NAME).keySet());
        Path tokenFile = token == null ? null : token(token);
        if (bind == null) {
            return null;
        }
        AdminConfig config = new AdminConfig(bind, names, tokenFile);
        String warning = token == null ? config.warning() : null;
        if (warning != null) {
            bindValue.warn(warning);
        }
        return config;
    }

    private @Nullable Path token(Value value) {
        Path file = value.as(surroundings.path());
        if (file == null) {
            return null;
        }
        try {
            AdminToken.read(file);
            String open = InputFile.openTo(file);
            if (open != null) {
                value.warn(open);
            }
            return file;
        } catch (IOException e) {
            value.error(String.valueOf(e.getMessage()));
            return null;
        }
    }
}
