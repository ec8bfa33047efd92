package io.offramp.proxy.access;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;

/** Opens destinations, and gives them the form that they ask for. */
final class LogOutputs {
    private static final String NAME = "offramp";

    /** Linux has no longer names of hosts. */
    private static final int HOST_CHARS = 64;

    private LogOutputs() {}

    /** @throws IOException if it cannot be opened */
    static LogOutput open(LogTarget target, InstantSource clock, LogCounters counters) throws IOException {
        return switch (target) {
            case LogTarget.Off _ -> throw new IllegalArgumentException("no destination");
            case LogTarget.Stdout _ -> new StdoutOutput();
            case LogTarget.File file -> new FileOutput(file, clock, counters);
            case LogTarget.Datagram unix -> new DatagramOutput(new UnixDatagrams(unix.socket()));
            case LogTarget.Syslog syslog -> new DatagramOutput(new UdpDatagrams(syslog.server(), counters));
            case LogTarget.LocalSyslog local -> new DatagramOutput(new UnixDatagrams(local.socket()));
        };
    }

    /** The form of lines, with the header that syslog asks for. */
    static LineFormat format(AccessLogConfig config) {
        return switch (config.target()) {
            case LogTarget.Syslog syslog ->
                // RFC 5424 §6.2: PRI VERSION SP TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID, no data
                config.format()
                        .behind("<" + syslog.facility().priority() + ">1 {time} " + hostName() + " " + NAME + " "
                                + ProcessHandle.current().pid() + " access - ");
            case LogTarget.LocalSyslog local ->
                config.format()
                        .behind("<" + local.facility().priority() + ">{date} " + NAME + "["
                                + ProcessHandle.current().pid() + "]: ");
            default -> config.format();
        };
    }

    /** In printable ASCII; {@code -} if unknown. */
    private static String hostName() {
        try {
            String name = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "_");
            return name.substring(0, Math.min(name.length(), HOST_CHARS));
        } catch (UnknownHostException e) {
            return "-";
        }
    }
}
