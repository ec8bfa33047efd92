package io.offramp.app.sessions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxy's {@code /connections} in the form of {@code ss -ti}, printed one by one as they come in. The second line
 * of each is {@code ss}' line about kernel TLS. Then one line for each direction has what {@code ss} does not know, and
 * so on for the TLS session with a server.
 */
public final class SessionLines {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String LINE = "%-6s %-30s %s%n";
    private static final String[] DIRECTIONS = {"tx", "rx"};

    private SessionLines() {}

    /**
     * Prints all connections.
     *
     * @param connections a JSON array of objects; read to its end, not closed
     * @throws IOException if the input is no such array, or ends early
     */
    public static void print(InputStream connections, PrintWriter out) throws IOException {
        try (JsonParser json = JSON.createParser(connections)) {
            json.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw new IOException("expected an array of connections, found " + json.currentToken());
            }
            out.printf(LINE, "State", "Peer Address:Port", "Local Address:Port");
            while (json.nextToken() == JsonToken.START_OBJECT) {
                print(fields(json, "", new HashMap<>()), out);
            }
        }
    }

    /** The fields of an object; fields of a nested object have the form {@code name.field}. */
    private static Map<String, String> fields(JsonParser json, String prefix, Map<String, String> fields)
            throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = prefix + json.currentName();
            if (json.nextToken() == JsonToken.START_OBJECT) {
                fields(json, name + ".", fields);
            } else if (json.currentToken() != JsonToken.VALUE_NULL) {
                fields.put(name, json.getText());
            }
        }
        return fields;
    }

    private static void print(Map<String, String> connection, PrintWriter out) {
        out.printf(LINE, "ESTAB", connection.get("peer"), connection.get("local"));
        if (connection.containsKey("version")) {
            out.printf(
                    "\t tcp-ulp-tls version: %s cipher: %s rxconf: %s txconf: %s%s%n",
                    connection.get("version"),
                    connection.get("cipher"),
                    connection.get("rx.conf"),
                    connection.get("tx.conf"),
                    common(connection));
            for (String direction : DIRECTIONS) {
                out.println("\t " + direction(connection, direction));
            }
            if (connection.containsKey("upstream.version")) {
                printUpstream(connection, out);
            }
        } else {
            out.println("\t in its handshake" + common(connection));
        }
    }

    /** The TLS session with the server of the last exchange. */
    private static void printUpstream(Map<String, String> connection, PrintWriter out) {
        out.printf(
                "\t upstream %s server:%s version: %s cipher: %s rxconf: %s txconf: %s%n",
                connection.get("upstream.name"),
                connection.get("upstream.server"),
                connection.get("upstream.version"),
                connection.get("upstream.cipher"),
                connection.get("upstream.rx.conf"),
                connection.get("upstream.tx.conf"));
        for (String direction : DIRECTIONS) {
            out.println("\t " + direction(connection, "upstream." + direction));
        }
    }

    private static String common(Map<String, String> connection) {
        StringBuilder text = new StringBuilder();
        for (String name : new String[] {"id", "listener", "age", "sni", "alpn"}) {
            if (connection.containsKey(name)) {
                text.append(' ').append(name).append(':').append(printable(connection.get(name)));
            }
        }
        return text.toString();
    }

    private static String direction(Map<String, String> connection, String direction) {
        StringBuilder text = new StringBuilder(direction).append(':');
        for (String name : new String[] {"records", "bytes", "moves", "rekeys", "backend"}) {
            text.append(' ').append(name).append(':').append(connection.get(direction + "." + name));
        }
        return text.append(' ')
                .append(printable(connection.get(direction + ".detail")))
                .append(" why:\"")
                .append(printable(connection.get(direction + ".why")))
                .append('"')
                .toString();
    }

    /** Names that a client chose must not reach the terminal as commands. */
    private static String printable(@Nullable String text) {
        return String.valueOf(text).replaceAll("\\p{Cntrl}", "?");
    }
}
