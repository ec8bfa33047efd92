package io.offramp.proxy.flow;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a client got on one connection, read strictly and independent of the proxy's reader. */
final class Answers {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([1-5]\\d\\d) [\\t\\x20-\\x7E\\x80-\\xFF]*");
    private static final Pattern FIELD =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([\\t\\x20-\\x7E\\x80-\\xFF]*)");

    private final String text;
    private int at;
    private int finals;
    private int fromServer;

    private Answers(String text) {
        this.text = text;
    }

    /**
     * Fails unless each is for its request, and all are whole. Exception: the last on a connection that the proxy cut.
     *
     * @param logged targets of requests, in order
     * @param stream what the client sent
     */
    static void check(String received, List<String> logged, String stream) {
        Answers answers = new Answers(received);
        while (answers.at < received.length() && answers.next(logged)) {}
        ConnectionsFuzz.check(answers.finals <= logged.size(), answers.finals + " answers to " + logged);
        long lines = stream.lines().count();
        ConnectionsFuzz.check(answers.finals <= lines, answers.finals + " answers to " + lines + " lines");
        ConnectionsFuzz.check(
                answers.fromServer <= stream.split(" HTTP/1\\.[01]\r", -1).length - 1, "answers to no request");
    }

    /** Reads one answer; false if nothing can follow. */
    private boolean next(List<String> logged) {
        int end = text.indexOf("\r\n\r\n", at);
        if (end < 0) {
            return false;
        }
        String[] lines = text.substring(at, end).split("\r\n", -1);
        Matcher status = STATUS.matcher(lines[0]);
        ConnectionsFuzz.check(status.matches(), "status line: " + lines[0]);
        int code = Integer.parseInt(status.group(1));
        ConnectionsFuzz.check(code != 500, "a 500");
        Map<String, String> fields = fields(lines);
        at = end + 4;
        String target = fields.get("x-target");
        if (code >= 200) {
            ConnectionsFuzz.check(fields.containsKey("date"), "no date: " + text);
            ConnectionsFuzz.check(finals < logged.size(), "an answer to nothing: " + text);
            String asked = logged.get(finals++);
            ConnectionsFuzz.check(target == null || asked.endsWith(target), "answer for " + target + " to " + asked);
            fromServer += target == null ? 0 : 1;
        }
        if (code == 101) {
            return false;
        }
        boolean bodiless = code < 200 || code == 204 || "HEAD".equals(fields.get("x-method"));
        return bodiless || body(code, fields);
    }

    private static Map<String, String> fields(String[] lines) {
        Map<String, String> fields = new HashMap<>();
        for (String line : List.of(lines).subList(1, lines.length)) {
            Matcher field = FIELD.matcher(line);
            ConnectionsFuzz.check(field.matches(), "field: " + line);
            String before = fields.put(
                    field.group(1).toLowerCase(Locale.ROOT), field.group(2).strip());
            ConnectionsFuzz.check(before == null, "twice: " + line);
        }
        ConnectionsFuzz.check(
                !fields.containsKey("content-length") || !fields.containsKey("transfer-encoding"), "two framings");
        return fields;
    }

    private boolean body(int code, Map<String, String> fields) {
        String length = fields.get("content-length");
        if (length != null) {
            // Our own answer to HEAD: its body would begin with its status.
            boolean absent = !fields.containsKey("x-target") && text.startsWith("HTTP/1.1 ", at) || at == text.length();
            at += absent && !text.startsWith(code + " ", at) ? 0 : Integer.parseInt(length);
            return at <= text.length();
        }
        if (!fields.containsKey("transfer-encoding")) {
            return false;
        }
        while (true) {
            int line = text.indexOf("\r\n", at);
            if (line < 0) {
                return false;
            }
            String size = text.substring(at, line);
            ConnectionsFuzz.check(size.matches("[0-9a-f]{1,8}"), "size of a chunk: " + size);
            at = line + 2;
            if (size.equals("0")) {
                at = text.indexOf("\r\n\r\n", line) + 4;
                return at >= 4;
            }
            at += Integer.parseInt(size, 16) + 2;
            if (at > text.length()) {
                return false;
            }
            ConnectionsFuzz.check(text.startsWith("\r\n", at - 2), "end of a chunk");
        }
    }
}
