package io.offramp.app.e2e;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * JSSE asking for short fragments (RFC 6066 §4), in a process of its own, because it reads the property for that only
 * once.
 */
final class FragmentLengthClient {
    private static final int PACKET_BYTES = 1024;

    private FragmentLengthClient() {}

    /** The hash of the body, or the failure. */
    static String run(InetSocketAddress address, String version, String path) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djsse.enableMFLNExtension=true",
                        "-Djavax.net.debug=ssl:handshake",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FragmentLengthClient.class.getName(),
                        Integer.toString(address.getPort()),
                        version,
                        path))
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes());
        process.waitFor(10, TimeUnit.SECONDS);
        return printed;
    }

    /** @param args port, version and path */
    public static void main(String[] args) throws Exception {
        try (Socket tcp = new Socket("127.0.0.1", Integer.parseInt(args[0]));
                SSLSocket tls = (SSLSocket)
                        Clients.trustsAll().getSocketFactory().createSocket(tcp, "localhost", tcp.getPort(), true)) {
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setProtocols(new String[] {args[1]});
            parameters.setMaximumPacketSize(PACKET_BYTES);
            tls.setSSLParameters(parameters);
            System.out.println("hash " + Clients.getHash(tls, args[2]));
        }
    }
}
