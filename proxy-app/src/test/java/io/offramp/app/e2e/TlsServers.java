package io.offramp.app.e2e;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** TLS servers of other implementations, and certificates for them. */
final class TlsServers {
    private static final char[] PASSWORD = {'x'};

    private final Path directory;

    /** A server that runs. */
    record Running(Runnable end, int port) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }

    /** Makes a CA: {@code ca.pem}. */
    TlsServers(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        Files.writeString(directory.resolve("req.cnf"), "[req]\ndistinguished_name = dn\n[dn]\n");
        make("ca", "/CN=Root", "basicConstraints=critical,CA:TRUE");
    }

    Path ca() {
        return directory.resolve("ca.pem");
    }

    /**
     * A certificate of the CA with its key, in one file.
     *
     * @param extension such as {@code subjectAltName=DNS:localhost}
     */
    Path certificate(String name, String extension) throws IOException, InterruptedException {
        return make(name, "/CN=" + name, extension, "-CA", ca().toString(), "-CAkey", ca().toString());
    }

    /** A certificate of the CA that was valid for one day of the past, or will be for one of the future. */
    Path certificateOfDay(String name, Instant start) throws IOException, InterruptedException {
        DateTimeFormatter time =
                DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
        Path file = directory.resolve(name + ".pem");
        Path key = directory.resolve(name + ".key");
        Path request = directory.resolve(name + ".csr");
        Tools.run(
                "openssl",
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-config",
                directory.resolve("req.cnf").toString(),
                "-subj",
                "/CN=" + name,
                "-out",
                request.toString(),
                "-keyout",
                key.toString());
        Tools.run(authority(
                "-startdate",
                time.format(start),
                "-enddate",
                time.format(start.plus(Duration.ofDays(1))),
                "-in",
                request.toString(),
                "-out",
                file.toString(),
                "-notext",
                "-extensions",
                "server"));
        Files.writeString(file, Files.readString(file) + Files.readString(key));
        return file;
    }

    /** Revocation lists of the CA with these certificates: {@code crl.pem}. */
    Path revocations(Path... revoked) throws IOException, InterruptedException {
        for (Path each : revoked) {
            Tools.run(authority("-revoke", each.toString()));
        }
        Path list = directory.resolve("crl.pem");
        Path next = directory.resolve("crl.next");
        Tools.run(authority("-gencrl", "-crldays", "2", "-out", next.toString()));
        return Files.move(next, list, StandardCopyOption.REPLACE_EXISTING);
    }

    private String[] authority(String... arguments) throws IOException {
        Path config = directory.resolve("authority.cnf");
        if (!Files.exists(config)) {
            Path database = Files.createFile(directory.resolve("authority.txt"));
            Files.writeString(config, """
                    [ca]
                    default_ca = authority
                    [authority]
                    database = %s
                    rand_serial = yes
                    new_certs_dir = %s
                    default_md = sha256
                    policy = any
                    [any]
                    commonName = supplied
                    [server]
                    subjectAltName = DNS:localhost
                    """.formatted(database, directory));
        }
        List<String> command = new ArrayList<>(List.of("openssl", "ca", "-batch", "-config", config.toString()));
        command.addAll(List.of("-cert", ca().toString(), "-keyfile", ca().toString()));
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }

    /** One that has signed itself. */
    Path selfSigned(String name) throws IOException, InterruptedException {
        return make(name, "/CN=" + name, "subjectAltName=DNS:localhost");
    }

    private Path make(String name, String subject, String extension, String... more)
            throws IOException, InterruptedException {
        Path file = directory.resolve(name + ".pem");
        Path key = directory.resolve(name + ".key");
        List<String> command = new ArrayList<>(
                List.of("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"));
        command.addAll(List.of("-config", directory.resolve("req.cnf").toString(), "-subj", subject));
        command.addAll(List.of("-addext", extension, "-days", "2", "-out", file.toString()));
        command.addAll(List.of("-keyout", key.toString()));
        command.addAll(List.of(more));
        Tools.run(command.toArray(String[]::new));
        Files.writeString(file, Files.readString(file) + Files.readString(key));
        return file;
    }

    /** OpenSSL's, which answers every GET with a page, and closes. */
    Running openssl(Path pem, String... options) throws IOException {
        int port = NginxProxy.unusedPort();
        List<String> command =
                new ArrayList<>(List.of("openssl", "s_server", "-accept", "127.0.0.1:" + port, "-www", "-quiet"));
        command.addAll(List.of("-cert", pem.toString(), "-key", pem.toString()));
        command.addAll(List.of(options));
        return start(port, command);
    }

    /** GnuTLS's, which answers every GET with a page, and closes. */
    Running gnutls(Path pem, String... options) throws IOException {
        int port = NginxProxy.unusedPort();
        List<String> command = new ArrayList<>(List.of("gnutls-serv", "--http", "-p", "" + port, "--quiet"));
        command.addAll(List.of("--x509certfile", pem.toString(), "--x509keyfile", pem.toString()));
        command.addAll(List.of(options));
        return start(port, command);
    }

    /** The JDK's, which answers every GET with a page, and closes. */
    Running jsse(Path pem, String version) throws Exception {
        Path store = directory.resolve("jsse-" + version + ".p12");
        Tools.run(
                "openssl", "pkcs12", "-export", "-in", pem.toString(), "-out", store.toString(), "-passout", "pass:x");
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(own.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters chosen = tls.getDefaultSSLParameters();
                chosen.setProtocols(new String[] {version});
                parameters.setSSLParameters(chosen);
            }
        });
        server.createContext("/", exchange -> {
            byte[] page = "<html></html>".getBytes(StandardCharsets.US_ASCII);
            exchange.getResponseHeaders().set("Connection", "close");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
        return new Running(() -> server.stop(0), server.getAddress().getPort());
    }

    private Running start(int port, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(command.getFirst() + ".log").toFile())
                .start();
        await().atMost(20, TimeUnit.SECONDS).until(() -> !process.isAlive() || NginxProxy.accepts(port));
        return new Running(process::destroyForcibly, port);
    }
}
