package io.offramp.proxy.flow;

import static io.offramp.proxy.flow.ConnectionsFuzz.check;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A server that behaves, and takes nothing that could be read in two ways: a request out of place is an error of the
 * proxy. Each answer says which target and method it is for. Independent of the proxy's reader.
 */
final class StrictServer {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
    private static final Pattern REQUEST = Pattern.compile(TOKEN + " [\\x21-\\x22\\x24-\\x7E]+ HTTP/1\\.1");
    private static final Pattern FIELD = Pattern.compile("(" + TOKEN + "):[ \\t]*[\\t\\x20-\\x7E\\x80-\\xFF]*");
    private static final Pattern TWIN = Pattern.compile("content[^a-z0-9-]length|transfer[^a-z0-9-]encoding");

    private final int script;
    private final Map<Peer, StringBuilder> unread = new IdentityHashMap<>();
    private final Set<Peer> tunnels = Collections.newSetFromMap(new IdentityHashMap<>());
    private int answers;

    /** @param script which answers come in turn */
    StrictServer(int script) {
        this.script = script;
    }

    /** Answers all requests that are complete; whether there were any. */
    boolean serve(Peer peer) {
        StringBuilder in = unread.computeIfAbsent(peer, p -> new StringBuilder());
        in.append(new String(peer.take(), StandardCharsets.ISO_8859_1));
        boolean any = false;
        while (!tunnels.contains(peer)) {
            int end = end(in.toString());
            if (end < 0) {
                return any;
            }
            answer(peer, in.substring(0, end));
            in.delete(0, end);
            any = true;
        }
        in.setLength(0);
        return any;
    }

    /** Where the first request ends, or -1 where it is not complete. */
    private static int end(String in) {
        int head = in.indexOf("\r\n\r\n") + 4;
        if (head < 4) {
            return -1;
        }
        Map<String, String> fields = fields(in.substring(0, head - 4));
        String length = fields.get("content-length");
        String coding = fields.get("transfer-encoding");
        boolean chunked = coding != null;
        check(!chunked || length == null, "two framings: " + in);
        check(length == null || length.matches("\\d{1,19}"), "length: " + in);
        check(coding == null || coding.equals("chunked"), "coding: " + in);
        if (chunked) {
            return chunks(in, head);
        }
        long end = head + (length == null ? 0 : Long.parseLong(length));
        return end <= in.length() && end > 0 ? (int) end : -1;
    }

    private static Map<String, String> fields(String head) {
        String[] lines = head.split("\r\n", -1);
        check(REQUEST.matcher(lines[0]).matches(), "request line: " + lines[0]);
        Map<String, String> fields = new HashMap<>();
        for (String line : List.of(lines).subList(1, lines.length)) {
            check(FIELD.matcher(line).matches(), "field: " + line);
            String name = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
            check(!TWIN.matcher(name).matches(), "twin: " + line);
            String before = fields.put(name, line.substring(name.length() + 1).strip());
            boolean once =
                    List.of("host", "content-length", "transfer-encoding").contains(name);
            check(before == null || !once, "twice: " + line);
        }
        check(fields.containsKey("host"), "no host: " + head);
        check("127.0.0.1".equals(fields.get("x-forwarded-for")), "forwarded for " + fields.get("x-forwarded-for"));
        return fields;
    }

    private static int chunks(String in, int from) {
        int at = from;
        while (true) {
            int line = in.indexOf("\r\n", at);
            if (line < 0) {
                return -1;
            }
            String size = in.substring(at, line);
            check(size.matches("[0-9a-f]{1,8}"), "size of a chunk: " + size);
            if (size.equals("0")) {
                int end = in.indexOf("\r\n\r\n", line);
                return end < 0 ? -1 : end + 4;
            }
            at = line + 2 + Integer.parseInt(size, 16) + 2;
            if (at > in.length()) {
                return -1;
            }
            check(in.startsWith("\r\n", at - 2), "end of a chunk");
        }
    }

    private void answer(Peer peer, String request) {
        String[] line = request.substring(0, request.indexOf("\r\n")).split(" ");
        boolean head = line[0].equals("HEAD");
        String fields = "X-Method: " + line[0] + "\r\nX-Target: " + line[1] + "\r\nX-Serial: " + answers + "\r\n";
        String ok = "HTTP/1.1 200 OK\r\n" + fields;
        boolean upgrade =
                fields(request.substring(0, request.indexOf("\r\n\r\n"))).containsKey("upgrade");
        if (upgrade && (script & 1) == 0) {
            send(
                    peer,
                    "HTTP/1.1 101 Switching Protocols\r\n" + fields
                            + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            tunnels.add(peer);
            return;
        }
        switch ((script + answers++) % 6) {
            case 0 -> send(peer, ok + "Content-Length: 2\r\n\r\n" + (head ? "" : "ok"));
            case 1 ->
                send(
                        peer,
                        ok + "Transfer-Encoding: chunked\r\n\r\n"
                                + (head ? "" : "2;x=\"y\"\r\nok\r\n0\r\nX-Sum : 1\r\n\r\n"));
            case 2 -> send(peer, "HTTP/1.1 204 No Content\r\n" + fields + "\r\n");
            case 3 ->
                send(
                        peer,
                        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok + "Content-Length : 2\r\n\r\n"
                                + (head ? "" : "ok"));
            case 4 -> {
                send(peer, ok + "Connection: close\r\n\r\n" + (head ? "" : "ok until the end"));
                peer.endOutput();
            }
            default -> send(peer, "HTTP/1.1 404 Not Found\r\n" + fields + "Content-Length: 0\r\n\r\n");
        }
    }

    private static void send(Peer peer, String text) {
        peer.send(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
