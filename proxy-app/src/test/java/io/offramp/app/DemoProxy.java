package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.app.demo.DemoUpstream;
import io.offramp.proxy.config.AdminConfig;
import io.offramp.proxy.config.ListenerConfig.Mode;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.handshake.certificate.CertificateFiles;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.server.ProxyServer;
import io.offramp.proxy.session.OffloadConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A proxy of one event loop in this process, and the demo's server behind it. */
final class DemoProxy implements AutoCloseable {
    private final DemoUpstream upstream;
    private final ProxyServer proxy;

    private DemoProxy(DemoUpstream upstream, ProxyServer proxy) {
        this.upstream = upstream;
        this.proxy = proxy;
    }

    /**
     * Starts both.
     *
     * @param directory gets a certificate
     * @param backends settings, by name
     * @param keys file of the key log; null for none
     */
    static DemoProxy start(
            Path directory, OffloadConfig offload, Map<String, Map<String, String>> backends, @Nullable Path keys)
            throws Exception {
        Path pem = DevelopmentCertificate.create(directory);
        DemoUpstream upstream = DemoUpstream.start(0);
        ProxyConfig config = new SingleListener(
                        new HostPort("127.0.0.1", 0),
                        Mode.HTTP,
                        CertificateFiles.of(pem, pem),
                        offload,
                        backends,
                        List.of(new HostPort("127.0.0.1", upstream.port())),
                        AdminConfig.of(new HostPort("127.0.0.1", 0)),
                        false,
                        1,
                        keys)
                .config();
        return new DemoProxy(
                upstream, ProxyServer.start(config, Installation.current().backends()));
    }

    /** The proxy. */
    ProxyServer proxy() {
        return proxy;
    }

    /** Runs a program, which must end with 0; its output. */
    static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return out;
    }

    @Override
    public void close() {
        proxy.close();
        upstream.close();
    }
}
