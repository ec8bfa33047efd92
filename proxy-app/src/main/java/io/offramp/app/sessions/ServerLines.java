package io.offramp.app.sessions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;

/** The proxy's {@code /upstreams}: a line for each server, and one for each queue in which requests wait. */
public final class ServerLines {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String LINE = "%-12s %-28s %-11s %6s %6s %8s %10s %8s  %s%n";

    private ServerLines() {}

    /**
     * Prints all servers.
     *
     * @param upstreams a JSON array of objects; read to its end, not closed
     * @throws IOException if the input is no such array, or ends early
     */
    public static void print(InputStream upstreams, PrintWriter out) throws IOException {
        try (JsonParser json = JSON.createParser(upstreams)) {
            json.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw new IOException("expected an array of upstreams, found " + json.currentToken());
            }
            out.printf(LINE, "Upstream", "Server", "State", "Weight", "Prio", "Active", "Requests", "Faults", "Why");
            while (json.nextToken() == JsonToken.START_OBJECT) {
                printUpstream(json, out);
            }
        }
    }

    private static void printUpstream(JsonParser json, PrintWriter out) throws IOException {
        String upstream = "";
        int queued = 0;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "name" -> upstream = json.getText();
                case "queued" -> queued = json.getIntValue();
                case "servers" -> {
                    while (json.nextToken() == JsonToken.START_OBJECT) {
                        print(upstream, server(json), out);
                    }
                }
                default -> json.skipChildren();
            }
        }
        if (queued > 0) {
            out.printf("%-12s %d in the queue%n", upstream, queued);
        }
    }

    private static Map<String, String> server(JsonParser json) throws IOException {
        Map<String, String> fields = new HashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            if (json.nextToken().isScalarValue()) {
                fields.put(field, json.getText());
            } else {
                json.skipChildren();
            }
        }
        return fields;
    }

    private static void print(String upstream, Map<String, String> server, PrintWriter out) {
        String since = server.getOrDefault("since", "null");
        out.printf(
                LINE,
                upstream,
                server.get("name"),
                server.get("state"),
                server.get("weight"),
                server.get("priority"),
                server.get("active"),
                server.get("requests"),
                server.get("faults"),
                printable(server.getOrDefault("why", "") + (since.equals("null") ? "" : ", " + since + " s ago")));
    }

    /** What a server has said must not reach the terminal as commands. */
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
