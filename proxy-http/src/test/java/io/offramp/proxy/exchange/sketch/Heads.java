package io.offramp.proxy.exchange.sketch;

import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.HeadBuilder;
import io.offramp.proxy.message.Version;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Heads out of decoded field lists, as a decoder of HPACK would make them: written once, as lines. */
final class Heads {
    private final HeadBuilder builder = new HeadBuilder();
    private final StringBuilder text = new StringBuilder();

    private Heads() {
        builder.begin();
        builder.version(Version.HTTP_2);
    }

    static Head request(String method, String path, List<String> lines) {
        Heads heads = new Heads();
        heads.text.append(method).append(' ').append(path);
        heads.builder.requestLine(0, method.length(), heads.text.length());
        return heads.with(lines);
    }

    static Head answer(int status, List<String> lines) {
        Heads heads = new Heads();
        heads.text.append(status);
        heads.builder.statusLine(0, 3);
        return heads.with(lines);
    }

    static Fields trailers(List<String> lines) {
        return new Heads().with(lines).fields();
    }

    private Head with(List<String> lines) {
        text.append("\r\n");
        int[] starts = new int[lines.size()];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = text.length();
            text.append(lines.get(i)).append("\r\n");
        }
        text.append("\r\n");
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < starts.length; i++) {
            String line = lines.get(i);
            builder.field(bytes, starts[i], starts[i] + line.indexOf(':'));
            builder.value(bytes, starts[i] + line.length());
        }
        return builder.complete(bytes, bytes.length);
    }
}
