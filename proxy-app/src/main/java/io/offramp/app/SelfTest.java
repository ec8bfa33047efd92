package io.offramp.app;

import io.offramp.offload.record.Direction;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.connection.DirectionStats;
import io.offramp.proxy.server.ProxyServer;
import io.offramp.proxy.session.OffloadConfig;
import io.offramp.proxy.session.OffloadConfig.Policy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * Fetches a body from the upstream directly and through the proxy, in each version of TLS, and compares. Fails as well
 * if a direction is not where it was asked to be, so a fallback does not pass for a success.
 */
final class SelfTest {
    /** More bytes than {@code auto} needs before it moves a direction. */
    private static final int BYTES = 16 << 20;

    private static final Path KERNEL_STAT = Path.of("/proc/net/tls_stat");
    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    private final ProxyServer server;
    private final OffloadConfig asked;
    private final PrintWriter out;
    private boolean passed = true;

    SelfTest(ProxyServer server, OffloadConfig asked, PrintWriter out) {
        this.server = server;
        this.asked = asked;
        this.out = out;
    }

    /**
     * Runs the test and prints its result.
     *
     * @param pem the proxy's certificate
     * @param upstream port of the demo upstream
     * @return true if all bodies are equal and all directions are where they should be
     */
    boolean run(Path pem, int upstream) throws CommandFailure {
        int port = server.listeners().getFirst().address().getPort();
        String path = "/bytes/" + BYTES;
        Map<String, Long> before = kernelStat();
        try (HttpClient plain = HttpClient.newHttpClient()) {
            String expected = hash(plain, "http://127.0.0.1:" + upstream + path);
            SSLContext trust = trusting(pem);
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                SSLParameters parameters = new SSLParameters();
                parameters.setProtocols(new String[] {version});
                try (HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(trust)
                        .sslParameters(parameters)
                        .build()) {
                    String got = hash(client, "https://localhost:" + port + path);
                    // By the second request the receiving direction has moved as well.
                    String again = hash(client, "https://localhost:" + port + path);
                    report(version, expected.equals(got) && expected.equals(again));
                }
            }
            printKernel(before);
        } catch (IOException | GeneralSecurityException e) {
            throw CommandFailure.atRunTime("self-test: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.atRunTime("self-test: interrupted");
        }
        out.println(passed ? "self-test: passed" : "self-test: FAILED");
        out.flush();
        return passed;
    }

    private void report(String version, boolean equal) {
        out.println("self-test: " + version + ": 2 x " + BYTES + " bytes, sha256 " + (equal ? "equal" : "DIFFERS"));
        passed &= equal;
        boolean found = false;
        for (Connection connection : open()) {
            if (connection.tls() != null && ("TLSv" + connection.tls().version().label()).equals(version)) {
                found = true;
                report("tx", asked.policy(Direction.TX), connection.tx());
                report("rx", asked.policy(Direction.RX), connection.rx());
            }
        }
        passed &= found;
    }

    private List<Connection> open() {
        List<Connection> open = new ArrayList<>();
        server.connections().forEach(open::add);
        return open;
    }

    private void report(String direction, Policy policy, DirectionStats stats) {
        // A request is too small for auto to move the receiving direction.
        boolean mayWait = policy == Policy.AUTO && direction.equals("rx");
        boolean isThere =
                policy == Policy.SW || mayWait || stats.session().backend().equals(asked.backend());
        passed &= isThere;
        out.println("self-test:   " + direction + " " + stats.session().backend() + " "
                + stats.session().mode().label() + " (" + stats.session().detail() + "): " + stats.why()
                + (isThere ? "" : "; ASKED FOR " + asked.backend()));
    }

    /** Prints the kernel's counts since {@code before}, line by line; nothing if it has none. */
    private void printKernel(Map<String, Long> before) {
        if (asked.backend().equals("ktls") && !before.isEmpty()) {
            out.println("self-test: " + KERNEL_STAT + " has counted since:");
            kernelStat().forEach((name, value) -> {
                long more = value - before.getOrDefault(name, 0L);
                if (more != 0) {
                    out.println("self-test:   " + name + " +" + more);
                }
            });
        }
    }

    /** In the kernel's order; empty if the kernel has no such page, or hides it. */
    private static Map<String, Long> kernelStat() {
        Map<String, Long> values = new LinkedHashMap<>();
        try {
            for (String line : Files.readAllLines(KERNEL_STAT)) {
                String[] words = line.split("\\s+");
                values.put(words[0], Long.parseLong(words[1]));
            }
        } catch (IOException e) {
            return Map.of();
        }
        return values;
    }

    private static String hash(HttpClient client, String url)
            throws IOException, InterruptedException, GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        try (InputStream body =
                client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
            byte[] buffer = new byte[1 << 16];
            for (int bytes; (bytes = body.read(buffer)) >= 0; ) {
                digest.update(buffer, 0, bytes);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static SSLContext trusting(Path pem) throws IOException, GeneralSecurityException {
        String text = Files.readString(pem);
        String block = text.substring(text.indexOf(BEGIN), text.indexOf(END) + END.length());
        Certificate certificate = CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(block.getBytes(StandardCharsets.US_ASCII)));
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("proxy", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
