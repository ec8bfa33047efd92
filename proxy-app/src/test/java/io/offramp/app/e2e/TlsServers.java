package io.offramp.app.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** TLS servers of other implementations, and certificates for them. */
final class TlsServers {
    private final Path directory;

    /** A server that runs. */
    record Running(Process process, int port) implements AutoCloseable {
        @Override
        public void close() {
            process.destroyForcibly();
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

    private Running start(int port, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(command.getFirst() + ".log").toFile())
                .start();
        await().atMost(20, TimeUnit.SECONDS).until(() -> !process.isAlive() || NginxProxy.accepts(port));
        return new Running(process, port);
    }
}
