package io.offramp.proxy.upstream.probe;

import io.netty.util.AsciiString;
import io.offramp.proxy.message.ClientAddress;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Forwarding;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.HeadBuilder;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.message.Version;
import io.offramp.proxy.upstream.health.CheckConfig.Probe;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The request of a check. */
final class ProbeRequest {
    /** There is no client behind it: "unknown" is RFC 7239's word (§6.2). */
    static final ClientFields CLIENT = new ClientFields(
            AsciiString.cached("unknown"),
            AsciiString.cached("http"),
            null,
            new ClientAddress(InetAddress.getLoopbackAddress(), List.of()),
            false,
            Forwarding.DEFAULTS);

    private ProbeRequest() {}

    /** @param authority Host, unless the configuration has another */
    static RequestHead of(Probe.Http probe, String authority) {
        return of("GET", probe.path(), probe.host() == null ? authority : probe.host(), 0, "Accept: */*");
    }

    /** With a body, which {@link GrpcHealth} has. */
    static RequestHead of(Probe.Grpc probe, String authority) {
        return of(
                "POST",
                GrpcHealth.PATH,
                probe.host() == null ? authority : probe.host(),
                -1,
                "Content-Type: application/grpc",
                "TE: trailers");
    }

    private static RequestHead of(String method, String path, String host, long length, String... more) {
        String line = method + " " + path;
        String[] fields = new String[more.length + 2];
        fields[0] = "Host: " + host;
        fields[1] = "User-Agent: offramp-check";
        System.arraycopy(more, 0, fields, 2, more.length);
        String text = line + " HTTP/1.1\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        HeadBuilder builder = new HeadBuilder();
        builder.begin();
        builder.requestLine(0, method.length(), line.length());
        builder.version(Version.HTTP_1_1);
        int at = text.indexOf('\n') + 1;
        for (String field : fields) {
            builder.field(bytes, at, at + field.indexOf(':'));
            builder.value(bytes, at + field.length());
            at += field.length() + 2;
        }
        Head head = builder.complete(bytes, bytes.length);
        return new RequestHead(head, RequestTarget.of(head), ConnectionOptions.NONE, length);
    }
}
