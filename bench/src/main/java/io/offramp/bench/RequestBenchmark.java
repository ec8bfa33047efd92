package io.offramp.bench;

import io.offramp.proxy.access.AccessLog;
import io.offramp.proxy.access.AccessLogConfig;
import io.offramp.proxy.access.LogTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.openjdk.jmh.annotations.Param;

/** What kinds of requests cost, with TLS and the access log. */
public class RequestBenchmark extends ProxyBenchmark {
    /** Method and bytes. */
    @Param
    public RequestKind kind = RequestKind.GET_1K;

    /** Of the client. */
    @Param({"plain", "tls"})
    public String front = "";

    /** Whether lines are made; they are written nowhere. */
    @Param({"false", "true"})
    public boolean accessLog;

    private final AccessLog log = new AccessLog();

    @Override
    ProxyInMemory connect() throws IOException {
        log.become(AccessLogConfig.to(new LogTarget.File(Path.of("/dev/null"), Set.of(), null)));
        ClientWire wire = front.equals("tls") ? new TlsWire() : new PlainWire();
        return new ProxyInMemory(kind, wire, accessLog ? log : null);
    }

    @Override
    public void tearDown() {
        super.tearDown();
        log.close();
    }
}
