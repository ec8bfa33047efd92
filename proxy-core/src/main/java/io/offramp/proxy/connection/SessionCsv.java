package io.offramp.proxy.connection;

import io.offramp.offload.key.AeadSuite;
import io.offramp.offload.record.ProtocolVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A capture's format: CSV (RFC 4180) with a header line that names the columns, then a line for each session. Readers
 * use the names, so columns may be added or rearranged.
 */
public final class SessionCsv {
    private static final List<String> COLUMNS = List.of(
            "start_ms",
            "lifetime_ms",
            "state",
            "listener",
            "version",
            "cipher",
            "tx_records",
            "tx_bytes",
            "rx_records",
            "rx_bytes",
            "txconf",
            "rxconf",
            "tx_why",
            "rx_why",
            "moves");

    /** The header line, without its end. */
    public static final String HEADER = String.join(",", COLUMNS);

    private static final String OPEN = "open";
    private static final String CLOSED = "closed";

    private final List<String> columns;

    private SessionCsv(List<String> columns) {
        this.columns = columns;
    }

    /** One session as a line, without its end. */
    public static String line(SessionStats s) {
        return String.join(
                ",",
                Long.toString(s.startMs()),
                Long.toString(s.lifetimeMs()),
                s.isOpen() ? OPEN : CLOSED,
                quoted(s.listener()),
                s.version().label(),
                s.suite().kernelName(),
                Long.toString(s.tx().records()),
                Long.toString(s.tx().bytes()),
                Long.toString(s.rx().records()),
                Long.toString(s.rx().bytes()),
                s.tx().conf(),
                s.rx().conf(),
                quoted(s.tx().why()),
                quoted(s.rx().why()),
                Integer.toString(s.moves()));
    }

    /**
     * Reads the header of a capture.
     *
     * @throws IllegalArgumentException if it is none: {@code not a capture: no column "rx_bytes" …}
     */
    public static SessionCsv of(String header) {
        List<String> columns = split(header);
        for (String column : COLUMNS) {
            if (!columns.contains(column)) {
                throw new IllegalArgumentException(
                        "not a capture of sessions: no column \"" + column + "\" in its first line");
            }
        }
        return new SessionCsv(columns);
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if it is none: {@code tx_bytes: expected a number from 0 on, is "x"}
     */
    public SessionStats parse(String line) {
        List<String> values = split(line);
        if (values.size() != columns.size()) {
            throw new IllegalArgumentException("expected " + columns.size() + " values, found " + values.size());
        }
        Function<String, String> value = column -> values.get(columns.indexOf(column));
        return new SessionStats(
                number(value, "start_ms"),
                number(value, "lifetime_ms"),
                oneOf(value, "state", List.of(OPEN, CLOSED), Function.identity())
                        .equals(OPEN),
                value.apply("listener"),
                oneOf(value, "version", List.of(ProtocolVersion.values()), ProtocolVersion::label),
                oneOf(value, "cipher", List.of(AeadSuite.values()), AeadSuite::kernelName),
                carried(value, "tx"),
                carried(value, "rx"),
                (int) Math.min(Integer.MAX_VALUE, number(value, "moves")));
    }

    private static SessionStats.Carried carried(Function<String, String> value, String direction) {
        return new SessionStats.Carried(
                number(value, direction + "_records"),
                number(value, direction + "_bytes"),
                value.apply(direction + "conf"),
                value.apply(direction + "_why"));
    }

    private static long number(Function<String, String> value, String column) {
        String text = value.apply(column);
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a negative one.
        }
        throw new IllegalArgumentException(column + ": expected a number from 0 on, is \"" + text + "\"");
    }

    private static <T> T oneOf(
            Function<String, String> value, String column, List<T> known, Function<T, String> label) {
        String text = value.apply(column);
        return known.stream()
                .filter(one -> label.apply(one).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(column + ": expected one of "
                        + String.join(", ", known.stream().map(label).toList()) + ", is \"" + text + "\""));
    }

    private static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c < ' ');
        return plain ? text : '"' + text.replaceAll("[\\x00-\\x1f]", " ").replace("\"", "\"\"") + '"';
    }

    private static List<String> split(String line) {
        if (line.indexOf('"') < 0) {
            return Arrays.asList(line.split(",", -1));
        }
        List<String> values = new ArrayList<>(COLUMNS.size());
        StringBuilder value = new StringBuilder();
        boolean inQuotes = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"' && inQuotes && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                value.append(c);
                i++;
            } else if (c == '"') {
                inQuotes = !inQuotes;
            } else if (c == ',' && !inQuotes) {
                values.add(value.toString());
                value.setLength(0);
            } else {
                value.append(c);
            }
        }
        if (inQuotes) {
            throw new IllegalArgumentException("a quote is not closed");
        }
        values.add(value.toString());
        return values;
    }
}
