package io.offramp.app.e2e;

import static org.awaitility.Awaitility.await;

import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** nginx in front of a server that speaks HTTP/1.1, with HTTP/2 and TLS to clients. */
record NginxProxy(Process process, int port) implements AutoCloseable {
    /**
     * Returns when it accepts.
     *
     * @param directory for its configuration, certificate and temporary files
     */
    static NginxProxy start(Path directory, int upstreamPort) throws IOException {
        return start(directory, upstreamPort, DevelopmentCertificate.create(directory), "");
    }

    /**
     * Returns when it accepts.
     *
     * @param pem certificate and key
     * @param more directives of its server
     */
    static NginxProxy start(Path directory, int upstreamPort, Path pem, String more) throws IOException {
        int port = unusedPort();
        Path configuration = Files.writeString(
                directory.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid %1$s/nginx.pid;
                error_log stderr error;
                events { worker_connections 1024; }
                http {
                    access_log off;
                    client_body_temp_path %1$s/nginx-body;
                    proxy_temp_path %1$s/nginx-proxy;
                    fastcgi_temp_path %1$s/nginx-fastcgi;
                    uwsgi_temp_path %1$s/nginx-uwsgi;
                    scgi_temp_path %1$s/nginx-scgi;
                    ssl_protocols TLSv1.2 TLSv1.3;
                    upstream demo { server 127.0.0.1:%2$d; keepalive 64; }
                    server {
                        listen 127.0.0.1:%3$d ssl http2;
                        ssl_certificate %4$s;
                        ssl_certificate_key %4$s;
                        %5$s
                        location / {
                            proxy_pass http://demo;
                            proxy_http_version 1.1;
                            proxy_set_header Connection "";
                        }
                    }
                }
                """.formatted(directory, upstreamPort, port, pem, more));
        Process process = new ProcessBuilder("nginx", "-e", "stderr", "-p", "" + directory, "-c", "" + configuration)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("nginx.log").toFile())
                .start();
        NginxProxy nginx = new NginxProxy(process, port);
        await().atMost(20, TimeUnit.SECONDS).until(() -> !process.isAlive() || accepts(port));
        if (!process.isAlive()) {
            throw new IOException("nginx: " + Files.readString(directory.resolve("nginx.log")));
        }
        return nginx;
    }

    static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
