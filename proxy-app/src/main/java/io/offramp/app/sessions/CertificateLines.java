package io.offramp.app.sessions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The proxy's {@code /certificates}, two lines for each: its end and names, then its chain. */
public final class CertificateLines {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String LINE = "%-16s %-20s %6s  %-10s %s%n";

    private CertificateLines() {}

    /**
     * Prints all certificates.
     *
     * @param certificates a JSON array of objects; read to its end, not closed
     * @param now for the days that are left
     * @throws IOException if the input is no such array, or ends early
     */
    public static void print(InputStream certificates, Instant now, PrintWriter out) throws IOException {
        try (JsonParser json = JSON.createParser(certificates)) {
            json.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw new IOException("expected an array of certificates, found " + json.currentToken());
            }
            out.printf(LINE, "Listener", "Not after", "Days", "Key", "Names");
            while (json.nextToken() == JsonToken.START_OBJECT) {
                print(fields(json), now, out);
            }
        }
    }

    private static Map<String, List<String>> fields(JsonParser json) throws IOException {
        Map<String, List<String>> fields = new HashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            List<String> values = fields.computeIfAbsent(json.currentName(), _ -> new ArrayList<>());
            if (json.nextToken() == JsonToken.START_ARRAY) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    values.add(json.getText());
                }
            } else {
                values.add(json.getText());
            }
        }
        return fields;
    }

    private static void print(Map<String, List<String>> fields, Instant now, PrintWriter out) throws IOException {
        String end = text(fields, "notAfter", " ");
        try {
            long days = Duration.between(now, Instant.parse(end)).toDays();
            out.printf(
                    LINE,
                    text(fields, "listener", " "),
                    end,
                    days,
                    text(fields, "key", " "),
                    text(fields, "names", " "));
        } catch (DateTimeParseException e) {
            throw new IOException("expected a time, found " + end, e);
        }
        out.println("\t " + text(fields, "chain", " <- ") + " serial:" + text(fields, "serial", " "));
    }

    /** Names of a certificate must not reach the terminal as commands. */
    private static String text(Map<String, List<String>> fields, String name, String between) {
        return String.join(between, fields.getOrDefault(name, List.of())).replaceAll("\\p{Cntrl}", "?");
    }
}
